"""Which kinds of file are taken, and whether bytes are what their name says.

A file is never unpacked or decoded: what opens it is its reader's program. Looked at are the first
bytes and, of what is a zip, the list of what it holds.
"""

import re
import struct
import zipfile
from dataclasses import dataclass
from typing import IO

#: A document of 20 MB with many pictures has some hundreds of parts and unpacks to four times that.
MOST_ENTRIES = 3000
MOST_UNPACKED = 200 * 1024 * 1024
#: No text packs to less than a hundredth of what it was; a bomb does.
MOST_RATIO = 100
#: Below this nobody is hurt, and small files of zeros are common.
SMALL_UNPACKED = 1024 * 1024
_MOST_DIRECTORY = 1024 * 1024

_ZIP = b"PK\x03\x04"
_END = b"PK\x05\x06"
_END_BYTES = 22
_ENCRYPTED = 0x1
_FILE_TYPE, _SYMBOLIC_LINK = 0o170000, 0o120000


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: what it is to a browser, how it begins, and what a zip of it must hold."""

    media_type: str
    begins: bytes
    holds: tuple[str, ...] = ()
    #: An OpenDocument file says what it is in its first part.
    is_open_document: bool = False


def _ooxml(kind: str, part: str) -> FileKind:
    return FileKind(
        f"application/vnd.openxmlformats-officedocument.{kind}",
        _ZIP,
        holds=("[Content_Types].xml", part),
    )


def _odf(kind: str) -> FileKind:
    return FileKind(
        f"application/vnd.oasis.opendocument.{kind}",
        _ZIP,
        holds=("mimetype", "content.xml"),
        is_open_document=True,
    )


#: By the end of the name. Nothing that a browser would run, and nothing with macros.
KINDS: dict[str, FileKind] = {
    "pdf": FileKind("application/pdf", b"%PDF-"),
    "docx": _ooxml("wordprocessingml.document", "word/document.xml"),
    "pptx": _ooxml("presentationml.presentation", "ppt/presentation.xml"),
    "xlsx": _ooxml("spreadsheetml.sheet", "xl/workbook.xml"),
    "odt": _odf("text"),
    "odp": _odf("presentation"),
    "ods": _odf("spreadsheet"),
    "png": FileKind("image/png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
    "jpg": FileKind("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": FileKind("image/jpeg", b"\xff\xd8\xff"),
}


def is_of_kind(stream: IO[bytes], kind: FileKind) -> bool:
    """Return whether the bytes of a file are of this kind; it is left at its beginning."""
    try:
        stream.seek(0)
        if stream.read(len(kind.begins)) != kind.begins:
            return False
        return kind.begins != _ZIP or _is_document(stream, kind)
    finally:
        stream.seek(0)


def _is_document(stream: IO[bytes], kind: FileKind) -> bool:
    size = stream.seek(0, 2)
    if not _has_short_list(stream, size=size):
        return False
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            return (
                _is_harmless(entries, size=size)
                and set(kind.holds) <= {entry.filename for entry in entries}
                and (not kind.is_open_document or _says(archive, entries[0], kind.media_type))
            )
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        return False


def _has_short_list(stream: IO[bytes], *, size: int) -> bool:
    """Return whether the zip's list is short enough to be read: a long one alone is a bomb."""
    tail = min(size, _END_BYTES + 0xFFFF)
    stream.seek(size - tail)
    end = stream.read(tail)
    at = end.rfind(_END)
    if at < 0 or len(end) - at < _END_BYTES:
        return False
    entries, length = struct.unpack_from("<HI", end, at + 10)
    return bool(entries <= MOST_ENTRIES and length <= _MOST_DIRECTORY)


def _is_harmless(entries: list[zipfile.ZipInfo], *, size: int) -> bool:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    return (
        0 < len(entries) <= MOST_ENTRIES
        and unpacked <= MOST_UNPACKED
        # More than the file has in it are entries that share their bytes.
        and packed <= size
        and unpacked <= max(packed * MOST_RATIO, SMALL_UNPACKED)
        and not any(_is_bad(entry) for entry in entries)
    )


def _is_bad(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry leads out of a folder, hides itself, or runs something."""
    name = entry.filename
    parts = re.split(r"[/\\]", name)
    return (
        bool(entry.flag_bits & _ENCRYPTED)
        or "\x00" in entry.orig_filename
        or "\\" in entry.orig_filename
        or ".." in parts
        or name.startswith("/")
        or ":" in name
        or parts[-1].lower() in {"vbaproject.bin", "vbadata.xml"}
        or (entry.external_attr >> 16 & _FILE_TYPE) == _SYMBOLIC_LINK
    )


def _says(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, media_type: str) -> bool:
    if entry.filename != "mimetype" or entry.compress_type != zipfile.ZIP_STORED:
        return False
    if entry.file_size != len(media_type):
        return False
    return archive.read(entry) == media_type.encode()
