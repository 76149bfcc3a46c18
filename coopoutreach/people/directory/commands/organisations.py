"""Make organisations, change them, set a cooperative's level."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from coopoutreach.people.directory import changes, queries
from coopoutreach.people.directory.errors import (
    GroundsMissing,
    NameTaken,
    NotACooperative,
    NotAnInstitution,
    RutTaken,
)
from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import Kind, Level, Supervisor
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.text import clean_line, clean_text, search_key

_REACHED_BY = frozenset({"email", "phone"})


def create_cooperative(  # noqa: PLR0913 (a cooperative has this many fields, and each call names them)
    session: Session,
    *,
    name: str,
    short_name: str,
    rut: str,
    comuna: str,
    supervisor: Supervisor | None,
    email: str | None = None,
    phone: str | None = None,
    actor: str,
    now: datetime,
) -> Organisation:
    """Make a cooperative. `rut` is compact; `phone`, E.164.

    :raises RutTaken: if another has that RUT; of two that come at once, one is made
    """
    values = _names(name, short_name) | _place(comuna)
    values |= {"rut": rut, "supervisor": supervisor, "email": email, "phone": phone}
    dialect = session.get_bind().dialect.name
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    made = insert(Organisation).values(kind=Kind.COOPERATIVE, active=True, created_at=now, **values)
    statement = made.on_conflict_do_nothing(index_elements=["rut"]).returning(Organisation)
    cooperative: Organisation | None = session.scalar(statement)
    if cooperative is None:
        raise RutTaken
    _record(session, cooperative, "organisation.created", actor=actor, now=now, after=values)
    return cooperative


def edit_cooperative(  # noqa: PLR0913 (as above)
    session: Session,
    cooperative: Organisation,
    *,
    name: str,
    short_name: str,
    rut: str,
    comuna: str,
    supervisor: Supervisor | None,
    email: str | None,
    phone: str | None,
    actor: str,
    now: datetime,
) -> None:
    """Change what is known of a cooperative, but for its level.

    :raises RutTaken: if another has that RUT
    """
    if rut != cooperative.rut and queries.cooperative_by_rut(session, rut) is not None:
        raise RutTaken
    values = _names(name, short_name) | _place(comuna)
    values |= {"rut": rut, "supervisor": supervisor, "email": email, "phone": phone}
    _edit(session, cooperative, values, actor=actor, now=now)


def set_level(
    session: Session,
    cooperative: Organisation,
    *,
    level: Level | None,
    grounds: str,
    actor: str,
    now: datetime,
) -> None:
    """Set a cooperative's development level by hand, with the grounds for it.

    :raises GroundsMissing: if it changes and nobody says why
    :raises NotACooperative: of an institution
    """
    if not cooperative.is_cooperative:
        raise NotACooperative("Solo las cooperativas tienen nivel de desarrollo.")
    why = clean_text(grounds)
    if level is not cooperative.level and not why:
        raise GroundsMissing
    values = {"level": level, "level_grounds": why or cooperative.level_grounds}
    before, after = changes.apply(cooperative, values)
    if not after:
        return
    cooperative.level_set_at = now
    # Each entry of the trail tells the whole decision: the page shows them as a history.
    after = {"level": level, "grounds": values["level_grounds"]}
    _record(
        session,
        cooperative,
        "organisation.level_set",
        actor=actor,
        now=now,
        before=before,
        after=after,
    )


def create_institution(  # noqa: PLR0913 (an institution has this many fields)
    session: Session,
    *,
    name: str,
    short_name: str,
    email: str | None = None,
    phone: str | None = None,
    actor: str,
    now: datetime,
) -> Organisation:
    """Make an institution, such as CORFO.

    :raises NameTaken: if there is one of those names
    """
    values = _names(name, short_name) | {"email": email, "phone": phone}
    return _create(session, Kind.INSTITUTION, values, actor=actor, now=now)


def create_unit(  # noqa: PLR0913 (a unit has this many fields)
    session: Session,
    institution: Organisation,
    *,
    name: str,
    short_name: str,
    email: str | None = None,
    phone: str | None = None,
    actor: str,
    now: datetime,
) -> Organisation:
    """Make a unit of an institution.

    :raises NotAnInstitution: if it would be of a cooperative or of another unit
    :raises NameTaken: if it has one of those names
    """
    if institution.kind is not Kind.INSTITUTION:
        raise NotAnInstitution("Solo una institución tiene unidades.")
    values = _names(name, short_name) | {"email": email, "phone": phone}
    values["parent_id"] = institution.id
    return _create(session, Kind.UNIT, values, actor=actor, now=now)


def edit_institution(  # noqa: PLR0913 (as above)
    session: Session,
    organisation: Organisation,
    *,
    name: str,
    short_name: str,
    email: str | None,
    phone: str | None,
    actor: str,
    now: datetime,
) -> None:
    """Change what is known of an institution or a unit."""
    values = _names(name, short_name) | {"email": email, "phone": phone}
    _edit(session, organisation, values, actor=actor, now=now)


def deactivate(session: Session, organisation: Organisation, *, actor: str, now: datetime) -> None:
    """Take an organisation out of lists and choices; its people lose their access to it."""
    if organisation.active:
        organisation.active = False
        _record(session, organisation, "organisation.deactivated", actor=actor, now=now)


def reactivate(session: Session, organisation: Organisation, *, actor: str, now: datetime) -> None:
    """Bring an organisation back as it was."""
    if not organisation.active:
        organisation.active = True
        _record(session, organisation, "organisation.reactivated", actor=actor, now=now)


def _names(name: str, short_name: str) -> dict[str, Any]:
    name, short = clean_line(name), clean_line(short_name)
    return {"name": name, "short_name": short, "search_key": search_key(f"{short} {name}")}


def _place(comuna: str) -> dict[str, Any]:
    return {"comuna": comuna, "region": comuna[:2]}


def _create(
    session: Session, kind: Kind, values: dict[str, Any], *, actor: str, now: datetime
) -> Organisation:
    same = queries.institution_by_name(
        session, values["search_key"], parent_id=values.get("parent_id")
    )
    if same is not None:
        raise NameTaken
    made = Organisation(kind=kind, active=True, created_at=now, **values)
    session.add(made)
    session.flush()
    _record(session, made, "organisation.created", actor=actor, now=now, after=values)
    return made


def _edit(
    session: Session,
    organisation: Organisation,
    values: dict[str, Any],
    *,
    actor: str,
    now: datetime,
) -> None:
    before, after = changes.apply(organisation, values)
    if after:
        _record(
            session,
            organisation,
            "organisation.edited",
            actor=actor,
            now=now,
            before=before,
            after=after,
        )


def _record(
    session: Session,
    organisation: Organisation,
    action: str,
    *,
    actor: str,
    now: datetime,
    **told: Any,
) -> None:
    thing = ("organisation", organisation.id)
    # Its mailbox and telephone may be those of the one person who works there.
    shown: dict[str, Any] = {
        side: changes.masked(values, _REACHED_BY) for side, values in told.items()
    }
    audit.record(session, thing, action=action, actor=actor, now=now, **shown)
