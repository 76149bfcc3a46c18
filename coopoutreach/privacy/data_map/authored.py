"""Tables that are nobody's but for one column: the number of the account that wrote the row."""

from coopoutreach.privacy.data_map.kinds import Column, Keep, Kept, Personal, Purpose
from coopoutreach.privacy.data_map.owners import by_actor

AUTHOR = Keep("número de la cuenta que lo hizo; la cuenta queda sin nombre")


def authored(
    name: str, title: str, column: str, plain: str, *, kept: Kept = Kept.TRAIL
) -> Personal:
    """Return a table of which one column names the account that wrote the row."""
    return Personal(
        name,
        title,
        Purpose.SECURITY,
        kept,
        {column: Column("por", AUTHOR)},
        by_actor(column),
        plain=plain,
        origin="El sistema",
    )
