"""The database: its engine, its column types, and where a transaction begins and ends."""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
import structlog
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, MetaData, event, orm
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, ExceptionContext, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from coopoutreach.platform.core import waking
from coopoutreach.platform.core.columns import UTCDateTime

logger = structlog.get_logger(__name__)

#: How long a writer waits for SQLite's one write lock before it gives up, in seconds.
SQLITE_WAIT_SECONDS = 15.0


def _values(kind: type[Enum]) -> list[str]:
    return [member.value for member in kind]


class Base(DeclarativeBase):
    """Every table. Constraints are named, so that migrations can drop them."""

    registry: ClassVar[orm.registry] = orm.registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UTCDateTime,
            # Stored as the value, which stays when somebody renames the member.
            Enum: sa.Enum(
                Enum, values_callable=_values, native_enum=False, create_constraint=False, length=32
            ),
        },
    )


#: Flask-SQLAlchemy owns the engine and the session of a request.
db = SQLAlchemy(model_class=Base, disable_autonaming=True)

#: A machine that vanishes in the middle of a transaction would keep what it held for hours: the
#: server asks whether it is there after half a minute, and ends a transaction that does nothing.
_POSTGRESQL_GIVES_UP = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "options": "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
    " -c idle_in_transaction_session_timeout=120s",
}


def engine_options(url: str) -> dict[str, Any]:
    """Return how the engine for `url` is made: pool, waiting, and for PostgreSQL a ping."""
    if make_url(url).get_backend_name() == "postgresql":
        return {
            "pool_size": 8,
            "max_overflow": 8,
            "pool_pre_ping": True,
            "hide_parameters": True,
            "connect_args": _POSTGRESQL_GIVES_UP,
        }
    return {
        # Errors go to the log, and what people typed must not.
        "hide_parameters": True,
        "pool_size": 16,
        "max_overflow": 16,
        "connect_args": {"timeout": SQLITE_WAIT_SECONDS, "check_same_thread": False},
    }


#: PostgreSQL's states (Appendix A) of a database that may not be written, as in a failover, and
#: of a transaction that lasted too long, idle or at work.
_NOT_NOW = frozenset({"25006", "25P03", "25P04"})


def prepare_engine(engine: Engine) -> Engine:
    """Give a SQLite engine durable, explicit transactions, and any other one word for «not now».

    Python's driver would otherwise begin transactions by itself and late, so that a reader
    who turns writer fails at once. FULL is what keeps acknowledged commits through a power
    cut (NORMAL lost 796 of 16,384 in WAL mode).
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "handle_error", _as_operational)
        return engine
    database = engine.url.database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _as_operational(context: ExceptionContext) -> OperationalError | None:
    """Have what says nothing of a row be an OperationalError, as other outages are already.

    The driver calls every state of class 25 an InternalError; SQLite's errors are operational.
    """
    if getattr(context.original_exception, "sqlstate", None) not in _NOT_NOW:
        return None
    # A connection made later may be to one that may be written.
    context.is_disconnect = True
    return OperationalError(
        context.statement, None, context.original_exception, hide_parameters=True
    )


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={int(SQLITE_WAIT_SECONDS * 1000)}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        # Of all connections together: each keeping pages of its own weighs more than it saves.
        "soft_heap_limit=8388608",
        "journal_size_limit=67108864",
        # What is deleted is overwritten: who was erased is not in the file any more.
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("sqlite_begin") != "IMMEDIATE":
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite's own waiting sleeps up to 100 ms at a time and starves writers for seconds;
    # short random waits share the lock fairly.
    driver: Any = connection.connection.dbapi_connection
    until = time.monotonic() + SQLITE_WAIT_SECONDS
    driver.execute("PRAGMA busy_timeout=0").close()
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE").close()
            except sqlite3.OperationalError as error:
                code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_BUSY)
                if code & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    # As SQLAlchemy has it for any other statement: the page says «busy», 503.
                    raise OperationalError("BEGIN IMMEDIATE", None, error) from error
                time.sleep(random.uniform(0.0005, 0.003))  # noqa: S311 (no secret)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={int(SQLITE_WAIT_SECONDS * 1000)}").close()


def release_request_session() -> None:
    """Close the request's session, also when the database went away since its last statement.

    Closing rolls back, and a connection that died says so only then. Nothing is left to undo, and
    what the person was answered stands.
    """
    try:
        db.session.remove()
    except OperationalError as error:
        logger.warning("database.gone", error=str(error.orig))
        db.session.registry.clear()


def begin_writing(session: Session) -> None:
    """Open the session's transaction as a writer: on SQLite it takes the write lock at once.

    :raises RuntimeError: if the session has a transaction already, which could only read
    """
    if session.info.get("writing"):
        return
    if session.in_transaction():
        raise RuntimeError("A transaction that began by reading cannot be made a writing one.")
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    session.info["writing"] = True


#: Under which name a session keeps the rows that its transaction holds.
HELD = "held"


def end(session: Session, *, keep: bool) -> None:
    """Commit the session's transaction if it is to be kept, else roll it back."""
    try:
        if keep:
            _bump_revisions(session)
            waking.notify(session)
            session.commit()
        else:
            session.rollback()
    except BaseException:
        session.rollback()
        raise
    finally:
        for name in ("writing", "touched", HELD):
            session.info.pop(name, None)
        jobs = waking.taken(session)
    if keep:
        waking.tell(jobs)


class Revision(Base):
    """How often something that pages are rendered from has changed.

    A page kept in memory is right for as long as the revision it was made at stands.
    """

    __tablename__ = "revision"

    name: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    number: orm.Mapped[int]


def savepoint(session: Session) -> AbstractContextManager[object]:
    """Return a block within the caller's transaction that is undone alone if it raises."""
    return session.begin_nested()


#: The revision of what is published: talks, their words, times and materials.
PUBLIC = "public"


def touch(session: Session, name: str = PUBLIC) -> None:
    """Say that what pages that follow the revision `name` show has changed in this transaction."""
    session.info.setdefault("touched", set()).add(name)


def _bump_revisions(session: Session) -> None:
    # Last of all, so that these rows are held for no longer than the commit takes; always in the
    # same order, so that no two transactions wait for each other.
    touched = sorted(session.info.get("touched", ()))
    if not touched:
        return
    session.flush()
    bump = _bump(session.get_bind().dialect.name)
    session.connection().execute(bump, [{"name": name, "number": 1} for name in touched])


@cache
def _bump(dialect: str) -> Any:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table: Any = Revision.__table__
    return insert(table).on_conflict_do_update(
        index_elements=["name"], set_={"number": table.c.number + 1}
    )


def insert_once(
    session: Session, table: type[Base], keys: tuple[str, ...], *, returning: Any
) -> Any:
    """Return an insert into `table` that does nothing where a row with these `keys` is already.

    It returns `returning`, a column or all of the `table`, of the new row, and nothing where there
    was one.
    """
    return _insert_once(session.get_bind().dialect.name, table, keys, returning)


@cache
def _insert_once(dialect: str, model: type[Base], keys: tuple[str, ...], returning: Any) -> Any:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # Of the table, not of the class: going through the ORM takes three times as long.
    table: Any = model.__table__
    columns = table.c if returning is model else [table.c[returning.key]]
    return insert(table).on_conflict_do_nothing(index_elements=list(keys)).returning(*columns)


class Database:
    """An engine, and the transactions that run on it outside a request."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session that may write: commit when the block ends, roll back if it raises."""
        with self._sessions() as session:
            begin_writing(session)
            try:
                yield session
            except BaseException:
                end(session, keep=False)
                raise
            end(session, keep=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that only reads, of one moment, and is rolled back at the end."""
        with self._sessions() as session:
            yield session
            session.rollback()


def connect(url: str) -> Database:
    """Return a database that needs nothing of Flask: for workers, the shell and tests."""
    return Database(prepare_engine(sa.create_engine(driver_url(url), **engine_options(url))))


def driver_url(url: str) -> str:
    """Return `url` with the driver that this project uses, whatever the short form says."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)
