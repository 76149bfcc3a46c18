"""What the worker does about minutes by itself."""

from coopoutreach.minutes.jobs.reviews import follow_reviews, publish_approved

__all__ = ["follow_reviews", "publish_approved"]
