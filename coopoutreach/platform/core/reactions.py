"""Let a lower feature set things in motion in a higher one that it may not import.

The lower feature says what happened, as a frozen dataclass of its own; the functions that
`coopoutreach/wiring.py` lists for it run at once, in the same transaction, and may raise.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

#: Called as `reaction(session, happening, now=now)`.
Reaction = Callable[..., Any]
Wiring = Mapping[type, Sequence[Reaction]]

_wiring: dict[type, Sequence[Reaction]] = {}


def install(wiring: Wiring) -> None:
    """Make `wiring` what happens; called once, when the application or a worker is put together."""
    _wiring.clear()
    _wiring.update(wiring)


def react(session: Session, happening: object, *, now: datetime) -> list[Any]:
    """Run what follows from `happening`, in the caller's transaction; return what each answered.

    :raises LookupError: if nobody listed what follows: an omission, never a choice
    """
    try:
        reactions = _wiring[type(happening)]
    except KeyError:
        raise LookupError(f"wiring.py does not say what follows a {type(happening)}") from None
    return [reaction(session, happening, now=now) for reaction in reactions]
