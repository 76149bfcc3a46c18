"""The door that a web server knocks on: `gunicorn wsgi:app`."""

import config
from coopoutreach.app import create_app

app = create_app(config.load())
