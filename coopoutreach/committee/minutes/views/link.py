"""Minutes by the link of a mail: read, observe, sign off, approve. Looking changes nothing."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import commands, content, dialects, queries, rules, showing
from coopoutreach.committee.minutes.commands import Signature, Voice
from coopoutreach.committee.minutes.models import ReviewLink
from coopoutreach.committee.minutes.queries import Reviewer
from coopoutreach.committee.minutes.rules import ApprovalKind, Method, State
from coopoutreach.committee.minutes.views import minutes as pages
from coopoutreach.committee.minutes.views.blueprint import bp
from coopoutreach.committee.minutes.views.loading import Me
from coopoutreach.committee.minutes.views.review import ACTS, prove_seen
from coopoutreach.platform.access.guard import by_link
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import DomainError, NotFound
from coopoutreach.platform.web.forms import INVALID
from coopoutreach.platform.web.transaction import reading, transaction


@bp.get("/actas/<token>", endpoint="by_link")
@by_link
def by_token(token: str) -> ResponseReturnValue:
    """Show minutes to whoever was asked to look at them."""
    session = reading()
    return _page(session, token, *_opened(session, token))


@bp.post("/actas/<token>/observaciones")
@by_link
def observe_by_link(token: str) -> ResponseReturnValue:
    """Take down an observation."""
    text, chosen = request.form.get("text", ""), request.form.get("part", "")
    try:
        with transaction() as session:
            link, reviewer = _opened(session, token)
            minutes = _current(link)
            part = None
            if chosen:
                part = queries.part(session, minutes.meeting.public_id, chosen)
            commands.observe(
                session,
                minutes,
                Voice(reviewer.person.id, reviewer.organisation.id),
                text,
                part=part,
                actor=f"link:minutes:{link.id}",
                now=utcnow(),
            )
    except DomainError as refusal:
        if refusal.field is None:
            raise
        session = reading()
        errors = {refusal.field: str(refusal)}
        opened = _opened(session, token)
        return _page(session, token, *opened, errors=errors, typed=text), INVALID
    return redirect(url_for(".by_link", token=token, _anchor="observaciones"), code=303)


@bp.get("/actas/<token>/<any(visar, aprobar):act>")
@by_link
def sign_form_by_link(token: str, act: str) -> ResponseReturnValue:
    """Show the very sentence that will be agreed to. Nothing is agreed to by looking."""
    session = reading()
    link, reviewer = _opened(session, token)
    minutes, kind = link.minutes, ACTS[act]
    may = _standing(session, link, reviewer)
    allowed = may["may_approve"] if kind is ApprovalKind.APPROVAL else may["may_sign_off"]
    said = content.frozen(minutes)
    if said is None or not allowed:
        return redirect(url_for(".by_link", token=token), code=303)
    meeting = minutes.meeting
    return render_template(
        "committee/minutes/sign_by_link.html",
        token=token,
        minutes=minutes,
        approves=kind is ApprovalKind.APPROVAL,
        label=rules.label(meeting.number, meeting.year, minutes.version),
        said=showing.document(said),
        statement=queries.statement_of(minutes, reviewer, kind),
        institution=reviewer.organisation.short_name,
    )


@bp.post("/actas/<token>/<any(visar, aprobar):act>")
@by_link
def sign_by_link(token: str, act: str) -> ResponseReturnValue:
    """Sign minutes off or approve them: once; a second time only shows what stands."""
    kind, seen = ACTS[act], request.form.get("sha256", "")
    link, _ = _opened(reading(), token)
    typeset = prove_seen(link.minutes, kind, seen)
    with transaction() as session:
        link, reviewer = _opened(session, token)
        minutes = _current(link)
        signature = Signature(
            reviewer,
            seen,
            Method.LINK,
            address=request.remote_addr or "",
            link=link,
            typeset=typeset,
        )
        do = commands.approve if kind is ApprovalKind.APPROVAL else commands.sign_off
        do(session, minutes, signature, actor=f"link:minutes:{link.id}", now=utcnow())
    return redirect(url_for(".by_link", token=token), code=303)


def _opened(session: Session, token: str) -> tuple[ReviewLink, Reviewer]:
    """Return the link of a token and who it makes of its reader.

    :raises NotFound: of a wrong, old or foreign link, and of somebody who has left the table
    """
    link = queries.link_by_token(session, token, now=utcnow())
    if link is None:
        raise NotFound
    reviewer = queries.reviewer(session, link.minutes.meeting, link.person_id, now=utcnow())
    if reviewer is None:
        raise NotFound
    return link, reviewer


def _current(link: ReviewLink) -> Any:
    """Return the minutes of a link, if it is of the review that they are in.

    :raises DomainError: if they went out again since: a newer mail has a newer link
    """
    if link.review != link.minutes.reviews:
        raise DomainError("El acta se envió de nuevo: use el enlace del último correo.")
    return link.minutes


def _standing(session: Session, link: ReviewLink, reviewer: Reviewer) -> dict[str, Any]:
    voice = Voice(reviewer.person.id, reviewer.organisation.id)
    found = pages.standing(session, link.minutes, Me(reviewer, voice))
    if link.review != link.minutes.reviews:
        found |= dict.fromkeys(("may_observe", "may_sign_off", "may_approve"), False)
    return found


def _page(
    session: Session,
    token: str,
    link: ReviewLink,
    reviewer: Reviewer,
    *,
    errors: dict[str, str] | None = None,
    typed: str = "",
) -> str:
    minutes = link.minutes
    meeting = minutes.meeting
    said = content.frozen(minutes) if minutes.state is not State.DRAFT else None
    return render_template(
        "committee/minutes/by_link.html",
        token=token,
        minutes=minutes,
        reader=reviewer,
        label=rules.label(meeting.number, meeting.year, minutes.version),
        said=showing.document(said) if said is not None else None,
        rectified=queries.rectified_by(session, minutes),
        is_old=link.review != minutes.reviews,
        reserved=[
            {"title": part.title, "side": reviewer.organisation.short_name,
             "html": dialects.html(part.text, written_as=content.written_as(minutes)),
             "decisions": []}
            for part in queries.parts(session, minutes, reader={reviewer.organisation.id})
            if part.reserved_for_id is not None
        ],
        errors=errors or {},
        typed=typed,
        **_standing(session, link, reviewer),
    )  # fmt: skip
