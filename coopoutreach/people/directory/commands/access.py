"""What a post lets its person do, and the account that they come in by."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from coopoutreach.people.accounts import commands as accounts
from coopoutreach.people.accounts import queries as account_queries
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import changes, queries
from coopoutreach.people.directory.commands import vouching
from coopoutreach.people.directory.commands.people import record
from coopoutreach.people.directory.errors import AccessRefused, PostEnded
from coopoutreach.people.directory.models import Affiliation, Person
from coopoutreach.people.directory.rules import ACCESS_OF_KIND, Access
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.spanish import wall

_ROLES = {
    Access.MANAGER: Role.MANAGER,
    Access.REGISTRAR: Role.REGISTRAR,
    Access.COUNTERPART: Role.COUNTERPART,
}


def grant_access(
    session: Session, affiliation: Affiliation, *, access: Access, actor: str, now: datetime
) -> None:
    """Let a post do something for its organisation, and give its person an account if need be.

    The account is that of the person's address; without a password, they come in by a link.

    :raises PostEnded: if the post is over
    Whoever signs in for an institution speaks for it.

    :raises AccessRefused: if the organisation has no such access, or the account cannot be theirs
    :raises VouchRefused: if they cannot speak for it
    """
    if affiliation.until is not None:
        raise PostEnded
    if access not in ACCESS_OF_KIND[affiliation.organisation.kind]:
        raise AccessRefused("Aquí no se puede dar ese acceso.", field="access")
    if access is affiliation.access:
        return
    if access is Access.COUNTERPART:
        _refuse_beside_staff(session, affiliation, today=wall(now).date())
    if access is Access.COUNTERPART and affiliation.vouched_at is None:
        vouching.vouch(session, affiliation, actor=actor, now=now)
    if access is not Access.NONE:
        user = account_for(session, affiliation.person, access, actor=actor, now=now)
        affiliation.person.user_id = user.id
    before, after = changes.apply(affiliation, {"access": access})
    record(
        session,
        affiliation,
        "affiliation.access_set",
        actor=actor,
        now=now,
        before=before,
        after=after,
    )


def _refuse_beside_staff(session: Session, post: Affiliation, *, today: date) -> None:
    """Refuse a counterpart where the federation's own people speak: nobody is of both sides.

    :raises AccessRefused: if somebody with an account of the federation speaks there
    """
    for other in queries.vouched_posts_at(session, post.organisation, today=today):
        user = session.get(User, other.person.user_id) if other.person.user_id else None
        if user is not None and user.role not in _ROLES.values():
            raise AccessRefused(
                f"Por {post.organisation.short_name} habla {other.person.name}, que tiene una "
                "cuenta de la federación: no puede ser también contraparte.",
                field="access",
            )


def account_for(
    session: Session, person: Person, access: Access, *, actor: str, now: datetime
) -> User:
    """Return the account of somebody who is to have an access, made if they have none.

    :raises AccessRefused: if the account of their address cannot be theirs, or have it
    """
    role = _role(session, person, access, today=wall(now).date())
    user = (
        session.get_one(User, person.user_id)
        if person.user_id is not None
        else account_queries.user_by_email(session, person.email)
    )
    if user is None:
        return accounts.create_user(
            session,
            email=person.email,
            name=person.name,
            role=role,
            password_hash=None,
            actor=actor,
            now=now,
        )
    owner = queries.person_of_user(session, user.id)
    if owner is not None and owner is not person:
        raise AccessRefused(
            f"Ese correo ya es la cuenta de {owner.name}. Cada cuenta necesita un correo propio.",
            field="access",
        )
    if user.role not in _ROLES.values() or not user.active:
        raise AccessRefused(
            "La cuenta de ese correo está cerrada o es de la coordinación.", field="access"
        )
    accounts.change_role(session, user, role=role, actor=actor, now=now)
    return user


def _role(session: Session, person: Person, access: Access, *, today: date) -> Role:
    """Return the role of an account with this access and what its person has elsewhere.

    :raises AccessRefused: if somebody would stand on both sides
    """
    has = {access, *queries.accesses_of(session, person, today=today)} - {Access.NONE}
    if Access.COUNTERPART in has and len(has) > 1:
        raise AccessRefused(
            "Una misma cuenta no puede ser contraparte y de una cooperativa.", field="access"
        )
    return next(role for kind, role in _ROLES.items() if kind in has)
