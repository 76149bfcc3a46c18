"""Everything that can be done to commitments."""

from coopoutreach.commitments.commands.making import make
from coopoutreach.commitments.rules import Fields

__all__ = ["Fields", "make"]
