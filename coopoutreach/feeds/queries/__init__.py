"""Read private addresses, what each may carry, and the kept VEVENTs that a feed joins."""

from coopoutreach.feeds.queries.addresses import address_of, addresses_of, unused_before
from coopoutreach.feeds.queries.carried import (
    Due,
    commitments,
    events_followed,
    meetings_of_table,
    vevents,
)
from coopoutreach.feeds.queries.followed import followed
from coopoutreach.feeds.queries.opened import Opened, opened_by
from coopoutreach.feeds.queries.sides import Sides, sides_of, tables_of

__all__ = [
    "Due",
    "Opened",
    "Sides",
    "address_of",
    "addresses_of",
    "commitments",
    "events_followed",
    "followed",
    "meetings_of_table",
    "opened_by",
    "sides_of",
    "tables_of",
    "unused_before",
    "vevents",
]
