"""Make text that people typed fit to keep, to compare and to send."""

import re
import unicodedata

#: The longest name of a person, a post or an organisation, in characters.
LONGEST_NAME = 80
#: Categories that never belong in text: control, format, surrogate, private use.
_UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co"})
#: The last two of each plane name no character.
_NONCHARACTER = 0xFFFE
#: More than this many combining marks on one letter is an attack, not a language.
_MOST_MARKS = 3


def clean_line(text: str) -> str:
    """Return `text` on one line: NFC, no control or invisible characters, single spaces."""
    return " ".join(clean_text(text).split())


def clean_text(text: str) -> str:
    """Return `text` in NFC without control or invisible characters but for line breaks."""
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        category = unicodedata.category(char)
        if char in "\n\t\u2028\u2029":
            kept.append("\n" if char != "\t" else " ")
        elif category == "Mn":
            marks += 1
            if marks <= _MOST_MARKS:
                kept.append(char)
            continue
        elif category not in _UNWANTED and not (category == "Cn" and _is_noncharacter(char)):
            kept.append(char)
        marks = 0
    return "".join(kept).strip()


def _is_noncharacter(char: str) -> bool:
    # The Unicode Standard, section 23.7: they never stand in a text that somebody else reads.
    return ord(char) & _NONCHARACTER == _NONCHARACTER or "\ufdd0" <= char <= "\ufdef"


def has_line_breaks(text: str) -> bool:
    """Return whether `text` would span lines or hides a NUL: a name or a subject never does."""
    return bool(re.search(r"[\r\n\x00\x0b\x0c\u2028\u2029]", text))


def search_key(text: str) -> str:
    """Return `text` as it is compared and sorted: lower case, without accents, ñ after n.

    PostgreSQL without ICU and SQLite sort bytes; the same key serves both.
    """
    lowered = clean_line(text).lower().replace("ñ", "n~")
    decomposed = unicodedata.normalize("NFD", lowered)
    return "".join(char for char in decomposed if unicodedata.category(char) != "Mn")


def like_pattern(text: str) -> str:
    r"""Return `text` as a LIKE pattern for "contains", its wildcards escaped by a backslash."""
    escaped = re.sub(r"([\\%_])", r"\\\1", text)
    return f"%{escaped}%"


def slug(text: str) -> str:
    """Return `text` as the part of an address: lower case letters, digits and hyphens."""
    plain = search_key(text).replace("n~", "n")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")
