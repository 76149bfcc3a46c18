"""How somebody who signs in stands to a registration."""

from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory.predicates import belongs_to
from coopoutreach.talks.registrations.models import Registration


def registers_for(actor: User, registration: Registration) -> bool:
    """Return whether the actor registers people in the name of the registration's organisation."""
    return registration.organisation is not None and belongs_to(actor, registration.organisation)
