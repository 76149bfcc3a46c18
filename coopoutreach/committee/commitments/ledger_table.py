"""The ledger as a table to take away: what its reader may see, and nothing else."""

from collections.abc import Iterable
from datetime import date

from coopoutreach.committee.commitments import showing
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.platform.core import spanish
from coopoutreach.platform.web.sheets import Cell, Table

HEAD = (
    "Número",
    "Compromiso",
    "Debe",
    "A",
    "Responsable",
    "Plazo",
    "Primer plazo",
    "Prórrogas",
    "Estado",
    "Avance (%)",
    "Medio de verificación",
    "Entregado",
    "Cerrado",
    "Reunión",
    "Reservado para",
)


def ledger_table(commitments: Iterable[Commitment], *, today: date) -> Table:
    """Return the table of some commitments."""
    return Table("Compromisos", HEAD, [_row(found, today) for found in commitments])


def _row(found: Commitment, today: date) -> list[Cell]:
    shown = showing.row(found, today=today)
    blocked = found.person is not None and found.person.blocked_at is not None
    return [
        found.number,
        found.action,
        shown.party,
        shown.owed_to,
        # Who asked that their data be blocked is in no export.
        "" if blocked else shown.person,
        _day(found.due_on),
        _day(found.first_due_on),
        found.extensions,
        shown.word,
        found.progress,
        found.verification,
        _day(found.delivered_on),
        _day(spanish.wall(found.closed_at).date() if found.closed_at else None),
        showing.meeting(found.event),
        shown.reserved_for,
    ]


def _day(value: date | None) -> str:
    return f"{value:%d-%m-%Y}" if value else ""
