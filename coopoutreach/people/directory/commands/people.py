"""People and the posts they hold."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.people.directory import changes, contact, notices, queries
from coopoutreach.people.directory.errors import (
    AddressGuarded,
    EndsTooSoon,
    PersonTaken,
    PostEnded,
    PostTaken,
)
from coopoutreach.people.directory.models import Affiliation, Organisation, Person
from coopoutreach.people.directory.rules import Access, Member
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.rows import add_once
from coopoutreach.platform.core.spanish import wall
from coopoutreach.platform.core.text import LONGEST_NAME, clean_line, search_key

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
    :raises AddressGuarded: if they speak for an institution, and the address would be another
    """
    shown = clean_line(name)[:LONGEST_NAME]
    key = {"email_key": contact.email_key(email), "name_key": search_key(shown)}
    other = queries.find_person_by_key(session, **key)
    if other is not None and other is not person:
        raise PersonTaken
    if key["email_key"] != person.email_key and queries.has_voice(session, person):
        raise AddressGuarded
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
    record(session, made, "affiliation.created", actor=actor, now=now, after=after)
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
        record(
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
    if affiliation.access is not Access.NONE:
        notices.access_ended(session, affiliation, now=now)
    if affiliation.vouched_at is not None:
        notices.voice_changed(session, affiliation, "ended", now=now)
    before, after = changes.apply(affiliation, {"until": until, "access": Access.NONE})
    record(
        session,
        affiliation,
        "affiliation.ended",
        actor=actor,
        now=now,
        before=before,
        after=after,
    )
    _end_standing_in(session, affiliation, until=until, actor=actor, now=now)


def _end_standing_in(
    session: Session, left: Affiliation, *, until: date, actor: str, now: datetime
) -> None:
    """End what somebody may do in another's place where they have no post of their own left."""
    posts = queries.posts_of(session, left.person, left.organisation)
    if any(post.deputy_for_id is None and post.until is None for post in posts):
        return
    for post in posts:
        if post.deputy_for_id is not None and post.access is not Access.NONE:
            last = max(until, post.since or until)
            before, after = changes.apply(post, {"until": last, "access": Access.NONE})
            record(
                session,
                post,
                "affiliation.deputy_ended",
                actor=actor,
                now=now,
                before=before,
                after=after,
            )


def record(
    session: Session,
    affiliation: Affiliation,
    action: str,
    *,
    actor: str,
    now: datetime,
    **told: Any,
) -> None:
    """Keep in the trail what was done to a post, without what is its person's own."""
    thing = ("affiliation", affiliation.id)
    shown: dict[str, Any] = {
        side: changes.masked(values, _PERSONAL) for side, values in told.items()
    }
    audit.record(session, thing, action=action, actor=actor, now=now, **shown)
