"""The little Markdown that minutes were written in, made into HTML and into blocks for typesetting.

Minutes that were approved so are read so for ever; `prose.py` reads what is written now.

Paragraphs, emphasis, lists, headings, tables, quotes, rules and links to http, https and mailto.
Everything else (raw HTML, images, code, entities) stays the characters that were typed.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from coopoutreach.platform.core import text as texts

#: A part's own heading on a page is an h3; those inside its text begin one below.
_HEADINGS_BELOW = 3
_DEEPEST_HEADING = 3
#: How deep quotes and lists may stand in one another: deeper is an attack, not a text.
_DEEPEST = 20
_SCHEMES = frozenset({"http", "https", "mailto"})
_LINK = re.compile(r"(?:https?://[^/\s]|mailto:[^/\s])", re.IGNORECASE)
_RULES = [
    "blockquote",
    "heading",
    "hr",
    "list",
    "paragraph",
    "table",
    "autolink",
    "emphasis",
    "escape",
    "link",
    "newline",
    "text",
    "balance_pairs",
    "fragments_join",
]
_TAGS = frozenset(
    [
        "a",
        "blockquote",
        "br",
        "em",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "ol": {"start"}, "th": {"scope"}}
_REL = "noopener nofollow noreferrer"


class _Minutes(MarkdownIt):
    """A reader of Markdown that takes for a link only what leads to a page or an address."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name is markdown-it's
        return bool(_LINK.match(url))


def _reader(rules: list[str]) -> MarkdownIt:
    reader = _Minutes("zero", {"html": False, "breaks": True, "maxNesting": _DEEPEST})
    return reader.enable(rules)


_READER = _reader(_RULES)
#: Reads anything as paragraphs of the characters that were typed.
_PLAIN = _reader(["newline"])


#: Some minutes at a time: a page of twenty parts is asked for again and again.
@lru_cache(maxsize=256)
def to_html(text: str) -> Markup:
    """Return `text` as HTML that may stand in a page of ours: read as Markdown, then sifted."""
    tokens = _tokens(text)
    for token in tokens:
        if token.type == "th_open":
            token.attrs = {"scope": "col"}
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{int(token.tag[1:]) + _HEADINGS_BELOW}"
    html = _READER.renderer.render(tokens, _READER.options, {})
    # What people wrote is sifted right here, and by nothing else.
    return Markup(  # noqa: S704  # nosec B704
        nh3.clean(
            html,
            tags=set(_TAGS),
            attributes=_ATTRIBUTES,
            url_schemes=set(_SCHEMES),
            link_rel=_REL,
        )
    )


def to_blocks(text: str) -> list[dict[str, object]]:
    """Return `text` as plain values that a typesetter places: nothing in them is evaluated.

    A block is a `paragraph` or a `heading` (`level` from 1 to 3) of `inlines`; a `list` (`ordered`,
    `start`) of `items`, each of blocks; a `quote` of `blocks`; a `table` of `header` and `rows`,
    each cell of inlines, with `align` for each column; or a `rule`. An inline is a `text`, a
    `break`, or a `strong`, an `emphasis` or a `link` (`url`) of `inlines`.
    """
    blocks = _blocks(SyntaxTreeNode(_tokens(text)))
    _step(blocks, 0)
    return blocks


def _step(blocks: object, level: int) -> int:
    """Let no heading be deeper by two than the one before it; return the level of the last.

    A page shows those that say nothing; blocks leave them out.
    """
    for block in blocks if isinstance(blocks, list) else ():
        match block:
            case {"type": "heading", "level": int(typed)}:
                block["level"] = level = min(typed, level + 1)
            case {"items": list(items)}:
                for item in items:
                    level = _step(item, level)
            case {"blocks": list(inner)}:
                level = _step(inner, level)
            case _:
                pass
    return level


def _tokens(text: str) -> list[Token]:
    """Read `text`; make of its headings steps that skip no level, three at most.

    What is nested too deep is taken as it was typed: markdown-it would leave words out.
    """
    cleaned = texts.clean_text(text)
    tokens = _READER.parse(cleaned)
    if any(_depth(token) >= _DEEPEST - 1 for token in tokens):
        tokens = _PLAIN.parse(cleaned)
    level = 0
    for token in tokens:
        if token.type == "heading_open":
            level = min(int(token.tag[1:]), level + 1, _DEEPEST_HEADING)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{level}"
    return tokens


def _depth(token: Token) -> int:
    return token.level + max((child.level for child in token.children or ()), default=0)


def _blocks(node: SyntaxTreeNode) -> list[dict[str, object]]:
    """Return the blocks of a node but those that a page shows as nothing: «##» alone."""
    return [_block(child) for child in node.children if _shows(child)]


def _shows(node: SyntaxTreeNode) -> bool:
    if node.type not in {"heading", "paragraph", "link", "strong", "em"}:
        return True
    return any(leaf.content.strip() for leaf in node.walk() if leaf.type == "text")


def _block(node: SyntaxTreeNode) -> dict[str, object]:
    return {"type": _NAMES[node.type], **_FILLED[node.type](node)}


def _list(node: SyntaxTreeNode) -> dict[str, object]:
    items = [_blocks(item) for item in node.children]
    ordered = node.type == "ordered_list"
    return {"ordered": ordered, "start": int(node.attrs.get("start", 1)), "items": items}


def _table(node: SyntaxTreeNode) -> dict[str, object]:
    rows = [row.children for part in node.children for row in part.children]
    return {
        "align": [_alignment(cell) for cell in rows[0]],
        "header": [_inlines_of(cell) for cell in rows[0]],
        "rows": [[_inlines_of(cell) for cell in row] for row in rows[1:]],
    }


def _alignment(cell: SyntaxTreeNode) -> str:
    return str(cell.attrs.get("style", "text-align:left")).removeprefix("text-align:")


def _inlines_of(node: SyntaxTreeNode) -> list[dict[str, object]]:
    return [inline for child in node.children for inline in _joined(child)]


def _joined(node: SyntaxTreeNode) -> Iterator[dict[str, object]]:
    """Yield the inlines of a node, runs of text made one."""
    inlines = [_inline(child) for child in node.children if _shows(child)]
    for before, after in pairwise(inlines):
        if before["type"] == after["type"] == "text":
            after["text"] = f"{before['text']}{after['text']}"
            before["type"] = "joined"
    yield from (
        inline
        for inline in inlines
        if inline["type"] != "joined" and inline != {"type": "text", "text": ""}
    )


def _inline(node: SyntaxTreeNode) -> dict[str, object]:
    match node.type:
        case "strong" | "em":
            name = "strong" if node.type == "strong" else "emphasis"
            return {"type": name, "inlines": list(_joined(node))}
        case "link":
            return {"type": "link", "url": str(node.attrs["href"]), "inlines": list(_joined(node))}
        case "softbreak" | "hardbreak":
            return {"type": "break"}
        case _:
            return {"type": "text", "text": node.content}


#: What markdown-it calls a block -> what we call it, and what makes the rest of it.
_NAMES = {
    "paragraph": "paragraph",
    "heading": "heading",
    "bullet_list": "list",
    "ordered_list": "list",
    "blockquote": "quote",
    "table": "table",
    "hr": "rule",
}
_FILLED: dict[str, Callable[[SyntaxTreeNode], dict[str, object]]] = {
    "paragraph": lambda node: {"inlines": _inlines_of(node)},
    "heading": lambda node: {"level": int(node.tag[1:]), "inlines": _inlines_of(node)},
    "bullet_list": _list,
    "ordered_list": _list,
    "blockquote": lambda node: {"blocks": _blocks(node)},
    "table": _table,
    "hr": lambda _: {},
}
