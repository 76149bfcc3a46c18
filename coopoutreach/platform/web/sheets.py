"""Write tables as spreadsheets in which nothing that people typed is a formula."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

#: What a cell holds: words, or a figure.
Cell = str | int | float

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

#: Telephone numbers and the like: a plus or a minus that nobody can count with.
_HARMLESS = re.compile(r"\+?[\d ()-]+")
#: What begins a formula, in some program and in some script's width.
_STARTERS = "=+\\-@\t\r＝＋－＠"
_STARTER = re.compile(f"[{_STARTERS}]")
_STARTS = re.compile(rf"[\s\"';,]*[{_STARTERS}]")
#: Where a careless reader would begin another cell: there a formula could begin too.
_INSIDE = re.compile(rf"([;\"\n]\s*)(?=[{_STARTERS}])")
_WIDEST, _NARROWEST = 48, 8


@dataclass(frozen=True, slots=True)
class Table:
    """A head and its rows."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def csv_bytes(table: Table) -> bytes:
    """Return a table as Excel opens it in Chile: UTF-8 with a mark, semicolons, decimal commas."""
    out = io.StringIO(newline="")
    # Every cell in quotes: a reader that takes commas for the border finds no cell of its own.
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in table.head])
    writer.writerows([_in_csv(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(table: Table, *, now: datetime) -> bytes:
    """Return a table as a workbook of one sheet; what people typed is a text cell, whatever it is.

    Nothing in it is a formula or a link, and it leads out to nowhere.
    """
    out = io.BytesIO()
    # Loaded late: only who takes a list away needs it.
    book = import_module("xlsxwriter").Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties({"title": table.title, "created": now.replace(tzinfo=None)})
    sheet = book.add_worksheet("Lista")
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, name in enumerate(table.head):
        sheet.write_string(0, column, name, bold)
        sheet.set_column(column, column, _width(name, table.rows, column))
    for line, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(line, column, cell)
            else:
                sheet.write_number(line, column, cell)
    sheet.freeze_panes(1, 1)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.head) - 1)
    book.close()
    return out.getvalue()


def harmless(text: str) -> str:
    """Return `text` so that no program computes it: with an apostrophe before what would begin."""
    if not _STARTER.search(text) or _HARMLESS.fullmatch(text):
        return text
    inside = _INSIDE.sub(r"\1'", text)
    return f"'{inside}" if _STARTS.match(text) else inside


def _in_csv(cell: Cell) -> str:
    # A figure is ours, not typed: its minus is no formula.
    return harmless(cell) if isinstance(cell, str) else str(cell).replace(".", ",")


def _width(name: str, rows: Sequence[Sequence[Cell]], column: int) -> int:
    longest = max((len(str(row[column])) for row in rows[:200]), default=0)
    return max(_NARROWEST, min(_WIDEST, max(longest, len(name)) + 2))
