"""Read what the boards show, across features: a fixed number of queries a page."""

from coopoutreach.pages.dashboards.queries.tables import Lacking, lacking, overdue, own_seats
from coopoutreach.pages.dashboards.queries.talks import (
    FailedMail,
    Unmarked,
    cooperatives_of_levels,
    cooperatives_of_user,
    failed_mails,
    places,
    registrations_ahead,
    talks_ahead,
    talks_and_drafts,
    unmarked_talks,
)

__all__ = [
    "FailedMail",
    "Lacking",
    "Unmarked",
    "cooperatives_of_levels",
    "cooperatives_of_user",
    "failed_mails",
    "lacking",
    "overdue",
    "own_seats",
    "places",
    "registrations_ahead",
    "talks_ahead",
    "talks_and_drafts",
    "unmarked_talks",
]
