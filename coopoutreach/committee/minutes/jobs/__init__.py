"""What the worker does about minutes by itself."""

from coopoutreach.committee.minutes.jobs.papers import erase_papers_of_no_minutes, typeset_approved
from coopoutreach.committee.minutes.jobs.reviews import follow_reviews, publish_approved

__all__ = [
    "erase_papers_of_no_minutes",
    "follow_reviews",
    "publish_approved",
    "typeset_approved",
]
