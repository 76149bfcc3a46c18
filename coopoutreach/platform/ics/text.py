r"""The small grammar of iCalendar: text, parameters, links, moments and folded lines.

The library's own functions for this are deprecated, and its escaping turns a literal ``\N`` into
a line break; these few rules of RFC 5545 are short enough to own.
"""

import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import quote

#: The longest line in octets, its CRLF not counted (RFC 5545, 3.1).
LINE_OCTETS = 75

#: The octets of UTF-8 that go on with a character (RFC 3629, 3).
_CONTINUATION = range(0x80, 0xC0)

_LINE_BREAK = re.compile("\r\n?|[\u0085\u2028\u2029]")

#: The last two code points of each plane, and 32 more, are no characters (Unicode, 23.7).
_NON_CHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)
)

#: What must not travel: control, format, private-use and surrogate code points and the
#: non-characters. The joiners U+200C and U+200D and the tags U+E0020 to U+E007F stay, because
#: scripts and emoji are spelt with them. Unassigned code points stay as well: they are the emoji
#: of a later Unicode than ours.
_UNFIT = re.compile(
    "["
    "\u0000-\u0009\u000b-\u001f\u007f-\u009f"  # control, but for the line feed
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # invisible, or about the reading order
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\ufff9-\ufffb"  # other format
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001"
    "\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010fffd"  # surrogates and private use
    f"{_NON_CHARACTERS}]"
)

_TEXT_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})

#: RFC 6868, 3; and a backslash doubled, for although it means nothing in a parameter by RFC 5545,
#: ical.js and icalendar unescape there too, and would read a line break in ``C:\\Noticias``.
_PARAMETER_ESCAPES = str.maketrans({"^": "^^", "\n": "^n", '"': "^'", "\\": "\\\\"})

#: A parameter value with one of these stands in quotes; "=" and the backslash too, because
#: `icalendar`, unless quoted, trims around the one and lets the other escape the final colon.
_NEEDS_QUOTES = re.compile(r"[,;:=\\]")

#: What may stand in a URI as it is (RFC 3986, 2); a "%" is taken for an escape already made.
_URI_SAFE = ":/?#[]@!$&'()*+,;=%-._~"

#: What may stand in the address of a `mailto:` as it is (RFC 6068, 2).
_ADDRESS_SAFE = "@!$'*+-._~="


def clean(text: str) -> str:
    """Return `text` as it may travel: normalised to NFC, of visible characters and line feeds.

    Every kind of line break becomes a line feed and a tab a space. Control, format and
    private-use characters go, and with them those that reverse the order of reading. So does white
    space at either end, which some readers cut off.
    """
    text = _LINE_BREAK.sub("\n", text).replace("\t", " ")
    return unicodedata.normalize("NFC", _UNFIT.sub("", text)).strip()


def escape_text(text: str) -> str:
    """Return `text`, cleaned, as a value of type TEXT (RFC 5545, 3.3.11)."""
    return clean(text).translate(_TEXT_ESCAPES)


def quote_parameter(text: str) -> str:
    """Return `text`, cleaned, as a parameter's value: escaped (RFC 6868), quoted if it must be."""
    value = clean(text).translate(_PARAMETER_ESCAPES)
    return f'"{value}"' if _NEEDS_QUOTES.search(value) else value


def uri(link: str) -> str:
    """Return `link` as a value of type URI (RFC 5545, 3.3.13), encoded where it must be."""
    return quote(clean(link), safe=_URI_SAFE)


def mailto(address: str) -> str:
    """Return the calendar address (RFC 5545, 3.3.3) of a mailbox."""
    return f"mailto:{quote(clean(address), safe=_ADDRESS_SAFE)}"


def moment(at: datetime) -> str:
    """Return a moment in UTC, in form 2 of RFC 5545, 3.3.5.

    :raises ValueError: when `at` has no zone, and so is no moment.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone.")
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def fold(line: str) -> bytes:
    """Return a content line with its CRLF, folded at 75 octets (RFC 5545, 3.1).

    A fold never stands within a character, nor between a backslash and what it escapes: some
    readers unescape before they unfold.
    """
    rest = line.encode()
    pieces = []
    room = LINE_OCTETS
    while len(rest) > room:
        end = _fold_at(rest, room)
        pieces.append(rest[:end])
        rest = rest[end:]
        room = LINE_OCTETS - 1  # the space that marks a continuation counts
    pieces.append(rest)
    return b"\r\n ".join(pieces) + b"\r\n"


def _fold_at(octets: bytes, end: int) -> int:
    """Return the last place, at or before `end`, where these octets may be parted."""
    while octets[end] in _CONTINUATION:
        end -= 1
    before = octets[:end]
    backslashes = len(before) - len(before.rstrip(b"\\"))
    return end - backslashes % 2
