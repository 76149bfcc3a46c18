"""Turn the rules of a style sheet into `style` attributes, in a template rather than in a mail.

Mail readers drop style sheets; inlining each mail would cost more than all the rest of it. So
every template is inlined once, when it is loaded: what Jinja will replace travels through the
HTML parser as words and comments, which no parser moves.
"""

import re
from importlib import import_module
from typing import Any

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_TAG = re.compile(r"<[A-Za-z/!][^<>]*>")
_OPENING = re.compile(r"<([A-Za-z][A-Za-z0-9]*)")
_INDENT = re.compile(r"\n[ \t]+")
_WORD = re.compile(r"jinja(\d+)x")
_HIDDEN = re.compile(r'(?:<!--|&lt;!--)?jinja(\d+)x(?:-->|--&gt;|="")?')


def inline(source: str, styles: str) -> str:
    """Return the template `source` with the rules of `styles` inside its tags.

    A rule may speak of elements and classes, not of what stands around them: the layout and the
    text are templates of their own.

    :raises ValueError: when the parser would add or move elements, as a `tbody` left out
    """
    # Loaded late, since it is slow to load: a process that owes no mail needs no style engine.
    inliner: Any = import_module("css_inline").CSSInliner
    pieces: list[str] = []

    def hide(match: re.Match[str]) -> str:
        pieces.append(match[0])
        return f"jinja{len(pieces) - 1}x"

    hidden = _commented(_JINJA.sub(hide, source))
    if "<html" in source:
        whole = inliner(extra_css=styles, keep_style_tags=True, load_remote_stylesheets=False)
        inlined = whole.inline(hidden)
    else:
        inlined = inliner(load_remote_stylesheets=False).inline_fragment(hidden, styles)
    if _elements(inlined) != _elements(hidden):
        raise ValueError(f"Write every element out (tbody, say), and nest them well: {source}")
    shown = _HIDDEN.sub(lambda match: pieces[int(match[1])], inlined)
    return _INDENT.sub("\n", shown)


def _elements(html: str) -> list[str]:
    return [name.lower() for name in _OPENING.findall(html)]


def _commented(hidden: str) -> str:
    """Make comments of the words that stand between tags: text is moved out of tables."""
    done, end = [], 0
    for tag in _TAG.finditer(hidden):
        done += [_WORD.sub(r"<!--jinja\1x-->", hidden[end : tag.start()]), tag[0]]
        end = tag.end()
    done.append(_WORD.sub(r"<!--jinja\1x-->", hidden[end:]))
    return "".join(done)
