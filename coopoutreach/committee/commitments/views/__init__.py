"""Pages of commitments: the ledger, one of them, one's own, and the report by link."""

from coopoutreach.committee.commitments.views import commitment, desk, ledger, link
from coopoutreach.committee.commitments.views.blueprint import bp

__all__ = ["bp", "commitment", "desk", "ledger", "link"]
