"""How commitments are shown: words, tones and what happened, for the templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from coopoutreach.committee.commitments.models import Commitment, CommitmentEntry
from coopoutreach.committee.commitments.rules import (
    ENTRY_NAMES,
    EntryKind,
    State,
    is_overdue,
    standing,
)
from coopoutreach.events.models import Event
from coopoutreach.platform.core import spanish

#: The word → the badge's tone and shape.
_TONES = {
    "Vencido": ("danger", "triangle"),
    "Reprogramado": ("warning", "clock"),
    "Pendiente": ("neutral", "ring"),
    "En curso": ("info", "half"),
    "Entregado": ("accent", "dot"),
    "Cumplido": ("success", "check"),
    "Desestimado": ("neutral", "cross"),
}
_MARKS = {
    EntryKind.DISMISSED: "blocked",
    EntryKind.RETURNED: "blocked",
    EntryKind.DECLINED: "blocked",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A commitment in a list."""

    public_id: str
    number: str
    action: str
    party: str
    owed_to: str
    person: str
    due: str
    #: «venció hace 3 días», «vence mañana»; empty once nothing is owed.
    left: str
    is_late: bool
    word: str
    tone: str
    shape: str
    extensions: int
    progress: int
    reserved_for: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a commitment."""

    label: str
    mark: str
    when: str
    who: str
    note: str
    moved: str
    progress: int | None
    files: list[tuple[str, str, str]]


def row(commitment: Commitment, *, today: date) -> Row:
    """Return a commitment as a list shows it."""
    word = standing(
        commitment.state,
        due_on=commitment.due_on,
        extensions=commitment.extensions,
        today=today,
    )
    tone, shape = _TONES[word]
    return Row(
        public_id=commitment.public_id,
        number=commitment.number,
        action=commitment.action,
        party=commitment.party.short_name,
        owed_to=commitment.owed_to.short_name,
        person=commitment.person.name if commitment.person else "",
        due=f"{commitment.due_on:%d-%m-%Y}",
        left=_left(commitment, today),
        is_late=is_overdue(commitment.state, commitment.due_on, today),
        word=word,
        tone=tone,
        shape=shape,
        extensions=commitment.extensions,
        progress=commitment.progress,
        reserved_for=commitment.reserved_for.short_name if commitment.reserved_for else "",
    )


def steps(entries: Sequence[CommitmentEntry], names: dict[int, str]) -> list[Step]:
    """Return what happened, in the order given."""
    return [
        Step(
            label=ENTRY_NAMES[entry.kind],
            mark=_MARKS.get(entry.kind, "done"),
            when=spanish.daytime(spanish.wall(entry.at)),
            who=names.get(entry.id, ""),
            note=entry.note,
            moved=_moved(entry),
            progress=entry.progress,
            files=[(each.public_id, each.file_name, _size(each.size)) for each in entry.evidence],
        )
        for entry in entries
    ]


def meeting(event: Event) -> str:
    """Return what the meeting of a commitment is called in a list: its title and day."""
    return f"{event.title}, {event.wall_start:%d-%m-%Y}"


def _left(commitment: Commitment, today: date) -> str:
    if commitment.state not in {State.PENDING, State.IN_PROGRESS}:
        return ""
    days = (commitment.due_on - today).days
    near = {0: "vence hoy", 1: "vence mañana", -1: "venció ayer"}
    if days in near:
        return near[days]
    return f"vence en {days} días" if days > 0 else f"venció hace {-days} días"


def _moved(entry: CommitmentEntry) -> str:
    if entry.from_due_on is None or entry.to_due_on is None:
        return ""
    return f"Del {spanish.day(entry.from_due_on)} al {spanish.day(entry.to_due_on)}"


def _size(size: int) -> str:
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} kB"
    return f"{spanish.decimal(size / 1024**2, 1)} MB"
