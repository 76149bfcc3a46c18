"""Who stands behind one mailbox at an event: they share one entry in its calendar.

All mails about an event carry one UID, so a mailbox has one entry, whoever of its people a mail is
for. The entry names everybody who has a place; it goes when nobody has (`docs/decisions/0034`).
Who changes it holds the event's row.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import Answer, Standing
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core.links import new_reply_token

#: What an entry says that is for several: nobody is said to come who did not say so (B8).
_WEIGHT = (Answer.PENDING, Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The invitees of one event whose mail goes to one address, in order of their id."""

    invitees: Sequence[Invitee] = ()

    @property
    def holders(self) -> list[Invitee]:
        """Return those whom the entry names: who has a place."""
        return [one for one in self.invitees if one.standing is Standing.INVITED]

    @property
    def has_several(self) -> bool:
        """Return whether a mail must say for whom it is: several have a place, or wait for one."""
        return sum(one.standing is not Standing.WITHDRAWN for one in self.invitees) > 1

    @property
    def is_shared(self) -> bool:
        """Return whether the entry is, or was, for several, and so says for whom it is."""
        return len(self.holders) > 1 or any(one.entry_token for one in self.holders)

    @property
    def answer(self) -> Answer:
        """Return what the holders answered, taken together."""
        given = {one.answer for one in self.holders}
        return next((answer for answer in _WEIGHT if answer in given), Answer.PENDING)

    def without(self, invitee: Invitee) -> "Mailbox":
        """Return it as it is once somebody left."""
        return Mailbox([one for one in self.invitees if one is not invitee])

    def next_stamp(self, event: Event, *, now: datetime) -> datetime:
        """Return the DTSTAMP of its next calendar object, in whole seconds, and keep it.

        Programs take the later of two objects of one SEQUENCE, and none of two of one second (A3).
        """
        earliest = max(now, event.revised_at).astimezone(UTC).replace(microsecond=0)
        before = [one.told_stamp for one in self.invitees if one.told_stamp is not None]
        stamp = max([earliest, *(one + timedelta(seconds=1) for one in before)])
        for one in self.invitees:
            one.told_stamp = stamp
        return stamp

    def share(self) -> None:
        """Let those who have a place share the entry, and the secret that its answers come to.

        The address that a calendar answers to stays what it was, or programs would not take the
        update; the person whose secret stood in it alone gets a new one, for their own mails.
        """
        holders = self.holders
        if not self.is_shared:
            return
        secret = next((one.entry_token for one in holders if one.entry_token), None)
        if secret is None:
            first = next((one for one in holders if one.told_sequence is not None), None)
            secret = (first.reply_token if first else None) or new_reply_token()
            if first is not None:
                first.reply_token = new_reply_token()
        for one in holders:
            one.entry_token = secret


def find(session: Session, event_id: int, email_key: str) -> Mailbox:
    """Return who of an event is behind an address."""
    return find_all(session, event_id, [email_key])[email_key]


def of(session: Session, invitee: Invitee) -> Mailbox:
    """Return the mailbox that an invitee's mail goes to."""
    return find(session, invitee.event_id, invitee.person.email_key)


def of_all(session: Session, event: Event, invitees: Collection[Invitee]) -> dict[str, Mailbox]:
    """Return the mailboxes, by address, that the mail of some of an event's invitees goes to."""
    return find_all(session, event.id, {invitee.person.email_key for invitee in invitees})


def find_all(session: Session, event_id: int, email_keys: Collection[str]) -> dict[str, Mailbox]:
    """Return who of an event is behind each of these addresses, as it stands now."""
    found: dict[str, list[Invitee]] = {key: [] for key in email_keys}
    wanted = (
        select(Invitee)
        .join(Invitee.person)
        .where(Invitee.event_id == event_id, Person.email_key.in_(found))
        .options(contains_eager(Invitee.person))
        .order_by(Invitee.id)
        # What was read before the event's row was held may be old.
        .execution_options(populate_existing=True)
    )
    for invitee in session.scalars(wanted) if found else ():
        found[invitee.person.email_key].append(invitee)
    return {key: Mailbox(invitees) for key, invitees in found.items()}


def sharing(session: Session, event_id: int, tokens: Collection[str]) -> list[Invitee]:
    """Return all who ever shared an entry whose answers come to one of these secrets."""
    wanted = (
        select(Invitee)
        .join(Invitee.person)
        .where(Invitee.event_id == event_id, Invitee.entry_token.in_(tokens))
        .options(contains_eager(Invitee.person))
        .order_by(Invitee.id)
    )
    return list(session.scalars(wanted)) if tokens else []


def left_behind(session: Session, event_id: int) -> list[Mailbox]:
    """Return the mailboxes whose entry somebody still has who shared it with one who left."""
    shared = (
        select(Person.email_key)
        .join(Invitee, Invitee.person_id == Person.id)
        .where(
            Invitee.event_id == event_id,
            Invitee.entry_token.is_not(None),
            Invitee.standing != Standing.INVITED,
        )
        .distinct()
        .order_by(Person.email_key)
    )
    return list(find_all(session, event_id, session.scalars(shared).all()).values())
