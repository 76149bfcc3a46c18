"""The coordination's pages about the plan and its talks."""

from coopoutreach.outreach.views import editing, plan, standing, talk
from coopoutreach.outreach.views.blueprint import bp

__all__ = ["bp", "editing", "plan", "standing", "talk"]
