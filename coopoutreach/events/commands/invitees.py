"""Who is invited, what they answered, and whether they came."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.events.happenings import InviteeDeclined
from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import Answer, Attendance, Delivery, Source, Standing
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.links import new_nonce, new_reply_token
from coopoutreach.platform.core.rows import add_once


def invite(
    session: Session,
    event: Event,
    person: Person,
    *,
    organisation_id: int | None = None,
    standing: Standing,
    now: datetime,
) -> Invitee:
    """Make somebody an invitee, or one again; their link stays the same."""
    invitee = invite_anew(
        session, event, person, organisation_id=organisation_id, standing=standing, now=now
    )
    if invitee is None:
        invitee = session.query(Invitee).filter_by(event_id=event.id, person_id=person.id).one()
        invitee.organisation_id = organisation_id
        invitee.standing = standing
        invitee.answer = Answer.PENDING
        invitee.attendance = Attendance.UNKNOWN
        # The entry that they may have shared is gone; the one to come is another.
        invitee.entry_token = None
        # Whoever joins is told of the event as it is now.
        invitee.told_version = event.version
    return invitee


def invite_anew(
    session: Session,
    event: Event,
    person: Person,
    *,
    organisation_id: int | None = None,
    standing: Standing,
    now: datetime,
) -> Invitee | None:
    """Make somebody an invitee; return None, and change nothing, if they were one before."""
    keys = {"event_id": event.id, "person_id": person.id}
    values = {
        "organisation_id": organisation_id,
        "standing": standing,
        "told_version": event.version,
        "created_at": now,
        **keys,
    }
    related = {"event": event, "person": person}
    return add_once(session, Invitee, values, keys=tuple(keys), related=related)


def renew(session: Session, invitee: Invitee, *, actor: str, now: datetime) -> None:
    """Let an invitee begin anew at another address: the old link dies, and what it answered."""
    invitee.nonce, invitee.reply_token = new_nonce(), new_reply_token()
    invitee.told_sequence, invitee.entry_token = None, None
    invitee.told_version = invitee.event.version
    invitee.answer, invitee.answered_at = Answer.PENDING, None
    invitee.answer_source, invitee.answer_comment, invitee.stale_answer = None, "", None
    invitee.replied_sequence, invitee.replied_stamp = None, None
    invitee.delivery, invitee.delivery_note = Delivery.UNKNOWN, ""
    thing = ("invitee", invitee.id)
    audit.record(session, thing, action="invitee.renewed", actor=actor, now=now)


def revoke_links(session: Session, person: Person, *, actor: str, now: datetime) -> None:
    """Make every link of somebody useless; who still needs one is given a new one."""
    for invitee in session.query(Invitee).filter_by(person_id=person.id):
        invitee.nonce, invitee.reply_token = new_nonce(), new_reply_token()
        invitee.entry_token = None
    thing = ("person", person.id)
    audit.record(session, thing, action="person.links-revoked", actor=actor, now=now)


def answer(  # noqa: PLR0913 (what is said, how, and with which words)
    session: Session,
    invitee: Invitee,
    *,
    answer: Answer,
    source: Source = Source.LINK,
    comment: str = "",
    actor: str,
    now: datetime,
) -> None:
    """Keep what an invitee answered, how and with which words; who will not come gives up."""
    before = invitee.answer
    invitee.answer, invitee.stale_answer = answer, None
    invitee.answered_at, invitee.answer_source = now, source
    invitee.answer_comment = comment
    audit.record(
        session,
        ("invitee", invitee.id),
        action="invitee.answered",
        actor=actor,
        now=now,
        before={"answer": before.value},
        after={"answer": answer.value},
    )
    if answer is Answer.DECLINED and before is not Answer.DECLINED:
        reactions.react(session, InviteeDeclined(invitee.id, actor), now=now)


def mark_attendance(
    session: Session, invitee: Invitee, *, attendance: Attendance, actor: str, now: datetime
) -> None:
    """Keep whether an invitee came."""
    before = invitee.attendance
    invitee.attendance = attendance
    invitee.attendance_at = now
    audit.record(
        session,
        ("invitee", invitee.id),
        action="attendance.marked",
        actor=actor,
        now=now,
        before={"attendance": before.value},
        after={"attendance": attendance.value},
    )
