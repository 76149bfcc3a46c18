"""What was typed into minutes is what is shown, on the page and in the PDF, whatever it is."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from support import an_acta, office_prose, pdf_text

from coopoutreach.committee.minutes import pdf
from coopoutreach.platform.core.text import clean_text
from coopoutreach.platform.documents import markdown, prose
from coopoutreach.platform.documents.errors import Failed

#: Some seconds of typesetting: few runs of many texts each.
_TYPESET = examples(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class _Shown(HTMLParser):
    """The words of a page, and whether its elements are well nested."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.text, self.open, self.inside = "", [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.inside.append((self.open[-1] if self.open else "", tag))
        if tag != "br":
            self.open.append(tag)
        self.text += " "

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.text += " "

    def handle_data(self, data):
        self.text += data


def page(text):
    return _Shown(str(prose.to_html(text))).text


def squeezed(text):
    """Return text without any space: those are set, not typed."""
    return re.sub(r"[\s\u200b]", "", text)


def without_marks(text):
    """Return typed text without what the dialect says are its marks, in the plainest way."""
    lines = []
    for line in clean_text(text).split("\n"):
        heading = re.fullmatch(r"#{1,6} +(\S.*)", line)
        if heading and any(map(str.isalnum, heading[1])) and not re.match(r"# +\d", line):
            lines.append(heading[1])
        else:
            lines.append(line)
    return "\n".join(lines)


@examples(max_examples=400, deadline=None)
@given(office_prose.texts())
@example("3. Se aprueba\n5. Otro")
@example("> 400.000 UF")
@example("- 400 UF\n-5 %")
@example("##\n#12\n# 12 socios")
@example("2 * 3 * 4, a*b y precio*")
def test_office_prose_is_shown_character_by_character(text):
    typed = squeezed(without_marks(text))
    shown = squeezed(page(text))
    # Asterisks in pairs are bold or italic: the only marks that such lines may have by accident.
    if shown != typed:
        assert shown.replace("*", "") == typed.replace("*", "")
        lost = typed.count("*") - shown.count("*")
        tags = re.findall(r"<(strong|em)>", str(prose.to_html(text)))
        assert lost == sum(4 if tag == "strong" else 2 for tag in tags)


@examples(max_examples=300, deadline=None)
@given(office_prose.anything())
def test_every_text_is_a_page_whose_elements_stand_where_they_may(text):
    shown = _Shown(str(prose.to_html(text)))
    for outer, inner in shown.inside:
        if outer == "ul":
            assert inner == "li"
        if outer in {"p", "h4", "h5", "h6", "th", "td", "strong", "em", "a", "span"}:
            assert inner in {"strong", "em", "a", "br"}
        if inner == "li":
            assert outer == "ul"
    headings = [int(tag[1]) for _, tag in shown.inside if tag in {"h4", "h5", "h6"}]
    for before, after in zip([3, *headings], headings, strict=False):
        assert after <= before + 1
    assert not re.search(r"<(h\d|p|strong|em|a|span)[^>]*>\s*</\1>", prose.to_html(text))


def typeset(texts, written_as):
    """Return the PDF of minutes with a part for each text."""
    parts = [
        {"kind": "punto", "title": f"Punto {number}.", "text": text, "decisions": []}
        for number, text in enumerate(texts)
    ]
    content = an_acta.content(items=0, commitments=0)
    return pdf.acta({**content, "format": written_as, "parts": parts}, draft=True)


@_TYPESET
@given(st.lists(office_prose.texts(), min_size=15, max_size=25))
def test_office_prose_is_printed_character_by_character(texts):
    said = squeezed(pdf_text.said(typeset(texts, "acta/2")))
    for text in texts:
        # As the page shows it, which the tests above compare with what was typed.
        assert squeezed(page(text)) in said


@pytest.mark.parametrize("written_as", ["acta/1", "acta/2"])
def test_every_text_can_be_typeset(written_as):
    @_TYPESET
    @given(st.lists(office_prose.anything(), min_size=15, max_size=25))
    def each(texts):
        try:
            assert typeset(texts, written_as).startswith(b"%PDF")
        except Failed:
            for text in texts:
                typeset([text], written_as)
            raise

    each()


@pytest.mark.parametrize("written_as", ["acta/1", "acta/2"])
@pytest.mark.parametrize(
    "text",
    [
        "##",
        "# \n\n##\n\n### a",
        "###### a\n\n# b\n\n###### c",
        "## [](https://x.cl)\n\n[](https://x.cl)",
        "-\n-\n- \n1.\n",
        "> # \n> ##\n\n- # a\n- ##",
        "| | |\n|--|--|\n| | |\n\n||\n|--|",
        "\u3164\n## \u3164\n- \u2800",
        "😀👨‍👩‍👧 é́́ שלום السلام 漢字",
        " ".join(map(chr, range(0x6D0, 0x780))),
        "x" * 30_000,
        "- x\n" * 7_000,
    ],
    ids=lambda text: f"{text[:14]!r}",
)
def test_what_once_failed_is_typeset(text, written_as):
    assert typeset([text], written_as).startswith(b"%PDF")


def test_reads_bold_and_italics_only_where_an_asterisk_can_mean_nothing_else():
    html = str(prose.to_html("**Nota:** el *plan* (*S*), **a *b* c**, «**así**»"))
    assert html == (
        "<p><strong>Nota:</strong> el <em>plan</em> (<em>S</em>), "
        "<strong>a <em>b</em> c</strong>, «<strong>así</strong>»</p>\n"
    )
    for typed in (
        "2 * 3 * 4",
        "a*b*c",
        "2*3*4",
        "precio* y costo*",
        "*sujeto a aprobación",
        "** **",
        "***",
        "(**) y (**)",
        "***x***",
        "\\*a\\*",
        "https://x.cl/*a*",
    ):
        assert squeezed(page(typed)) == squeezed(typed), typed
        assert "<em>" not in prose.to_html(typed), typed
        assert "<strong>" not in prose.to_html(typed), typed


def test_an_odd_asterisk_leaves_what_is_bold_in_its_line_bold():
    html = prose.to_html("**Nota:** el precio* sube")
    assert html == "<p><strong>Nota:</strong> el precio* sube</p>\n"


def test_lists_keep_the_marks_that_were_typed_and_stand_in_one_another():
    blocks = prose.to_blocks("3. tres\n5. cinco\n   sigue\n  - a\n    b) x\n\n10. diez\nfuera")
    assert [item["mark"] for item in blocks[0]["items"]] == ["3.", "5.", "10."]
    [inner] = blocks[0]["items"][1]["blocks"]
    assert inner["items"][0]["mark"] == "-"
    assert inner["items"][0]["blocks"][0]["items"][0]["mark"] == "b)"
    assert blocks[1]["type"] == "paragraph"


def test_a_table_needs_its_rule_and_loses_no_cell():
    html = str(prose.to_html("| A | B |\n|---|--:|\n| 1 |\n| 1 | 2 | 3 |"))
    assert html.count("<tr>") == 2
    assert '<th scope="col">A</th>' in html
    assert "<p>| 1 | 2 | 3 |</p>" in html
    assert "<table" not in prose.to_html("| A | B |\n| 1 | 2 |")
    assert prose.to_blocks("|A|B|C|D|\n|--|:--:|--:|:--|")[0]["align"] == [
        "left",
        "center",
        "right",
        "left",
    ]


def test_addresses_lead_where_they_say_and_leave_the_sentence_its_signs():
    html = str(prose.to_html("Ver (https://x.cl/a_(b)), http://corfo.cl. A a.b@corfo.example."))
    assert '<a href="https://x.cl/a_(b)" rel=' in html
    assert ">http://corfo.cl</a>. A" in html
    assert 'href="mailto:a.b@corfo.example"' in html
    assert "<a" not in prose.to_html("xhttps://x.cl https:// www.x.cl @x.cl a@b")


def test_markdown_is_still_read_as_it_was_when_minutes_were_approved():
    assert '<ol start="3">' in markdown.to_html("3. tres\n5. cinco")
    assert "<blockquote>" in markdown.to_html("> 400.000 UF")
