"""How long a test of endurance goes on: briefly with the others, long by itself.

A test of kills, of many at once, or of whatever people do, is marked `endurance` and asks for its
rounds here. `make test` runs the short form of each, `make endurance` the long one.
"""

import os
from typing import TypeVar

T = TypeVar("T")


def rounds(short: T, long: T) -> T:
    """Return `short`, such as a number of rounds, or `long` where `ENDURANCE=1` is set."""
    return long if os.environ.get("ENDURANCE") == "1" else short
