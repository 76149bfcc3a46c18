"""What a PDF says, read as a screen reader would: by its fonts' own tables of characters."""

import io
import re
from functools import cache
from typing import Any

import pikepdf


def opened(document: bytes) -> pikepdf.Pdf:
    """Return a PDF, open."""
    return pikepdf.open(io.BytesIO(document))


def text(document: bytes) -> str:
    """Return all that a PDF shows, in the order of its pages, without its spacing."""
    with opened(document) as pdf:
        return "".join(_of(page, artifacts=True) for page in pdf.pages)


def said(document: bytes) -> str:
    """Return what a PDF says, without what is only of its pages: heads, feet and numbers."""
    with opened(document) as pdf:
        return "".join(_of(page, artifacts=False) for page in pdf.pages)


def _of(page: pikepdf.Page, *, artifacts: bool) -> str:
    fonts = page.Resources.get("/Font", pikepdf.Dictionary())
    tables: dict[str, dict[int, str]] = {}
    shown: list[str] = []
    table: dict[int, str] = {}
    marked: list[bool] = []
    for instruction in pikepdf.parse_content_stream(page):
        operands, name = list(instruction.operands), str(instruction.operator)
        if name == "Tf":
            font = str(operands[0])
            if font not in tables:
                tables[font] = _table(bytes(fonts[font].ToUnicode.read_bytes()))
            table = tables[font]
        if name in {"BMC", "BDC"}:
            marked.append(str(operands[0]) == "/Artifact")
        if name == "EMC":
            marked.pop()
        if any(marked) and not artifacts:
            continue
        if name in {"Tj", "TJ"}:
            pieces = operands[0] if name == "TJ" else [operands[0]]
            shown.extend(_read(piece, table) for piece in pieces)
        if name == "ET":
            shown.append(" ")
    return "".join(shown)


def _read(piece: Any, table: dict[int, str]) -> str:
    if not isinstance(piece, pikepdf.String):
        return ""
    codes = bytes(piece)
    return "".join(
        table.get(int.from_bytes(codes[at : at + 2]), "\ufffd") for at in range(0, len(codes), 2)
    )


@cache
def _table(cmap: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, shown in re.findall(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[int(code, 16)] = _utf16(shown)
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for first, last, shown in re.findall(
            rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block
        ):
            for step in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + step] = chr(ord(_utf16(shown)) + step)
    return found


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be")
