"""The documents of a table: what they bear, what they say, and that they say it the same twice."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime

import pikepdf
import pytest
from support import an_acta, pdf_text

from coopoutreach.committee.minutes import pdf, printing
from coopoutreach.platform.documents.errors import TooBig


@pytest.fixture(scope="module")
def content():
    return an_acta.content()


@pytest.fixture(scope="module")
def approved(content):
    return pdf.acta(
        content,
        approvals=an_acta.approvals(content),
        code=an_acta.CODE,
        verify_url=an_acta.VERIFY_URL,
        draft=False,
    )


@pytest.fixture(scope="module")
def draft(content):
    return pdf.acta(content, draft=True)


def words(document: bytes) -> str:
    return " ".join(pdf_text.text(document).replace("\u00a0", " ").split())


@pytest.fixture(scope="module", params=["acta", "draft", "decisions", "book"])
def any_document(request, content, approved, draft):
    match request.param:
        case "acta":
            return approved
        case "draft":
            return draft
        case "decisions":
            return pdf.decisions(content, draft=False)
        case _:
            bound = pdf.Bound(content, an_acta.approvals(content), an_acta.CODE)
            return pdf.book("Mesa", 2026, [bound, bound])


def test_every_document_bears_the_marks_of_pdf_a_2a_and_pdf_ua_1(any_document):
    with pdf_text.opened(any_document) as document, document.open_metadata() as marks:
        assert (marks["pdfaid:part"], marks["pdfaid:conformance"]) == ("2", "A")
        assert marks["pdfuaid:part"] == "1"
        assert document.Root.Lang == "es-CL"
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert "/StructTreeRoot" in document.Root
        assert marks["dc:title"]


def test_every_typeface_is_inside(any_document):
    with pdf_text.opened(any_document) as document:
        for page in document.pages:
            for font in page.Resources.Font.values():
                inner = font.DescendantFonts[0].FontDescriptor
                assert "/FontFile2" in inner or "/FontFile3" in inner
                assert "/ToUnicode" in font


def test_tables_are_tagged_with_their_headings(approved):
    with pdf_text.opened(approved) as document:
        kinds = {str(thing.get("/S")) for thing in document.objects if _is_element(thing)}
    assert {"/Table", "/TH", "/TD", "/TR", "/H1", "/H2", "/L", "/Figure", "/Link"} <= kinds


def _is_element(thing):
    return isinstance(thing, pikepdf.Dictionary) and "/S" in thing


def test_the_acta_is_titled_with_its_number_and_its_table(approved):
    with pdf_text.opened(approved) as document, document.open_metadata() as marks:
        assert marks["dc:title"].replace("\u00a0", " ") == (
            "Acta N° 3 de 2026 · Mesa FECRECOOP–CORFO"
        )


def test_spanish_comes_out_as_it_was_written(approved):
    said = words(approved)
    for word in (
        "Peñaloza Ibáñez",
        "Iñaki Muñoz Güell",
        "Ñancupil",
        "Quórum",
        "Próxima reunión",
        "«La difusión llega donde llega la cooperativa»",
        "Acta N° 3 de 2026",
    ):
        assert word in said


def test_the_acta_says_all_that_was_approved(content, approved):
    said = re.sub(r"[\s\u200b]", "", words(approved))

    def holds(value):
        assert re.sub(r"\s", "", value) in said, value

    for person in content["attendance"]:
        holds(person["name"])
        holds(person["post"])
    for decision in content["decisions"]:
        holds(decision["number"])
        holds(decision["text"])
    for one in [*content["commitments"], *content["followed"]]:
        holds(one["number"])
        holds(one["action"])
    for annex in content["annexes"]:
        holds(annex["sha256"])
    for word in (
        "Comisión de servicio",
        "Subrogante (S)",
        "Moneda 921, piso 8, Santiago",
        "27-03-2026",
        "En curso",
        "AO001AW1234567",
        "Telemática",
        "Para decidir",
    ):
        holds(word)


def test_each_approval_shows_who_which_words_when_how_and_the_hash(content, approved):
    said = words(approved)
    assert "Aprobación con firma electrónica simple (Ley N° 19.799)" in said
    assert "avanzada" not in said.lower()
    assert "16-03-2026, 12:04:05 h (hora de Santiago)" in said
    assert "16-03-2026, 22:30:00 h (hora de Santiago)" in said
    assert "Por un enlace personal, con confirmación" in said
    assert said.replace(" ", "").count(an_acta.sha256(content)) == 4


def test_an_approval_that_no_longer_counts_is_not_shown():
    class Voided:
        void_at = datetime(2026, 3, 1, tzinfo=UTC)

    assert pdf.signed([Voided()]) == []


def test_each_page_says_which_it_is_of_how_many(approved):
    with pdf_text.opened(approved) as document:
        pages = len(document.pages)
    said = words(approved)
    assert all(f"{number} de {pages}" in said for number in range(1, pages + 1))


def test_the_code_is_at_the_foot_of_each_page_and_leads_to_the_page_of_its_hash(approved):
    said = words(approved)
    with pdf_text.opened(approved) as document:
        assert said.count(f"Código {an_acta.CODE}") > len(document.pages)
        targets = {
            str(note.A.URI)
            for page in document.pages
            for note in page.get("/Annots", [])
            if "/A" in note and "/URI" in note.A
        }
    assert an_acta.VERIFY_URL in targets


def test_a_draft_says_on_each_page_that_it_is_one_and_has_no_code(draft):
    said = words(draft)
    with pdf_text.opened(draft) as document:
        assert said.count("BORRADOR") >= len(document.pages)
    assert "aún no ha sido aprobada" in said
    assert "Código" not in said


def test_what_is_approved_is_no_draft(approved):
    assert "BORRADOR" not in words(approved)


def test_the_same_minutes_are_the_same_bytes_whenever_they_are_printed(content, approved):
    again = pdf.acta(
        content,
        approvals=an_acta.approvals(content),
        code=an_acta.CODE,
        verify_url=an_acta.VERIFY_URL,
        draft=False,
    )
    assert again == approved


def test_the_extract_has_the_decisions_and_commitments_alone(content):
    said = words(pdf.decisions(content, code="X", verify_url="https://x.cl/X", draft=False))
    assert "A-2026-03-05" in said
    assert "C-2026-03-04" in said
    assert "El texto que vale es el del acta" in said
    assert "Ñancupil" not in said


def test_the_book_has_an_index_of_minutes_and_of_decisions_with_their_pages(content):
    other = {**content, "number": 4, "label": "Acta N° 4 de 2026", "date": "2026-04-14"}
    acts = [
        pdf.Bound(one, an_acta.approvals(one), code)
        for one, code in ((content, "UNO-1"), (other, "DOS-2"))
    ]
    made = pdf.book("Mesa FECRECOOP–CORFO", 2026, acts)
    said = words(made)
    assert "Libro de actas 2026" in said
    assert "Índice de acuerdos" in said
    assert re.search(r"Acta N° 4 de 2026 Martes 14 de abril de 2026 Ordinaria DOS-2 \d+", said)
    with pdf_text.opened(made) as document:
        links = [
            note for note in document.pages[0].get("/Annots", []) if "/Dest" in note or "/A" in note
        ]
    assert len(links) > 4


def test_a_year_without_minutes_is_a_book_that_says_so():
    said = words(pdf.book("Mesa", 2026, []))
    assert "No hay actas aprobadas en este año" in said


def test_a_rectification_says_what_it_changes(content):
    rectifies = {"version": 1, "summary": "Corrige el nombre de la sede."}
    label = "Acta N° 3 de 2026, versión 2"
    rectified = {**content, "version": 2, "label": label, "rectifies": rectifies}
    assert "Corrige el nombre de la sede." in words(pdf.acta(rectified, draft=True))


def test_minutes_with_nothing_in_them_are_a_document_too(content):
    empty = {
        key: [] if isinstance(value, list) and key != "institutions" else value
        for key, value in content.items()
    } | {"chair": None, "secretary": None, "next_meeting": "", "lobby": {"need": "unknown"}}
    assert pdf.acta(empty, draft=True).startswith(b"%PDF")


def test_who_fell_silent_is_shown_without_a_name(content):
    silent = [replace(one, name="", post="", capacity="") for one in an_acta.approvals(content)]
    made = pdf.acta(content, approvals=silent, code="X", verify_url="https://x.cl/X", draft=False)
    assert "Constancia de aprobación" in words(made)


@pytest.mark.parametrize(
    "typed",
    [
        '#read("/etc/passwd") @ref <x> $x$ = y',
        "x" * 30_000,
        "|a" * 400 + "|\n" + "|-" * 400 + "|\n" + "|1" * 400 + "|",
        "> " * 60 + "hondo",
        "- a\n" * 2_000,
        "😀" * 50,
        "# a\n\n" * 1_000,
        "**" * 15_000,
    ],
    ids=["code", "word", "columns", "depth", "list", "emoji", "headings", "stars"],
)  # fmt: skip
def test_whatever_is_typed_into_a_part_is_printed_or_refused_with_a_sentence(content, typed):
    parts = [{"kind": "punto", "title": typed[:120], "text": typed, "decisions": []}]
    began = time.perf_counter()
    try:
        made = pdf.acta({**content, "parts": parts}, draft=True)
    except TooBig:
        made = b""
    assert not made or made.startswith(b"%PDF")
    assert time.perf_counter() - began < 35


def test_fine_spacing_ties_what_belongs_together_and_leaves_hashes_alone():
    hashed = "0" * 64
    assert printing.spaced({"a": ["Acta N° 3, 10:00 h, 5 %, « sí », UF 38"], "b": hashed}) == {
        "a": ["Acta N°\u00a03, 10:00\u00a0h, 5\u00a0%, «\u00a0sí\u00a0», UF\u00a038"],
        "b": hashed,
    }
    assert printing.spaced("3 horas") == "3 horas"
    assert "\u200b" in str(printing.spaced("x" * 60))
