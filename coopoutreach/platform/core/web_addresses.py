"""Find an address of the web, or of mail, in what should be a name.

What strangers type as a name is mailed to others from the federation's domain: a name that leads
somewhere is an advertisement (SECURITY.md PR-02). Initials, «S.A.», «Ltda.» and the like are not.
"""

import re
import unicodedata

#: What is said beside the field.
REFUSED = "Escriba solo el nombre, sin direcciones de páginas web ni correos."

#: Endings of domains that names are advertised with. Not all there are: «de», «la» and «coop» end
#: no name that anybody types, and stand after a point in many («Soc.Coop.», «Ma.de»).
_ENDINGS = (
    "com|net|org|info|biz|edu|gov|gob|mil|name|pro|mobi|app|dev|web|xyz|site|online|shop|store|top|"
    "club|live|link|click|page|tech|blog|news|vip|win|bid|loan|icu|work|world|space|website|cloud|"
    "digital|casa|bet|casino|porn|sex|xxx|example|test|invalid|local|onion|"
    "cl|co|io|ai|ly|me|tv|cc|ws|to|sh|gg|gl|gd|tk|ml|ga|cf|gq|ru|su|cn|in|uk|us|eu|ar|pe|mx|br|bo|"
    "uy|py|ec|ve|es|fr|it|pl|ua|nl|ch|at|be|jp|kr|au|nz|ca"
)
#: What stands for a point: between brackets, or in words.
_POINT_IN_WORDS = r"(?:[(\[{<]\s*(?:\.|dot|punto)\s*[)\]}>]|\b(?:dot|punto)\b)"
_FOUND = re.compile(
    rf"""
      \b[a-z][a-z0-9+-]{{1,15}}:\s*/             # https://, hxxp:/
    | \b(?:javascript|mailto|data|tel|sms):
    | \bh(?:tt|xx)ps?\b                         # http alone
    | \bwww\d?\b
    | \bxn--
    | \b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b           # an address in figures
    | [^\s@]@[^\s@]+\.[^\W\d_]                 # of mail
    | [\w-]\.[^\W\d_]{{2,}}(?::\d+)?[/?#]       # anything.whatever/
    | [\w-]{{2}}\.(?:{_ENDINGS})(?![\w'’-])       # evil.example
    | [\w-]{{2}}\s*{_POINT_IN_WORDS}\s*(?:{_ENDINGS})(?![\w'’-])
    | [\w-]{{2}}\s+\.\s*(?:com|net|org|info|xyz|cl)(?![\w'’-])
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: Points of other scripts, which browsers take for one.
_POINTS = str.maketrans(dict.fromkeys("。．｡․·‧∙", "."))


def has_web_address(text: str) -> bool:
    """Return whether `text`, on one line, leads to a page or a mailbox."""
    plain = unicodedata.normalize("NFKC", text.translate(_POINTS)).translate(_POINTS)
    return bool(_FOUND.search(plain))
