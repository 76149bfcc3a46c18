"""What is measured, and how it is judged and shown."""

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

#: One round: what we did, and what the floor did, in the same unit.
Round = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bound:
    """The most, or the least, that a ratio may be."""

    most: float | None = None
    least: float | None = None

    def holds(self, ratio: float) -> bool:
        """Return whether the ratio keeps to it."""
        if self.most is not None and ratio > self.most:
            return False
        return self.least is None or ratio >= self.least

    def __str__(self) -> str:
        return f"<= {self.most:g}" if self.most is not None else f">= {self.least:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `ratio` is the median of the rounds', so not quite value / floor."""

    name: str
    engine: str
    unit: str
    value: float
    floor: float
    ratio: float
    bound: str
    within: bool


def judge(name: str, engine: str, unit: str, rounds: Sequence[Round], bound: Bound) -> Figure:
    """Return the figure of some rounds: medians, and whether the ratio keeps to its bound."""
    ratio = statistics.median(ours / floor for ours, floor in rounds)
    return Figure(
        name=name,
        engine=engine,
        unit=unit,
        value=round(statistics.median(ours for ours, _ in rounds), 4),
        floor=round(statistics.median(floor for _, floor in rounds), 4),
        ratio=round(ratio, 4),
        bound=str(bound),
        within=bound.holds(ratio),
    )


def take_turns(
    ours: Callable[[], float], floor: Callable[[], float], *, rounds: int
) -> list[Round]:
    """Measure both again and again, each first in turn: what disturbs, disturbs both."""
    measured = []
    for number in range(rounds):
        if number % 2:
            other = floor()
            measured.append((ours(), other))
        else:
            own = ours()
            measured.append((own, floor()))
    return measured


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as lines of text, one a figure."""
    heads = ("name", "engine", "unit", "value", "floor", "ratio", "bound", "within")
    rows = [
        (
            figure.name,
            figure.engine,
            figure.unit,
            f"{figure.value:.4g}",
            f"{figure.floor:.4g}",
            f"{figure.ratio:.3f}",
            figure.bound,
            "yes" if figure.within else "NO",
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [heads, *rows]
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def write(figures: Sequence[Figure], path: Path) -> None:
    """Keep the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = [asdict(figure) for figure in figures]
    path.write_text(json.dumps(listed, indent=2, ensure_ascii=False) + "\n", "utf-8")
