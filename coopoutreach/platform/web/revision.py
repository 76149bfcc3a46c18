"""Ask for the number of the revision that public pages are made from, as cheaply as can be."""

import weakref
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from coopoutreach.platform.core.db import Revision

#: Connections that wait for the next question.
_MOST_IDLE = 8
_ASK = "SELECT number FROM revision WHERE name = 'public'"


class RevisionReader:
    """Ask for the number of the revision over connections of its own, one round trip each.

    A session would begin and end a transaction around it, and the pool would ask first whether
    the connection lives: four round trips for one number.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Any] = []
        # Nobody else closes them: not with the pool, which has let them go.
        weakref.finalize(self, _close_all, self._idle)

    def number(self) -> int:
        """Return the number of the revision; zero before anything changed."""
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._ask_anew()
        try:
            row = connection.execute(_ASK).fetchone()
        except self._driver_error():
            # The server went away meanwhile; a new connection tells whether it is back.
            connection.close()
            return self._ask_anew()
        self._give_back(connection)
        return int(row[0]) if row else 0

    def _ask_anew(self) -> int:
        # Through SQLAlchemy, so that a database that is away fails as it does everywhere.
        with self._engine.connect() as asking:
            number = asking.scalar(sa.select(Revision.number).where(Revision.name == "public"))
        self._give_back(self._new_connection())
        return number or 0

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
