"""The coordination's pages about cooperatives, institutions and their people."""

from coopoutreach.people.directory.views import cooperatives, institutions, people, team, vouching
from coopoutreach.people.directory.views.blueprint import bp

__all__ = ["bp", "cooperatives", "institutions", "people", "team", "vouching"]
