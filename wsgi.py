"""The door that a web server knocks on, `gunicorn wsgi:app`, and `flask --app wsgi db …`."""

from flask_migrate import Migrate

import config
from coopoutreach.app import create_app
from coopoutreach.platform.core import own_files
from coopoutreach.platform.core.db import db

settings = config.load()
own_files.keep_to_ourselves(settings.own_files, settings.own_folders)
app = create_app(settings)
# Here rather than in the factory: only who writes migrations needs it, and it starts slowly.
Migrate(app, db)
