"""Fixtures for every test. The database is real: SQLite and PostgreSQL, emptied before each.

Which test runs on which engine is said in decision 40: tests/functional on SQLite, of
tests/integration on both what the engine matters to, the rest on PostgreSQL. With BOTH_ENGINES=1
all of tests/integration runs on both.
"""

import os
import sys
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import hypothesis
import jinja2
import pytest
import structlog

from coopoutreach.app import create_app
from coopoutreach.people.accounts import commands as accounts
from coopoutreach.people.accounts.commands.sessions import Browser, open_session
from coopoutreach.people.accounts.sessions import COOKIE
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Base, connect
from coopoutreach.platform.core.settings import Settings
from coopoutreach.platform.web import unindented
from tests.factories import NOW
from tests.support.checked_pages import PageClient
from tests.support.clock import _at_another_day  # noqa: F401 (FAKE_NOW: at another day)
from tests.support.emptying import empty, hurry
from tests.support.marked_secrets import (  # noqa: F401 (hooks: no secret in any log)
    pytest_runtest_makereport,
    pytest_runtest_setup,
)
from tests.support.postgres import shared_server

# As where nobody configured it, but plain: what prints the locals takes seconds a traceback.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)
ENGINES = ("sqlite", "postgresql")
ROOT = Path(__file__).parents[1]
INTEGRATION = ROOT / "tests" / "integration"
#: What is in these folders of tests/integration is about the engine: locks, queues, chains, files.
BOTH_ENGINES = {"audit", "backups", "limits", "messaging", "safety", "scheduler"}
#: What takes long is begun first: at the end, one worker would wait for the other.
LONG = ("browser", "crash", "endurance", "slow")
# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _umask():
    """Put back what a command of the shell, run in this process, does to all files made later."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    def turn(item):
        marks = [mark for mark in LONG if item.get_closest_marker(mark)]
        return LONG.index(marks[0]) if marks else len(LONG)

    if not os.environ.get("BOTH_ENGINES"):
        one_is_enough = [item for item in items if _is_shown_by_postgresql(item)]
        config.hook.pytest_deselected(items=one_is_enough)
        items[:] = [item for item in items if not _is_shown_by_postgresql(item)]
    items.sort(key=turn)


def _is_shown_by_postgresql(item):
    """Return whether this is the run on SQLite of a test to which the engine does not matter."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    if params.get("engine_name") != "sqlite" or not item.path.is_relative_to(INTEGRATION):
        return False
    chosen = any("engine_name" in mark.args[0] for mark in item.iter_markers("parametrize"))
    marked = any(item.get_closest_marker(name) for name in ("both_engines", "crash"))
    folders = set(item.path.relative_to(INTEGRATION).parts)
    return not (chosen or marked or BOTH_ENGINES & folders)


def pytest_generate_tests(metafunc):
    marked = metafunc.definition.get_closest_marker("both_engines")
    functional = not metafunc.definition.path.is_relative_to(INTEGRATION)
    if marked and functional and "engine_name" in metafunc.fixturenames:
        metafunc.parametrize("engine_name", ENGINES, indirect=True)


@pytest.fixture
def now():
    return NOW


@pytest.fixture(params=ENGINES)
def engine_name(request):
    return request.param


@pytest.fixture(scope="session")
def worker_name():
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def _sqlite_url(tmp_path_factory):
    path = tmp_path_factory.mktemp("db") / "test.sqlite3"

    def refuse(event, arguments):
        if event == "open" and str(arguments[0]).startswith(str(path)):
            raise AssertionError("Nothing but SQLite opens this file: see tests/conftest.py.")

    # Whoever closes a file lets go of all locks that its process has on it (POSIX). The next
    # process to end its use of the database then takes itself for the last, and deletes the log
    # under our connections: «disk I/O error», in tests far from the one that opened it.
    # https://sqlite.org/howtocorrupt.html, 2.2
    sys.addaudithook(refuse)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def _postgresql_server(tmp_path_factory):
    with shared_server(tmp_path_factory) as server:
        yield server


@pytest.fixture(scope="session")
def _postgresql_url(_postgresql_server, worker_name):
    return _postgresql_server.new_database(f"test_{worker_name}")


_ready: dict[str, object] = {}


@pytest.fixture(scope="session", autouse=True)
def _close_at_the_end():
    yield
    for database in _ready.values():
        database.engine.dispose()
    for app in _apps.values():
        app.extensions["database"].engine.dispose()


@pytest.fixture
def database_url(request, engine_name):
    return request.getfixturevalue(f"_{engine_name}_url")


@pytest.fixture
def database(database_url):
    """An empty database with the schema of the models; connections stay open between tests."""
    if database_url not in _ready:
        database = connect(database_url)
        hurry(database.engine)
        Base.metadata.create_all(database.engine)
        _ready[database_url] = database
    database = _ready[database_url]
    empty(database)
    return database


@pytest.fixture
def settings(tmp_path, database_url):
    made = Settings(
        database_url=database_url,
        secret_key="prueba-" * 8,
        base_url="http://127.0.0.1:8000",
        mail_url=f"file:{tmp_path / 'mail'}",
        mail_from="FECRECOOP <agenda@fecrecoop.example>",
        files_url=str(tmp_path / "files"),
        instance=Path(tmp_path),
        trusted_hosts=("127.0.0.1", "localhost"),
        testing=True,
    )
    process_settings.install(made)
    return made


@pytest.fixture
def session(database, settings):
    """A session that may write; what it wrote is kept when the test asks for `commit`."""
    with database.transaction() as session:
        yield session


_apps: dict[str, object] = {}


@pytest.fixture
def app(database, settings):
    """The application over the emptied database; made once an engine, since making it is slow."""
    from coopoutreach.platform.web import page_cache  # noqa: PLC0415 (made late, as the app is)

    if settings.database_url not in _apps:
        _apps[settings.database_url] = create_app(replace(settings))
        _apps[settings.database_url].test_client_class = PageClient
        _apps[settings.database_url].jinja_env.bytecode_cache = _compiled_templates()
        hurry(_apps[settings.database_url].extensions["database"].engine)
    app = _apps[settings.database_url]
    process_settings.install(settings)
    app.extensions["settings"] = settings
    page_cache.forget_all()
    return app


@cache
def _compiled_templates():
    """Return where compiled templates are kept, for all workers and for the next run."""
    made_by = version("jinja2").encode() + Path(unindented.__file__).read_bytes()
    folder = ROOT / ".cache" / f"templates-{sha256(made_by).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    return jinja2.FileSystemBytecodeCache(str(folder))


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def sign_in(app, database):
    """Return a client signed in with a role. The session is made as signing in makes it.

    The page itself, and what a password costs, are tested with the accounts.
    """

    def _sign_in(role, email=None, name="Quien Prueba"):
        with database.transaction() as session:
            user = accounts.create_user(
                session,
                email=email or f"{role}@fecrecoop.example",
                name=name,
                role=Role(role),
                password_hash=None,
                actor="test",
                now=utcnow(),
            )
            return signed_in(app, session, user)

    return _sign_in


def signed_in(app, session, user):
    """Return a client with a session of the user's."""
    browser = Browser(address="127.0.0.1", name="prueba")
    secret = open_session(session, user, browser, now=utcnow())
    client = app.test_client()
    client.set_cookie(COOKIE, secret, domain="localhost", secure=True)
    return client
