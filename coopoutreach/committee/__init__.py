"""The table of the two institutions: meetings, minutes and commitments."""
