"""Turn bytes that other programs wrote into text: by what they say it is, if it can be so.

Declarations are missing or wrong often enough. So a mark at the beginning counts first, then the
charset that was declared, if it is one of text and the bytes can be read in it; then what most
programs write.
"""

import codecs
import re

#: Codecs of text alone: others unpack, or read escapes.
_OF_TEXT = re.compile(
    r"(?:utf-8|utf-16|utf-32|ascii|cp\d+|iso8859-\d+|koi8-[rtu]|gb2312|gbk|gb18030|big5\w*"
    r"|shift_jis\w*|euc_\w+|iso2022_\w+|hz|johab|mac-\w+|tis-620|kz1048|ptcp154)(?:-[bl]e)?"
)
#: What is read in place of a charset: what programs mean by it holds more than its standard does.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
#: UTF-8 is declared to be one of these, or they stand where nothing was declared.
_OF_ONE_BYTE = re.compile(r"cp125\d|iso8859-\d+|mac-\w+")
#: A mark that stands first → the charset; of two that begin alike the longer goes first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
_LAST = ("utf-8", "cp1252")
#: So much of the beginning tells whether every second byte is empty.
_SAMPLE = 400


def decoded(body: bytes, declared: str = "", *, beginning: str = "") -> str:
    """Return `body` as text, whatever it is.

    :param beginning: what the text has in it if it was read rightly, in capitals; a charset by
        which it is not there is not believed
    """
    for name in _candidates(body, declared):
        try:
            text = body.decode(name)
        except (UnicodeError, LookupError):
            continue
        if beginning in text.upper():
            return text.removeprefix("\ufeff")
    return body.decode("latin-1")


def is_wide(body: bytes) -> bool:
    """Return whether each character takes two or four bytes: a line break is not one byte then."""
    return _wide_by_look(body) != "" or _marked(body).startswith(("utf-16", "utf-32"))


def _candidates(body: bytes, declared: str) -> list[str]:
    known = canonical(declared)
    found = [_marked(body), _wide_by_look(body)]
    if _OF_ONE_BYTE.fullmatch(known):
        # Whatever is UTF-8 beyond ASCII is nothing else by chance.
        found.append("utf-8")
    found.append(known)
    if any(escape in body for escape in _ESCAPES):
        found.append("iso2022_jp")
    return [name for name in (*found, *_LAST) if name]


def canonical(declared: str) -> str:
    """Return the codec that a declared charset means, or nothing if it is none of text."""
    try:
        name = codecs.lookup(declared.strip().strip("\"'")[:40]).name if declared else ""
    except (LookupError, ValueError):
        return ""
    return _WIDER.get(name, name) if _OF_TEXT.fullmatch(name) else ""


def _marked(body: bytes) -> str:
    return next((name for mark, name in _MARKS if body.startswith(mark)), "")


def _wide_by_look(body: bytes) -> str:
    """Return in which order UTF-16 stands if it does: half of Western text is empty bytes."""
    sample = body[:_SAMPLE]
    half = len(sample) // 2
    if half < 4 or not 0.3 * half < sample.count(0) <= 1.2 * half:  # noqa: PLR2004 (too short to tell; a third to all of one half)
        return ""
    return "utf-16-be" if sample[::2].count(0) > sample[1::2].count(0) else "utf-16-le"
