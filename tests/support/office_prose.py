"""Texts for minutes: as offices write them, of Markdown's own pieces, and anything at all."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

#: How lines of office prose begin: what a reader of Markdown would take for something else.
BEGINNINGS = [
    "",
    "3. ",
    "5. ",
    "1) ",
    "10) ",
    "a) ",
    "iv) ",
    "1.1 ",
    "1.2. ",
    "2026. ",
    "15. de diciembre de 2026, ",
    "15 de diciembre: ",
    "10-12-2026 ",
    "> ",
    ">> ",
    "< ",
    "- ",
    "- 400 ",
    "-5 % ",
    "– ",
    "— ",
    "• ",
    "* ",
    "+ ",
    "+ 5 ",
    "#12 ",
    "# 12 ",
    "## ",
    "N° 4: ",
    "    ",
    "\t",
    "  - ",
    "   ",
    "=",
    "~",
    "$ ",
    "(a) ",
    "[x] ",
    "[1]: ",
    "| ",
]
#: What stands in them.
WORDS = [
    "se aprueba",
    "la mesa",
    "Ñuble",
    "$1.234.567",
    "UF 38.456,78",
    "> 400.000 UF",
    "<50 UF",
    "<b>",
    "<!-- nota -->",
    "2 * 3 * 4",
    "a*b",
    "precio*",
    "5 ** 2",
    "***",
    "---",
    "===",
    "```",
    "`x`",
    "~~no~~",
    "acta_2026_final",
    "_uno_",
    "__dos__",
    "C:\\actas\\2026\\",
    "\\\\servidor\\mesa",
    "\\*",
    "&amp;",
    "&#35;",
    "&",
    "«así»",
    "“así”",
    "'así'",
    "...",
    "…",
    "10:00–11:30 h",
    "5 %",
    "-5 %",
    "± 3°",
    "1/2",
    "3 > 2",
    "a|b",
    "!",
    "![x](y)",
    "[el sitio](https://www.corfo.cl/)",
    "https://www.corfo.cl/a_b?c=1&d=2.",
    "(https://x.cl/a_(b))",
    "contacto@corfo.example,",
    "#etiqueta",
    "@ref",
    "{{x}}",
    "${x}",
    "#read(1)",
    "(S)",
    "art. 2°",
    "y/o",
    "¿sí?",
    "¡no!",
]
_ENDS = ["", "  ", "\\", ":", ".", "*", "**", " #", " ##", "|"]


def lines() -> SearchStrategy[str]:
    """Return a strategy of lines that mean nothing but what they say."""
    return st.builds(
        lambda begin, words, end: begin + " ".join(words) + end,
        st.sampled_from(BEGINNINGS),
        st.lists(st.sampled_from(WORDS), max_size=5),
        st.sampled_from(_ENDS),
    )


def texts() -> SearchStrategy[str]:
    """Return a strategy of office prose: lines, some of them empty."""
    return st.lists(st.one_of(lines(), st.just("")), max_size=14).map("\n".join)


_PIECES = [
    *BEGINNINGS,
    *WORDS,
    *"#*_`~>|-+=[](){}<>!\\&;:.,\n\n\n 0123456789aáñ",
    "\n\n",
    "##\n",
    "### a\n",
    "# \n",
    "> # \n",
    "- # \n",
    "- - - ",
    "1. 1. ",
    "**a**",
    "*a*",
    "**a *b* c**",
    "[](https://x.cl)",
    "[ ](https://x.cl)",
    "## [](https://x.cl)\n",
    "|a|b|\n|--|:--:|\n|1|2|\n",
    "||\n|--|\n",
    "| |\n|--|\n| |\n",
    "    código\n",
    "<https://x.cl>",
    "\u0301",
    "\u3164",
    "😀",
    "👨‍👩‍👧",
    "漢字",
    "שלום",
    "السلام",
    "\ufe0f",
    "\u2800",
    "\x00",
    "\x1b[0m",
    "\u202e",
    "x" * 90,
    "0" * 64,
]


def pieces() -> SearchStrategy[str]:
    """Return a strategy of texts made of what means something to a reader of Markdown."""
    return st.lists(st.sampled_from(_PIECES), max_size=25).map("".join)


def anything() -> SearchStrategy[str]:
    """Return a strategy of texts of any kind."""
    return st.one_of(texts(), pieces(), st.text(max_size=60))
