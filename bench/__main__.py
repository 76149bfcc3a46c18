"""Run every measurement on both engines, print the table, and keep it as `build/bench.json`.

`python -m bench start reminders` runs some of them. Exits with 1 when a figure is out of bound.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

# Time zones come from the pinned tzdata, as in use; and filling borrows the tests' factories.
os.environ["PYTHONTZPATH"] = ""
sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from bench import figures, minutes, pages, reminders, scaling, stage, start  # noqa: E402 (after the path)
from bench.client import Client  # noqa: E402
from bench.figures import Figure  # noqa: E402
from bench.stage import Engine  # noqa: E402

Measurement = Callable[[Engine, Client, datetime], Iterator[Figure]]

MEASUREMENTS: dict[str, Measurement] = {
    "start": lambda engine, _client, now: start.measure(engine, now=now),
    "pages": lambda engine, client, now: pages.measure(engine, client, now=now),
    "weight": lambda engine, client, now: iter([pages.weight(engine, client, now=now)]),
    "reminders": lambda engine, _client, now: reminders.measure(engine, now=now),
    "minutes": lambda engine, client, now: minutes.measure(engine, client, now=now),
    "scaling": lambda engine, client, now: scaling.measure(engine, client, now=now),
}


def run(names: list[str], folder: Path) -> list[Figure]:
    """Return the figures of the named measurements on both engines."""
    found: list[Figure] = []
    with stage.engines(folder) as both, Client() as client:
        for engine in both:
            for name in names:
                began = time.monotonic()
                # Whole seconds: what is compared with what was stored is then the same.
                now = datetime.now(UTC).replace(microsecond=0)
                found.extend(MEASUREMENTS[name](engine, client, now))
                took = time.monotonic() - began
                print(f"bench: {name} on {engine.name} took {took:.0f} s", flush=True)
    return found


def main(names: list[str]) -> int:
    """Measure, print, keep; return the exit code."""
    folder = Path(tempfile.mkdtemp(prefix="coop-bench-"))
    try:
        found = run(names or list(MEASUREMENTS), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(figures.table(found))
    figures.write(found, stage.PROJECT / "build" / "bench.json")
    out = [figure for figure in found if not figure.within]
    print(f"{len(found) - len(out)} of {len(found)} figures are within their bounds.")
    return 1 if out else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
