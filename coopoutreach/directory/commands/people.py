"""People, the posts they hold, and what a post lets them do."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.access.permissions import Role
from coopoutreach.accounts import commands as accounts
from coopoutreach.accounts import queries as account_queries
from coopoutreach.accounts.models import User
from coopoutreach.audit import commands as audit
from coopoutreach.core.rows import add_once
from coopoutreach.core.spanish import wall
from coopoutreach.core.text import LONGEST_NAME, clean_line, search_key
from coopoutreach.directory import changes, contact, queries
from coopoutreach.directory.errors import (
    AccessRefused,
    EndsTooSoon,
    PersonTaken,
    PostEnded,
    PostTaken,
)
from coopoutreach.directory.models import Affiliation, Organisation, Person
from coopoutreach.directory.rules import ACCESS_OF_KIND, Access, Member

_ROLES = {
    Access.MANAGER: Role.MANAGER,
    Access.REGISTRAR: Role.REGISTRAR,
    Access.COUNTERPART: Role.COUNTERPART,
}


#: What is a person's own, and so is not told to the trail.
_PERSONAL = frozenset({"name", "name_key", "email", "email_key", "phone", "post"})


def find_or_create_person(
    session: Session, *, name: str, email: str, phone: str | None = None, now: datetime
) -> Person:
    """Return the person of this name and address, made if there is none; safe in a race.

    One statement for somebody new, two for somebody known, of whom nothing is changed: this is
    for registrations, where anybody can write anybody's name.
    """
    shown = clean_line(name)[:LONGEST_NAME]
    key = {"email_key": contact.email_key(email), "name_key": search_key(shown)}
    values = {"name": shown, "email": email, "phone": phone, "created_at": now, **key}
    person = add_once(session, Person, values, keys=tuple(key))
    return person or queries.person_by_key(session, **key)


def add_member(
    session: Session, organisation: Organisation, member: Member, *, actor: str, now: datetime
) -> Affiliation:
    """Give a post to a person, who is made if nobody has that name and address.

    :raises PostTaken: if they hold it already
    """
    person = find_or_create_person(session, name=member.name, email=member.email, now=now)
    if member.phone and member.phone != person.phone:
        edit_person(
            session,
            person,
            name=person.name,
            email=person.email,
            phone=member.phone,
            actor=actor,
            now=now,
        )
    return affiliate(
        session, person, organisation, post=member.post, since=member.since, actor=actor, now=now
    )


def edit_member(
    session: Session, affiliation: Affiliation, member: Member, *, actor: str, now: datetime
) -> None:
    """Change a post, and how its person is called or reached.

    :raises PersonTaken: if that is another person's name and address
    """
    edit_person(
        session,
        affiliation.person,
        name=member.name,
        email=member.email,
        phone=member.phone,
        actor=actor,
        now=now,
    )
    edit_post(session, affiliation, post=member.post, since=member.since, actor=actor, now=now)


def edit_person(  # noqa: PLR0913 (a person has this many fields)
    session: Session,
    person: Person,
    *,
    name: str,
    email: str,
    phone: str | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Change how somebody is called or reached; a `phone` of None stays, an empty one goes.

    The address with which they sign in is their account's, and stays.

    :raises PersonTaken: if that is another person's name and address
    """
    shown = clean_line(name)[:LONGEST_NAME]
    key = {"email_key": contact.email_key(email), "name_key": search_key(shown)}
    other = queries.find_person_by_key(session, **key)
    if other is not None and other is not person:
        raise PersonTaken
    values: dict[str, Any] = {"name": shown, "email": email, **key}
    if phone is not None:
        values["phone"] = phone or None
    before, after = changes.apply(person, values)
    if after:
        thing = ("person", person.id)
        audit.record(
            session,
            thing,
            action="person.edited",
            actor=actor,
            now=now,
            before=changes.masked(before, _PERSONAL),
            after=changes.masked(after, _PERSONAL),
        )


def affiliate(  # noqa: PLR0913 (a post: whose, where, which, since when, by whom)
    session: Session,
    person: Person,
    organisation: Organisation,
    *,
    post: str,
    since: date | None = None,
    actor: str,
    now: datetime,
) -> Affiliation:
    """Give a person a post in an organisation. It lets them do nothing until `grant_access`.

    :raises PostTaken: if they hold it already
    """
    shown = clean_line(post)[:LONGEST_NAME]
    posts = queries.posts_of(session, person, organisation)
    if any(search_key(held.post) == search_key(shown) for held in posts if held.until is None):
        raise PostTaken
    made = Affiliation(person=person, organisation=organisation, post=shown, since=since)
    session.add(made)
    session.flush()
    after = {"person": person.id, "organisation": organisation.id, "post": shown}
    _record(session, made, "affiliation.created", actor=actor, now=now, after=after)
    return made


def edit_post(
    session: Session,
    affiliation: Affiliation,
    *,
    post: str,
    since: date | None,
    actor: str,
    now: datetime,
) -> None:
    """Change what a post is called, or since when it is held."""
    values = {"post": clean_line(post)[:LONGEST_NAME], "since": since}
    before, after = changes.apply(affiliation, values)
    if after:
        _record(
            session,
            affiliation,
            "affiliation.edited",
            actor=actor,
            now=now,
            before=before,
            after=after,
        )


def end_affiliation(
    session: Session, affiliation: Affiliation, *, until: date, actor: str, now: datetime
) -> None:
    """End a post, and at once what it lets its person do.

    :raises PostEnded: if it is over already
    :raises EndsTooSoon: if the day is before it began or has not come
    """
    if affiliation.until is not None:
        raise PostEnded
    if until > wall(now).date():
        raise EndsTooSoon("La fecha no puede ser futura.", field="until")
    if affiliation.since is not None and until < affiliation.since:
        raise EndsTooSoon("El término debe ser después del inicio del cargo.", field="until")
    # A post stands while `until` is empty: whoever asks what it allows needs no clock.
    before, after = changes.apply(affiliation, {"until": until, "access": Access.NONE})
    _record(
        session,
        affiliation,
        "affiliation.ended",
        actor=actor,
        now=now,
        before=before,
        after=after,
    )


def grant_access(
    session: Session, affiliation: Affiliation, *, access: Access, actor: str, now: datetime
) -> None:
    """Let a post do something for its organisation, and give its person an account if need be.

    The account is that of the person's address; without a password, they come in by a link.

    :raises PostEnded: if the post is over
    :raises AccessRefused: if the organisation has no such access, or the account cannot be theirs
    """
    if affiliation.until is not None:
        raise PostEnded
    if access not in ACCESS_OF_KIND[affiliation.organisation.kind]:
        raise AccessRefused("Aquí no se puede dar ese acceso.", field="access")
    if access is affiliation.access:
        return
    if access is not Access.NONE:
        user = _account(session, affiliation.person, access, actor=actor, now=now)
        affiliation.person.user_id = user.id
    before, after = changes.apply(affiliation, {"access": access})
    _record(
        session,
        affiliation,
        "affiliation.access_set",
        actor=actor,
        now=now,
        before=before,
        after=after,
    )


def _account(
    session: Session, person: Person, access: Access, *, actor: str, now: datetime
) -> User:
    role = _role(session, person, access)
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


def _role(session: Session, person: Person, access: Access) -> Role:
    """Return the role of an account with this access and what its person has elsewhere.

    :raises AccessRefused: if somebody would stand on both sides
    """
    has = {access, *queries.accesses_of(session, person)} - {Access.NONE}
    if Access.COUNTERPART in has and len(has) > 1:
        raise AccessRefused(
            "Una misma cuenta no puede ser contraparte y de una cooperativa.", field="access"
        )
    return next(role for kind, role in _ROLES.items() if kind in has)


def _record(
    session: Session,
    affiliation: Affiliation,
    action: str,
    *,
    actor: str,
    now: datetime,
    **told: Any,
) -> None:
    thing = ("affiliation", affiliation.id)
    shown: dict[str, Any] = {
        side: changes.masked(values, _PERSONAL) for side, values in told.items()
    }
    audit.record(session, thing, action=action, actor=actor, now=now, **shown)
