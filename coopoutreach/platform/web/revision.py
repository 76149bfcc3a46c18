"""Ask for the numbers of the revisions that public pages are made from, as cheaply as can be."""

import weakref
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from coopoutreach.platform.core.db import Revision

#: Connections that wait for the next question.
_MOST_IDLE = 8
_ASK = "SELECT name, number FROM revision WHERE name IN (MARKS)"


class RevisionReader:
    """Ask for the numbers of revisions over connections of its own, one round trip each time.

    A session would begin and end a transaction around it, and the pool would ask first whether
    the connection lives: four round trips for one answer.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Any] = []
        self._mark = "%s" if engine.dialect.name == "postgresql" else "?"
        # Nobody else closes them: not with the pool, which has let them go.
        weakref.finalize(self, _close_all, self._idle)

    def numbers(self, names: tuple[str, ...]) -> tuple[int, ...]:
        """Return the number of each revision; zero of one in which nothing changed yet."""
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._ask_anew(names)
        marks = ", ".join([self._mark] * len(names))
        asked = _ASK.replace("MARKS", marks)
        try:
            found = dict(connection.execute(asked, names).fetchall())
        except self._driver_error():
            # The server went away meanwhile; a new connection tells whether it is back.
            connection.close()
            return self._ask_anew(names)
        self._give_back(connection)
        return tuple(found.get(name, 0) for name in names)

    def _ask_anew(self, names: tuple[str, ...]) -> tuple[int, ...]:
        # Through SQLAlchemy, so that a database that is away fails as it does everywhere.
        asked = sa.select(Revision.name, Revision.number).where(Revision.name.in_(names))
        with self._engine.connect() as asking:
            found = {row.name: row.number for row in asking.execute(asked)}
        self._give_back(self._new_connection())
        return tuple(found.get(name, 0) for name in names)

    def _new_connection(self) -> Any:
        borrowed = self._engine.raw_connection()
        connection: Any = borrowed.driver_connection
        borrowed.detach()  # from the pool: the connection is ours from here on
        if self._engine.dialect.name == "postgresql":
            connection.autocommit = True
        return connection

    def _give_back(self, connection: Any) -> None:
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    def _driver_error(self) -> type[Exception]:
        error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        return error


def _close_all(connections: list[Any]) -> None:
    for connection in connections:
        connection.close()
