"""What an event is and when it happens, decided from values alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum


class EventKind(StrEnum):
    """Which kinds of event there are; each is a table of its own beside `event`."""

    TALK = "talk"
    MEETING = "meeting"
    APPOINTMENT = "appointment"


class Modality(StrEnum):
    """Where people take part."""

    ROOM = "presencial"
    ONLINE = "online"
    HYBRID = "hibrida"


class EventState(StrEnum):
    """Where an event stands. «Reprogramada» is a published event whose sequence rose."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    HELD = "held"


#: Where an event may go from where it stands. What is not here is refused.
MOVES: dict[EventState, frozenset[EventState]] = {
    EventState.DRAFT: frozenset({EventState.PUBLISHED}),
    EventState.PUBLISHED: frozenset(
        {
            EventState.RESCHEDULED,
            EventState.CANCELLED,
            EventState.HELD,
            # Undone, while nobody has registered.
            EventState.DRAFT,
        }
    ),
    EventState.RESCHEDULED: frozenset(
        {
            EventState.RESCHEDULED,
            EventState.CANCELLED,
            EventState.HELD,
            # Put back where it was before anybody was told.
            EventState.PUBLISHED,
            EventState.DRAFT,
        }
    ),
    # Undone, before anybody was told.
    EventState.CANCELLED: frozenset({EventState.PUBLISHED, EventState.RESCHEDULED}),
    EventState.HELD: frozenset(),
}

#: States in which the event is going to happen.
ACTIVE_STATES = frozenset({EventState.PUBLISHED, EventState.RESCHEDULED})
#: States that the public sees.
PUBLIC = ACTIVE_STATES | {EventState.CANCELLED, EventState.HELD}


#: The purpose that an invitee's link is signed for.
LINK = "invitee"
#: Where an invitee's own page is, by what they are invited to: their token follows.
OWN_PAGES = {
    EventKind.TALK: "/inscripciones",
    EventKind.MEETING: "/invitaciones",
    EventKind.APPOINTMENT: "/invitaciones",
}


class InviteeRole(StrEnum):
    """Why somebody is invited."""

    ATTENDEE = "attendee"
    SPEAKER = "speaker"


class Answer(StrEnum):
    """What an invitee said."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class Source(StrEnum):
    """How an invitee answered."""

    LINK = "link"
    MAIL = "mail"
    #: Somebody of the coordination wrote down what they said, on the telephone for instance.
    DESK = "desk"


class Attendance(StrEnum):
    """Whether an invitee came."""

    UNKNOWN = "unknown"
    ATTENDED = "attended"
    ABSENT = "absent"


class Delivery(StrEnum):
    """What became of the last mail to an invitee."""

    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"


class Standing(StrEnum):
    """What an invitee is to the event now."""

    #: Has a place: the event belongs in their calendar.
    INVITED = "invited"
    #: Waits for a place: told what happens, but nothing goes into their calendar.
    WAITING = "waiting"
    #: Gave the place up, or lost it: told nothing more.
    WITHDRAWN = "withdrawn"


class AnnouncementKind(StrEnum):
    """What all invitees of an event are told."""

    REMINDER = "reminder"
    MOVED = "moved"
    CANCELLED = "cancelled"
    #: The link to join online changed: it reaches everybody the same day.
    LINK = "link"
    #: Words changed, and the coordination wants it told.
    REVISED = "revised"


class AnnouncementState(StrEnum):
    """What became of an announcement."""

    DUE = "due"
    TOLD = "told"
    #: Came too late to be of use: the next reminder was due, or the event had begun.
    DROPPED = "dropped"


#: What people are told of changes, the most telling first.
CHANGES = (AnnouncementKind.MOVED, AnnouncementKind.LINK, AnnouncementKind.REVISED)
#: What, changed, means another time or place: answers are asked for again.
TIME_AND_PLACE = (
    "wall_start",
    "wall_end",
    "zone",
    "starts_at",
    "ends_at",
    "modality",
    "place",
    "address",
    "comuna",
)
#: An event that begins so soon leaves no time to gather changes, or to think them over.
IMMINENT = timedelta(hours=1)


def change(before: object, after: object) -> AnnouncementKind | None:
    """Return what changed between two states of an event that people must know of, if anything.

    A link that changed alone leaves answers as they are: the time suits whom it suited before.
    """
    if any(getattr(before, name) != getattr(after, name) for name in TIME_AND_PLACE):
        return AnnouncementKind.MOVED
    if getattr(before, "link") != getattr(after, "link"):  # noqa: B009 (of whatever has one)
        return AnnouncementKind.LINK
    return None


def most_telling(kinds: Iterable[AnnouncementKind | None]) -> AnnouncementKind | None:
    """Return the kind that covers the others: who is told of a move is told of its link too."""
    found = set(kinds)
    return next((kind for kind in CHANGES if kind in found), None)


def concerns(kind: AnnouncementKind, standing: Standing) -> bool:
    """Return whether a change is told to somebody: the link is for who has a place alone."""
    if kind is AnnouncementKind.LINK:
        return standing is Standing.INVITED
    return standing is not Standing.WITHDRAWN


def due(*, now: datetime, wait: timedelta, starts: Iterable[datetime]) -> datetime:
    """Return when a change made `now` is told: after `wait`, but in time for who would set out.

    `starts` are the moments at which people may believe that the event begins.
    """
    ahead = [start for start in starts if start > now]
    latest = min(ahead) - IMMINENT if ahead else now
    return min(now + wait, max(now, latest))
