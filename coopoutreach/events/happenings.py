"""What happens to events that higher features may want to follow; `wiring.py` lists who does."""

from dataclasses import dataclass

from coopoutreach.mail.outgoing.letters import MailDraft


@dataclass(frozen=True, slots=True)
class InviteeDeclined:
    """An invitee answered that they will not come."""

    invitee_id: int
    actor: str


@dataclass(frozen=True, slots=True)
class CancellationTold:
    """People are about to be told that an event is off: a reaction answers what is proposed."""

    event_id: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What people can go to in place of an event that was called off."""

    title: str
    when: str
    place: str
    #: Where to register for it.
    url: str


@dataclass(frozen=True, slots=True)
class RemindersDue:
    """Reminders are about to be owed: a reaction answers the keys of those it tells otherwise."""

    event_id: int
    letters: tuple[MailDraft, ...]
