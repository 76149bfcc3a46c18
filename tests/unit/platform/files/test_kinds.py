"""What a file must be to be taken: by its first bytes, and by what a zip says it holds."""

import io
import struct
import time
import tracemalloc
import zipfile

import pytest

from coopoutreach.platform.files import kinds
from coopoutreach.platform.files.kinds import KINDS

OPEN_DOCUMENT = "application/vnd.oasis.opendocument.text"


def zipped(entries, *, compression=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return made.getvalue()


def a_docx(*more):
    return zipped([("[Content_Types].xml", "<x/>"), ("word/document.xml", "<x/>"), *more])


def an_odt(mimetype=OPEN_DOCUMENT, first=zipfile.ZIP_STORED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", mimetype, compress_type=first)
        archive.writestr("content.xml", "<x/>")
    return made.getvalue()


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 20
GOOD = {
    "pdf": b"%PDF-1.7\n%%EOF",
    "docx": a_docx(),
    "pptx": zipped([("[Content_Types].xml", "x"), ("ppt/presentation.xml", "x")]),
    "xlsx": zipped([("[Content_Types].xml", "x"), ("xl/workbook.xml", "x")]),
    "odt": an_odt(),
    "odp": an_odt("application/vnd.oasis.opendocument.presentation"),
    "ods": an_odt("application/vnd.oasis.opendocument.spreadsheet"),
    "png": PNG,
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "jpeg": b"\xff\xd8\xff\xe1",
}


def taken(suffix, data):
    stream = io.BytesIO(data)
    answer = kinds.is_of_kind(stream, KINDS[suffix])
    assert stream.tell() == 0
    return answer


@pytest.mark.parametrize("suffix", KINDS)
def test_what_is_what_its_name_says_is_taken(suffix):
    assert taken(suffix, GOOD[suffix])


@pytest.mark.parametrize("suffix", KINDS)
def test_in_20_what_is_something_else_is_not(suffix):
    begins = KINDS[suffix].begins
    for other, data in GOOD.items():
        same = KINDS[other] == KINDS[suffix]
        assert taken(suffix, data) is same, other
    for data in (b"", b"<html><script>", b"MZ\x90", b" " + GOOD[suffix], begins[:-1]):
        assert not taken(suffix, data)


@pytest.mark.parametrize("suffix", ["svg", "html", "htm", "xml", "exe", "js", "docm", "zip", "mp3"])
def test_in_20_what_a_browser_runs_and_what_has_macros_is_not_on_the_list(suffix):
    assert suffix not in KINDS


@pytest.mark.parametrize(
    "name",
    [
        "../../fuera.xml",
        "/absoluto.xml",
        "a\\..\\b.xml",
        "C:/x.xml",
        "word/vbaProject.bin",
    ],
)
def test_in_19_a_part_that_leads_out_or_runs_something_refuses_the_whole(name):
    assert not taken("docx", a_docx((name, "x")))


def test_in_19_a_symbolic_link_among_the_parts_refuses_the_whole():
    link = zipfile.ZipInfo("word/enlace")
    link.external_attr = 0o120777 << 16
    assert not taken("docx", a_docx((link, "/etc/passwd")))


def test_an_open_document_says_what_it_is_first_and_plainly():
    assert not taken("odt", an_odt("application/vnd.oasis.opendocument.text-master"))
    assert not taken("odt", an_odt(first=zipfile.ZIP_DEFLATED))
    assert not taken("odt", zipped([("content.xml", "x"), ("mimetype", OPEN_DOCUMENT)]))


def test_a_document_with_a_password_is_not_taken():
    data = bytearray(a_docx())
    at = data.rfind(b"PK\x01\x02")
    data[at + 8] |= 1
    assert not taken("docx", bytes(data))


def bombs():
    many = zipped([(f"p{number}", "") for number in range(3001)])
    yield "many parts", a_docx(*((f"p{number}", "") for number in range(3000)))
    yield "many parts, and nothing else", many
    yield "unpacks to much", a_docx(("word/media/x", b"\0" * 210_000_000))
    yield "packs too well", a_docx(("word/media/x", b"\0" * 2_000_000))
    lies = bytearray(a_docx())
    at = lies.rfind(b"PK\x01\x02")
    struct.pack_into("<II", lies, at + 20, 0xFFFFFF, 0x7FFFFFFF)
    yield "says that it unpacks to much", bytes(lies)
    shared = bytearray(a_docx())
    struct.pack_into("<I", shared, shared.rfind(b"PK\x01\x02") + 20, 10_000_000)
    yield "parts that share their bytes", bytes(shared)
    short = bytearray(many)
    struct.pack_into("<HH", short, short.rfind(b"PK\x05\x06") + 8, 1, 1)
    yield "says that it is short", bytes(short)
    yield "a list without an end", a_docx()[:-22] + b"PK\x05\x06"
    yield "cut", a_docx()[: len(a_docx()) // 2]
    yield "noise after the beginning", b"PK\x03\x04" + bytes(range(256)) * 4000


def test_a32_bombs_are_refused_quickly_and_in_little_memory():
    corpus = dict(bombs())
    tracemalloc.start()
    began = time.process_time()
    answers = {name: taken("docx", data) for name, data in corpus.items()}
    seconds = time.process_time() - began
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answers == dict.fromkeys(corpus, False)
    assert seconds < 2
    assert most < 300e6
