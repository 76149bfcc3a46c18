"""What a person wrote in a message: its words, without mark-up, and what files came with it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from html import unescape
from typing import Any, Final

from coopoutreach.mail.incoming.incoming import Attachment
from coopoutreach.platform.core import charsets
from coopoutreach.platform.core.text import clean_line, clean_text

#: What is kept of what somebody writes, in characters.
LONGEST_TEXT: Final = 20_000
#: And looked at: mark-up is longer than what it marks up.
_LONGEST_SOURCE: Final = 400_000
_MOST_ATTACHMENTS: Final = 20
_LONGEST_NAME: Final = 200
_BLOCKS: Final = re.compile(
    "address|article|blockquote|br|d[dlt]|div|footer|h[1-6]|header|hr|li|ol|p|pre|section|table|tr"
    "|ul"
)
_UNSEEN: Final = frozenset({"head", "script", "style", "template", "title"})
_TAG = re.compile(r"(<[/!?a-zA-Z][^<>]*>)")
_NAME_OF_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>\Z")
_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->))*(?:-->|\Z)")
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")
_SPACES = re.compile(r"\s+")
#: How programs begin what they quote, in the languages that are written here.
_HISTORY = re.compile(
    r"(?:-{2,}\s*(?:mensaje original|original message|mensaje reenviado|forwarded message|"
    r"mensagem original)\s*-{2,}"
    r"|_{20,}"
    r"|(?:el|on|em|le)\s.{4,160}(?:escribió|wrote|escreveu|a écrit)\s*:"
    r"|(?:de|from)\s?:\s.{3,160}@.{3,160}"
    r"|>.*)",
    re.IGNORECASE,
)
_TWO_LINES = re.compile(r"(?:el|on|em)\s.{4,160}", re.IGNORECASE)
_WROTE = re.compile(r".{0,160}(?:escribió|wrote|escreveu)\s*:", re.IGNORECASE)
_LONGEST_LINE: Final = 400


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a message for people to read."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()


def read(parts: Sequence["Message[str, str]"]) -> Written:
    """Return what is written in the parts of a message: plain first, else made from its HTML."""
    texts = [part for part in parts if not _is_attached(part)]
    plain = [_text(part) for part in texts if part.get_content_type() == "text/plain"]
    words = _bounded(plain)
    if not words:
        marked = [_text(part) for part in texts if part.get_content_type() == "text/html"]
        words = _bounded(without_marks(text) for text in marked)
    return Written(words, tuple(_attachments(parts)))


def split_history(text: str) -> tuple[str, str]:
    """Return what somebody wrote, and the mail below that it answers, as programs quote it.

    Words that follow the quoted lines are theirs: then nothing is told apart.
    """
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _begins_history(lines, number):
            own, quoted = lines[:number], lines[number:]
            marked = line.lstrip().startswith(">") or any(
                one.lstrip().startswith(">") for one in quoted
            )
            after = [one for one in quoted[2:] if one.strip() and not one.lstrip().startswith(">")]
            if not "".join(own).strip() or (marked and after):
                return text.strip(), ""
            return "\n".join(own).strip(), "\n".join(quoted).strip()
    return text.strip(), ""


def own_words(text: str) -> str:
    """Return what somebody wrote without anything that is quoted, wherever it stands."""
    own, _ = split_history(text)
    lines = own.split("\n")
    kept = [line for line in lines if not line.lstrip().startswith(">")]
    first = next((n for n in range(len(kept)) if _begins_history(kept, n)), len(kept))
    # What quotes nothing begins with nothing of this kind: then all of it is theirs.
    return "\n".join(kept if len(kept) < len(lines) else kept[:first]).strip()


def _begins_history(lines: Sequence[str], number: int) -> bool:
    line = lines[number].strip()[:_LONGEST_LINE]
    if _HISTORY.fullmatch(line):
        return True
    following = lines[number + 1].strip()[:_LONGEST_LINE] if number + 1 < len(lines) else ""
    return bool(_TWO_LINES.fullmatch(line) and _WROTE.fullmatch(following))


def without_marks(html: str) -> str:
    """Return the words of an HTML text, a line for each block; what it would do is left out.

    The standard library's parser takes a time that grows with the square of broken mark-up; this
    one looks at each character once or twice.
    """
    found: list[str] = []
    unseen, quoted = "", 0
    for piece in _TAG.split(_COMMENT.sub("", html[:_LONGEST_SOURCE])):
        tag = _NAME_OF_TAG.match(piece)
        if tag is None:
            words = "" if unseen else _LONG_NUMBER.sub("", piece)
            found.append(_SPACES.sub(" ", unescape(words)))
            continue
        name, ends = tag[2].lower(), bool(tag[1])
        if unseen:
            unseen = "" if ends and name == unseen else unseen
        elif name in _UNSEEN:
            unseen = "" if ends else name
        elif _BLOCKS.fullmatch(name):
            if name == "blockquote":
                quoted = max(quoted + (-1 if ends else 1), 0)
            found.append("\n> " if quoted else "\n")
    lines = (line.strip() for line in "".join(found).split("\n"))
    return "\n".join("" if line == ">" else line for line in lines)


def _bounded(texts: Iterable[str]) -> str:
    text = "\n\n".join(one for one in texts if one.strip())[:_LONGEST_SOURCE]
    cleaned = re.sub(r"\n{3,}", "\n\n", clean_text(text))
    if len(cleaned) <= LONGEST_TEXT:
        return cleaned
    return cleaned[: LONGEST_TEXT - 1].rstrip() + "…"


def _text(part: "Message[str, str]") -> str:
    payload: Any = part.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    return charsets.decoded(body[:_LONGEST_SOURCE], part.get_content_charset(""))


def _is_attached(part: "Message[str, str]") -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _attachments(parts: Sequence["Message[str, str]"]) -> Iterator[Attachment]:
    found = 0
    for part in parts:
        is_text = part.get_content_type() in ("text/plain", "text/html", "text/calendar")
        if (is_text and not _is_attached(part)) or found == _MOST_ATTACHMENTS:
            continue
        found += 1
        payload: Any = part.get_payload(decode=True)
        size = len(payload) if isinstance(payload, bytes) else 0
        name = clean_line(str(part.get_filename() or ""))[:_LONGEST_NAME]
        yield Attachment(name or part.get_content_type(), size)
