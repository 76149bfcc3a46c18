"""What a talk is, decided from values alone."""

from datetime import datetime
from enum import StrEnum


class Format(StrEnum):
    """The formats of a talk, as the interface names them."""

    TALK = "charla"
    WORKSHOP = "taller"
    DAY = "jornada"
    CONFERENCE = "conferencia"
    CEREMONY = "ceremonia"
    SITE_VISIT = "visita en terreno"


#: Sentence-case names for badges and lists.
FORMAT_NAMES: dict[Format, str] = {item: item.value.capitalize() for item in Format}


class Window(StrEnum):
    """Whether a talk takes registrations at a moment, and if not, why."""

    OPEN = "open"
    NOT_YET = "not-yet"
    CLOSED = "closed"
    OVER = "over"
    CANCELLED = "cancelled"


def window(
    *,
    standing: bool,
    starts_at: datetime,
    opens_at: datetime | None,
    closes_at: datetime | None,
    now: datetime,
) -> Window:
    """Return whether a talk takes registrations at `now`; `standing`: it is going to happen."""
    reasons = (
        (Window.CANCELLED, not standing),
        (Window.OVER, now >= starts_at),
        (Window.NOT_YET, opens_at is not None and now < opens_at),
        (Window.CLOSED, closes_at is not None and now >= closes_at),
    )
    return next((reason for reason, holds in reasons if holds), Window.OPEN)
