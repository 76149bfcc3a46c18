"""The coordination's pages about cooperatives, institutions and their people."""

from coopoutreach.directory.views import cooperatives, institutions, people, team, vouching
from coopoutreach.directory.views.blueprint import bp

__all__ = ["bp", "cooperatives", "institutions", "people", "team", "vouching"]
