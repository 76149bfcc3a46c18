"""Words that the coordination writes for a message, with named places to be filled.

A place is `{nombre}`. There is no template language: each place is replaced once, by text, and
what is put in is not looked at again. Anything else between braces stays as it was typed.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

_PLACE = re.compile(r"\{([a-záéíóúüñ]{1,30})\}")
_BLANK_LINE = re.compile(r"\n[ \t]*\n+")

LONGEST_SUBJECT = 120
LONGEST_BODY = 4000


@dataclass(frozen=True, slots=True)
class Wording:
    """A subject and the paragraphs that stand before the facts, as they were typed."""

    subject: str
    body: str


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with each known place replaced, in one pass."""
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def paragraphs(body: str, values: Mapping[str, str]) -> list[list[str]]:
    """Return the paragraphs of `body`, each as its lines, filled after they were told apart."""
    return [
        [fill(line, values) for line in part.split("\n")]
        for part in _BLANK_LINE.split(body.replace("\r\n", "\n").strip())
        if part.strip()
    ]


def unknown_places(text: str, known: Collection[str]) -> list[str]:
    """Return the places in `text` that no mail can fill, each once, as they are met."""
    return list(dict.fromkeys(name for name in _PLACE.findall(text) if name not in known))
