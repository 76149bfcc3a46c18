"""How the rows of somebody are found, and how what they point to is shown."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from coopoutreach.mail.outgoing.suppression import address_hash
from coopoutreach.privacy.data_map.kinds import Built, Subject, table

Owner = Callable[[sa.Table, Subject], Any]


def _is(column: Any, number: int | None) -> Any:
    # Compared with nothing, a column without a value would match: everybody's rows.
    return sa.false() if number is None else column == number


def by_person(column: str = "person_id") -> Owner:
    """Return the rows of a person."""
    return lambda rows, subject: _is(rows.c[column], subject.person_id)


def by_user(column: str = "user_id") -> Owner:
    """Return the rows of an account."""
    return lambda rows, subject: _is(rows.c[column], subject.user_id)


def by_actor(column: str) -> Owner:
    """Return the rows that an account made."""
    return lambda rows, subject: rows.c[column].in_(
        [f"user:{subject.user_id}", f"link:person:{subject.person_id}"]
    )


def of_feeds(rows: sa.Table, subject: Subject) -> Any:
    """Return the private calendars of a person or an account."""
    return sa.or_(_is(rows.c.person_id, subject.person_id), _is(rows.c.user_id, subject.user_id))


def of_answers(rows: sa.Table, subject: Subject) -> Any:
    """Return what a person answered, at whatever event."""
    return rows.c.invitee_id.in_(_invitees(subject))


def of_votes(rows: sa.Table, subject: Subject) -> Any:
    """Return what a person said of dates that they were asked about."""
    voter = table("poll_voter")
    return rows.c.voter_id.in_(
        sa.select(voter.c.id).where(_is(voter.c.person_id, subject.person_id))
    )


def of_address(column: str, *, person: str = "") -> Owner:
    """Return the rows about somebody's address, if nobody else is known by it.

    With `person`, those that name the person count first, and of the address only those that name
    nobody: of several behind one mailbox, each has their own.
    """

    def owner(rows: sa.Table, subject: Subject) -> Any:
        address = sa.func.lower(rows.c[column]) == subject.email if subject.alone else sa.false()
        if not person:
            return address
        number = rows.c[person]
        return sa.or_(_is(number, subject.person_id), sa.and_(number.is_(None), address))

    return owner


def of_messages(rows: sa.Table, subject: Subject) -> Any:
    """Return what was mailed to somebody, and to their account."""
    to_account = sa.and_(
        rows.c.person_id.is_(None),
        rows.c.notice.like("accounts/%"),
        sa.func.lower(rows.c.recipient) == subject.account,
    )
    mine = of_address("recipient", person="person_id")(rows, subject)
    return sa.or_(mine, to_account) if subject.account else mine


def of_inbound(rows: sa.Table, subject: Subject) -> Any:
    """Return what somebody wrote to us, or had written in their name."""
    by_address = [
        sa.func.lower(rows.c[column]) == subject.email if subject.alone else sa.false()
        for column in ("sender", "attendee")
    ]
    return sa.or_(rows.c.invitee_id.in_(_invitees(subject)), *by_address)


def of_suppressions(rows: sa.Table, subject: Subject) -> Any:
    """Return whether somebody's address gets no outreach."""
    return rows.c.address_hash == address_hash(subject.email)


def of_erasures(rows: sa.Table, subject: Subject) -> Any:
    """Return that somebody was erased."""
    return rows.c.person_hash == subject.person_hash


def of_trail(rows: sa.Table, subject: Subject) -> Any:
    """Return what somebody did and what was done to what is theirs."""
    things = [
        _things(rows, "person", sa.select(sa.cast(sa.literal(subject.person_id), sa.String))),
        _things(rows, "invitee", _as_text(_invitees(subject))),
        _things(rows, "user", sa.select(sa.cast(sa.literal(subject.user_id), sa.String))),
    ]
    for kind, name in (
        ("registration", "registration"),
        ("affiliation", "affiliation"),
        ("consent", "consent"),
        ("data-case", "data_case"),
    ):
        found = table(name)
        mine = sa.select(found.c.id).where(_is(found.c.person_id, subject.person_id))
        things.append(_things(rows, kind, _as_text(mine)))
    links = _as_text(_invitees(subject), before="link:invitee:")
    mails = _as_text(_invitees(subject), before="mail:invitee:")
    actors = (f"user:{subject.user_id}", f"link:person:{subject.person_id}")
    return sa.or_(*(rows.c.actor.in_(one) for one in (actors, links, mails)), *things)


def _things(rows: sa.Table, kind: str, identifiers: Any) -> Any:
    return sa.and_(rows.c.thing_kind == kind, rows.c.thing_id.in_(identifiers))


def _as_text(found: sa.Select[Any], *, before: str = "") -> sa.Select[Any]:
    numbers = found.subquery()
    [number] = numbers.c
    text = sa.cast(number, sa.String)
    return sa.select(sa.literal(before) + text if before else text)


def _invitees(subject: Subject) -> sa.Select[Any]:
    invitee = table("invitee")
    return sa.select(invitee.c.id).where(_is(invitee.c.person_id, subject.person_id))


def named(column: str, other: str, name: str, key: str = "id") -> Built:
    """Return how a number is shown: by what the row that it leads to is called."""

    def built(rows: sa.Table) -> Any:
        there = table(other).alias()
        found = sa.select(there.c[name]).where(there.c[key] == rows.c[column])
        return found.correlate(rows).scalar_subquery()

    return built
