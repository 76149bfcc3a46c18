"""Run migrations over a connection that is handed in, or over that of the application."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Enum

from coopoutreach.calendars.feeds import models as feeds
from coopoutreach.committee.commitments import models as commitments
from coopoutreach.committee.minutes import models as minutes
from coopoutreach.mail.incoming import models as inbound
from coopoutreach.mail.outgoing import models as messaging
from coopoutreach.people.accounts import models as accounts
from coopoutreach.platform.audit import models as audit
from coopoutreach.platform.core.columns import UTCDateTime, WallTime
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.limits import models as limits
from coopoutreach.platform.scheduler import models as scheduler
from coopoutreach.privacy import models as privacy
from coopoutreach.talks.consents import models as consents
from coopoutreach.talks.materials import models as materials
from coopoutreach.talks.questions import models as questions
from coopoutreach.talks.registrations import models as registrations

#: Imported for their tables; the others come with them.
TABLES = (
    accounts,
    audit,
    commitments,
    consents,
    feeds,
    inbound,
    limits,
    materials,
    messaging,
    minutes,
    privacy,
    questions,
    registrations,
    scheduler,
)


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write column types as the database knows them, so that old migrations need no new code."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, WallTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def run(connection: Connection) -> None:
    """Run what is asked for, each migration in its own transaction, on SQLite too."""
    if connection.dialect.name == "sqlite":
        # Batch migrations rebuild tables; this pragma has no effect inside a transaction.
        driver = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    with current_app.extensions["database"].engine.connect() as own:
        run(own)
