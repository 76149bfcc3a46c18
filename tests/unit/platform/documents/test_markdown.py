"""What of Markdown is read, and that nothing typed into minutes ever acts."""

import json
import time
from html.parser import HTMLParser

import pytest

from coopoutreach.platform.documents import markdown, prose
from coopoutreach.platform.documents.markdown import to_blocks, to_html

_LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "javascript&#58;alert(1)",
    "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "\x01javascript:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java%0ascript:alert(1)",
    "java\\script:alert(1)",
    "javascript://%0aalert(1)",
    "javascript:/*http://x.cl*/alert(1)",
    "vbscript:msgbox(1)",
    "VBSCRIPT:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "file:///etc/passwd",
    "blob:https://x.cl/1",
    "view-source:javascript:alert(1)",
    "feed:javascript:alert(1)",
    "jar:https://x.cl!/",
    "livescript:alert(1)",
    "mocha:alert(1)",
    "about:blank",
    "//evil.example/x",
    "\\\\evil.example\\x",
    "/salir",
    "?a=javascript:alert(1)",
    "#x",
    "https:javascript:alert(1)",
    "http:alert(1)",
    "mailto:",
    "ftp://x.cl/",
    "tel:+56911111111",
    'https://x.cl/" onmouseover="alert(1)',
    "https://x.cl/' onmouseover='alert(1)",
    "https://x.cl/><script>alert(1)</script>",
    "https://x.cl/`onmouseover=alert(1)",
    "https://x.cl/%22%20onclick=alert(1)",
    "https://javascript:alert(1)@x.cl/",
    "mailto:a@x.cl?subject=<script>alert(1)</script>",
    "\u202ejavascript:alert(1)",
    "java\u200bscript:alert(1)",
    "java\x00script:alert(1)",
]  # fmt: skip
_FORMS = [
    "[a]({})",
    "[a](<{}>)",
    '[a]({} "title onmouseover=alert(1)")',
    "<{}>",
    "![a]({})",
    "[a][1]\n\n[1]: {}",
    "[![x]({})](https://x.cl/)",
]
_RAW = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.cl/a.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\n>alert(1)</script\n>",
    "</p><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x:alert(alt) onerror=eval(src) alt=0>",
    '<img """><script>alert(1)</script>">',
    "<img/src='x'/onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math href=javascript:alert(1)>x</math>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<base href=//x.cl/>",
    "<meta http-equiv=refresh content=0;url=javascript:alert(1)>",
    "<link rel=stylesheet href=//x.cl/a.css>",
    "<style>@import '//x.cl/a.css';</style>",
    "<style><!--</style><img src=x onerror=alert(1)>-->",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video src=x onerror=alert(1)>",
    "<audio src=x onerror=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<body onload=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<isindex type=image src=1 onerror=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='https://x.cl' onclick=alert(1)>x</a>",
    "<a style=background:url(javascript:alert(1))>x</a>",
    "<div style='width:expression(alert(1))'>x</div>",
    "<p onclick=alert(1)>x</p>",
    "<strong onmouseover=alert(1)>x</strong>",
    "<table background=javascript:alert(1)>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<title><a title='</title><img src=x onerror=alert(1)>'>",
    "<plaintext>",
    "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<\x00script>alert(1)</script>",
    "<script\x20type='text/javascript'>alert(1)</script>",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "```<img src=x onerror=alert(1)>\nx\n```",
    "    <script>alert(1)</script>",
    "> <script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "# <img src=x onerror=alert(1)>",
    "| <script>a</script> | b |\n|---|---|\n| <img src=x onerror=alert(1)> | c |",
    "**<b onclick=alert(1)>x</b>**",
    "*<i onclick=alert(1)>x</i>*",
    "[<img src=x onerror=alert(1)>](https://x.cl)",
    "[a](https://x.cl/'onclick='alert(1))",
    "<https://x.cl/?a=<script>alert(1)</script>>",
    '<a@x.cl" onclick=alert(1)>',
    "1. <script>alert(1)</script>",
    '|a|\n|:-:" onclick=alert(1)|\n|b|',
    "{{7*7}} {% raw %} ${7*7} #{7*7}",
    "\\<script>alert(1)\\</script>",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "<x-a onfocus=alert(1) tabindex=1 autofocus>",
    "<custom is=script>alert(1)</custom>",
    "<p id=__proto__ name=innerHTML>x</p>",
    "<form id=document><input name=cookie></form>",
]  # fmt: skip
CORPUS = _RAW + [form.format(link) for link in _LINKS for form in _FORMS]

_MAY = {"a": {"href", "rel"}, "ol": {"start"}, "th": {"scope"}, "ul": {"class"}}
_TAGS = {
    *_MAY,
    "span",
    *[
        "blockquote",
        "br",
        "em",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "p",
        "strong",
        "table",
        "tbody",
        "td",
        "thead",
        "tr",
        "ul",
    ],
}


class _Dom(HTMLParser):
    """Every element of a page with its attributes, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.elements.append(("!--", {}))

    def handle_decl(self, decl):
        self.elements.append(("!", {}))

    def handle_pi(self, data):
        self.elements.append(("?", {}))


def _urls(blocks):
    if isinstance(blocks, dict):
        if blocks.get("type") == "link":
            yield blocks["url"]
        blocks = list(blocks.values())
    if isinstance(blocks, list):
        for inner in blocks:
            yield from _urls(inner)


def test_the_corpus_has_more_than_a_hundred_vectors():
    assert len(set(CORPUS)) > 300


@pytest.fixture(params=[markdown, prose], ids=["acta/1", "acta/2"])
def reader(request):
    return request.param


@pytest.mark.parametrize("vector", CORPUS)
def test_in_06_nothing_typed_becomes_more_than_words_and_safe_links(reader, vector):
    html = reader.to_html(vector)
    for tag, attributes in _Dom(html).elements:
        assert tag in _TAGS
        assert set(attributes) <= _MAY.get(tag, set())
        if tag == "a":
            href = attributes["href"] or ""
            assert href.lower().startswith(("http://", "https://", "mailto:"))
            assert not set('<>"` \n\t') & set(href)
            assert attributes["rel"] == "noopener nofollow noreferrer"
        assert "class" not in attributes or attributes["class"] == "as-typed"
    assert "<script" not in html.lower()


@pytest.mark.parametrize("vector", CORPUS)
def test_in_06_blocks_for_typesetting_hold_safe_links_and_plain_values_alone(reader, vector):
    blocks = reader.to_blocks(vector)
    assert json.loads(json.dumps(blocks)) == blocks
    for url in _urls(blocks):
        assert url.lower().startswith(("http://", "https://", "mailto:"))


def test_a74_reads_the_subset_that_minutes_need_and_marks_links():
    html = to_html(
        "Hola **a todas** y _todos_\n\n- uno\n- dos\n\n3. tres\n\n> cita\n\n"
        "| Región | Monto |\n|---|--:|\n| Ñuble | 5 |\n\n---\n\n[CORFO](https://www.corfo.cl)"
    )
    assert "<strong>a todas</strong> y <em>todos</em>" in html
    assert "<ul>\n<li>uno</li>" in html
    assert '<ol start="3">' in html
    assert "<blockquote>\n<p>cita</p>" in html
    assert '<th scope="col">Región</th>' in html
    assert "<hr>" in html
    assert '<a href="https://www.corfo.cl" rel="noopener nofollow noreferrer">CORFO</a>' in html


def test_keeps_the_line_breaks_that_were_typed():
    assert to_html("una\notra") == "<p>una<br>\notra</p>\n"


def test_headings_stand_below_the_parts_own_and_skip_no_level():
    html = to_html("### a\n\n# b\n\n###### c\n\n###### d\n\n###### e")
    assert [tag for tag, _ in _Dom(html).elements] == ["h4", "h4", "h5", "h6", "h6"]
    assert [block["level"] for block in to_blocks("### a\n\n###### b")] == [1, 2]


def test_what_is_not_of_the_subset_stays_the_characters_that_were_typed():
    typed = "`código` &amp; ~~no~~ <b>x</b> ![foto](/x.png) [1]: nota"
    assert _Dom(to_html(typed)).text.strip() == typed


@pytest.mark.parametrize(
    "typed",
    ["> " * 60 + "hondo", "*" * 4000 + "hondo" + "*" * 4000, "- " * 60 + "hondo"],
    ids=["quotes", "emphasis", "lists"],
)
def test_what_is_nested_too_deep_is_shown_as_typed_and_no_word_of_it_is_lost(typed):
    assert _Dom(to_html(typed)).text.strip() == typed
    assert "hondo" in json.dumps(to_blocks(typed))


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 20_000,
        "*a " * 9_000,
        "|a" * 9_000 + "\n" + "|-" * 9_000,
        "<" * 20_000,
        "[a](" * 9_000,
        "|--|\n" * 6_000,
        "|--|\n" * 5_000 + "|a|b|",
        "https://a" * 3_300,
        "https://a" + ")" * 29_000,
        "a@" * 15_000,
        "a" * 30_000,
        "a.a" * 10_000,
        "- a\n" * 7_500,
        "".join(" " * (at % 40) + "- a\n" for at in range(1_000)),
        "# a\n" * 7_500,
        "**a " * 7_500,
        "1.1" * 10_000,
    ],
    ids=lambda bomb: f"{bomb[:12]!r}",
)
def test_what_is_written_to_take_long_does_not(reader, bomb):
    began = time.process_time()
    reader.to_html(bomb)
    reader.to_blocks(bomb)
    assert time.process_time() - began < 15


def test_invisible_characters_and_turned_writing_are_left_out():
    assert to_html("a\u202eb\u200bc\x07d") == "<p>abcd</p>\n"


def test_no_text_is_no_block():
    assert not to_html("  \n ")
    assert to_blocks("") == []


def test_runs_of_text_are_one():
    assert to_blocks("a \\* b ñ") == [
        {"type": "paragraph", "inlines": [{"type": "text", "text": "a * b ñ"}]}
    ]
