"""How long a test of endurance goes on: briefly with the others, long by itself.

A test of kills, of many at once, or of whatever people do, is marked `endurance` and asks for its
rounds here. `make test` runs the short form of each, `make endurance` the long one.
"""

import os


def rounds(short: int, long: int) -> int:
    """Return the number of rounds: `short`, or `long` where `ENDURANCE=1` is set."""
    return long if os.environ.get("ENDURANCE") == "1" else short
