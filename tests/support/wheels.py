"""Wheels with nothing in them, to ask an installer what it would do without any network."""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

#: A pinned line of a list: `coverage==7.10.6 ; python_version < '3.12' \`.
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?P<marker> ;[^\\]*)?")


@dataclass(frozen=True)
class Pin:
    """One line of a list of requirements: a name, its one version, and where it is wanted."""

    name: str
    version: str
    #: As it stands in the list, without its semicolon; empty for everywhere.
    marker: str


def pins_of(listed: Path) -> list[Pin]:
    """Return what a list pins, in its order."""
    found = (_PINNED.match(line) for line in listed.read_text().splitlines())
    return [
        Pin(one["name"], one["version"], (one["marker"] or "").lstrip(" ;").strip())
        for one in found
        if one
    ]


def empty_wheel(folder: Path, name: str, version: str, requires: Iterable[str] = ()) -> str:
    """Write a wheel of that name and version, which asks for `requires`; return its SHA-256."""
    stem = f"{re.sub(r'[-_.]+', '_', name)}-{version}"
    info = f"{stem}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"]
    metadata += [f"Requires-Dist: {one}\n" for one in requires]
    files = {
        f"{info}/METADATA": "".join(metadata),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: none\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={_digest(text)},{len(text.encode())}\n" for path, text in files.items()
    )
    path = folder / f"{stem}-py3-none-any.whl"
    with ZipFile(path, "w") as wheel:
        for inside, text in files.items():
            wheel.writestr(inside, text)
        wheel.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rewritten(pins: Sequence[Pin], hashes: dict[Pin, str]) -> str:
    """Return a list of the same pins with other hashes."""
    return "".join(
        f"{pin.name}=={pin.version}{f' ; {pin.marker}' if pin.marker else ''}"
        f" --hash=sha256:{hashes[pin]}\n"
        for pin in pins
    )


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
