"""Somebody of the demonstration: a person with a post and an account."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.people.accounts import commands as accounts
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.people.directory.rules import Access
from coopoutreach.platform.access.permissions import Role

ACTOR = "demo"


def member(
    session: Session,
    who: tuple[str, str, str],
    organisation: Organisation,
    may: tuple[Role, Access],
    hashed: str,
    now: datetime,
) -> Person:
    """Add a person with a post and an account: `who` is address, name and post."""
    email, name, post = who
    role, access = may
    user = accounts.create_user(
        session, email=email, name=name, role=role, password_hash=hashed, actor=ACTOR, now=now
    )
    person = directory.find_or_create_person(session, name=name, email=email, now=now)
    affiliation = directory.affiliate(
        session, person, organisation, post=post, actor=ACTOR, now=now
    )
    person.user_id = user.id
    affiliation.access = access
    if not organisation.is_cooperative:
        affiliation.vouched_at, affiliation.vouched_by = now, ACTOR
    session.flush()
    return person
