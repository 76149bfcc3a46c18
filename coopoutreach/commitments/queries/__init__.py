"""Read commitments."""

from coopoutreach.commitments.queries.others import (
    is_open_to,
    of_event,
    open_for,
    side_of,
    why_words_are_fixed,
)

__all__ = ["is_open_to", "of_event", "open_for", "side_of", "why_words_are_fixed"]
