"""Put the application together: extensions, blueprints, and nothing else."""

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from coopoutreach.calendars.feeds.views import bp as feeds
from coopoutreach.committee.commitments.views import bp as commitments
from coopoutreach.committee.meetings.views import bp as meetings
from coopoutreach.committee.minutes.views import bp as minutes
from coopoutreach.mail.outgoing.views import bp as messaging
from coopoutreach.operations.monitoring import bp as monitoring
from coopoutreach.pages.dashboards import navigation
from coopoutreach.pages.dashboards.views import bp as board
from coopoutreach.pages.mail_admin.views import bp as mailroom
from coopoutreach.pages.site.views import bp as site
from coopoutreach.people.accounts import sessions
from coopoutreach.people.accounts.views import ask_to_sign_in, form_expired
from coopoutreach.people.accounts.views import bp as accounts
from coopoutreach.people.directory.views import bp as directory
from coopoutreach.platform.access.guard import AccessDenied, SignInNeeded
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import (
    Database,
    db,
    engine_options,
    prepare_engine,
    release_request_session,
)
from coopoutreach.platform.core.settings import Settings
from coopoutreach.platform.core.shipped import TEMPLATES
from coopoutreach.platform.web import (
    built,
    drawn,
    edits,
    errors,
    formats,
    log,
    page_cache,
    security,
)
from coopoutreach.platform.web.transaction import separate_transaction
from coopoutreach.platform.web.unindented import Unindented
from coopoutreach.policy import POLICY
from coopoutreach.privacy.views import bp as privacy
from coopoutreach.talks.materials.views import bp as materials
from coopoutreach.talks.questions.views import bp as questions
from coopoutreach.talks.registrations.views import bp as registrations
from coopoutreach.talks.talks.views import bp as outreach
from coopoutreach.wiring import WIRING

BLUEPRINTS = (
    site,
    privacy,
    feeds,
    registrations,
    accounts,
    board,
    outreach,
    materials,
    questions,
    meetings,
    minutes,
    commitments,
    directory,
    messaging,
    mailroom,
    monitoring,
)


def create_app(settings: Settings) -> Flask:
    """Return the application that `settings` describe."""
    process_settings.install(settings)
    reactions.install(WIRING)
    app = Flask("coopoutreach", template_folder=str(TEMPLATES))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        BABEL_DEFAULT_LOCALE="es_CL",
        TESTING=settings.testing,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.jinja_env.add_extension(Unindented)
    app.extensions["policy"] = POLICY
    app.extensions["settings"] = settings
    db.init_app(app)
    # Runs before the extension's own, which would answer 500 after the page was made.
    app.teardown_appcontext(lambda _failure: release_request_session())
    with app.app_context():
        app.extensions["database"] = Database(prepare_engine(db.engine))
    Babel(app)
    # Before security: what is answered from memory gets its headers too.
    page_cache.init_app(app, app.extensions["database"])
    security.init_app(app, settings)
    sessions.init_app(app, settings)
    formats.init_app(app)
    built.init_app(app)
    navigation.init_app(app)
    errors.init_app(app)
    app.register_error_handler(SignInNeeded, ask_to_sign_in)
    app.register_error_handler(CSRFError, form_expired)
    drawn.init_app(app, sessions.account)
    app.jinja_env.globals["base_field"] = edits.base_field
    app.register_error_handler(AccessDenied, _denied)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    log.know(rule.rule for rule in app.url_map.iter_rules())
    return app


def _denied(error: AccessDenied) -> ResponseReturnValue:
    """Keep who asked for what in the trail, then answer as if there were no such thing."""
    actor = current_user.actor
    release_request_session()
    with separate_transaction() as session:
        audit.record(
            session,
            ("path", request.path),
            action="access.denied",
            actor=actor,
            now=utcnow(),
            after={"permission": error.permission.value},
            address=request.remote_addr,
        )
    return errors.refused(error)
