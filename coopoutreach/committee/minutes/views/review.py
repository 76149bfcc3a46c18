"""Minutes go out, are observed, signed off, approved and put right by who signed in."""

from collections.abc import Mapping
from datetime import date

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import commands, content, proving, queries, rules, showing
from coopoutreach.committee.minutes.commands import Signature
from coopoutreach.committee.minutes.errors import CannotBeSet, NotYours
from coopoutreach.committee.minutes.forms import read_term
from coopoutreach.committee.minutes.models import Minutes, Observation
from coopoutreach.committee.minutes.rules import LOCKED, OPEN, REVIEWED, ApprovalKind, Method
from coopoutreach.committee.minutes.views import minutes as pages
from coopoutreach.committee.minutes.views.blueprint import bp
from coopoutreach.committee.minutes.views.loading import me, minutes_of, observation_of, page_of
from coopoutreach.platform.access.guard import AccessDenied, may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError, NotFound
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.shown_again import unsent
from coopoutreach.platform.web.transaction import let_others_write, reading, transaction

_PATH = "/reuniones/<public_id>/acta"
#: What an address calls what somebody does for their institution.
ACTS = {"visar": ApprovalKind.SIGN_OFF, "aprobar": ApprovalKind.APPROVAL}


def _of_act(session: Session, public_id: str, act: str) -> Minutes | None:
    return minutes_of(session, public_id) if act in ACTS else None


@bp.get(f"{_PATH}/enviar")
@requires(Permission.MINUTES_EDIT, minutes_of, into="minutes")
def send_form(minutes: Minutes) -> ResponseReturnValue:
    """Show what will be sent out, to whom and until when."""
    if minutes.state not in OPEN:
        return redirect(page_of(minutes.meeting), code=303)
    return _send_page(reading(), minutes)


@bp.post(f"{_PATH}/enviar")
@requires(Permission.MINUTES_EDIT, minutes_of, into="minutes")
def send(minutes: Minutes) -> ResponseReturnValue:
    """Send minutes out to be looked at."""
    target, public_id = page_of(minutes.meeting), minutes.meeting.public_id
    until, error = read_term(request.form.get("until", ""))
    errors, wrong = {"until": error} if error else {}, {}
    try:
        if not unsent(errors):
            _send(minutes, until)
    except DomainError as refusal:
        if refusal.field is None:
            raise
        errors = {refusal.field: str(refusal)}
        wrong = refusal.parts if isinstance(refusal, CannotBeSet) else {}
    if errors:
        session = reading()
        found = minutes_of(session, public_id)
        if found is None:
            raise NotFound
        return _send_page(session, found, errors=errors, wrong=wrong), INVALID
    flash(_("Enviamos el acta a revisión. Cada persona recibe su enlace por correo."), "success")
    return redirect(target, code=303)


def _send(minutes: Minutes, until: date | None) -> None:
    """Typeset what minutes say now, while others write, and send out just that."""
    said = content.compose(reading(), minutes) if minutes.state in OPEN else None
    let_others_write()
    typeset = proving.prove(said) if said is not None else ""
    with transaction() as session:
        # Seconds went by: somebody's role may have, too.
        if not may(Permission.MINUTES_EDIT, minutes):
            raise AccessDenied(Permission.MINUTES_EDIT, minutes)
        commands.send(
            session,
            minutes,
            typeset=typeset,
            until=until,
            actor=current_user.actor,
            now=utcnow(),
        )


def _send_page(
    session: Session,
    minutes: Minutes,
    *,
    errors: Mapping[str, str] | None = None,
    wrong: Mapping[int, str] | None = None,
) -> str:
    """Show what will be sent out; `wrong`, the parts of which no PDF can be made."""
    meeting = minutes.meeting
    usual = rules.last_day(spanish.wall(utcnow()).date(), meeting.series.review_days)
    parts = queries.parts(session, minutes, reader=())
    beside = queries.with_aside(session, minutes)
    return render_template(
        "committee/minutes/send.html",
        meeting=meeting,
        minutes=minutes,
        label=rules.label(meeting.number, meeting.year, minutes.version),
        said=showing.document(content.compose(session, minutes)),
        reviewers=queries.reviewers(session, meeting, now=utcnow()),
        until=request.form.get("until", usual.isoformat()),
        days=meeting.series.review_days,
        unanswered=[
            one for one in minutes.observations if one.review == minutes.reviews and not one.reply
        ],
        empty=[part.title for part in parts if not part.text.strip()],
        undecided=[part.title for part in parts if part.id in beside],
        errors=errors or {},
        wrong=wrong or {},
    )


@bp.post(f"{_PATH}/retirar")
@requires(Permission.MINUTES_EDIT, minutes_of, into="minutes")
def withdraw(minutes: Minutes) -> ResponseReturnValue:
    """Take minutes back from review."""
    target = page_of(minutes.meeting)
    with transaction() as session:
        commands.withdraw(session, minutes, actor=current_user.actor, now=utcnow())
    flash(_("Retiramos el acta de revisión. Lo que se había visado ya no cuenta."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/publicar")
@requires(Permission.MINUTES_EDIT, minutes_of, into="minutes")
def publish(minutes: Minutes) -> ResponseReturnValue:
    """Send approved minutes out at once."""
    target = page_of(minutes.meeting)
    with transaction() as session:
        commands.publish(session, minutes, actor=current_user.actor, now=utcnow())
    flash(_("Enviamos el acta aprobada a quienes participaron."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/observaciones")
@requires(Permission.MINUTES_REVIEW, minutes_of, into="minutes")
def observe(minutes: Minutes) -> ResponseReturnValue:
    """Take down an observation of whoever is signed in."""
    target, public_id = page_of(minutes.meeting, "observaciones"), minutes.meeting.public_id
    text, chosen = request.form.get("text", ""), request.form.get("part", "")
    try:
        with transaction() as session:
            voice = me(session, minutes.meeting).voice
            if voice is None:
                raise NotYours(_("Usted no representa a ninguna institución de esta mesa."))
            part = queries.part(session, public_id, chosen) if chosen else None
            commands.observe(
                session, minutes, voice, text, part=part, actor=current_user.actor, now=utcnow()
            )
    except DomainError as refusal:
        return _again(refusal, public_id, typed=text)
    flash(_("Anotamos su observación. La secretaría la responderá."), "success")
    return redirect(target, code=303)


@bp.post(f"{_PATH}/observaciones/<observation>")
@requires(Permission.MINUTES_EDIT, observation_of, into="observation")
def reply(observation: Observation) -> ResponseReturnValue:
    """Answer an observation."""
    meeting, number = observation.minutes.meeting, observation.id
    target, public_id = page_of(meeting, "observaciones"), meeting.public_id
    text = request.form.get("reply", "")
    try:
        with transaction() as session:
            commands.reply(session, observation, text, actor=current_user.actor, now=utcnow())
    except DomainError as refusal:
        return _again(refusal, public_id, typed=text, reply_to=number)
    return redirect(target, code=303)


def _again(
    refusal: DomainError, public_id: str, *, typed: str, reply_to: int = 0
) -> ResponseReturnValue:
    if refusal.field is None:
        raise refusal
    session = reading()
    found = minutes_of(session, public_id)
    if found is None:
        raise NotFound
    errors = {refusal.field: str(refusal)}
    return pages.page(session, found, errors=errors, typed=typed, reply_to=reply_to)


@bp.get(f"{_PATH}/<any(visar, aprobar):act>")
@requires(Permission.MINUTES_REVIEW, _of_act, into="minutes")
def sign_form(minutes: Minutes) -> ResponseReturnValue:
    """Show the very sentence that will be agreed to, and the text that it is about."""
    return _sign_page(reading(), minutes)


@bp.post(f"{_PATH}/<any(visar, aprobar):act>")
@requires(Permission.MINUTES_REVIEW, _of_act, into="minutes")
def sign(minutes: Minutes) -> ResponseReturnValue:
    """Sign minutes off or approve them, for the institution of whoever is signed in."""
    target, kind = page_of(minutes.meeting), ACTS[_act()]
    seen = request.form.get("sha256", "")
    typeset = prove_seen(minutes, kind, seen)
    with transaction() as session:
        if not may(Permission.MINUTES_REVIEW, minutes):
            raise AccessDenied(Permission.MINUTES_REVIEW, minutes)
        reviewer = me(session, minutes.meeting).reviewer
        if reviewer is None:
            raise NotYours(_("Usted no está en la lista de integrantes de esta mesa."))
        signature = Signature(
            reviewer,
            seen,
            Method.SESSION,
            address=request.remote_addr or "",
            typeset=typeset,
        )
        act = commands.approve if kind is ApprovalKind.APPROVAL else commands.sign_off
        act(session, minutes, signature, actor=current_user.actor, now=utcnow())
    return redirect(target, code=303)


def prove_seen(minutes: Minutes, kind: ApprovalKind, seen: str) -> str:
    """Typeset what somebody is about to approve; return its hash, or nothing if there is none.

    It ends the request's transaction. A text that nobody may approve now is refused by the command.

    :raises CannotBeSet: if its PDF cannot be made
    """
    is_asked = kind is ApprovalKind.APPROVAL and minutes.state in REVIEWED
    said = content.frozen(minutes) if is_asked and seen == minutes.content_sha256 else None
    let_others_write()
    return proving.prove(said) if said is not None else ""


def _act() -> str:
    # The guard hands on what it loaded and no more of the address.
    return str((request.view_args or {})["act"])


def _sign_page(session: Session, minutes: Minutes) -> ResponseReturnValue:
    meeting, kind = minutes.meeting, ACTS[_act()]
    who = me(session, meeting)
    stands = pages.standing(session, minutes, who)
    allowed = stands["may_approve" if kind is ApprovalKind.APPROVAL else "may_sign_off"]
    said = content.frozen(minutes)
    if who.reviewer is None or said is None or not allowed:
        return redirect(page_of(meeting), code=303)
    return render_template(
        "committee/minutes/sign.html",
        meeting=meeting,
        minutes=minutes,
        approves=kind is ApprovalKind.APPROVAL,
        label=rules.label(meeting.number, meeting.year, minutes.version),
        said=showing.document(said),
        statement=queries.statement_of(minutes, who.reviewer, kind),
        institution=who.reviewer.organisation.short_name,
    )


@bp.get(f"{_PATH}/rectificar")
@requires(Permission.MINUTES_EDIT, minutes_of, into="minutes")
def rectify_form(minutes: Minutes) -> ResponseReturnValue:
    """Ask what approved minutes are to be put right in."""
    if minutes.state not in LOCKED:
        return redirect(page_of(minutes.meeting), code=303)
    return _rectify_page(minutes)


@bp.post(f"{_PATH}/rectificar")
@requires(Permission.MINUTES_EDIT, minutes_of, into="minutes")
def rectify(minutes: Minutes) -> ResponseReturnValue:
    """Begin a new version that puts approved minutes right."""
    target, public_id = page_of(minutes.meeting), minutes.meeting.public_id
    summary = request.form.get("summary", "")
    try:
        with transaction() as session:
            commands.rectify(session, minutes, summary, actor=current_user.actor, now=utcnow())
    except DomainError as refusal:
        if refusal.field is None:
            raise
        found = minutes_of(reading(), public_id)
        if found is None:
            raise NotFound from None
        return _rectify_page(found, typed=summary, error=str(refusal)), INVALID
    flash(_("Empezó la rectificación. La versión aprobada sigue a la vista."), "success")
    return redirect(f"{target}/editar", code=303)


def _rectify_page(minutes: Minutes, *, typed: str = "", error: str = "") -> str:
    meeting = minutes.meeting
    return render_template(
        "committee/minutes/rectify.html",
        meeting=meeting,
        minutes=minutes,
        label=rules.label(meeting.number, meeting.year, minutes.version),
        typed=typed,
        error=error,
    )
