"""Take pictures of the pages of our documents: the acta, a draft, its extract, the year's book.

Typst draws them from the same sources and the same data as the PDFs. `make screenshots` takes them
with the others.
"""

import json
from pathlib import Path
from typing import Any

import typst

from coopoutreach.committee.minutes import pdf
from coopoutreach.platform.documents import typesetting
from tests.support import an_acta

#: Dots an inch: as large as a screen shows a page.
_SHARP = 110.0


def take(folder: Path, wanted: list[str]) -> int:
    """Draw the pages of each document whose name holds one of `wanted`; return how many."""
    return sum(
        _draw(folder, name, document, data)
        for name, document, data in _documents()
        if not wanted or any(word in name for word in wanted)
    )


def _documents() -> list[tuple[str, str, dict[str, Any]]]:
    content = an_acta.content()
    approved = pdf.data_of(
        content,
        approvals=an_acta.approvals(content),
        code=an_acta.CODE,
        verify_url=an_acta.VERIFY_URL,
        draft=False,
    )
    book = {
        "table": content["table"],
        "year": str(content["year"]),
        "institutions": content["institutions"],
        "acts": [approved, approved],
    }
    return [
        ("acta", "minutes/acta", approved),
        ("acta-draft", "minutes/acta", pdf.data_of(content, draft=True)),
        ("acta-decisions", "minutes/decisions", approved),
        ("acta-book", "minutes/book", book),
    ]


def _draw(folder: Path, name: str, document: str, data: dict[str, Any]) -> int:
    with typesetting.staged(document) as root:
        drawn: Any = typst.compile(
            str(root / f"{document}.typ"),
            root=str(root),
            font_paths=[str(typesetting.TYPEFACES)],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps({**data, "dated": "2026-03-17"})},
            format="png",
            ppi=_SHARP,
        )
    pages = drawn if isinstance(drawn, list) else [drawn]
    for number, page in enumerate(pages, start=1):
        (folder / f"{name}-page-{number}.png").write_bytes(page)
    return len(pages)
