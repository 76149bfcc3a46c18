"""Pages of the table's meetings: series, agendas, members, answers and polls."""

from coopoutreach.meetings.views.blueprint import bp

__all__ = ["bp"]
