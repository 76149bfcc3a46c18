"""How minutes, their decisions and what is agreed to are called, word by word."""

from coopoutreach.committee.minutes.rules.states import ApprovalKind, Method

#: The longest text of a part, in characters: some ten pages.
LONGEST_TEXT = 30_000
LONGEST_DECISION = 600
LONGEST_OBSERVATION = 4_000
#: From here on are counted the decisions that one side keeps to itself: the other sees no gap.
RESERVED_FROM = 501


def label(number: int | None, year: int | None, version: int) -> str:
    """Return «Acta N° 3 de 2026», and of a rectification its version."""
    name = f"Acta N° {number} de {year}" if number else "Acta"
    return name if version == 1 else f"{name}, versión {version}"


def decision_number(year: int, meeting: int, count: int, *, reserved: bool = False) -> str:
    """Return `A-2026-03-02`, or `A-2026-03-R01` of one that a side keeps to itself."""
    return f"A-{year}-{meeting:02d}-{'R' if reserved else ''}{count:02d}"


def statement(  # noqa: PLR0913 (a sentence of so many parts, each named)
    kind: ApprovalKind,
    *,
    name: str,
    post: str,
    institution: str,
    label: str,
    table: str,
    sha256: str,
    method: Method = Method.SESSION,
) -> str:
    """Return the sentence that somebody agrees to when they sign off or approve."""
    text = f"{label} ({table}), en el texto cuya huella SHA-256 es {sha256}"
    if method is Method.SILENCE:
        return (
            f"{institution} no hizo observaciones dentro del plazo. Por acuerdo de la mesa se "
            f"entiende aprobada el {text}."
        )
    who = f"{name}, {post} de {institution}" if post else f"{name}, de {institution}"
    if kind is ApprovalKind.SIGN_OFF:
        return f"Yo, {who}, viso el {text}."
    return (
        f"Yo, {who}, apruebo en nombre de {institution} el {text}. "
        "Aprobación con firma electrónica simple (Ley N° 19.799)."
    )
