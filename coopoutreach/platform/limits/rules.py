"""Count in windows that slide, and say whose attempts belong together."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address


def window_start(now: datetime, seconds: int) -> datetime:
    """Return when the window of `seconds` that `now` falls into began."""
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def share_of_last(now: datetime, seconds: int) -> float:
    """Return how much of the window before still counts: 1 as this one begins, 0 as it ends.

    Without it, twice as many would pass around the edge of two windows.
    """
    return 1 - (now - window_start(now, seconds)) / timedelta(seconds=seconds)


def is_within(times: int, *, current: int, last: int, share: float) -> bool:
    """Return whether `current` attempts, this one among them, and a share of `last` are allowed."""
    return current + last * share <= times


def wait(times: int, *, current: int, last: int, now: datetime, seconds: int) -> int:
    """Return after how many seconds one more attempt would pass, if none is made until then."""
    begin = window_start(now, seconds)
    if current <= times and last:
        # The window before fades until there is room for this attempt.
        passes = begin + timedelta(seconds=seconds * (1 - (times - current) / last))
    else:
        passes = begin + timedelta(seconds=seconds * (2 - (times - 1) / (current - 1 or 1)))
    return max(1, -int((now - passes).total_seconds() // 1))


def network_of(address: str) -> str:
    """Return what stands for `address`: its /64 in IPv6, where one house has them all.

    What is no address, such as an e-mail address, stands for itself.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed.packed, 64), strict=False))
