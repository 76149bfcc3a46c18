"""Documents are made in a process that can do no harm, whatever is asked of it."""

import re
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from support import pdf_text

from coopoutreach.platform.documents import typesetting
from coopoutreach.platform.documents.errors import Failed, TooBig, TooMany

DAY = date(2026, 3, 10)
FRAME = """
#import "/_parts/house.typ": house, blocks
#let d = json(bytes(sys.inputs.data))
#show: house.with(title: "Prueba", author: "Nadie", dated: d.dated, running: [], foot: [])
"""
#: What typst would do with each if it were source: all of it must come out as it was typed.
CODE = [
    '#read("/etc/passwd")',
    '#read("../../../../etc/passwd")',
    '#image("/etc/passwd")',
    '#import "@preview/cetz:0.3.4": *',
    '#include "body.typ"',
    '#eval("1 + 1")',
    "#panic()",
    "@ref",
    "<label>",
    "#let x = 1",
    "$ sum_(i=0)^n i $",
    "= Título",
    "*no* _no_ `no`",
    "\\u{41}",
    "#while true {}",
    "]#[",
    '"; #read("/etc/passwd")',
    "// comentario",
    "/* comentario */",
    "#sys.inputs",
    "~",
    "---",
]  # fmt: skip


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Return a function that makes a document of its source, beside the shared parts."""
    (tmp_path / "prueba").mkdir()
    (tmp_path / typesetting.SHARED).symlink_to(typesetting.TEMPLATES / typesetting.SHARED)
    monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)

    def write(source: str) -> Path:
        path = tmp_path / "prueba" / "doc.typ"
        path.write_text(FRAME + source)
        return path

    return write


def make(**data):
    return typesetting.typeset("prueba/doc", data, dated=DAY)


@pytest.mark.parametrize("typed", CODE)
def test_in_09_what_looks_like_code_is_shown_as_it_was_typed(write, typed):
    write("= Datos\n#d.text\n#blocks(d.blocks)")
    blocks = [{"type": "paragraph", "inlines": [{"type": "text", "text": typed}]}]
    shown = re.sub(r"\s", "", pdf_text.text(make(text=typed, blocks=blocks)))
    assert shown.count(re.sub(r"\s", "", typed)) == 2


def test_the_same_data_gives_the_same_bytes(write):
    write("= Hola\n#d.text")
    assert make(text="ñandú") == make(text="ñandú")
    assert make(text="ñandú") != make(text="ñandu")


def test_a_document_that_is_not_there_is_refused(write):
    for name in ("prueba/otra", "../prueba/doc", "/etc/passwd", "prueba/../prueba/doc", "doc"):
        with pytest.raises(LookupError):
            typesetting.typeset(name, {}, dated=DAY)


@pytest.mark.parametrize(
    "source",
    [
        '#read("/etc/passwd")',
        '#read("../../../../../../etc/passwd")',
        '#import "@preview/cetz:0.3.4": *',
        "#no-such-thing",
        '#image(bytes("no picture"), alt: "x")',
        '#image(bytes("<svg xmlns=\'http://www.w3.org/2000/svg\'/>"), format: "svg")',
        "= Uno\n=== Tres",
        '#set text(font: "No Such Typeface")\nhola',
        "#while true {}",
    ],
    ids=["absolute", "above", "package", "unknown", "picture", "no-alt", "skips", "font", "loop"],
)
def test_in_10_what_a_source_may_not_do_is_refused_and_logged_wordless(write, source, caplog):
    write(source + "\n#d.text")
    with pytest.raises(Failed) as refused:
        make(text="Palabras de alguien")
    assert "PDF" in str(refused.value)
    assert "Palabras de alguien" not in caplog.text


def test_in_10_a_link_in_place_of_a_source_is_not_followed(write, tmp_path):
    path = write("hola")
    path.unlink()
    path.symlink_to("/etc/passwd")
    with pytest.raises(OSError, match="symbolic"):
        make()


def test_in_10_what_is_compiled_stands_in_a_private_folder_of_copies_that_goes_away(write):
    write("hola")
    with typesetting.staged("prueba/doc") as root:
        assert root.stat().st_mode & 0o077 == 0
        found = sorted(path for path in root.rglob("*") if path.is_file())
        assert all(path.suffix == ".typ" and not path.is_symlink() for path in found)
    assert not root.exists()


@pytest.mark.parametrize(
    "source",
    [
        '#let s = "a"\n#for i in range(40) { s = s + s }\n#s',
        "#for i in range(200000) { pagebreak() }",
        "#let f(n) = if n == 0 { [x] } else { f(n - 1) + f(n - 1) }\n#f(40)",
    ],
    ids=["memory", "pages", "time"],
)
def test_in_11_a_bomb_ends_its_own_process_and_is_told_of_in_a_sentence(write, source):
    write(source)
    bounds = replace(typesetting.BOUNDS, seconds=2, wall=10, memory=384 * 1024**2)
    with pytest.raises(TooBig) as refused:
        typesetting.typeset("prueba/doc", {}, dated=DAY, bounds=bounds)
    assert "demasiado largo" in str(refused.value)


def test_what_takes_too_long_on_the_wall_is_ended(write):
    write("#for i in range(200000) { pagebreak() }")
    with pytest.raises(TooBig):
        typesetting.typeset(
            "prueba/doc", {}, dated=DAY, bounds=replace(typesetting.BOUNDS, wall=0.3)
        )


def test_more_data_than_may_be_is_refused_before_anything_starts(write, monkeypatch):
    write("hola")
    monkeypatch.setattr(typesetting.subprocess, "run", None)
    with pytest.raises(TooBig):
        make(text="ñ" * 1024**2)


def test_a_document_larger_than_may_be_is_refused(write):
    write("#d.text")
    with pytest.raises(TooBig):
        typesetting.typeset(
            "prueba/doc",
            {"text": "hola"},
            dated=DAY,
            bounds=replace(typesetting.BOUNDS, document=100),
        )


def test_only_so_many_are_made_at_once_and_who_waits_too_long_is_told(write, monkeypatch):
    write("#d.text")
    monkeypatch.setattr(typesetting, "LONGEST_WAIT", 0.05)
    turns = threading.BoundedSemaphore(1)
    monkeypatch.setattr(typesetting, "_turns", turns)
    with turns:
        with pytest.raises(TooMany) as refused:
            make(text="hola")
        assert refused.value.status == 503
    assert make(text="hola").startswith(b"%PDF")


def test_a64_a_flood_never_runs_more_than_its_turns(write, monkeypatch):
    write("#d.text")
    running, most, lock = 0, 0, threading.Lock()
    run = typesetting.subprocess.run

    def counted(*arguments, **options):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        try:
            return run(*arguments, **options)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(typesetting.subprocess, "run", counted)
    made = []
    threads = [threading.Thread(target=lambda: made.append(make(text="hola"))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 12
    assert most == typesetting.AT_ONCE


def test_a_turn_is_given_back_whatever_happens(write):
    write("#panic()")
    for _ in range(typesetting.AT_ONCE + 1):
        with pytest.raises(Failed):
            make()


def test_the_process_is_told_no_secret(write, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "muy-secreta")
    seen = {}
    run = typesetting.subprocess.run

    def looked_at(*arguments, **options):
        seen.update(options["env"])
        return run(*arguments, **options)

    monkeypatch.setattr(typesetting.subprocess, "run", looked_at)
    write("hola")
    make()
    assert set(seen) == {"RAYON_NUM_THREADS", "https_proxy", "LANG"}


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("bien 😀 hecho", "bien [U+1F600] hecho"),
        ("漢字", "[U+6F22][U+5B57]"),
        ("👍🏽 sí", "[U+1F44D][U+1F3FD] sí"),
        ("Ω Щ ✓ → ≥", "Ω Щ ✓ → ≥"),
    ],
)
def test_what_no_typeface_shows_is_named_by_its_number(write, typed, named):
    write("= Datos\n#d.list.at(0).text")
    shown = pdf_text.text(make(list=[{"text": typed, "count": 1}]))
    assert named.replace(" ", "") in shown.replace(" ", "")


def test_in_12_no_source_of_ours_evaluates_words_reads_a_file_or_asks_for_a_package():
    sources = sorted(typesetting.TEMPLATES.rglob("*"))
    assert sources
    for path in sources:
        assert not path.is_symlink()
        if path.suffix == ".typ":
            source = re.sub(r"//.*", "", path.read_text())
            assert not re.search(r"\beval\(|\bread\(|\bplugin\(|@preview|mode:\s*\"", source), path
            assert re.findall(r"image\((?!bytes\()", source) == [], path
