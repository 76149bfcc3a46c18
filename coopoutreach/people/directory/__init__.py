"""Cooperatives, institutions and their units, people and their posts; where in Chile they are."""
