"""The door that a web server knocks on, `gunicorn wsgi:app`, and `flask --app wsgi db …`."""

from flask_migrate import Migrate

import config
from coopoutreach.app import create_app
from coopoutreach.core.db import db

app = create_app(config.load())
# Here rather than in the factory: only who writes migrations needs it, and it starts slowly.
Migrate(app, db)
