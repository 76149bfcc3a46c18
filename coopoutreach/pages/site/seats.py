"""What the page of a talk says of its seats, and of what there is instead of a full one."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.pages.site import showing
from coopoutreach.talks.registrations import offers, queries
from coopoutreach.talks.registrations import showing as words
from coopoutreach.talks.talks.models import Talk


def of_talk(session: Session, talk: Talk, *, now: datetime) -> dict[str, Any]:
    """Return the seats of a talk, who they are held for, and another talk if it is full."""
    seats = queries.seats_of_talks(session, [talk], now=now)[talk.id]
    full = showing.is_full(talk, seats)
    # What is left may be for others: who reads this is told of another talk all the same.
    for_others = 0 < showing.free(talk, seats) == seats.held
    return {
        "seats": seats,
        "full": full,
        "held": words.held(talk, now=now),
        "held_until": queries.held_until_words(talk),
        "follows_others": full or for_others,
        "instead": offers.on_topic(session, talk, now=now) if full or for_others else None,
    }
