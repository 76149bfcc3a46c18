"""What somebody may ask about their data, and by when it is answered.

Articles are those of Ley N° 19.628 as amended by Ley N° 21.719.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from coopoutreach.platform.core.calendar import is_working_day

#: The version of the policy that is shown, and the day since which it holds.
POLICY_VERSION = "1.0"
POLICY_DATE = date(2026, 11, 24)
#: Art. 11: calendar days to answer, and by how many it may be put off, once, with a reason.
ANSWER_DAYS = 30
EXTENSION_DAYS = 30
#: Art. 11: working days to answer a request to block.
BLOCK_WORKING_DAYS = 2
#: Art. 11: working days to claim before the Agency after a refusal.
CLAIM_WORKING_DAYS = 30
#: A request by the public form lapses if its address is not confirmed by then.
CONFIRM_DAYS = 7
#: On which day of the thirty the coordination is alerted, by how many days are left.
ALERTS = ((3, 27), (10, 20))


class Right(StrEnum):
    """What a case asks for (arts. 4 to 9)."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    OPPOSITION = "opposition"
    PORTABILITY = "portability"
    BLOCK = "block"


RIGHT_NAMES = {
    Right.ACCESS: "Acceso",
    Right.RECTIFICATION: "Rectificación",
    Right.ERASURE: "Supresión",
    Right.OPPOSITION: "Oposición",
    Right.PORTABILITY: "Portabilidad",
    Right.BLOCK: "Bloqueo",
}
RIGHT_HINTS = {
    Right.ACCESS: "Saber qué datos suyos hay y recibir una copia.",
    Right.RECTIFICATION: "Corregir lo que esté mal o incompleto.",
    Right.ERASURE: "Borrar sus datos cuando ya no hacen falta.",
    Right.OPPOSITION: "Que no se usen para una finalidad, como los avisos que no son de su "
    "inscripción.",
    Right.PORTABILITY: "Llevarse sus datos en archivos que otro programa puede leer.",
    Right.BLOCK: "Que nadie los use mientras se resuelve otra solicitud.",
}
#: While one of these is answered, the person may have their data blocked (art. 8 ter).
MAY_BLOCK_MEANWHILE = frozenset({Right.RECTIFICATION, Right.ERASURE, Right.OPPOSITION})


class CaseState(StrEnum):
    """Where a case stands."""

    #: Received by the public form; the person has not shown yet that the address is theirs.
    UNVERIFIED = "unverified"
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


STATE_NAMES = {
    CaseState.UNVERIFIED: "Sin confirmar",
    CaseState.OPEN: "Por responder",
    CaseState.GRANTED: "Acogida",
    CaseState.REFUSED: "Rechazada",
    CaseState.WITHDRAWN: "Retirada",
}
MOVES: dict[CaseState, frozenset[CaseState]] = {
    CaseState.UNVERIFIED: frozenset({CaseState.OPEN}),
    CaseState.OPEN: frozenset({CaseState.GRANTED, CaseState.REFUSED, CaseState.WITHDRAWN}),
    CaseState.GRANTED: frozenset(),
    CaseState.REFUSED: frozenset(),
    CaseState.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for, as they wrote it."""

    name: str
    email: str
    right: Right
    details: str = ""


def working_days_after(day: date, count: int) -> date:
    """Return the `count`-th working day after `day`: no Saturday, Sunday or holiday counts."""
    found = day
    for _ in range(count):
        found += timedelta(days=1)
        while not is_working_day(found):
            found += timedelta(days=1)
    return found


def due_on(received: date, right: Right) -> date:
    """Return the last day on which a case that was received that day may be answered."""
    if right is Right.BLOCK:
        return working_days_after(received, BLOCK_WORKING_DAYS)
    return received + timedelta(days=ANSWER_DAYS)


def claim_until(answered: date) -> date:
    """Return the last day on which a refusal may be taken to the Agency."""
    return working_days_after(answered, CLAIM_WORKING_DAYS)


def alert_due(*, due: date, today: date, alerted: int) -> int | None:
    """Return the day, 20 or 27, of which the coordination is to be alerted now, or None.

    Of a case that was put off, the days count back from its new deadline.
    """
    left = (due - today).days
    wanted = next((day for most, day in ALERTS if left <= most), 0)
    return wanted if wanted > alerted else None


def urgency(*, due: date, today: date) -> str:
    """Return how much a case presses: over, soon or calm."""
    left = (due - today).days
    if left < 0:
        return "over"
    return "soon" if left <= ALERTS[-1][0] else "calm"
