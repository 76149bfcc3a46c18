"""What registrants are told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.events import mailboxes
from coopoutreach.events import notices as events
from coopoutreach.events.mailboxes import Mailbox
from coopoutreach.events.rules import Modality
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.talks.registrations.models import Registration


def places_confirmed(
    session: Session,
    registrations: Sequence[Registration],
    shared: Mapping[str, Mailbox],
    *,
    promoted: Collection[int] = (),
    now: datetime,
) -> None:
    """Invite people of one talk who have a place; those of `promoted` (ids) had waited for it.

    Who was invited before takes part another way now. `shared` is who stands behind each address.
    """
    letters = []
    for registration in registrations:
        talk, invitee = registration.talk, registration.invitee
        changed = invitee.told_sequence is not None
        mailbox = shared[invitee.person.email_key]
        attach = events.request(talk, invitee, mailbox=mailbox, now=now)
        letters.append(
            events.letter(
                talk,
                invitee,
                mailbox=mailbox,
                notice="registrations/place_confirmed",
                version=f"{registration.turn}",
                context={
                    "promoted": registration.id in promoted,
                    "changed": changed,
                    "room": registration.room.value,
                },
                attach=attach,
                not_after=talk.ends_at,
            )
        )
        invitee.told_sequence, invitee.told_version = talk.sequence, talk.version
    if len(letters) == 1:
        messaging.owe(session, letters[0], now=now)
    else:
        messaging.owe_many(session, letters, now=now)


def joined_line(
    session: Session,
    registration: Registration,
    *,
    reason: str = "",
    gave_up: bool = False,
    now: datetime,
) -> None:
    """Tell somebody that they wait for a place, and for what if not for a full room alone.

    `gave_up`: they had another one, which leaves their calendar.
    """
    talk, invitee = registration.talk, registration.invitee
    mailbox = mailboxes.of(session, invitee)
    attach = events.departure(session, talk, invitee, mailbox=mailbox, now=now)
    invitee.told_sequence = None
    context = {
        "leaves": attach is not None,
        "reason": reason,
        "gave_up": gave_up,
        "room": registration.room.value if talk.modality is Modality.HYBRID else "",
    }
    letter = events.letter(
        talk,
        invitee,
        mailbox=mailbox,
        notice="registrations/joined_line",
        version=f"{registration.turn}",
        context=context,
        attach=attach,
        not_after=talk.ends_at,
    )
    messaging.owe(session, letter, now=now)


def cancelled(
    session: Session, registration: Registration, *, by_person: bool, now: datetime
) -> None:
    """Tell somebody that their registration is cancelled, so that it leaves their calendar."""
    talk, invitee = registration.talk, registration.invitee
    mailbox = mailboxes.of(session, invitee)
    attach = events.departure(session, talk, invitee, mailbox=mailbox, now=now)
    letter = events.letter(
        talk,
        invitee,
        mailbox=mailbox,
        notice="registrations/cancelled",
        version=f"{registration.turn}",
        context={"by_person": by_person, "leaves": attach is not None},
        attach=attach,
        not_after=talk.ends_at,
    )
    messaging.owe(session, letter, now=now)


def misaddressed(
    session: Session, registration: Registration, *, address: str, is_kept: bool, now: datetime
) -> None:
    """Take back, from whoever has an address that was written by mistake, what went there.

    It names nobody and leads nowhere: whoever reads it is not who it was for. `is_kept`: others
    behind that address keep the entry in its calendar.
    """
    talk, invitee = registration.talk, registration.invitee
    attach = None
    if invitee.told_sequence is not None and not is_kept:
        attach = events.withdrawal(talk, invitee, address=address, now=now)
    letter = MailDraft(
        key=f"registrations/misaddressed:{invitee.id}:{registration.turn}",
        notice="registrations/misaddressed",
        to=Recipient("", address),
        context={"invited": attach is not None},
        calendar=attach,
        event_id=talk.id,
        not_after=talk.ends_at,
    )
    messaging.owe(session, letter, now=now)


def already_registered(session: Session, registration: Registration, *, now: datetime) -> None:
    """Tell somebody, once a day at the most, that they were registered before."""
    waiting = {"state": registration.state.value}
    letter = events.letter(
        registration.talk,
        registration.invitee,
        mailbox=mailboxes.of(session, registration.invitee),
        notice="registrations/already_registered",
        version=f"{now:%Y-%m-%d}",
        context=waiting,
        not_after=registration.talk.ends_at,
    )
    messaging.owe(session, letter, now=now)
