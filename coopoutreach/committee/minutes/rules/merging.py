"""Put the words of two people together who began from the same ones, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from coopoutreach.platform.core.text import clean_text


@dataclass(frozen=True, slots=True)
class Merged:
    """The words of both, or None where they touch: then a person has to choose."""

    text: str | None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Lines that all three have in common: where they are in the base, in one, in the other."""

    base: int
    mine: int
    theirs: int
    size: int


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Return `mine` and `theirs` together, both of which were made from `base`.

    Changes touch when no line that both left alone stands between them. Nothing is dropped: a line
    that only one of them wrote is in the result, or there is none.
    """
    if theirs in {mine, base}:
        return Merged(mine)
    if mine == base:
        return Merged(theirs)
    lines: list[str] = []
    texts = tuple(text.split("\n") for text in (base, mine, theirs))
    at = _Stretch(0, 0, 0, 0)
    for stretch in _common(*texts):
        between = (
            texts[0][at.base : stretch.base],
            texts[1][at.mine : stretch.mine],
            texts[2][at.theirs : stretch.theirs],
        )
        chosen = _chosen(*between)
        if chosen is None:
            return Merged(None)
        kept = texts[0][stretch.base : stretch.base + stretch.size]
        lines += [*chosen, *kept]
        at = _Stretch(
            stretch.base + stretch.size,
            stretch.mine + stretch.size,
            stretch.theirs + stretch.size,
            0,
        )
    return Merged("\n".join(lines))


def _chosen(base: list[str], mine: list[str], theirs: list[str]) -> list[str] | None:
    if mine in (base, theirs):
        return theirs
    return mine if theirs == base else None


def _common(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> Iterator[_Stretch]:
    """Yield the stretches of `base` that both left alone, in order, and the end of all three."""
    with_mine = SequenceMatcher(None, base, mine, autojunk=False).get_matching_blocks()
    with_theirs = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    one = other = 0
    while one < len(with_mine) and other < len(with_theirs):
        left, right = with_mine[one], with_theirs[other]
        begins = max(left.a, right.a)
        ends = min(left.a + left.size, right.a + right.size)
        if begins < ends:
            yield _Stretch(
                begins, left.b + begins - left.a, right.b + begins - right.a, ends - begins
            )
        if left.a + left.size < right.a + right.size:
            one += 1
        else:
            other += 1
    yield _Stretch(len(base), len(mine), len(theirs), 0)


def as_kept(text: str) -> str:
    """Return typed text as it is kept: as it was typed, but for what no text may hold."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    core = text.strip(" \n")
    begin = text[: len(text) - len(text.lstrip(" \n"))]
    end = text[len(begin) + len(core) :]
    return f"{begin}{clean_text(core)}{end}"
