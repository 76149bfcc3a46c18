"""Read private addresses, what each may carry, and the kept VEVENTs that a feed joins."""

from coopoutreach.calendars.feeds.queries.addresses import address_of, addresses_of, unused_before
from coopoutreach.calendars.feeds.queries.carried import (
    Due,
    commitments,
    events_followed,
    meetings_of_table,
    vevents,
)
from coopoutreach.calendars.feeds.queries.followed import followed
from coopoutreach.calendars.feeds.queries.opened import Opened, opened_by
from coopoutreach.calendars.feeds.queries.sides import Sides, sides_of, tables_of

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
