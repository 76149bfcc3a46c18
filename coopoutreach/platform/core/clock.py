"""The only module that reads the clock; everything else is told the time."""

from datetime import UTC, datetime


def utcnow() -> datetime:
    """Return the current moment, aware and in UTC."""
    return datetime.now(UTC)
