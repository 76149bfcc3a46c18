"""Calendars to subscribe to, and the pages on which somebody manages their private ones."""

from coopoutreach.calendars.feeds.views import link, own, private, public  # noqa: F401 (each adds its views)
from coopoutreach.calendars.feeds.views.blueprint import bp

__all__ = ["bp"]
