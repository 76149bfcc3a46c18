"""Set what differs, and say what it was and is, for the audit trail."""

from collections.abc import Mapping
from datetime import date
from typing import Any


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


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
