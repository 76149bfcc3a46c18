"""What stands in one line: words, **bold**, *italics*, and addresses as they were typed.

An asterisk acts only where it can mean nothing else: it touches the word that it opens or closes,
and its partner stands in the same line. «2 * 3», «a*b» and «precio*» stay as they were typed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

Inline = dict[str, object]

SCHEMES = frozenset({"http", "https", "mailto"})
#: Longer than any address that somebody types.
_LONGEST_URL = 2_000
_ADDRESS = re.compile(
    r"(?<![\w./])https?://[A-Za-z0-9][^\s<>\"'`«»“”‘’\\^{}|\x00-\x20]{0,2000}"
    r"|(?<![\w.%+@-])[A-Za-z0-9_%+-][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})"
    r"(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){1,8}",
    re.IGNORECASE,
)
_STARS = re.compile(r"\*+")
_TRAILING = ".,;:!?*_~…"
_BRACKETS = {")": "(", "]": "["}

#: What may stand before a mark that opens, and first behind it; and the same of one that closes.
_BEFORE = frozenset("¿¡([\"'«“‘—–-/")
_FIRST = frozenset("¿¡([\"'«“‘$#<+-−§")
_LAST = frozenset(".,;:!?)]\"'»”’%°ºª$…")
_AFTER = frozenset(".,;:!?)]\"'»”’…—–-/")
_STRONG, _EMPHASIS = 2, 1
_NAMES = {_STRONG: "strong", _EMPHASIS: "emphasis"}


@dataclass(frozen=True, slots=True)
class _Mark:
    """A run of asterisks: where it stands, how long it is, and what it may do."""

    begin: int
    size: int
    opens: bool
    closes: bool


@dataclass(frozen=True, slots=True)
class _Address:
    """An address: where it stands, and where it leads."""

    begin: int
    end: int
    url: str


def inlines(line: str) -> list[Inline]:
    """Return a line as texts, `strong` and `emphasis` of inlines, and links."""
    addresses = _addresses(line)
    marks = _marks(line, addresses)
    # Where italics do not come out even, bold may: «**Nota:** el precio* sube».
    for sizes in ({_STRONG, _EMPHASIS}, {_STRONG}, {_EMPHASIS}):
        chosen = [mark for mark in marks if mark.size in sizes]
        if _is_even(chosen):
            return _built(line, addresses, chosen)
    return _built(line, addresses, [])


def _marks(line: str, addresses: Sequence[_Address]) -> list[_Mark]:
    """Return the asterisks of a line that open or close something."""
    inside = {at for one in addresses for at in range(one.begin, one.end)}
    found = []
    for run in _STARS.finditer(line):
        before, after = line[: run.start()][-1:], line[run.end() : run.end() + 1]
        opens = _parts(before, _BEFORE) and _holds(after, _FIRST)
        closes = _holds(before, _LAST) and _parts(after, _AFTER)
        if run.start() not in inside and len(run[0]) in _NAMES and opens is not closes:
            found.append(_Mark(run.start(), len(run[0]), opens, closes))
    return found


def _parts(char: str, signs: frozenset[str]) -> bool:
    return not char or char.isspace() or char in signs


def _holds(char: str, signs: frozenset[str]) -> bool:
    return char.isalnum() or (char != "" and char in signs)


def _is_even(marks: Sequence[_Mark]) -> bool:
    """Return whether each mark that opens is closed, in order, and none inside its own kind."""
    opened: list[int] = []
    for mark in marks:
        if mark.opens and mark.size not in opened:
            opened.append(mark.size)
        elif mark.closes and opened and opened[-1] == mark.size:
            opened.pop()
        else:
            return False
    return not opened


def _built(line: str, addresses: Sequence[_Address], marks: Sequence[_Mark]) -> list[Inline]:
    whole: list[Inline] = []
    opened = [whole]
    at = 0
    things: list[_Address | _Mark] = [*addresses, *marks]
    for thing in sorted(things, key=lambda one: one.begin):
        _say(opened[-1], line[at : thing.begin])
        if isinstance(thing, _Address):
            shown: Inline = {"type": "text", "text": line[thing.begin : thing.end]}
            opened[-1].append({"type": "link", "url": thing.url, "inlines": [shown]})
            at = thing.end
            continue
        if thing.opens:
            inner: list[Inline] = []
            opened[-1].append({"type": _NAMES[thing.size], "inlines": inner})
            opened.append(inner)
        else:
            opened.pop()
        at = thing.begin + thing.size
    _say(opened[-1], line[at:])
    return whole


def _say(into: list[Inline], text: str) -> None:
    if text:
        into.append({"type": "text", "text": text})


def _addresses(line: str) -> list[_Address]:
    found = []
    for one in _ADDRESS.finditer(line):
        shown = _trimmed(one[0])
        is_page = "://" in shown
        if len(shown) <= _LONGEST_URL and shown.rpartition("://")[2]:
            url = shown if is_page else f"mailto:{shown}"
            found.append(_Address(one.start(), one.start() + len(shown), url))
    return found


def _trimmed(address: str) -> str:
    """Return an address without the signs of the sentence that it stands in."""
    while address:
        last = address[-1]
        if last in _BRACKETS:
            if address.count(last) <= address.count(_BRACKETS[last]):
                break
        elif last not in _TRAILING:
            break
        address = address[:-1]
    return address
