"""What may be handed out with a talk, to whom and when."""

from enum import StrEnum


class Kind(StrEnum):
    """Whether a material is kept here or elsewhere."""

    FILE = "file"
    LINK = "link"


class Release(StrEnum):
    """From when on a material is there."""

    AT_ONCE = "at-once"
    AFTER_TALK = "after-talk"


class Audience(StrEnum):
    """Who may have a material."""

    EVERYBODY = "everybody"
    #: People with a place; of a talk that is over, those who came.
    ATTENDEES = "attendees"
