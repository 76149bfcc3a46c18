"""What may be handed out with a talk, to whom and when."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

#: Of one file, and of all files of a talk, in bytes.
MOST_BYTES = 20 * 1024 * 1024
MOST_BYTES_OF_A_TALK = 200 * 1024 * 1024
MOST_OF_A_TALK = 50
LONGEST_TITLE = 120
LONGEST_URL = 2000


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
    #: People with a place; of a talk that is over, not those who are marked as absent.
    ATTENDEES = "attendees"


@dataclass(frozen=True, slots=True)
class About:
    """What a material is called, who may have it, and from when on."""

    title: str
    audience: Audience
    release: Release


def is_out(
    release: Release, *, is_public: bool, is_called_off: bool, ends_at: datetime, now: datetime
) -> bool:
    """Return whether a material is there for anybody but the coordination at `now`."""
    if not is_public:
        return False
    # What was for after a talk that never was, is for nobody.
    return release is Release.AT_ONCE or (now >= ends_at and not is_called_off)


def is_for(audience: Audience, *, attends: bool) -> bool:
    """Return whether somebody may have a material of this audience; `attends`: has a place."""
    return audience is Audience.EVERYBODY or attends


def attends(*, has_place: bool, came: bool, is_absent: bool) -> bool:
    """Return whether somebody counts among those who attend: who came without a place, too."""
    return came or (has_place and not is_absent)


def is_link(url: str) -> bool:
    """Return whether an address may be handed out: https, of a host, without a name or a key."""
    if len(url) > LONGEST_URL or not re.fullmatch(r"https://[!-~\u00a1-\U0010ffff]+", url):
        return False
    if re.search(r"[<>\"'`\\{}|^]", url):
        return False
    try:
        parts = urlsplit(url)
        named = parts.username is not None or parts.password is not None
    except ValueError:
        return False
    return not named and "." in (parts.hostname or "")


def moved(order: list[int], item: int, *, by: int) -> list[int]:
    """Return `order` with `item` moved up (-1) or down (1); at the edge it stays."""
    place = order.index(item)
    other = place + by
    if not 0 <= other < len(order):
        return order
    changed = list(order)
    changed[place], changed[other] = changed[other], changed[place]
    return changed
