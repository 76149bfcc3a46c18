"""The rows of speakers in the talk editor: to draw them, and to read them."""

from collections.abc import Mapping

from coopoutreach.platform.core import text
from coopoutreach.platform.web.rows import row, row_numbers
from coopoutreach.talks.talks.fields import SpeakerFields

MOST_SPEAKERS = 12
SPEAKER_PARTS = ("name", "post", "organisation")


def speaker_rows(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the rows of speakers to draw: those typed, and one to spare."""
    numbers = row_numbers(values, "speakers", most=MOST_SPEAKERS)
    typed = [row(values, "speakers", number, SPEAKER_PARTS) for number in numbers]
    return [*(given for given in typed if any(given.values())), dict.fromkeys(SPEAKER_PARTS, "")]


def read_speakers(data: Mapping[str, str]) -> list[SpeakerFields]:
    """Return the speakers that have a name."""
    typed = (
        {name: text.clean_line(value)[: text.LONGEST_NAME] for name, value in given.items()}
        for given in speaker_rows(data)
    )
    return [SpeakerFields(**given) for given in typed if given["name"]]
