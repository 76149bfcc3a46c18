"""What Flask calls the session: one browser, its secret, and whether somebody signed in there."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from flask import current_app
from flask.sessions import SessionMixin
from typing_extensions import override

from coopoutreach.people.accounts import queries
from coopoutreach.people.accounts.models import UserSession
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Database

_CSRF = "csrf_token"
_FLASHES = "_flashes"
_SECRET = re.compile(r"~?[A-Za-z0-9_-]{43}")
#: What the cookie of somebody who never signed in begins with: there is no row to look for.
_ANONYMOUS = "~"


class BrowserSession(SessionMixin):
    """What Flask calls the session: of one browser, looked up when somebody first asks.

    It holds a form's token and the sentences to show next, and nothing else.
    """

    def __init__(
        self,
        cookies: Callable[[], str | None],
        key: bytes,
        said: Callable[[], list[list[str]]] = list,
    ) -> None:
        """Make it of a cookie; `said`: the sentences that wait for who is not signed in."""
        self._cookies = cookies
        self._said = said
        self._key = key
        self._secret: str | None = None
        self._read = False
        self._row: UserSession | None = None
        self._looked = False
        self._flashes: list[list[str]] | None = None
        #: Whether the answer depends on the cookie.
        self.asked = False
        self.issued = False
        self.ended = False

    @property
    def secret(self) -> str | None:
        """Return what the cookie holds, if it is one of ours."""
        if not self._read:
            self._read = True
            given = self._cookies() or ""
            self._secret = given if _SECRET.fullmatch(given) else None
        return self._secret

    @property
    def row(self) -> UserSession | None:
        """Return the row of whoever is signed in, detached: it outlives the request's session."""
        if not self._looked:
            self._looked = self.asked = True
            known = self.secret is not None and not self.secret.startswith(_ANONYMOUS)
            self._row = _find(self.secret) if self.secret and known else None
        return self._row

    @property
    def looked_up(self) -> UserSession | None:
        """Return the row if somebody asked for it, else None."""
        return self._row

    @property
    def new_flashes(self) -> list[list[str]] | None:
        """Return the sentences to show next if they changed, else None."""
        return self._flashes

    def issue(self, secret: str) -> None:
        """Give the browser another secret; what it had stands for nothing from now on."""
        self._read, self._secret = True, secret
        self._looked, self._row = False, None
        self.asked = self.issued = True
        self.ended = False

    def end(self) -> None:
        """Take the secret from the browser."""
        self._read, self._secret = True, None
        self._looked, self._row, self._flashes = True, None, None
        self.asked = self.ended = True
        self.issued = False

    @override
    def __getitem__(self, key: str) -> Any:
        if key == _CSRF and self.secret is not None:
            self.asked = True
            return hmac.new(
                self._key, f"form\x1f{self.secret}".encode(), hashlib.sha256
            ).hexdigest()
        if key == _FLASHES and self._sentences():
            return self._sentences()
        raise KeyError(key)

    @override
    def __setitem__(self, key: str, value: Any) -> None:
        if key == _FLASHES:
            self.asked = True
            self._flashes = [list(pair) for pair in value]
        elif key == _CSRF:
            # Flask-WTF hands in a value of its own where there is none; ours follows from
            # the cookie.
            self.issue(_ANONYMOUS + secrets.token_urlsafe(32))
        else:
            raise KeyError(f"The session keeps no {key!r}: put it into the database.")

    @override
    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        if key == _FLASHES:
            self._flashes = []

    @override
    def __contains__(self, key: object) -> bool:
        if key == _CSRF:
            return self.secret is not None
        return key == _FLASHES and bool(self._sentences())

    @override
    def __iter__(self) -> Iterator[str]:
        return (key for key in (_CSRF, _FLASHES) if key in self)

    @override
    def __len__(self) -> int:
        return sum(1 for _key in self)

    def _sentences(self) -> list[list[str]]:
        if self._flashes is not None:
            return self._flashes
        self.asked = True
        return self.row.flashes if self.row is not None else self._said()


def _find(secret: str) -> UserSession | None:
    # In a session of its own: the request's may not have begun yet, and must not begin by reading
    # if it is to write.
    database: Database = current_app.extensions["database"]
    with database.reading() as reading:
        row = queries.session_by_secret(reading, secret, now=utcnow())
        reading.expunge_all()
        return row
