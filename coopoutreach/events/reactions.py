"""How events answer what happens below them; `wiring.py` lists these."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.events import notices, replies, senders
from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import (
    ACTIVE_STATES,
    CHANGES,
    AnnouncementKind,
    Delivery,
    EventKind,
    Standing,
)
from coopoutreach.mail.incoming.happenings import Judged, MailBounced, ReplyReceived, WrittenBy
from coopoutreach.mail.incoming.rules import Action, Reason
from coopoutreach.mail.outgoing.happenings import DeliveryEnded, StillWanted

#: Letters that carry an invitation, whatever else they say: who has no place is not invited.
_OF_A_PLACE = frozenset({"registrations/place_confirmed", "meetings/convened", notices.ENTRY})
#: Letters that are true only while the event stands and the person has a place in it.
_OF_A_STANDING_EVENT = frozenset(
    {
        f"events/{AnnouncementKind.REMINDER.value}",
        *(f"events/{kind.value}" for kind in CHANGES),
        *_OF_A_PLACE,
        "registrations/joined_line",
        "meetings/agenda",
        "meetings/answered",
        "meetings/proposal_settled",
    }
)
# Written out once, and of columns alone: both run for each mail that is sent, where to build the
# statement and to load things would take longer than all the rest of its delivery.
_STANDS = (
    sa.select(Invitee.__table__.c.standing, Event.__table__.c.state)
    .join_from(Invitee.__table__, Event.__table__)
    .where(Invitee.__table__.c.id == sa.bindparam("its_id"))
)
_NOTE_DELIVERY = (
    sa.update(Invitee.__table__)  # type: ignore[arg-type]  # a mapped class has a table
    .where(Invitee.__table__.c.id == sa.bindparam("its_id"))
    .values(delivery=sa.bindparam("delivery"), delivery_note=sa.bindparam("note"))
)


def reason_to_drop(session: Session, asked: StillWanted, *, now: datetime) -> str:  # noqa: ARG001 (reactions are told the time)
    """Return why a letter about an event is no longer wanted, or nothing if it is."""
    if asked.invitee_id is None or asked.notice not in _OF_A_STANDING_EVENT:
        return ""
    found = session.connection().execute(_STANDS, {"its_id": asked.invitee_id}).one_or_none()
    if found is None or found.standing is Standing.WITHDRAWN:
        return "la persona dejó su lugar"
    # An invitation that comes after its withdrawal would bring the entry back.
    if asked.notice in _OF_A_PLACE and found.standing is not Standing.INVITED:
        return "la persona dejó su lugar"
    return "" if found.state in ACTIVE_STATES else "la actividad ya no se realiza"


def note_delivery(session: Session, ended: DeliveryEnded, *, now: datetime) -> None:  # noqa: ARG001 (likewise)
    """Keep with the invitee whether mails reach them, where somebody looks."""
    if ended.invitee_id is None:
        return
    values = {
        "its_id": ended.invitee_id,
        "delivery": Delivery.SENT if ended.delivered else Delivery.FAILED,
        "note": "" if ended.delivered else ended.reason,
    }
    session.connection().execute(_NOTE_DELIVERY, values)


def judge_reply(session: Session, received: ReplyReceived, *, now: datetime) -> Judged:
    """Apply an answer that came by mail, if it counts, and say what became of it."""
    return replies.judge(session, received, now=now)


def note_bounce(session: Session, bounced: MailBounced, *, now: datetime) -> Judged | None:  # noqa: ARG001 (likewise)
    """Keep with an invitee that a mail to them came back; their answer stays as it is."""
    invitee = senders.invitee_of_bounce(
        session, bounced.invitee_id, tokens=bounced.tokens, address=bounced.address
    )
    if invitee is None:
        return None
    invitee.delivery, invitee.delivery_note = Delivery.FAILED, bounced.reason
    return Judged(
        Action.BOUNCE,
        Reason.UNDELIVERABLE,
        uid=invitee.event.uid,
        attendee=invitee.person.email_key,
        event_id=invitee.event_id,
        invitee_id=invitee.id,
    )


def whose_words(session: Session, written: WrittenBy, *, now: datetime) -> Judged | None:  # noqa: ARG001 (likewise)
    """Return which invitee wrote to us, by their secret or by the mail that they answer."""
    invitee = senders.invitee_of_words(session, written.invitee_id, tokens=written.tokens)
    if invitee is None:
        return None
    return Judged(
        Action.IGNORE,
        Reason.NO_CALENDAR,
        event_id=invitee.event_id,
        invitee_id=invitee.id,
        own_words_only=invitee.event.kind is EventKind.MEETING,
    )
