"""What an account, a session and a password must be."""

import re
import unicodedata
from datetime import datetime, timedelta
from itertools import pairwise

from coopoutreach.people.accounts.words import CONTEXT, KEYBOARD, WORDS
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import addresses

#: How long a link in a mail is good for.
SIGN_IN_LINK_LIFE = timedelta(minutes=10)
RESET_LIFE = timedelta(minutes=30)
INVITATION_LIFE = timedelta(days=7)

SHORTEST_PASSWORD = 12
#: Longer ones are refused before they are hashed, which would cost whoever sends them nothing.
LONGEST_PASSWORD = 1024
#: A password of as many usual words as this, and nothing else, is soon guessed.
_FEW_WORDS = 3
_FEWEST_CHARACTERS = 5
_LONGEST_RUN = 0.7
_LEET = str.maketrans("013457@$!€", "oieastasie")

#: Staff see everybody's figures: their sessions end early.
_STAFF = frozenset({Role.ADMINISTRATION, Role.COORDINATION})
_HOMES = {
    Role.ADMINISTRATION: "/panel",
    Role.COORDINATION: "/panel",
    Role.COUNTERPART: "/mesa",
    Role.MANAGER: "/mi-cooperativa",
    Role.REGISTRAR: "/mi-cooperativa",
}
#: The first that is found counts: most browsers say that they are others, too.
_PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
#: For how long somebody who showed who they are may do what others could misuse.
RECENT = timedelta(minutes=15)
#: How often it is written down that a session is in use.
SEEN_EVERY = timedelta(minutes=1)


def email_key(email: str) -> str:
    """Return an address as it is kept and compared."""
    return addresses.key(unicodedata.normalize("NFC", email))


def home_of(role: Role) -> str:
    """Return the path where somebody of this role begins."""
    return _HOMES[role]


def idle_life(role: Role) -> timedelta:
    """Return for how long a session that nobody uses stays open."""
    return timedelta(minutes=30) if role in _STAFF else timedelta(hours=12)


def longest_life(role: Role) -> timedelta:
    """Return when a session ends, used or not."""
    return timedelta(hours=12) if role in _STAFF else timedelta(days=14)


def is_live(*, role: Role, last_seen_at: datetime, expires_at: datetime, now: datetime) -> bool:
    """Return whether a session is still open."""
    return now < expires_at and now < last_seen_at + idle_life(role)


def is_recent(*, created_at: datetime, confirmed_at: datetime | None, now: datetime) -> bool:
    """Return whether somebody signed in, or showed anew who they are, not long ago."""
    return now < (confirmed_at or created_at) + RECENT


def is_local_path(path: str) -> bool:
    r"""Return whether a browser sent to `path` stays with us.

    Browsers read `//host`, `/\host` and `/<tab>/host` as another site.
    """
    return bool(re.fullmatch(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?", path)) and len(path) <= 2000  # noqa: PLR2004


def browser_name(user_agent: str) -> str:
    """Return what a person would call a browser, such as «Firefox en Windows»."""
    program = next((name for mark, name in _PROGRAMS if mark in user_agent), "Un navegador")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{program} en {system}" if system else program


def password_problem(password: str, *, about: tuple[str, ...] = ()) -> str | None:
    """Return what is wrong with a new password, as a sentence, or None.

    `about`: the person's address and name, which are the first that anybody would try.
    """
    if len(password) > LONGEST_PASSWORD:
        return f"La clave puede tener hasta {LONGEST_PASSWORD} caracteres."
    if len(password) < SHORTEST_PASSWORD:
        return f"La clave debe tener al menos {SHORTEST_PASSWORD} caracteres."
    if _is_monotonous(password) or _is_made_of_usual_words(password, about):
        return "Esa clave es fácil de adivinar. Pruebe con varias palabras que no vayan juntas."
    return None


def _is_monotonous(password: str) -> bool:
    """Return whether a password is mostly a row: of one letter, of the alphabet, of the keys."""
    lowered = password.lower()
    if len(set(lowered)) < _FEWEST_CHARACTERS:
        return True
    steps = sum(
        abs(ord(a) - ord(b)) <= 1 or any(a + b in row or b + a in row for row in KEYBOARD)
        for a, b in pairwise(lowered)
    )
    return steps >= _LONGEST_RUN * (len(lowered) - 1)


def _is_made_of_usual_words(password: str, about: tuple[str, ...]) -> bool:
    own = {word for text in about for word in re.findall(r"[a-z]{3,}", _plain(text, leet=False))}
    usual = WORDS | CONTEXT | own
    without_year = re.sub(r"(19|20)?\d\d\W*$", "", password)
    # With digits read as the letters they stand for, and without them.
    readings = (_plain(password), _plain(without_year), _plain(password, leet=False))
    letters = ("".join(char for char in text if char.isalpha()) for text in readings)
    return any(text and _splits(text, usual, _FEW_WORDS) for text in letters)


def _splits(text: str, words: frozenset[str] | set[str], most: int) -> bool:
    """Return whether `text` is nothing but at most `most` of `words`."""
    if not text:
        return True
    return most > 0 and any(
        _splits(text[len(word) :], words, most - 1) for word in words if text.startswith(word)
    )


def _plain(text: str, *, leet: bool = True) -> str:
    lowered = text.lower().translate(_LEET) if leet else text.lower()
    decomposed = unicodedata.normalize("NFD", lowered)
    return "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
