"""Number what people are told of an event, so that each hears of a change once."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from coopoutreach.events import queries, rules
from coopoutreach.events.models import Event, EventVersion, Invitee

#: What a version keeps of the event itself.
KEPT = (*rules.TIME_AND_PLACE, "link", "state")


def number_version(
    session: Session, event: Event, *, tells_words: bool = False, now: datetime
) -> EventVersion:
    """Keep the event as it is now as its next version; `tells_words`: its words are news too.

    Whoever was told a version that says the same knows this one: nothing is news to them.
    """
    known = queries.versions(session, event.id)
    last = known.get(event.version)
    made = EventVersion(
        event_id=event.id,
        number=event.version + 1,
        since=now,
        words=(last.words if last else 0) + tells_words,
        **{name: getattr(event, name) for name in KEPT},
    )
    session.add(made)
    event.version = made.number
    same = [
        number
        for number, told in known.items()
        if rules.change(told, made) is None and told.words == made.words
    ]
    if same:
        session.execute(
            update(Invitee)
            .where(Invitee.event_id == event.id, Invitee.told_version.in_(same))
            .values(told_version=made.number)
        )
    session.flush()
    return made
