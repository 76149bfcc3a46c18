"""Say what changed between two texts: by lines, and within a line by words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\s+|[^\W_]+|[\W_]")
#: Lines that have less than this in common are told as one that went and one that came.
_ALIKE = 0.4
#: Words more than this are not compared one by one: it would take long, and help nobody.
_MOST_WORDS = 600


class Change(StrEnum):
    """What became of a line, or of a run of words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Line:
    """A line, in runs of words that stayed, came or went; plain text, to be escaped."""

    change: Change
    runs: tuple[tuple[Change, str], ...]


def differences(before: str, after: str) -> list[Line]:
    """Return the lines of both texts, those that went before those that came in their place."""
    old, new = before.split("\n") if before else [], after.split("\n") if after else []
    found: list[Line] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Line(Change.SAME, ((Change.SAME, line),)) for line in old[i:j]]
        elif tag == "replace" and j - i == m - k:
            for one, other in zip(old[i:j], new[k:m], strict=True):
                found += _pair(one, other)
        else:
            found += [Line(Change.REMOVED, ((Change.SAME, line),)) for line in old[i:j]]
            found += [Line(Change.ADDED, ((Change.SAME, line),)) for line in new[k:m]]
    return found


def _pair(before: str, after: str) -> list[Line]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    few = len(old) + len(new) <= _MOST_WORDS
    if not few or matcher.ratio() < _ALIKE:
        return [
            Line(Change.REMOVED, ((Change.SAME, before),)),
            Line(Change.ADDED, ((Change.SAME, after),)),
        ]
    codes = matcher.get_opcodes()
    went = ((tag, old[i:j]) for tag, i, j, _k, _m in codes)
    came = ((tag, new[k:m]) for tag, _i, _j, k, m in codes)
    return [
        Line(Change.REMOVED, tuple(_runs(went, Change.REMOVED))),
        Line(Change.ADDED, tuple(_runs(came, Change.ADDED))),
    ]


def _runs(parts: Iterator[tuple[str, list[str]]], change: Change) -> Iterator[tuple[Change, str]]:
    for tag, words in parts:
        if words:
            yield (Change.SAME if tag == "equal" else change), "".join(words)
