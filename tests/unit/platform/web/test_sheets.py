"""Spreadsheets in which nothing that people typed is a formula."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from coopoutreach.platform.web import sheets
from coopoutreach.platform.web.sheets import Table
from tests.factories import NOW

STARTERS = "=+-@\t\r＝＋－＠"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1+1",
        "＋1",
        "－1x",
        "＠x",
        " =1+1",
        '"=1+1',
        ";=1+1",
        "'=1+1",
    ],
)
def test_in_01_what_begins_a_formula_begins_with_an_apostrophe(text):
    assert sheets.harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["Ana;=1+1", 'Ana"=1+1', "Ana; =1+1", "Ana\n=1+1", "a;－1"])
def test_in_01_nor_does_one_begin_where_a_careless_reader_begins_a_cell(text):
    safe = sheets.harmless(text)
    assert safe.replace("'", "") == text
    assert not any(f"{border}{start}" in safe for border in ';"\n' for start in STARTERS)


@pytest.mark.parametrize(
    "text",
    ["+56 9 1234 5678", "(2) 2345-678", "-5", "12", "Ana Díaz", "O'Higgins", "a=b", "x@y.cl", ""],
)
def test_in_01_what_is_harmless_stays_as_it_is(text):
    assert sheets.harmless(text) == text


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_in_01_every_csv_is_read_back_cell_by_cell_and_none_begins_a_formula(cells):
    written = sheets.csv_bytes(Table("t", ["a"] * len(cells), [cells]))
    assert written.startswith(b"\xef\xbb\xbf")
    text = io.StringIO(written.decode("utf-8-sig"), newline="")
    _head, row = csv.reader(text, delimiter=";")
    assert row == [sheets.harmless(cell) for cell in cells]
    for cell in row:
        assert not cell.startswith(tuple("=@\t\r＝＋－＠"))


def test_figures_are_written_with_the_comma_of_here():
    written = sheets.csv_bytes(Table("t", ["n", "m"], [[3.5, -4]])).decode("utf-8-sig")
    assert written == '"n";"m"\r\n"3,5";"-4"\r\n'


@given(
    st.lists(
        st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=30),
        min_size=1,
        max_size=4,
    )
)
def test_in_02_every_workbook_is_read_back_as_it_was_typed(cells):
    table = Table("t", [str(n) for n in range(len(cells))], [[f"x{cell}" for cell in cells]])
    read = CalamineWorkbook.from_filelike(io.BytesIO(sheets.xlsx_bytes(table, now=NOW)))
    assert read.get_sheet_by_index(0).to_python()[1] == [f"x{cell}" for cell in cells]


@pytest.mark.parametrize(
    "text", ["=1+1", "{=1+1}", "http://evil.example", "mailto:a@b.cl", "12", "=cmd|' /C calc'!A0"]
)
def test_in_02_a_text_cell_is_a_text_whatever_stands_in_it(text):
    data = sheets.xlsx_bytes(Table("t", ["a"], [[text]]), now=NOW)
    book = zipfile.ZipFile(io.BytesIO(data))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A2" t="s">' in sheet
    assert "<f" not in sheet.partition("<sheetData>")[2].partition("</sheetData>")[0]
    assert "hyperlink" not in sheet
    assert CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[
        1
    ] == [text]


def test_a_figure_is_a_figure():
    data = sheets.xlsx_bytes(Table("t", ["n"], [[3.5]]), now=NOW)
    assert CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[
        1
    ] == [3.5]
