"""Pages of minutes: written, looked at, approved, kept and checked."""

from coopoutreach.minutes.views.blueprint import bp

__all__ = ["bp"]
