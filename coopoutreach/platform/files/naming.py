"""Names that files came with: cleaned, and told to a browser. Never a path of ours."""

import re
from urllib.parse import quote

from coopoutreach.platform.core.text import clean_line, slug

_LONGEST = 120
#: Windows takes these for devices, whatever follows their first dot.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
#: What some system does not take in a name.
_UNFIT = re.compile(r'[<>:"|?*%]')


def clean_name(given: str, *, otherwise: str = "archivo") -> str:
    """Return a name as it may be kept and shown: the last part of a path, of visible characters."""
    last = re.split(r"[/\\]", given)[-1]
    line = _UNFIT.sub("", clean_line(last)).strip(". ")
    stem, dot, suffix = line.rpartition(".")
    if not dot:
        stem, suffix = line, ""
    stem = stem.strip(". ") or otherwise
    if _DEVICES.match(stem):
        stem = f"{otherwise} {stem}"
    ending = f".{suffix.strip().lower()}" if suffix else ""
    return stem[: _LONGEST - len(ending)] + ending


def suffix_of(name: str) -> str:
    """Return what stands after the last dot, lower case, without the dot."""
    _, dot, suffix = name.rpartition(".")
    return suffix.lower() if dot else ""


def attachment(name: str) -> str:
    """Return the Content-Disposition that has a file saved under `name` (RFC 6266)."""
    stem, _, suffix = name.rpartition(".")
    plain = f"{slug(stem) or 'archivo'}.{suffix}" if suffix.isascii() else "archivo"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
