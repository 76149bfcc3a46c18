"""How somebody who signs in stands to an organisation, for `policy.py`."""

from sqlalchemy.orm import object_session

from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import queries
from coopoutreach.people.directory.models import Affiliation, Organisation
from coopoutreach.people.directory.rules import Access
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import db


def is_administration(actor: User, thing: object) -> bool:
    """Return whether the actor administers the application."""
    return actor.role is Role.ADMINISTRATION


def is_coordination(actor: User, thing: object) -> bool:
    """Return whether the actor is of the federation's coordination."""
    return actor.role is Role.COORDINATION


def is_counterpart(actor: User, thing: object) -> bool:
    """Return whether the actor is a counterpart, such as CORFO's people."""
    return actor.role is Role.COUNTERPART


def is_of_a_cooperative(actor: User, thing: object) -> bool:
    """Return whether the actor manages or registers for some cooperative."""
    return actor.role in {Role.MANAGER, Role.REGISTRAR}


def is_manager_of(actor: User, organisation: Organisation) -> bool:
    """Return whether the actor manages this very organisation."""
    return Access.MANAGER in _accesses(actor, organisation)


def manages_team(actor: User, thing: Organisation | Affiliation | None) -> bool:
    """Return whether the actor manages the cooperative, or that of a post; of none: some one."""
    if thing is None:
        return actor.role is Role.MANAGER
    return is_manager_of(actor, thing.organisation if isinstance(thing, Affiliation) else thing)


def is_registrar_of(actor: User, organisation: Organisation) -> bool:
    """Return whether the actor may register people for this very organisation."""
    return bool(_accesses(actor, organisation) & {Access.MANAGER, Access.REGISTRAR})


def belongs_to(actor: User, organisation: Organisation) -> bool:
    """Return whether the actor has a post with some access in this organisation or its units."""
    return bool(_accesses(actor, organisation))


def _accesses(actor: User, organisation: Organisation) -> set[Access]:
    session = object_session(organisation)
    if session is None:
        return set()
    today = spanish.wall(utcnow()).date()
    return queries.accesses_to(session, actor.id, organisation, today=today)


def organisations_of(actor: User) -> frozenset[int]:
    """Return the organisations, and their institutions, where the actor holds a post today.

    Who signed in was read before the request's own session began, and belongs to none: then that
    of the request is asked.
    """
    session = object_session(actor) or db.session()
    return queries.organisations_of(session, actor.id, today=spanish.wall(utcnow()).date())
