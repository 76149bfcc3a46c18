"""The application asks nobody for anything, and reads no picture: by what it imports."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "coopoutreach").rglob("*.py"))
#: What fetches an address that somebody typed.
FETCHING = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpx",
    "pycurl",
    "requests",
    "socketserver",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "xmlrpc",
}
#: What decodes pictures and documents, and what of XML follows entities.
DECODING = {"PIL", "cv2", "fitz", "lxml", "pikepdf", "pypdf", "wand", "xml"}


@cache
def imported(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def uses(names):
    return [
        f"{path.relative_to(ROOT)}: {found}"
        for path in MODULES
        for found in imported(path)
        if any(found == name or found.startswith(f"{name}.") for name in names)
    ]


def test_nw_01_nothing_fetches_an_address_that_somebody_typed():
    assert not uses(FETCHING)


def test_in_22_nothing_decodes_a_picture_or_a_document():
    assert not uses(DECODING)


def test_the_two_before_would_find_something():
    assert uses({"smtplib"})


@pytest.mark.parametrize("name", ["run.txt", "test.txt"])
def test_nw_11_every_requirement_is_pinned_with_the_hash_of_its_files(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    wanted = [line for line in text.splitlines() if re.match(r"[A-Za-z]", line)]
    assert wanted
    assert [line for line in wanted if "==" not in line or "--hash=sha256:" not in line] == []
