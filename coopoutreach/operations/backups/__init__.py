"""A copy of everything that is kept, and the way back from it."""
