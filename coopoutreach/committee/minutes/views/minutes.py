"""Minutes as they are read by who signed in: what they say, and how far they are."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.minutes import commands, content, dialects, queries, rules, showing
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.rules import LOCKED, OPEN, REVIEWED, ApprovalKind, State
from coopoutreach.committee.minutes.views.blueprint import bp
from coopoutreach.committee.minutes.views.loading import Me, editor_of, me, meeting_of, sides
from coopoutreach.events import entries
from coopoutreach.platform.access.guard import may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction

_PATH = "/reuniones/<public_id>/acta"


@bp.get(_PATH)
@requires(Permission.MINUTES_SEE, meeting_of, into="meeting")
def minutes(meeting: Meeting) -> ResponseReturnValue:
    """Show the minutes of a meeting: the newest version, or the one that the address asks for."""
    session = reading()
    versions = queries.of_meeting(session, meeting.id)
    asked = request.args.get("version", "")
    wanted = [one for one in versions if str(one.version) == asked]
    if not asked:
        wanted = [_at_first(versions)] if versions else []
    if not wanted:
        if asked:
            raise NotFound
        return _none_yet(meeting)
    return page(session, wanted[0])


@bp.post(_PATH)
@requires(Permission.MINUTES_EDIT, meeting_of, into="meeting")
def start(meeting: Meeting) -> ResponseReturnValue:
    """Begin the minutes of a meeting."""
    target = editor_of(meeting)
    with transaction() as session:
        commands.start(session, meeting, actor=current_user.actor, now=utcnow())
    return redirect(target, code=303)


def _at_first(versions: Sequence[Minutes]) -> Minutes:
    """Return what somebody is shown: while a new version is written, others read what holds."""
    newest = versions[0]
    if newest.state is State.DRAFT and not may(Permission.MINUTES_EDIT, newest):
        return next((one for one in versions if one.state in LOCKED), newest)
    return newest


def _none_yet(meeting: Meeting) -> str:
    return render_template(
        "committee/minutes/none.html",
        meeting=meeting,
        when=entries.when_line(meeting),
        may_edit=may(Permission.MINUTES_EDIT, meeting),
        is_convened=meeting.number is not None,
    )


def page(
    session: Session,
    minutes: Minutes,
    *,
    errors: dict[str, str] | None = None,
    typed: str = "",
    reply_to: int = 0,
) -> ResponseReturnValue:
    """Render the page of a version of minutes; with `errors`, as it was sent back."""
    meeting, who = minutes.meeting, me(session, minutes.meeting)
    may_edit = may(Permission.MINUTES_EDIT, minutes)
    newest = queries.of_meeting(session, meeting.id)
    said: content.Content | None = None
    if minutes.state in OPEN and may_edit:
        said = content.compose(session, minutes)
    elif minutes.state is not State.DRAFT:
        said = content.frozen(minutes)
    shown = render_template(
        "committee/minutes/minutes.html",
        meeting=meeting,
        minutes=minutes,
        label=rules.label(meeting.number, meeting.year, minutes.version),
        said=showing.document(said) if said is not None else None,
        is_newest=newest[0].id == minutes.id,
        versions=newest,
        rectified=queries.rectified_by(session, minutes),
        may_edit=may_edit,
        reserved=_reserved(session, minutes),
        is_stuck=minutes.state in LOCKED and queries.is_stuck(minutes, now=utcnow()),
        left_out=_left_out(session, minutes) if minutes.state in LOCKED else [],
        errors=errors or {},
        typed=typed,
        reply_to=reply_to,
        **standing(session, minutes, who),
    )
    return (shown, INVALID) if errors else shown


def _left_out(session: Session, minutes: Minutes) -> list[str]:
    """Return how those minutes of the same year are called that its book cannot hold."""
    meeting = minutes.meeting
    year, now = meeting.wall_start.year, utcnow()
    return [
        rules.label(one.meeting.number, one.meeting.year, one.version)
        for one in queries.approved_of_year(session, meeting.series_id, year)
        if queries.is_stuck(one, now=now)
    ]


def standing(session: Session, minutes: Minutes, who: Me) -> dict[str, Any]:
    """Return how far minutes are, and what somebody may do about them."""
    word, badge = showing.STATES[minutes.state]
    side = who.reviewer.organisation.id if who.reviewer else 0
    given = {
        one.kind for one in minutes.approvals if one.organisation_id == side and not one.void_at
    }
    in_review = minutes.state in REVIEWED
    approves = who.reviewer is not None and who.reviewer.approves
    return {
        "state": minutes.state.value,
        "state_word": word,
        "state_badge_name": badge,
        "meaning": showing.MEANINGS[minutes.state],
        "is_open": minutes.state in OPEN,
        "is_locked": minutes.state in LOCKED,
        "in_review": in_review,
        "timeline": showing.timeline(minutes),
        "sides": showing.sides(queries.parties(session, minutes.meeting), minutes.approvals),
        "words": showing.words(minutes.approvals),
        "observations": queries.observations(session, minutes),
        "may_observe": who.voice is not None and (in_review or minutes.state is State.OBSERVED),
        "may_sign_off": who.reviewer is not None
        and minutes.state is State.IN_REVIEW
        and ApprovalKind.SIGN_OFF not in given,
        "may_approve": approves and in_review and ApprovalKind.APPROVAL not in given,
        "has_approved": ApprovalKind.APPROVAL in given,
        "has_signed_off": ApprovalKind.SIGN_OFF in given,
        "institution": who.reviewer.organisation.short_name if who.reviewer else "",
        "part_choices": [
            (part.public_id, part.title) for part in queries.parts(session, minutes, reader=())
        ],
    }


def _reserved(session: Session, minutes: Minutes) -> list[dict[str, Any]]:
    """Return what is kept by the sides of whoever is signed in, beside what both approve."""
    reader = sides(session, minutes.meeting)
    decisions = queries.decisions(session, minutes, reader=reader)
    written_as = content.written_as(minutes)
    return [
        {
            "title": part.title,
            "side": part.reserved_for.short_name if part.reserved_for else "",
            "html": dialects.html(part.text, written_as=written_as),
            "decisions": [one for one in decisions if one.part_id == part.id],
        }
        for part in queries.parts(session, minutes, reader=reader)
        if part.reserved_for_id is not None
    ]
