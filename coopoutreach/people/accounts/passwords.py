"""Hash passwords and check them: argon2id, few at once, never inside a writing transaction."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from coopoutreach.people.accounts.rules import LONGEST_PASSWORD
from coopoutreach.platform.core.errors import Busy

#: Each takes 64 MiB while it works: as many as this at once, and others wait.
_AT_ONCE = 4
_PATIENCE_SECONDS = 10.0

#: The library's parameters: 64 MiB, three passes. Tests put a lighter one here.
hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
_places = BoundedSemaphore(_AT_ONCE)


def hash_password(password: str) -> str:
    """Return the hash of `password` that is kept.

    :raises Busy: if too many are being hashed
    """
    with _place():
        return hasher.hash(_text(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether `password` is the one whose hash is given.

    Where there is no hash, as much work is done for nothing: time does not tell who has an account.

    :raises Busy: if too many are being checked
    """
    if len(password) > LONGEST_PASSWORD:
        return False
    with _place():
        try:
            hasher.verify(password_hash or _nobodys(hasher), _text(password))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Return whether a hash was made with other parameters than those of today."""
    return hasher.check_needs_rehash(password_hash)


def _text(password: str) -> str:
    # Keyboards write «ñ» in one character or in two: it is the same password.
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys(made_by: PasswordHasher) -> str:
    # No password has this hash's: the text is longer than any that is accepted.
    return made_by.hash("x" * (LONGEST_PASSWORD + 1))


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=_PATIENCE_SECONDS):
        raise Busy("Hay muchas personas ingresando. Inténtelo otra vez en un minuto.")
    try:
        yield
    finally:
        _places.release()
