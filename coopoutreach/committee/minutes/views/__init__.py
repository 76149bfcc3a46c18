"""Pages of minutes: written, looked at, approved, kept and checked."""

from coopoutreach.committee.minutes.views import (  # noqa: F401 (each adds its views)
    copies,
    documents,
    editor,
    link,
    minutes,
    parts,
    review,
    verify,
)
from coopoutreach.committee.minutes.views.blueprint import bp

__all__ = ["bp"]
