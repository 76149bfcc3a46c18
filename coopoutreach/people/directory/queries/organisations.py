"""Read organisations, and how their level was set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import places
from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import (
    NO_LEVEL,
    PAGE_LENGTH,
    Filters,
    Kind,
    Level,
    Sort,
    Supervisor,
)
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core.text import like_pattern, search_key


@dataclass(frozen=True, slots=True)
class LevelDecision:
    """A level that somebody set: which, why, when and who. Without a level, it was taken back."""

    at: datetime
    level: Level | None
    grounds: str
    by: str


def cooperatives(session: Session, filters: Filters) -> tuple[Sequence[Organisation], int]:
    """Return one page of the cooperatives that `filters` ask for, and how many there are."""
    wanted = _narrowed(select(Organisation), filters)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    key = _sort_key(filters.sort)
    page = (
        wanted.order_by(key.desc() if filters.descending else key.asc(), Organisation.search_key)
        .limit(PAGE_LENGTH)
        .offset((filters.page - 1) * PAGE_LENGTH)
    )
    return session.scalars(page).all(), total


# Statements that every registration asks are written once: putting one together costs more than
# answering it.
_CHOICES = (
    select(Organisation.public_id, Organisation.short_name)
    .where(Organisation.kind == Kind.COOPERATIVE, Organisation.active)
    .order_by(Organisation.search_key)
)
_ACTIVE = select(Organisation).where(
    Organisation.public_id == bindparam("public_id"),
    Organisation.kind == Kind.COOPERATIVE,
    Organisation.active,
)


def cooperative_choices(session: Session) -> list[tuple[str, str]]:
    """Return (public id, name) of each active cooperative, for a list to choose from."""
    return [(public_id, name) for public_id, name in session.execute(_CHOICES)]


def active_cooperative(session: Session, public_id: str) -> Organisation | None:
    """Return the active cooperative of that public id, for a form in which it was chosen."""
    return session.scalar(_ACTIVE, {"public_id": public_id})


def cooperative_by_rut(session: Session, rut: str) -> Organisation | None:
    """Return the cooperative of a compact RUT, active or not."""
    return session.scalar(select(Organisation).where(Organisation.rut == rut))


def organisation_by_public_id(session: Session, public_id: str) -> Organisation | None:
    """Return the organisation, of whatever kind, that an address names."""
    return session.scalar(select(Organisation).where(Organisation.public_id == public_id))


def institutions(session: Session) -> Sequence[Organisation]:
    """Return every institution by name; those that are no longer active come last."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.kind == Kind.INSTITUTION)
        .order_by(Organisation.active.desc(), Organisation.search_key)
    ).all()


def institution_by_name(
    session: Session, search_key: str, *, parent_id: int | None
) -> Organisation | None:
    """Return the institution whose names are compared as `search_key`, or such a unit of one."""
    return session.scalar(
        select(Organisation)
        .where(
            Organisation.search_key == search_key,
            Organisation.parent_id.is_not_distinct_from(parent_id),
            Organisation.kind != Kind.COOPERATIVE,
        )
        .limit(1)
    )


def units(session: Session, institution_ids: Sequence[int]) -> dict[int, list[Organisation]]:
    """Return the units of some institutions, by the institution's id."""
    found: dict[int, list[Organisation]] = {number: [] for number in institution_ids}
    for unit in session.scalars(
        select(Organisation)
        .where(Organisation.kind == Kind.UNIT, Organisation.parent_id.in_(institution_ids))
        .order_by(Organisation.active.desc(), Organisation.search_key)
    ):
        if unit.parent_id is not None:
            found[unit.parent_id].append(unit)
    return found


def level_decisions(session: Session, cooperative: Organisation) -> list[LevelDecision]:
    """Return every level that a cooperative was given, the latest first, as the trail tells it."""
    entries = session.scalars(
        select(Entry)
        .where(
            Entry.thing_kind == "organisation",
            Entry.thing_id == str(cooperative.id),
            Entry.action == "organisation.level_set",
        )
        .order_by(Entry.id.desc())
    ).all()
    names = _names_of_actors(session, {entry.actor for entry in entries})
    return [
        LevelDecision(
            at=entry.at,
            level=Level(entry.after["level"]) if entry.after["level"] else None,
            grounds=entry.after["grounds"] or "",
            by=names.get(entry.actor, ""),
        )
        for entry in entries
        if entry.after
    ]


def _names_of_actors(session: Session, actors: set[str]) -> dict[str, str]:
    numbers = {int(actor.removeprefix("user:")) for actor in actors if actor.startswith("user:")}
    if not numbers:
        return {}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(numbers)))
    return {f"user:{number}": name for number, name in rows}


def _narrowed(statement: Select[Organisation], filters: Filters) -> Select[Organisation]:
    statement = statement.where(
        Organisation.kind == Kind.COOPERATIVE, Organisation.active.is_(not filters.inactive)
    )
    if filters.text:
        statement = statement.where(_contains(filters.text))
    if filters.region:
        statement = statement.where(Organisation.region == filters.region)
    if filters.level == NO_LEVEL:
        statement = statement.where(Organisation.level.is_(None))
    elif filters.level:
        statement = statement.where(Organisation.level == Level(filters.level))
    if filters.supervisor:
        statement = statement.where(Organisation.supervisor == Supervisor(filters.supervisor))
    return statement


def _contains(text: str) -> Any:
    """Return the condition that a name contains each word of `text`, or that the RUT begins so."""
    words = [
        Organisation.search_key.like(like_pattern(word), escape="\\")
        for word in search_key(text).split()
    ]
    digits = text.upper().translate(str.maketrans("", "", ".- "))
    if not digits or not set(digits) <= set("0123456789K"):
        return and_(*words)
    return or_(and_(*words), Organisation.rut.startswith(digits, autoescape=True))


def _sort_key(sort: Sort) -> Any:
    """Return what a list is sorted by; there is nothing to sort by but these."""
    if sort is Sort.REGION:
        order = {region.cut: region.order for region in places.regions()}
        return case(order, value=Organisation.region, else_=0)
    if sort is Sort.LEVEL:
        rank = {level: number for number, level in enumerate(Level, 1)}
        return case(rank, value=Organisation.level, else_=0)
    if sort is Sort.SUPERVISOR:
        return func.coalesce(Organisation.supervisor, "")
    return Organisation.search_key
