"""What whoever watches over the application asks; `wiring.py` lists who answers."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class HealthAsked:
    """Is all well? A reaction answers with reasons, short and without names; none is well."""


@dataclass(frozen=True, slots=True)
class FiguresAsked:
    """How much of everything? A reaction answers with rows of what a `Figure` is made of."""


class Figure(NamedTuple):
    """A number for whoever watches: its name, what it is, and labels that tell its kinds apart."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()
