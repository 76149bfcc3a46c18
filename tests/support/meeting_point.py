"""Have two that run at once meet at the same line of a test.

Where something holds one of them off, which is what most tests show, they cannot meet: whoever
comes waits for a moment and goes on. A negative control, in which nothing holds anybody off, says
that they must: then slowness never lets anybody pass, and a control that was not one fails.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

#: Seconds in which two whom nothing holds off have met; far more than any machine needs.
LIMIT = 120.0
#: Seconds that whoever comes first waits where the other may be held off.
MOMENT = 0.3


class MeetingPoint:
    """A line of the code, for two threads of one test."""

    def __init__(self, *, must_meet: bool = False) -> None:
        self._barrier = threading.Barrier(2)
        self._must_meet = must_meet

    def stand(self) -> None:
        """Wait for the other.

        :raises threading.BrokenBarrierError: if they must meet and do not
        """
        if self._must_meet:
            self._barrier.wait(LIMIT)
            return
        with suppress(threading.BrokenBarrierError):
            self._barrier.wait(MOMENT)

    def at(self, real: Callable[..., Any], *, first: bool = True) -> Callable[..., Any]:
        """Return `real` with the line before it, or with `first` false behind it."""

        def standing(*arguments: object, **named: object) -> object:
            found = None if first else real(*arguments, **named)
            self.stand()
            return real(*arguments, **named) if first else found

        return standing
