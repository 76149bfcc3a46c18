"""What whoever watches over the application asks; `wiring.py` lists who answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class HealthAsked:
    """Is all well? A reaction answers with reasons, short and without names; none is well.

    They are of what goes badly while pages are served.
    """


@dataclass(frozen=True, slots=True)
class StopsAsked:
    """Does anything stop pages? A reaction answers with reasons, short and without names."""


@dataclass(frozen=True, slots=True)
class FiguresAsked:
    """How much of everything? A reaction answers with rows of what a `Figure` is made of."""


@dataclass(frozen=True, slots=True)
class AttentionAsked:
    """What must the coordination deal with? A reaction answers with `Concern` values."""

    #: The latest sign of a worker, where whoever asks has read it already.
    last_beat: datetime | None = None


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that somebody must deal with, and the page on which that is done."""

    text: str
    detail: str
    url: str
    action: str
    serious: bool = False


class Figure(NamedTuple):
    """A number for whoever watches: its name, what it is, and labels that tell its kinds apart."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()
