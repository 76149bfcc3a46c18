"""Read the ledger: what is owed, who owes whom, and who keeps their dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.queries.others import is_open_to
from coopoutreach.committee.commitments.rules import (
    OPEN,
    OWING,
    PAGE_LENGTH,
    Filters,
    Reader,
    Record,
    Shown,
    Sort,
    State,
)
from coopoutreach.events.models import Event
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core.text import search_key


@dataclass(frozen=True, slots=True)
class Debt:
    """How much one institution owes another."""

    party: str
    party_public_id: str
    owed_to: str
    owed_to_public_id: str
    open: int
    overdue: int


def visible(reader: Reader) -> ColumnElement[bool]:
    """Return the condition that somebody may see a commitment."""
    open_to = is_open_to(reader.organisations)
    if reader.sees_all:
        return open_to
    own = sorted(reader.organisations)
    return and_(open_to, or_(Commitment.party_id.in_(own), Commitment.owed_to_id.in_(own)))


def is_overdue(today: date) -> ColumnElement[bool]:
    """Return the condition that a commitment is «vencido»."""
    return and_(Commitment.state.in_(OWING), Commitment.due_on < today)


def ledger(
    session: Session, filters: Filters, *, reader: Reader, today: date
) -> tuple[Sequence[Commitment], int]:
    """Return one page of the commitments that `filters` ask for, and how many there are."""
    wanted = _narrowed(session, filters, reader=reader, today=today)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    page = _shown(_sorted(wanted, filters)).limit(PAGE_LENGTH)
    return session.scalars(page.offset((filters.page - 1) * PAGE_LENGTH)).all(), total


def all_of(
    session: Session, filters: Filters, *, reader: Reader, today: date
) -> Sequence[Commitment]:
    """Return all that `filters` ask for, to be taken away."""
    wanted = _narrowed(session, filters, reader=reader, today=today)
    return session.scalars(_shown(_sorted(wanted, filters))).all()


def debts(session: Session, *, reader: Reader, today: date) -> list[Debt]:
    """Return who owes whom how much, as far as the reader may see it; the most overdue first."""
    party, owed_to = aliased(Organisation), aliased(Organisation)
    overdue = func.sum(case((is_overdue(today), 1), else_=0))
    rows = session.execute(
        select(
            party.short_name,
            party.public_id,
            owed_to.short_name,
            owed_to.public_id,
            func.count(),
            overdue,
        )
        .select_from(Commitment)
        .join(party, party.id == Commitment.party_id)
        .join(owed_to, owed_to.id == Commitment.owed_to_id)
        .where(visible(reader), Commitment.state.in_(OPEN))
        .group_by(party.short_name, party.public_id, owed_to.short_name, owed_to.public_id)
        .order_by(overdue.desc(), func.count().desc(), party.short_name, owed_to.short_name)
    )
    return [Debt(*row) for row in rows]


def records(session: Session, *, reader: Reader, today: date) -> list[Record]:
    """Return how each institution has kept what it owed, by name."""

    def count(condition: ColumnElement[bool]) -> Any:
        return func.sum(case((condition, 1), else_=0))

    done = Commitment.state.in_({State.DELIVERED, State.FULFILLED})
    rows = session.execute(
        select(
            Organisation.id,
            Organisation.short_name,
            count(and_(done, Commitment.delivered_on <= Commitment.due_on)),
            count(and_(done, Commitment.delivered_on > Commitment.due_on)),
            count(Commitment.state.in_(OWING)),
            count(is_overdue(today)),
            func.sum(Commitment.extensions),
        )
        .join(Commitment, Commitment.party_id == Organisation.id)
        .where(visible(reader), Commitment.state != State.DISMISSED)
        .group_by(Organisation.id, Organisation.short_name)
        .order_by(Organisation.short_name)
    )
    return [Record(*row) for row in rows]


def own(session: Session, person_id: int, *, reader: Reader) -> Sequence[Commitment]:
    """Return the open commitments that somebody answers for and may see, what is due first."""
    return session.scalars(
        _shown(
            select(Commitment).where(
                Commitment.person_id == person_id,
                Commitment.state.in_(OPEN),
                is_open_to(reader.organisations),
            )
        ).order_by(Commitment.due_on, Commitment.number)
    ).all()


def parties_seen(session: Session, *, reader: Reader) -> list[tuple[str, str]]:
    """Return (public id, name) of each institution that stands in what the reader may see."""
    there = select(Commitment.party_id).where(visible(reader))
    to = select(Commitment.owed_to_id).where(visible(reader))
    rows = session.execute(
        select(Organisation.public_id, Organisation.short_name)
        .where(Organisation.id.in_(there.union(to)))
        .order_by(Organisation.search_key)
    )
    return [(public_id, name) for public_id, name in rows]


def people_seen(session: Session, *, reader: Reader) -> list[tuple[str, str]]:
    """Return (public id, name) of each person that answers for what the reader may see."""
    rows = session.execute(
        select(Person.public_id, Person.name)
        .where(Person.id.in_(select(Commitment.person_id).where(visible(reader))))
        .order_by(Person.name_key)
    )
    return [(public_id, name) for public_id, name in rows]


def events_seen(session: Session, *, reader: Reader) -> list[tuple[str, Event]]:
    """Return (public id, event) of each meeting in what the reader may see, the latest first."""
    rows = session.scalars(
        select(Event)
        .where(Event.id.in_(select(Commitment.event_id).where(visible(reader))))
        .order_by(Event.starts_at.desc())
    )
    return [(event.public_id, event) for event in rows]


def _narrowed(
    session: Session, filters: Filters, *, reader: Reader, today: date
) -> Select[Commitment]:
    wanted = select(Commitment).where(visible(reader), *_conditions(filters, today))
    if not filters.text:
        return wanted
    # Words are compared as search keys are, without accents: the ledger of a federation has some
    # hundreds of lines, and keeping a key of each would be one more thing to keep.
    words = search_key(filters.text).split()
    lines = session.execute(
        wanted.with_only_columns(
            Commitment.id, Commitment.number, Commitment.action, Commitment.verification
        )
    )
    found = [
        number
        for number, *texts in lines
        if all(word in search_key(" ".join(texts)) for word in words)
    ]
    return wanted.where(Commitment.id.in_(found))


def _conditions(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, public_id in (
        (Commitment.party_id, filters.party),
        (Commitment.owed_to_id, filters.owed_to),
    ):
        if public_id:
            found.append(
                column.in_(select(Organisation.id).where(Organisation.public_id == public_id))
            )
    if filters.person:
        people = select(Person.id).where(Person.public_id == filters.person)
        found.append(Commitment.person_id.in_(people))
    if filters.event:
        events = select(Event.id).where(Event.public_id == filters.event)
        found.append(Commitment.event_id.in_(events))
    return [*found, *_standing(filters.shown, today)]


def _standing(shown: Shown, today: date) -> list[ColumnElement[bool]]:
    states: dict[Shown, list[ColumnElement[bool]]] = {
        Shown.OPEN: [Commitment.state.in_(OPEN)],
        Shown.OVERDUE: [is_overdue(today)],
        Shown.RESCHEDULED: [Commitment.state.in_(OPEN), Commitment.extensions > 0],
        Shown.DELIVERED: [Commitment.state == State.DELIVERED],
        Shown.FULFILLED: [Commitment.state == State.FULFILLED],
        Shown.DISMISSED: [Commitment.state == State.DISMISSED],
    }
    return states.get(shown, [])


def _sorted(wanted: Select[Commitment], filters: Filters) -> Select[Commitment]:
    rank = {state.value: number for number, state in enumerate(State)}
    party = select(Organisation.search_key).where(Organisation.id == Commitment.party_id)
    key: Any = {
        Sort.DUE: Commitment.due_on,
        Sort.NUMBER: Commitment.number,
        Sort.PARTY: party.scalar_subquery(),
        Sort.STATE: case(rank, value=Commitment.state, else_=0),
        Sort.EXTENSIONS: Commitment.extensions,
    }[filters.sort]
    return wanted.order_by(key.desc() if filters.descending else key.asc(), Commitment.id)


def _shown(wanted: Select[Commitment]) -> Select[Commitment]:
    return wanted.options(
        joinedload(Commitment.party),
        joinedload(Commitment.owed_to),
        joinedload(Commitment.person),
        joinedload(Commitment.reserved_for),
        joinedload(Commitment.event),
    )
