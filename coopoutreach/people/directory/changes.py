"""Set what differs, and say what it was and is, for the audit trail."""

from collections.abc import Mapping
from datetime import date
from typing import Any

#: What stands in the trail for what belongs to a person: who is erased is not in it.
MASK = "█"


def apply(thing: object, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set the attributes of `thing` that differ from `values`; return them before and after."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name, value in values.items():
        old = getattr(thing, name)
        if old != value:
            setattr(thing, name, value)
            before[name], after[name] = _plain(old), _plain(value)
    return before, after


def masked(told: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Return what the trail is told, with the values under `names` hidden, but for empty ones.

    The trail is only ever added to: a name or an address in it could never be erased.
    """
    return {
        name: MASK if name in names and value not in (None, "") else value
        for name, value in told.items()
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
