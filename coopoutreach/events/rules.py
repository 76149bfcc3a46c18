"""What an event is and when it happens, decided from values alone."""

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
        {EventState.RESCHEDULED, EventState.CANCELLED, EventState.HELD}
    ),
    EventState.RESCHEDULED: frozenset(
        {EventState.RESCHEDULED, EventState.CANCELLED, EventState.HELD}
    ),
    EventState.CANCELLED: frozenset(),
    EventState.HELD: frozenset(),
}

#: States in which the event is going to happen.
STANDING = frozenset({EventState.PUBLISHED, EventState.RESCHEDULED})
#: States that the public sees.
PUBLIC = STANDING | {EventState.CANCELLED, EventState.HELD}


#: The purpose that an invitee's link is signed for.
LINK = "invitee"


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
