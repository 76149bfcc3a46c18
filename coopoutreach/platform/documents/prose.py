"""The text of minutes, read as `docs/minutes-text.md` says: what was typed is what is shown.

Paragraphs and their lines, headings, lists whose marks are shown as they were typed, tables, bold,
italics and addresses. Whatever is none of these stays the characters that were typed, so that every
text can be read and none is refused.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import nh3
from markupsafe import Markup, escape

from coopoutreach.platform.core import text as texts
from coopoutreach.platform.documents import emphasis

Block = dict[str, object]

#: A part's own heading on a page is an h3; those inside its text begin one below.
_HEADINGS_BELOW = 3
_DEEPEST_HEADING = 3
_DEEPEST_LIST = 4
_MOST_COLUMNS = 12

_HEADING = re.compile(r"(#{1,6}) +(\S.*)")
#: «- », «3. », «3) », «a) », «iv) », «1.2. »: the mark, and what stands behind it.
_ITEM = re.compile(
    r"( *)(-|\d{1,3}[.)]|[A-Za-zñÑ]\)|[ivxIVX]{1,5}\)|\d{1,2}(?:\.\d{1,2}){1,3}[.)]) +(\S.*)"
)
_CONTINUED = re.compile(r" {2,}\S")
_ROW = re.compile(r" *\|.*\| *")
_RULED = re.compile(r" *\|(?: *:?-{2,}:? *\|)+ *")

_TAGS = frozenset(
    {*("a", "br", "em", "li", "p", "span", "strong", "ul"), *("h4", "h5", "h6")}
    | {"table", "tbody", "td", "th", "thead", "tr"}
)
_ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "th": {"scope"}}
_CLASSES = {"ul": {"as-typed"}}
_REL = "noopener nofollow noreferrer"


#: Some minutes at a time: a page of twenty parts is asked for again and again.
@lru_cache(maxsize=256)
def to_html(text: str) -> Markup:
    """Return `text` as HTML that may stand in a page of ours: read, and then sifted."""
    # What people wrote is sifted right here, and by nothing else.
    return Markup(  # noqa: S704  # nosec B704
        nh3.clean(
            "".join(_html(block) for block in to_blocks(text)),
            tags=set(_TAGS),
            attributes=_ATTRIBUTES,
            allowed_classes=_CLASSES,
            url_schemes=set(emphasis.SCHEMES),
            link_rel=_REL,
        )
    )


def to_blocks(text: str) -> list[Block]:
    """Return `text` as plain values that a page or a typesetter places: nothing is evaluated.

    A block is a `paragraph` or a `heading` (`level` from 1 to 3, none skipped) of `inlines`; a
    `marked` list of `items`, each with its `mark` as typed, `inlines` and `blocks` below it; or a
    `table` of `header` and `rows`, each cell of inlines, with `align` for each column. An inline is
    a `text`, a `break`, or a `strong`, an `emphasis` or a `link` (`url`) of `inlines`.
    """
    lines = texts.clean_text(text).split("\n")
    blocks: list[Block] = []
    at = level = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
        elif (heading := _heading(lines[at], level)) is not None:
            level = heading[0]
            blocks.append({"type": "heading", "level": level, "inlines": heading[1]})
            at += 1
        elif (table := _table(lines, at)) is not None:
            blocks.append(table[0])
            at = table[1]
        else:
            read = _list if _ITEM.fullmatch(lines[at]) else _paragraph
            block, at = read(lines, at)
            blocks.append(block)
    return blocks


def _heading(line: str, level: int) -> tuple[int, list[Block]] | None:
    """Return the level of a heading below one of `level`, and what it says; None: it is none.

    «##» alone is a text, and «# 12» is a number.
    """
    found = _HEADING.fullmatch(line)
    if found is None or not any(char.isalnum() for char in found[2]):
        return None
    if found[1] == "#" and found[2][0].isdigit():
        return None
    return min(len(found[1]), level + 1, _DEEPEST_HEADING), emphasis.inlines(found[2].rstrip())


def _paragraph(lines: Sequence[str], at: int) -> tuple[Block, int]:
    """Return the paragraph that begins at a line, and the line after it."""
    taken = [lines[at]]
    at += 1
    while at < len(lines) and not _begins(lines, at):
        taken.append(lines[at])
        at += 1
    return {"type": "paragraph", "inlines": _broken(taken)}, at


def _begins(lines: Sequence[str], at: int) -> bool:
    """Return whether something else than one more line of a paragraph begins here."""
    line = lines[at]
    return (
        not line.strip()
        or _ITEM.fullmatch(line) is not None
        or _heading(line, 0) is not None
        or _table(lines, at) is not None
    )


def _broken(lines: Sequence[str]) -> list[Block]:
    """Return lines as inlines, parted where they were typed apart."""
    found: list[Block] = []
    for number, line in enumerate(lines):
        if number:
            found.append({"type": "break"})
        found += emphasis.inlines(line.strip())
    return found


def _list(lines: Sequence[str], at: int) -> tuple[Block, int]:
    """Return the list that begins at a line, with those inside it, and the line after it."""
    whole: list[Block] = []
    # Each list that is open, from the outer one in: how far it is indented, and its items.
    opened: list[tuple[int, list[Block]]] = [(len(lines[at]), whole)]
    while at < len(lines):
        found = _ITEM.fullmatch(lines[at])
        if found is None:
            # A line left empty between two items parts no list.
            after = at + 1
            if lines[at].strip() or after >= len(lines) or not _ITEM.fullmatch(lines[after]):
                break
            at = after
            continue
        at += 1
        taken = [found[3]]
        while at < len(lines) and _CONTINUED.match(lines[at]) and not _begins(lines, at):
            taken.append(lines[at])
            at += 1
        item: Block = {"mark": found[2], "inlines": _broken(taken), "blocks": []}
        _put(opened, len(found[1]), item)
    return {"type": "marked", "items": whole}, at


def _put(opened: list[tuple[int, list[Block]]], indent: int, item: Block) -> None:
    """Put an item into the open list that its indentation says, or into a new one below it."""
    while len(opened) > 1 and indent < opened[-1][0]:
        opened.pop()
    outer, items = opened[-1]
    if items and indent > outer + 1 and len(opened) < _DEEPEST_LIST:
        inner: list[Block] = []
        above = items[-1]["blocks"]
        if isinstance(above, list):
            above.append({"type": "marked", "items": inner})
        opened.append((indent, inner))
        items = inner
    elif indent < outer:
        opened[-1] = (indent, items)
    items.append(item)


def _table(lines: Sequence[str], at: int) -> tuple[Block, int] | None:
    """Return the table that begins at a line, and the line after it; None: there is none.

    It ends before a row of more cells than its heading has: what stands in them would be lost.
    """
    if at + 1 >= len(lines) or not (_ROW.fullmatch(lines[at]) and _RULED.fullmatch(lines[at + 1])):
        return None
    header, ruled = _cells(lines[at]), _cells(lines[at + 1])
    columns = len(header)
    if len(ruled) != columns or columns > _MOST_COLUMNS or not any(header):
        return None
    rows = []
    end = at + 2
    while end < len(lines) and _ROW.fullmatch(lines[end]):
        cells = _cells(lines[end])
        if len(cells) > columns:
            break
        rows.append([*cells, *[""] * (columns - len(cells))])
        end += 1
    table: Block = {
        "type": "table",
        "align": [_alignment(cell) for cell in ruled],
        "header": [emphasis.inlines(cell) for cell in header],
        "rows": [[emphasis.inlines(cell) for cell in row] for row in rows],
    }
    return table, end


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip()[1:-1].split("|")]


def _alignment(ruled: str) -> str:
    if ruled.endswith(":"):
        return "center" if ruled.startswith(":") else "right"
    return "left"


def _html(block: Block) -> str:
    match block:
        case {"type": "paragraph", "inlines": list(inner)}:
            return f"<p>{_line(inner)}</p>\n"
        case {"type": "heading", "level": int(level), "inlines": list(inner)}:
            tag = f"h{level + _HEADINGS_BELOW}"
            return f"<{tag}>{_line(inner)}</{tag}>\n"
        case {"type": "marked", "items": list(items)}:
            return f'<ul class="as-typed">\n{"".join(map(_item, items))}</ul>\n'
        case {"type": "table", "header": list(header), "rows": list(rows)}:
            head = "".join(f'<th scope="col">{_line(cell)}</th>' for cell in header)
            body = "".join(
                f"<tr>{''.join(f'<td>{_line(cell)}</td>' for cell in row)}</tr>\n" for row in rows
            )
            return f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>\n"
        case _:
            raise ValueError(block)


def _item(item: Block) -> str:
    match item:
        case {"mark": str(mark), "inlines": list(inner), "blocks": list(below)}:
            under = "".join(map(_html, below))
            return f"<li><span>{escape(mark)}</span> {_line(inner)}{under}</li>\n"
        case _:
            raise ValueError(item)


def _line(inlines: Sequence[Block]) -> str:
    return "".join(_pieces(inlines))


def _pieces(inlines: Sequence[Block]) -> Iterator[str]:
    for one in inlines:
        match one:
            case {"type": "text", "text": str(text)}:
                yield escape(text)
            case {"type": "break"}:
                yield "<br>\n"
            case {"type": "strong", "inlines": list(inner)}:
                yield f"<strong>{_line(inner)}</strong>"
            case {"type": "emphasis", "inlines": list(inner)}:
                yield f"<em>{_line(inner)}</em>"
            case {"type": "link", "url": str(url), "inlines": list(inner)}:
                yield f'<a href="{escape(url)}">{_line(inner)}</a>'
            case _:
                raise ValueError(one)
