"""Run migrations over a connection that is handed in, or over that of the application."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from coopoutreach.accounts import models as accounts
from coopoutreach.audit import models as audit
from coopoutreach.core.db import Base
from coopoutreach.limits import models as limits
from coopoutreach.messaging import models as messaging
from coopoutreach.registrations import models as registrations
from coopoutreach.scheduler import models as scheduler

#: Imported for their tables; the others come with them.
TABLES = (accounts, audit, limits, messaging, registrations, scheduler)


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
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    with current_app.extensions["database"].engine.connect() as own:
        run(own)
