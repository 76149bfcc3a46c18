"""The grammar: RFC 5545 3.1 and 3.3.11, RFC 6868, and rules B15 and F11."""

import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.platform.ics import text

#: Where escapes, folds and normalisation go wrong, more often than chance would have it.
awkward = st.text(st.one_of(st.sampled_from("\\nN;,\"^':\r\n\té👩\u200d\u0301 "), st.characters()))


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        ("uno\r\ndos\rtres\x85cuatro\u2028cinco\u2029seis", "uno\ndos\ntres\ncuatro\ncinco\nseis"),
        ("a\tb", "a b"),
        (" al borde\n\n", "al borde"),
        ("a\0b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("cooperacio\u0301n", "cooperación"),
        ("\u202egpj.exe\u202c\u2066x\u2069\u200f", "gpj.exex"),
        ("\ufeffa\u200bb\u00adc", "abc"),
        ("\ue000a\U000f0000b\ud800c\ufffed\U0010ffff", "abcd"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f"),
        ("شركة تعاونية", "شركة تعاونية"),
    ],
)
def test_b15_cleaning_leaves_what_may_travel(given_text, cleaned):
    assert text.clean(given_text) == cleaned


def test_b15_nothing_of_an_unfit_category_is_left():
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    left = {
        character
        for character in text.clean(everything)
        if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
    }
    tags = {chr(code) for code in range(0xE0020, 0xE0080)}
    assert left == tags | {"\n", "\u200c", "\u200d"}


def test_b15_everything_else_is_left():
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character)[0] not in "CZ":
            assert text.clean(character) == unicodedata.normalize("NFC", character)
        if unicodedata.category(character) == "Zs":
            assert text.clean(f"a{character}b") == unicodedata.normalize("NFC", f"a{character}b")


@given(awkward)
def test_b15_cleaning_twice_is_cleaning_once(anything):
    assert text.clean(text.clean(anything)) == text.clean(anything)


@pytest.mark.parametrize(
    ("given_text", "escaped"),
    [
        ("a;b,c", "a\\;b\\,c"),
        ("C:\\Noticias", "C:\\\\Noticias"),
        ("\\n", "\\\\n"),
        ("uno\r\ndos", "uno\\ndos"),
        ('"hola": ^', '"hola": ^'),
    ],
)
def test_b15_a_text_is_escaped(given_text, escaped):
    assert text.escape_text(given_text) == escaped


@pytest.mark.parametrize(
    ("given_text", "quoted"),
    [
        ("Rosa Ñancupil", "Rosa Ñancupil"),
        ("Soto, Juan", '"Soto, Juan"'),
        ("a;b", '"a;b"'),
        ("a:b", '"a:b"'),
        ("a = b", '"a = b"'),
        ('Juan "Pepe" Soto', "Juan ^'Pepe^' Soto"),
        ("a^b", "a^^b"),
        ("uno\ndos", "uno^ndos"),
        ("C:\\Noticias", '"C:\\\\Noticias"'),
        ("", ""),
    ],
)
def test_b15_a_parameter_is_quoted_when_it_must_be(given_text, quoted):
    assert text.quote_parameter(given_text) == quoted


@pytest.mark.parametrize(
    ("given_link", "written"),
    [
        ("https://x.example/a?b=c&d=%20#e", "https://x.example/a?b=c&d=%20#e"),
        (" https://x.example/a b ", "https://x.example/a%20b"),
        ("https://x.example/ñ", "https://x.example/%C3%B1"),
        ("https://x.example/\r\nATTENDEE:mailto:x", "https://x.example/%0AATTENDEE:mailto:x"),
        ("", ""),
    ],
)
def test_b15_a_link_stays_one_valid_uri(given_link, written):
    assert text.uri(given_link) == written


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("agenda+r-Tok_en@x.example", "mailto:agenda+r-Tok_en@x.example"),
        ("o'higgins@x.example", "mailto:o'higgins@x.example"),
        ("a;b%c?d@x.example", "mailto:a%3Bb%25c%3Fd@x.example"),
        ("a@x.example\r\nATTENDEE:b@x.example", "mailto:a@x.example%0AATTENDEE%3Ab@x.example"),
    ],
)
def test_b6_an_address_is_a_mailto_in_lower_case_with_its_mailbox_untouched(address, written):
    assert text.mailto(address) == written


def test_a_moment_is_written_in_utc():
    in_santiago = datetime(2026, 7, 1, 10, tzinfo=timezone(timedelta(hours=-4)))
    assert text.moment(in_santiago) == "20260701T140000Z"
    assert text.moment(datetime(2026, 7, 1, 14, tzinfo=UTC)) == "20260701T140000Z"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no zone"):
        text.moment(datetime(2026, 7, 1, 14))


@given(awkward)
def test_f11_a_folded_line_has_at_most_75_octets_and_unfolds_to_itself(anything):
    line = f"DESCRIPTION:{text.escape_text(anything) * 5}"
    folded = text.fold(line)
    assert folded.endswith(b"\r\n")
    physical = folded.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, physical)) <= 75
    for part in physical:
        part.decode()  # no fold within a character
    assert folded.decode().replace("\r\n ", "") == f"{line}\r\n"


@pytest.mark.parametrize("before", range(60, 76))
@pytest.mark.parametrize("escape", ["\\n", "\\\\\\\\\\\\", "\\;\\,", "é\\\\", "👩\\n"])
def test_f11_no_fold_parts_a_backslash_from_what_it_escapes(before, escape):
    folded = text.fold("x" * before + escape + "y" * 80).removesuffix(b"\r\n")
    for part in folded.split(b"\r\n "):
        assert (len(part) - len(part.rstrip(b"\\"))) % 2 == 0


def test_f11_lines_are_folded_no_earlier_than_they_must_be():
    assert text.fold("x" * 75) == b"x" * 75 + b"\r\n"
    assert text.fold("x" * 76) == b"x" * 75 + b"\r\n x\r\n"
    assert text.fold("x" * 150) == b"x" * 75 + b"\r\n " + b"x" * 74 + b"\r\n x\r\n"
