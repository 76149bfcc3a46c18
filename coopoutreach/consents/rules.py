"""Purposes that need somebody's consent, and the words in which it is asked for."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a consent is for: one purpose each."""

    PHOTOS = "photos"
    DIETARY = "dietary"
    ACCESS = "access"
    NEWSLETTER = "newsletter"


class Channel(StrEnum):
    """How a consent was given or withdrawn."""

    REGISTRATION = "registration"
    OWN_PAGE = "own-page"
    #: A colleague who registers others says that the person agreed.
    REGISTRAR = "registrar"
    #: A member of staff, on behalf of somebody who asked by other means.
    STAFF = "staff"
