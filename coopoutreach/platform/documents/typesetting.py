"""Typeset a document of ours: PDF/A-2a and PDF/UA-1, in a process that can do no harm.

`templates/documents/<feature>/<document>.typ` says how it looks. What it says comes as data alone,
JSON in `sys.inputs`: no word of it is ever part of the source.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import structlog

from coopoutreach.platform.core import shipped
from coopoutreach.platform.documents.errors import Failed, TooBig, TooMany

logger = structlog.get_logger(__name__)

TEMPLATES = shipped.TEMPLATES / "documents"
#: What every document may import, beside what is in its own folder.
SHARED = "_parts"
TYPEFACES = shipped.BUNDLE / "typefaces"
_PROGRAM = Path(__file__).with_name("compiling.py")
_DOCUMENT = re.compile(r"[a-z_]+/[a-z_]+")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one document may take."""

    #: In bytes: of the data, and of the PDF.
    data: int = 2 * 1024**2
    document: int = 20 * 1024**2
    #: In bytes: address space. A document of three pages takes a tenth of it.
    memory: int = 1024**3
    #: Of the processor, and on the wall.
    seconds: int = 20
    wall: float = 30.0


BOUNDS = Bounds()
#: Documents made at once in one process of ours; whoever has to wait longer is told so.
AT_ONCE = 2
LONGEST_WAIT = 15.0
_turns = threading.BoundedSemaphore(AT_ONCE)


def typeset(
    document: str, data: Mapping[str, object], *, dated: date, bounds: Bounds = BOUNDS
) -> bytes:
    """Return `document` (`minutes/acta`) as a PDF. The same data and date give the same bytes.

    :raises TooBig: when it takes more than `bounds`
    :raises TooMany: when no turn came in time
    :raises Failed: when it cannot be made; why is in the log
    """
    text = json.dumps({**data, "dated": dated.isoformat()}, ensure_ascii=False)
    if len(text.encode()) > bounds.data:
        raise TooBig
    if not _turns.acquire(timeout=LONGEST_WAIT):
        raise TooMany
    try:
        with staged(document) as root:
            request = {
                "document": str(root / f"{document}.typ"),
                "root": str(root),
                "packages": str(root / "no-packages"),
                "typefaces": str(TYPEFACES),
                "data": text,
                "dated": dated.isoformat(),
                "memory": bounds.memory,
                "seconds": bounds.seconds,
            }
            return _made(document, request, bounds)
    finally:
        _turns.release()


@contextmanager
def staged(document: str) -> Iterator[Path]:
    """Make a private folder that holds the sources of a document, copied, and nothing else.

    :raises LookupError: when there is no such document
    """
    if not _DOCUMENT.fullmatch(document) or not (TEMPLATES / f"{document}.typ").is_file():
        raise LookupError(f"There is no document {document!r}.")
    with tempfile.TemporaryDirectory(prefix="coopoutreach-") as name:
        root = Path(name)
        for folder in (document.partition("/")[0], SHARED):
            (root / folder).mkdir()
            for source in sorted((TEMPLATES / folder).glob("*.typ")):
                _copy(source, root / folder / source.name)
        yield root


def _copy(source: Path, target: Path) -> None:
    """Copy the file itself: a link in its place would lead the compiler anywhere.

    :raises OSError: when it is a link
    """
    with (
        os.fdopen(os.open(source, os.O_RDONLY | os.O_NOFOLLOW), "rb") as whole,
        target.open("xb") as copied,
    ):
        shutil.copyfileobj(whole, copied)


def _made(document: str, request: Mapping[str, object], bounds: Bounds) -> bytes:
    try:
        ended = subprocess.run(  # noqa: S603 (our own program; what people typed goes to its input)
            [sys.executable, "-I", str(_PROGRAM)],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=bounds.wall,
            # Nothing of ours: no secret, no address of a database. One thread, no way out.
            env={"RAYON_NUM_THREADS": "1", "https_proxy": "http://127.0.0.1:9", "LANG": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        logger.warning("document.too_big", document=document, ended="wall")
        raise TooBig from None
    if ended.returncode < 0 or b"MemoryError" in ended.stderr:
        # A signal: the kernel ended it for its memory or its time, or it gave up for want of them.
        logger.warning("document.too_big", document=document, ended=ended.returncode)
        raise TooBig
    head, _, body = ended.stdout.partition(b"\n")
    answer = json.loads(head) if head else {"message": ended.stderr.decode(errors="replace")}
    if answer.get("refused") == "big" or len(body) > bounds.document:
        raise TooBig
    if answer.get("size") != len(body):
        logger.error("document.failed", document=document, why=_without_words(answer))
        raise Failed
    return body


def _without_words(answer: Mapping[str, object]) -> str:
    """Return what the compiler said without what it quotes: those may be somebody's words."""
    return re.sub(r"`[^`]*`", "`…`", str(answer.get("message", "")))[-500:]
