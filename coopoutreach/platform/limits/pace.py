"""Count in the memory of this process, where a row for each try would cost more than the try.

For what is limited to spare the machine, and not to keep a secret: each process counts alone.
"""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from coopoutreach.platform.limits import rules
from coopoutreach.platform.limits.errors import TooOften

_MOST_KEYS = 10_000


class Pace:
    """How often something was asked of late, by key; who asked least recently is forgotten."""

    def __init__(self, *, most_keys: int = _MOST_KEYS) -> None:
        self._most_keys = most_keys
        #: When the key's window began, how often in it, and how often in the one before.
        self._counts: OrderedDict[str, tuple[datetime, int, int]] = OrderedDict()
        self._lock = Lock()

    def count(self, key: str, allowed: tuple[int, int], *, now: datetime) -> None:
        """Count a try by `key`, of which `allowed` are (times, seconds); one refused counts not.

        :raises TooOften: if there were too many
        """
        times, seconds = allowed
        with self._lock:
            begin, current, last = self._now(key, seconds, now)
            current += 1
            share = rules.share_of_last(now, seconds)
            if not rules.is_within(times, current=current, last=last, share=share):
                raise TooOften(
                    rules.wait(times, current=current, last=last, now=now, seconds=seconds)
                )
            self._counts[key] = begin, current, last
            self._counts.move_to_end(key)
            if len(self._counts) > self._most_keys:
                self._counts.popitem(last=False)

    def _now(self, key: str, seconds: int, now: datetime) -> tuple[datetime, int, int]:
        begin = rules.window_start(now, seconds)
        before, current, last = self._counts.get(key, (begin, 0, 0))
        if before == begin:
            return before, current, last
        is_next = (begin - before).total_seconds() <= seconds
        return begin, 0, current if is_next else 0
