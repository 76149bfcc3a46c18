"""Erase what has been kept for as long as the data map says."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.platform.core import batch
from coopoutreach.privacy.data_map import table
from coopoutreach.privacy.data_map.retention import RULES, Rule
from coopoutreach.privacy.models import RetentionRun


def count_due(session: Session, *, now: datetime) -> dict[str, int]:
    """Return how many rows each rule would purge now: the same conditions, nothing written."""
    found = {}
    for rule in RULES:
        rows = table(rule.table)
        counted = sa.select(sa.func.count()).select_from(rows).where(rule.where(rows, now))
        found[rule.name] = session.scalar(counted) or 0
    return found


def purge(session: Session, *, now: datetime) -> dict[str, int]:
    """Purge by every rule; return how many rows each dealt with. It is kept if any did."""
    counts = {rule.name: 0 for rule in RULES}

    def _apply_all(session: Session, rules: Sequence[Rule]) -> None:
        for rule in rules:
            counts[rule.name] = _apply(session, rule, now=now)

    for rule in RULES:
        # Each apart: a rule that fails leaves the others theirs.
        if batch.apart(session, [rule], _apply_all):
            counts[rule.name] = 0
    if any(counts.values()):
        session.add(RetentionRun(at=now, counts=counts))
    session.expire_all()
    return counts


def _apply(session: Session, rule: Rule, *, now: datetime) -> int:
    rows = table(rule.table)
    statement: Any
    if rule.values is None:
        statement = sa.delete(rows)
    else:
        stamp = {rule.stamps: now} if rule.stamps else {}
        statement = sa.update(rows).values({**rule.values, **stamp})
    result: Any = session.execute(statement.where(rule.where(rows, now)))
    return int(result.rowcount)
