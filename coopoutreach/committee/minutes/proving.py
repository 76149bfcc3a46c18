"""Find out whether minutes can be typeset before anybody is asked to approve them.

It takes seconds, and so happens outside of any transaction: what was typeset is named by its hash,
and the command that sends minutes out, or has them approved, compares.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import structlog

from coopoutreach.committee.minutes import content, pdf
from coopoutreach.committee.minutes.content import Content
from coopoutreach.committee.minutes.errors import CannotBeSet
from coopoutreach.platform.documents import typesetting
from coopoutreach.platform.documents.errors import Failed, TooBig

logger = structlog.get_logger(__name__)

#: A part alone takes less than the whole, and there may be many to try.
_ALONE = replace(typesetting.BOUNDS, seconds=5, wall=8.0)
#: Parts that are named at once; whoever mends them tries again.
_MOST_NAMED = 3


def prove(said: Content) -> str:
    """Typeset minutes, and the extract of their decisions, and throw both away; return their hash.

    :raises CannotBeSet: if that cannot be done; it names the parts that are in the way
    :raises TooMany: when too many documents are being made
    """
    try:
        pdf.acta(said, draft=True)
        pdf.decisions(said, draft=True)
    except (Failed, TooBig) as error:
        parts = _in_the_way(said, lambda one: pdf.acta(one, draft=True, bounds=_ALONE))
        logger.warning("minutes.cannot_be_set", why=type(error).__name__, parts=list(parts))
        raise CannotBeSet(parts, is_too_long=isinstance(error, TooBig)) from error
    return content.sha256_of(said)


def _in_the_way(said: Content, make: Callable[[dict[str, Any]], object]) -> dict[int, str]:
    """Return the number and title of each part that cannot be typeset alone.

    Where all that stands around them cannot be either, it is none of them.
    """
    found: dict[int, str] = {}
    try:
        make({**said, "parts": []})
    except (Failed, TooBig):
        return found
    for number, part in enumerate(said["parts"], start=1):
        try:
            make({**said, "parts": [part]})
        except (Failed, TooBig):
            found[number] = part["title"]
        if len(found) == _MOST_NAMED:
            break
    return found
