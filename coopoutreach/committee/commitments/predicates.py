"""How somebody who signs in stands to a commitment, for `policy.py`."""

from coopoutreach.committee.commitments.models import Commitment, CommitmentEntry, Evidence
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory.predicates import organisations_of
from coopoutreach.platform.access.permissions import Role

Thing = Commitment | CommitmentEntry | Evidence


def is_open_to(actor: User, thing: Thing | None) -> bool:
    """Return whether a commitment is reserved for nobody, or for a side of the actor's.

    Of nothing: what a list shows is narrowed where it is read.
    """
    if thing is None:
        return True
    reserved_for_id = commitment_of(thing).reserved_for_id
    return reserved_for_id is None or reserved_for_id in organisations_of(actor)


def is_between_its_own(actor: User, thing: Thing | None) -> bool:
    """Return whether the actor is a counterpart of a side that owes it, or is owed it."""
    if actor.role is not Role.COUNTERPART:
        return False
    if thing is None:
        return True
    found = commitment_of(thing)
    return bool({found.party_id, found.owed_to_id} & organisations_of(actor))


def is_owed_to_its_own(actor: User, thing: Thing | None) -> bool:
    """Return whether it is owed to a side of the actor's: theirs is the word that closes it.

    Of what one side keeps to itself it is that side's, as no other knows of it.
    """
    if thing is None:
        return actor.role is Role.COUNTERPART
    found = commitment_of(thing)
    return (found.reserved_for_id or found.owed_to_id) in organisations_of(actor)


def is_owed_by_its_own(actor: User, thing: Thing | None) -> bool:
    """Return whether a side of the actor's owes it; of none: whether some side might."""
    if thing is None:
        return actor.role is Role.COUNTERPART
    return commitment_of(thing).party_id in organisations_of(actor)


def commitment_of(thing: Thing) -> Commitment:
    """Return the commitment that a thing is, or is part of."""
    if isinstance(thing, Evidence):
        thing = thing.entry
    return thing.commitment if isinstance(thing, CommitmentEntry) else thing
