"""Find materials, and say who may have them now."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, contains_eager

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import PUBLIC, Attendance, EventState, Standing
from coopoutreach.talks.materials import rules
from coopoutreach.talks.materials.models import Material
from coopoutreach.talks.materials.rules import Kind
from coopoutreach.talks.talks.models import Talk


def of_talk(session: Session, talk_id: int) -> Sequence[Material]:
    """Return everything of a talk, in its order."""
    wanted = select(Material).where(Material.talk_id == talk_id)
    return session.scalars(wanted.order_by(Material.position, Material.id)).all()


def for_everybody(session: Session, talk: Talk, *, now: datetime) -> list[Material]:
    """Return what anybody may have of a talk now."""
    return _shown(of_talk(session, talk.id), talk, attends=False, now=now)


def for_invitee(session: Session, talk: Talk, invitee: Invitee, *, now: datetime) -> list[Material]:
    """Return what an invitee of a talk may have of it now."""
    return _shown(of_talk(session, talk.id), talk, attends=_attends(invitee), now=now)


def public_file(session: Session, slug: str, public_id: str, *, now: datetime) -> Material | None:
    """Return the file of a talk's public address, if anybody may have it now."""
    found = _file(session, Talk.slug == slug, public_id)
    return found if found and _shown([found], found.talk, attends=False, now=now) else None


def invitees_file(
    session: Session, invitee: Invitee, public_id: str, *, now: datetime
) -> Material | None:
    """Return the file of an invitee's talk, if they may have it now."""
    found = _file(session, Talk.id == invitee.event_id, public_id)
    if found is None:
        return None
    return found if _shown([found], found.talk, attends=_attends(invitee), now=now) else None


def by_public_id(session: Session, talk_public_id: str, public_id: str) -> Material | None:
    """Return a material of the talk that the coordination's address names."""
    return session.scalars(
        select(Material)
        .join(Material.talk)
        .where(Talk.public_id == talk_public_id, Material.public_id == public_id)
        .options(contains_eager(Material.talk))
    ).one_or_none()


def weight(session: Session, talk_id: int) -> tuple[int, int, int]:
    """Return how many materials a talk has, how many bytes they are, and the last position."""
    row = session.execute(
        select(
            func.count(), func.coalesce(func.sum(Material.size), 0), func.max(Material.position)
        ).where(Material.talk_id == talk_id)
    ).one()
    return row[0], int(row[1]), row[2] or 0


def names_in_use(session: Session) -> set[str]:
    """Return under which names bytes are kept that belong to a material."""
    return set(session.scalars(select(Material.stored_as).where(Material.stored_as != "")))


def _file(session: Session, of_talk: ColumnElement[bool], public_id: str) -> Material | None:
    return session.scalars(
        select(Material)
        .join(Material.talk)
        .where(of_talk, Material.public_id == public_id, Material.kind == Kind.FILE)
        .options(contains_eager(Material.talk))
    ).one_or_none()


def _shown(
    found: Iterable[Material], talk: Talk, *, attends: bool, now: datetime
) -> list[Material]:
    return [
        material
        for material in found
        if rules.is_for(material.audience, attends=attends) and _is_out(material, talk, now=now)
    ]


def _is_out(material: Material, talk: Talk, *, now: datetime) -> bool:
    return rules.is_out(
        material.release,
        is_public=talk.state in PUBLIC,
        is_called_off=talk.state is EventState.CANCELLED,
        ends_at=talk.ends_at,
        now=now,
    )


def _attends(invitee: Invitee) -> bool:
    return rules.attends(
        has_place=invitee.standing is Standing.INVITED,
        came=invitee.attendance is Attendance.ATTENDED,
        is_absent=invitee.attendance is Attendance.ABSENT,
    )
