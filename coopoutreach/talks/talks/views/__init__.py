"""The coordination's pages about the plan and its talks."""

from coopoutreach.talks.talks.views import editing, plan, standing, talk
from coopoutreach.talks.talks.views.blueprint import bp

__all__ = ["bp", "editing", "plan", "standing", "talk"]
