"""The minutes of a meeting: written together, signed off by each side, then never changed."""
