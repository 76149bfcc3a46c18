"""The standing list of a table: who sits there, for whom, and in which capacity."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries
from coopoutreach.committee.meetings.errors import AlreadyMember, GivesNoWord, NotOfTheTable
from coopoutreach.committee.meetings.fields import MemberFields
from coopoutreach.committee.meetings.models import MeetingSeries, SeriesMember
from coopoutreach.committee.meetings.rules import Capacity
from coopoutreach.people.directory import notices
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import spanish

#: Who stands in for somebody else.
STANDING_IN = frozenset({Capacity.ALTERNATE, Capacity.ACTING})


def add_member(
    session: Session, series: MeetingSeries, fields: MemberFields, *, actor: str, now: datetime
) -> SeriesMember:
    """Add somebody to the standing list, or take them up again.

    :raises AlreadyMember: if they are in it
    :raises NotOfTheTable: if their institution does not sit at the table
    :raises GivesNoWord: if they would approve, and their institution has not said so
    """
    queries.lock_series(session, series.id)
    member = session.scalar(
        select(SeriesMember).where(
            SeriesMember.series_id == series.id, SeriesMember.person_id == fields.person_id
        )
    )
    if member is not None and member.ended_at is None:
        raise AlreadyMember("Esa persona ya es integrante de la mesa.", field="person")
    known = queries.members_of(session, series.id)
    if member is None:
        person = session.get_one(Person, fields.person_id)
        member = SeriesMember(series_id=series.id, person=person, created_at=now)
    member.ended_at = None
    member.position = max((one.position for one in known), default=-1) + 1
    _set(session, series, member, fields, now=now)
    session.add(member)
    session.flush()
    session.expire(series, ["members"])
    _record(session, member, "member.added", actor=actor, now=now)
    return member


def edit_member(
    session: Session, member: SeriesMember, fields: MemberFields, *, actor: str, now: datetime
) -> None:
    """Change in which capacity somebody sits at the table, and what they may do.

    :raises NotOfTheTable: if the institution does not sit there
    :raises GivesNoWord: if they would approve, and their institution has not said so
    """
    queries.lock_series(session, member.series_id)
    _set(session, member.series, member, fields, now=now)
    session.flush()
    _record(session, member, "member.edited", actor=actor, now=now)


def end_member(session: Session, member: SeriesMember, *, actor: str, now: datetime) -> None:
    """Take somebody off the standing list; past meetings keep who they were.

    Whoever stood in for them stands in for nobody now.
    """
    if member.ended_at is not None:
        return
    queries.lock_series(session, member.series_id)
    for other in queries.members_of(session, member.series_id):
        if other.deputy_for_id == member.id:
            other.deputy_for_id = None
    if member.approves:
        _tell_left(session, member, now=now)
    member.ended_at = now
    session.flush()
    _record(session, member, "member.ended", actor=actor, now=now)


def move_member(
    session: Session, member: SeriesMember, *, up: bool, actor: str, now: datetime
) -> None:
    """Put somebody one place up or down among those of their institution."""
    queries.lock_series(session, member.series_id)
    everybody = list(queries.members_of(session, member.series_id))
    own = [one for one in everybody if one.organisation_id == member.organisation_id]
    if member not in own:
        return
    place = own.index(member)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(own):
        return
    for position, one in enumerate(everybody):
        one.position = position
    member.position, own[other].position = own[other].position, member.position
    session.flush()
    _record(session, member, "member.moved", actor=actor, now=now)


def _set(
    session: Session,
    series: MeetingSeries,
    member: SeriesMember,
    fields: MemberFields,
    *,
    now: datetime,
) -> None:
    if fields.organisation_id not in queries.parties_of(session, series.id):
        raise NotOfTheTable("Esa institución no participa en la mesa.", field="person")
    member.organisation_id = fields.organisation_id
    member.capacity = fields.capacity
    member.post = fields.post
    member.digest = fields.digest
    # A guest hears and speaks; the parties decide.
    approves = fields.approves and fields.capacity is not Capacity.GUEST
    if approves and not member.approves:
        _let_approve(session, fields, now=now)
    member.approves = approves
    member.deputy_for_id = _stood_in_for(session, series, member, fields)


def _let_approve(session: Session, fields: MemberFields, *, now: datetime) -> None:
    """Tell an institution that somebody may approve minutes for it; refuse if it gave no word.

    :raises GivesNoWord: if neither it nor the administration said that they speak for it
    """
    institution = session.get_one(Organisation, fields.organisation_id)
    posts = directory.vouched_posts_at(session, institution, today=spanish.wall(now).date())
    post = next((one for one in posts if one.person_id == fields.person_id), None)
    if post is None:
        raise GivesNoWord(
            f"Antes, {institution.short_name} o la administración debe confirmar que habla por "
            "ella: se pide en su ficha del directorio.",
            field="approves",
        )
    notices.voice_changed(session, post, "approves", now=now)


def _tell_left(session: Session, member: SeriesMember, *, now: datetime) -> None:
    """Tell an institution that somebody who approved minutes for it is off the standing list."""
    posts = directory.vouched_posts_at(session, member.organisation, today=spanish.wall(now).date())
    post = next((one for one in posts if one.person_id == member.person_id), None)
    if post is not None:
        notices.voice_changed(session, post, "left", now=now)


def _stood_in_for(
    session: Session, series: MeetingSeries, member: SeriesMember, fields: MemberFields
) -> int | None:
    if fields.deputy_for_id is None or fields.capacity not in STANDING_IN:
        return None
    for other in queries.members_of(session, series.id):
        if (
            other.id == fields.deputy_for_id
            and other.id != member.id
            and other.organisation_id == fields.organisation_id
        ):
            return other.id
    raise NotOfTheTable(
        "Elija a quién reemplaza entre las personas de su misma institución.", field="deputy_for"
    )


def _record(
    session: Session, member: SeriesMember, action: str, *, actor: str, now: datetime
) -> None:
    audit.record(
        session,
        ("series", member.series_id),
        action=action,
        actor=actor,
        now=now,
        after={
            "member": member.id,
            "organisation": member.organisation_id,
            "capacity": member.capacity.value,
            "approves": member.approves,
            "digest": member.digest,
        },
    )
