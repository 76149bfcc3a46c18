"""Run the tests at each of the moments that have been troublesome: python -m tools.days [PYTEST…].

`python -m tools.days --at 2027-06-15T12:00 tests/unit` runs a part of them at one.
"""

import os
import subprocess
import sys

from tests.support.clock import MOMENTS


def main() -> int:
    """Run pytest once a moment; return how many of the runs failed."""
    arguments, moments = sys.argv[1:], list(MOMENTS)
    if arguments[:1] == ["--at"]:
        moments, arguments = [arguments[1]], arguments[2:]
    failed = []
    for wall in moments:
        print(f"days: {wall} in Santiago", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", *arguments]
        done = subprocess.run(  # noqa: S603 (our own tests)
            command, env={**os.environ, "FAKE_NOW": wall}, check=False
        )
        if done.returncode:
            failed.append(wall)
    print(f"days: {len(moments)} runs, failed: {', '.join(failed) or 'none'}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
