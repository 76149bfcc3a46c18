"""Minutes as they are written: one page, item by item."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import queries as commitments
from coopoutreach.committee.meetings.models import Meeting, SeriesMember
from coopoutreach.committee.minutes import dialects, queries, rules, showing
from coopoutreach.committee.minutes.forms import OwedForm
from coopoutreach.committee.minutes.models import Decision, Minutes, MinutesPart
from coopoutreach.committee.minutes.rules import OPEN, PartKind
from coopoutreach.committee.minutes.views.blueprint import bp
from coopoutreach.committee.minutes.views.loading import meeting_of, page_of, sides
from coopoutreach.events import entries
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.web.transaction import reading


@dataclass(frozen=True, slots=True)
class Wrong:
    """A small form of a part that was sent back: what was typed, and what is wrong with it."""

    part_id: int = 0
    decision_id: int = 0
    text: str = ""
    error: str = ""
    owed: OwedForm = field(default_factory=OwedForm)


@dataclass(frozen=True, slots=True)
class Row:
    """A part as it is written: its text as it was saved, and how it reads."""

    part: MinutesPart
    number: int
    html: Markup
    saved: str
    decisions: list[Decision]
    aside: bool


@bp.get("/reuniones/<public_id>/acta/editar")
@requires(Permission.MINUTES_EDIT, meeting_of, into="meeting")
def editor(meeting: Meeting) -> ResponseReturnValue:
    """Show the minutes of a meeting to whoever writes them, item by item."""
    session = reading()
    minutes = queries.current(session, meeting.public_id)
    if minutes is None or minutes.state not in OPEN:
        return redirect(page_of(meeting), code=303)
    return page(session, minutes)


def page(session: Session, minutes: Minutes, *, wrong: Wrong | None = None) -> str:
    """Render the page on which minutes are written."""
    meeting = minutes.meeting
    reader = sides(session, meeting)
    parts = [
        part
        for part in queries.parts(session, minutes, reader=reader)
        if may(Permission.MINUTES_EDIT, part)
    ]
    decisions = queries.decisions(session, minutes, reader=reader)
    names = queries.names_of(session, {part.saved_by for part in parts})
    beside = queries.with_aside(session, minutes)
    return render_template(
        "committee/minutes/editor.html",
        meeting=meeting,
        minutes=minutes,
        when=entries.when_line(meeting),
        label=rules.label(meeting.number, meeting.year, minutes.version),
        state=showing.STATES[minutes.state],
        rows=[
            _row(part, number, decisions, names, aside=part.id in beside)
            for number, part in enumerate(parts, start=1)
        ],
        commitments=commitments.of_event(session, meeting.id, reader=reader),
        followed=_followed(session, meeting, reader),
        choices=choices(session, meeting),
        parties=[(one.public_id, one.short_name) for one in queries.parties(session, meeting)],
        observations=[
            one
            for one in queries.observations(session, minutes)
            if one.review == minutes.reviews and not one.reply
        ],
        new_items=_new_items(minutes),
        wrong=wrong or Wrong(),
        longest=rules.LONGEST_TEXT,
    )


def _row(
    part: MinutesPart, number: int, decisions: Any, names: Mapping[str, str], *, aside: bool
) -> Row:
    saved = ""
    if part.revision:
        saved = showing.saved_words(part.saved_at, now=utcnow())
        if part.saved_by in names:
            saved = f"{saved}, {names[part.saved_by]}"
    return Row(
        part,
        number,
        dialects.html(part.text),
        saved,
        [one for one in decisions if one.part_id == part.id],
        aside=aside,
    )


def _followed(session: Session, meeting: Meeting, reader: frozenset[int]) -> list[Any]:
    parties = [party.organisation_id for party in meeting.series.parties]
    found = commitments.open_for(session, parties, reader=reader)
    return [one for one in found if one.event_id != meeting.id and one.created_at < meeting.ends_at]


def _new_items(minutes: Minutes) -> int:
    there = {part.item_id for part in minutes.parts if part.kind is PartKind.ITEM}
    return sum(
        item.id not in there
        for item in minutes.meeting.items
        if item.state.value == "accepted" and may(Permission.AGENDA_SEE, item)
    )


def choices(session: Session, meeting: Meeting) -> list[dict[str, Any]]:
    """Return who may answer for a commitment: people of each institution, or the institution."""
    return [
        {
            "label": party.short_name,
            "options": [
                *((f"p:{one.public_id}", one.person.name) for one in _members(meeting, party.id)),
                (f"o:{party.public_id}", f"{party.short_name}, sin persona"),
            ],
        }
        for party in queries.parties(session, meeting)
    ]


def meanings(session: Session, meeting: Meeting) -> dict[str, tuple[int, int | None]]:
    """Return which institution and which person each of those choices is."""
    found: dict[str, tuple[int, int | None]] = {}
    for party in queries.parties(session, meeting):
        found[f"o:{party.public_id}"] = (party.id, None)
        for one in _members(meeting, party.id):
            found[f"p:{one.public_id}"] = (party.id, one.person_id)
    return found


def _members(meeting: Meeting, party_id: int) -> list[SeriesMember]:
    return [
        one
        for one in meeting.series.members
        if one.organisation_id == party_id and one.ended_at is None
    ]


def today() -> Any:
    """Return the day that it is where the federation is."""
    return spanish.wall(utcnow()).date()
