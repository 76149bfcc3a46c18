"""Plan a series, change it, end it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries, slots
from coopoutreach.committee.meetings.commands.horizon import discard, fill_horizon, realign
from coopoutreach.committee.meetings.errors import NoParties, PartyHasMembers, SeriesEnded
from coopoutreach.committee.meetings.fields import (
    SERIES_COLUMNS,
    SERIES_LISTS,
    PartyFields,
    SeriesFields,
)
from coopoutreach.committee.meetings.models import Meeting, MeetingSeries, SeriesParty
from coopoutreach.events import commands as events
from coopoutreach.events.rules import ACTIVE_STATES, EventState
from coopoutreach.platform.audit import commands as audit

#: A table is between two institutions, or more.
LEAST_PARTIES = 2


def create_series(
    session: Session, fields: SeriesFields, *, actor: str, now: datetime
) -> MeetingSeries:
    """Plan a series: its meetings of the next months are there at once, as drafts.

    :raises NoParties: unless it is between two institutions or more
    """
    _check_parties(fields)
    series = MeetingSeries(created_at=now)
    _set(series, fields)
    session.add(series)
    _set_parties(session, series, fields)
    session.flush()
    audit.record(
        session,
        ("series", series.id),
        action="series.created",
        actor=actor,
        now=now,
        after={"name": series.name, "pattern": series.pattern.value},
    )
    fill_horizon(session, series, until=slots.horizon_of(series, now=now), actor=actor, now=now)
    return series


def edit_series(
    session: Session, series: MeetingSeries, fields: SeriesFields, *, actor: str, now: datetime
) -> list[Meeting]:
    """Change a series; drafts ahead follow. Return those with an agenda that lost their date.

    What was convened, or edited by itself, stays as it is: each has a page to change it on.

    :raises SeriesEnded: if it ended
    :raises PartyHasMembers: if an institution that leaves has members at the table
    """
    series = queries.lock_series(session, series.id)
    if series.ended_at is not None:
        raise SeriesEnded("Esta serie ya terminó.")
    _check_parties(fields)
    changed = _set(series, fields)
    _set_parties(session, series, fields)
    session.flush()
    audit.record(
        session,
        ("series", series.id),
        action="series.edited",
        actor=actor,
        now=now,
        after=changed,
    )
    left = realign(session, series, actor=actor, now=now)
    fill_horizon(session, series, until=slots.horizon_of(series, now=now), actor=actor, now=now)
    return left


def end_series(
    session: Session,
    series: MeetingSeries,
    *,
    cancel_convened: bool,
    reason: str = "",
    actor: str,
    now: datetime,
) -> None:
    """End a series: drafts ahead disappear; what was convened is held, unless it is called off.

    :raises SeriesEnded: if it ended already
    """
    series = queries.lock_series(session, series.id)
    if series.ended_at is not None:
        raise SeriesEnded("Esta serie ya terminó.")
    series.ended_at = now
    for meeting in queries.meetings_of(session, series.id):
        if meeting.starts_at <= now:
            continue
        if meeting.state is EventState.DRAFT:
            discard(session, meeting, actor=actor, now=now)
        elif cancel_convened and meeting.state in ACTIVE_STATES:
            events.cancel(session, meeting, reason=reason, actor=actor, now=now)
    for poll in queries.polls_of(session, series.id):
        poll.closed_at = poll.closed_at or now
    audit.record(
        session,
        ("series", series.id),
        action="series.ended",
        actor=actor,
        now=now,
        after={"convened": "cancelled" if cancel_convened else "kept", "reason": reason},
    )


def skip(session: Session, series: MeetingSeries, day: date, *, actor: str, now: datetime) -> None:
    """Leave a date of the pattern out, so that no meeting is made of it again."""
    series = queries.lock_series(session, series.id)
    series.skipped = sorted({*series.skipped, day.isoformat()})
    audit.record(
        session,
        ("series", series.id),
        action="series.skipped",
        actor=actor,
        now=now,
        after={"date": day.isoformat()},
    )


def _check_parties(fields: SeriesFields) -> None:
    given = [party.organisation_id for party in fields.parties]
    if len(given) < LEAST_PARTIES or len(set(given)) != len(given):
        raise NoParties("Elija al menos dos instituciones, cada una una vez.", field="parties")


def _set(series: MeetingSeries, fields: SeriesFields) -> dict[str, list[str]]:
    """Set what the form gives; return what was and is of each column that changed."""
    values: dict[str, Any] = {name: getattr(fields, name) for name in SERIES_COLUMNS}
    values |= {name: list(getattr(fields, name)) for name in SERIES_LISTS}
    changed = {
        name: [str(getattr(series, name)), str(value)]
        for name, value in values.items()
        if getattr(series, name) != value
    }
    for name, value in values.items():
        setattr(series, name, value)
    return changed


def _set_parties(session: Session, series: MeetingSeries, fields: SeriesFields) -> None:
    wanted = {party.organisation_id: party for party in fields.parties}
    if series.id is not None:
        _keep_who_has_members(session, series, wanted)
    known = {party.organisation_id: party for party in series.parties}
    parties = []
    for position, given in enumerate(fields.parties):
        party = known.get(given.organisation_id) or SeriesParty(
            organisation_id=given.organisation_id
        )
        party.position = position
        party.quorum, party.head_id = given.quorum, given.head_id
        parties.append(party)
    series.parties = parties


def _keep_who_has_members(
    session: Session, series: MeetingSeries, wanted: dict[int, PartyFields]
) -> None:
    gone = [one for one in series.parties if one.organisation_id not in wanted]
    if gone and queries.was_convened(session, series.id):
        # Its word would be missing from minutes that it was to approve, and nobody would notice.
        raise PartyHasMembers(
            f"{gone[0].organisation.short_name} ya fue convocada a esta mesa: no se quita. "
            "Si cambian las instituciones, termine esta mesa y cree otra.",
            field="parties",
        )
    for member in queries.members_of(session, series.id):
        if member.organisation_id not in wanted:
            name = member.organisation.short_name
            raise PartyHasMembers(
                f"{name} tiene integrantes en la mesa. Termine primero su participación.",
                field="parties",
            )
