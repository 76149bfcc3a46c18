"""What a commitment says: checked, written into it, and as the trail keeps it."""

from coopoutreach.committee.commitments.errors import BadCommitment
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import LONGEST_ACTION, LONGEST_VERIFICATION, Fields
from coopoutreach.platform.core.text import clean_line


def check(fields: Fields) -> None:
    """Refuse what a commitment cannot say.

    :raises BadCommitment: if it says nothing, or is reserved for a side that it is not between
    """
    if not clean_line(fields.action):
        raise BadCommitment("Escriba a qué se compromete.", field="action")
    sides = {fields.party_id, fields.owed_to_id}
    if fields.reserved_for_id is not None and fields.reserved_for_id not in sides:
        raise BadCommitment("Solo puede reservarse para una de sus partes.", field="reserved_for")


def put(commitment: Commitment, fields: Fields) -> None:
    """Write into a commitment what it says."""
    commitment.action = clean_line(fields.action)[:LONGEST_ACTION]
    commitment.party_id, commitment.owed_to_id = fields.party_id, fields.owed_to_id
    commitment.person_id = fields.person_id
    commitment.due_on = fields.due_on
    commitment.verification = clean_line(fields.verification)[:LONGEST_VERIFICATION]
    commitment.reserved_for_id = fields.reserved_for_id


def summary(commitment: Commitment) -> dict[str, object]:
    """Return what the trail keeps of a commitment: never its words, which may be reserved."""
    return {
        "number": commitment.number,
        "state": commitment.state.value,
        "party_id": commitment.party_id,
        "owed_to_id": commitment.owed_to_id,
        "person_id": commitment.person_id,
        "due_on": commitment.due_on.isoformat(),
        "progress": commitment.progress,
        "extensions": commitment.extensions,
        "reserved_for_id": commitment.reserved_for_id,
    }
