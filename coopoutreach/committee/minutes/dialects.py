"""How the text of minutes is read: by the format that they were frozen in.

What was approved is read for ever as it was when it was approved; what is still written, as
`docs/minutes-text.md` says now.
"""

from markupsafe import Markup

from coopoutreach.platform.documents import markdown, prose

#: Read as Markdown, until December 2026: numbers and signs at the beginning of a line might change.
MARKDOWN = "acta/1"
#: Read so that what was typed is what is shown.
PROSE = "acta/2"
LATEST = PROSE

_TO_HTML = {MARKDOWN: markdown.to_html, PROSE: prose.to_html}
_TO_BLOCKS = {MARKDOWN: markdown.to_blocks, PROSE: prose.to_blocks}


def html(text: str, *, written_as: str = LATEST) -> Markup:
    """Return text as HTML that may stand in a page; nothing for nothing."""
    return _TO_HTML[written_as](text) if text.strip() else Markup()


def blocks(text: str, *, written_as: str) -> list[dict[str, object]]:
    """Return text as blocks that a typesetter places."""
    return _TO_BLOCKS[written_as](text)
