"""Cooperatives, institutions and their units, people and their posts, and where in Chile they are."""
