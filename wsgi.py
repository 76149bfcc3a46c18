"""The door that a web server knocks on, `gunicorn wsgi:app`, and `flask --app wsgi db …`."""

import os
from importlib import import_module

import config
from coopoutreach.app import create_app
from coopoutreach.platform.core import own_files
from coopoutreach.platform.core.db import db

settings = config.load()
own_files.keep_to_ourselves(settings.own_files, settings.own_folders)
app = create_app(settings)
# Only who writes migrations needs it, by Flask's own command, and it starts slowly.
if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
    import_module("flask_migrate").Migrate(app, db)
