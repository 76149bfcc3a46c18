import pytest
from sqlalchemy import event

from coopoutreach.platform.core.db import touch

#: Modules that read the clock for what everybody is shown.
MODULES = ("pages.site.views", "platform.web.page_cache", "calendars.feeds.views.public")


@pytest.fixture(autouse=True)
def clock(monkeypatch, now):
    """Set the clock that public pages read; call it to set it anew."""

    def set_to(moment):
        for module in (
            "pages.site.views",
            "platform.web.page_cache",
            "calendars.feeds.views.public",
        ):
            monkeypatch.setattr(f"coopoutreach.{module}.utcnow", lambda: moment)

    set_to(now)
    return set_to


@pytest.fixture
def write(database):
    """Return a transaction in which a test writes what public pages show."""

    def _write(make):
        with database.transaction() as session:
            made = make(session)
            touch(session)
            session.flush()
            session.expunge_all()
            return made

    return _write


@pytest.fixture
def count_statements(app):
    """Return a function that says how many statements a request for a path takes."""

    def _count(client, path):
        seen = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        engine = app.extensions["database"].engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert client.get(path).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
        # How a transaction begins differs between engines.
        return len([one for one in seen if not one.startswith("BEGIN")])

    return _count
