"""The documents of a meeting's minutes: the acta, the extract of its decisions, the year's book."""

from dataclasses import dataclass

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries as meetings
from coopoutreach.committee.meetings.models import MeetingSeries
from coopoutreach.committee.minutes import content as contents
from coopoutreach.committee.minutes import pdf, queries
from coopoutreach.committee.minutes.content import Content
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.rules import LOCKED, OPEN, State
from coopoutreach.committee.minutes.views.blueprint import bp
from coopoutreach.platform.access.guard import by_link, may, requires
from coopoutreach.platform.access.permissions import Permission
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import release_request_session
from coopoutreach.platform.core.errors import Busy, NotFound
from coopoutreach.platform.files import naming
from coopoutreach.platform.files.handing import POLICY, hand_out
from coopoutreach.platform.web.transaction import reading

PDF = "application/pdf"
_ACTA = "/reuniones/<public_id>"
#: Numbers that versions and years have: greater ones no column holds.
_VERSIONS, _YEARS = range(1, 1000), range(1900, 10_000)


class NotReady(Busy):
    """Minutes were approved a moment ago, and their PDF is being made."""

    #: In seconds.
    retry_after = 10

    def __init__(self) -> None:
        super().__init__("El PDF de esta acta se está preparando. Inténtelo en un minuto.")


class NotMade(Busy):
    """Minutes were approved a while ago, and their PDF could not be made."""

    #: In seconds: it is tried once an hour.
    retry_after = 3600

    def __init__(self) -> None:
        super().__init__(
            "No se ha podido hacer el PDF de esta acta. Ya quedó registrado. "
            "El texto aprobado está en la página del acta."
        )


@dataclass(slots=True)
class Kept:
    """A PDF that is kept, as `files.handing` hands it out."""

    stored_as: str
    file_name: str
    size: int
    sha256: str
    media_type: str = PDF


def _minutes(session: Session, public_id: str) -> Minutes | None:
    """Return the minutes of a meeting: the newest, or the version that the address asks for."""
    newest = queries.current(session, public_id)
    number = request.args.get("version", type=int)
    if newest is None or number is None:
        return newest
    return queries.version(session, newest.meeting_id, number) if number in _VERSIONS else None


def _series(session: Session, public_id: str, year: int) -> MeetingSeries | None:
    return meetings.series_by_public_id(session, public_id) if year in _YEARS else None


@bp.get(f"{_ACTA}/acta.pdf")
@requires(Permission.MINUTES_SEE, _minutes, into="minutes")
def acta_pdf(minutes: Minutes) -> ResponseReturnValue:
    """Hand out the acta: as it was approved, or marked as the draft that it is."""
    return _acta(readable(reading(), minutes))


@bp.get("/actas/<token>/acta.pdf")
@by_link
def acta_pdf_by_link(token: str) -> ResponseReturnValue:
    """Hand out the acta to whoever holds the link by which it is reviewed.

    :raises NotFound: of a link that is none
    """
    link = queries.link_by_token(reading(), token, now=utcnow())
    # What was taken back to be written again is nobody's to read, as on the page of the link.
    if link is None or link.minutes.state is State.DRAFT:
        raise NotFound
    return _acta(_frozen(link.minutes))


@bp.get(f"{_ACTA}/acuerdos.pdf")
@requires(Permission.MINUTES_SEE, _minutes, into="minutes")
def decisions_pdf(minutes: Minutes) -> ResponseReturnValue:
    """Hand out the decisions and commitments of minutes alone."""
    paper = readable(reading(), minutes)
    approvals = pdf.signed(paper.minutes.approvals)
    code = paper.minutes.code or ""
    draft, name = paper.is_draft, file_name(paper.minutes, what="acuerdos")
    release_request_session()
    made = pdf.decisions(
        paper.content,
        approvals=approvals,
        code=code,
        verify_url=pdf.verify_url(code) if code else "",
        draft=draft,
    )
    return _hand_over(made, name)


@bp.get("/reuniones/series/<public_id>/libro/<int:year>.pdf")
@requires(Permission.MEETING_SEE, _series, into="series")
def book_pdf(series: MeetingSeries) -> ResponseReturnValue:
    """Hand out the book of a table's approved minutes of a year, with its index."""
    year = int((request.view_args or {})["year"])
    name = series.name
    acts = [
        pdf.Bound(content, pdf.signed(one.approvals), one.code or "")
        for one in queries.approved_of_year(reading(), series.id, year)
        if (content := contents.frozen(one)) is not None
    ]
    release_request_session()
    return _hand_over(pdf.book(name, year, acts), f"libro-de-actas-{year}.pdf")


@dataclass(frozen=True, slots=True)
class Paper:
    """Minutes and what of their words the reader may see now."""

    minutes: Minutes
    content: Content
    is_draft: bool


def readable(session: Session, minutes: Minutes) -> Paper:
    """Return minutes as whoever is signed in may read them.

    Words that are still being written are their secretary's; others read what was last sent out,
    or the version that was approved before.

    :raises NotFound: where there is nothing yet
    """
    if minutes.state in OPEN and may(Permission.MINUTES_EDIT, minutes):
        return Paper(minutes, contents.compose(session, minutes), is_draft=True)
    if minutes.state is State.DRAFT:
        before = queries.latest_locked(session, minutes.meeting_id)
        if before is None:
            raise NotFound
        return _frozen(before)
    return _frozen(minutes)


def _frozen(minutes: Minutes) -> Paper:
    found = contents.frozen(minutes)
    if found is None:
        raise NotFound
    return Paper(minutes, found, is_draft=minutes.state not in LOCKED)


def _acta(paper: Paper) -> Response:
    minutes = paper.minutes
    if not paper.is_draft:
        if not minutes.pdf_stored_as:
            raise NotMade if queries.is_stuck(minutes, now=utcnow()) else NotReady
        name = file_name(minutes)
        return hand_out(Kept(minutes.pdf_stored_as, name, minutes.pdf_size, minutes.pdf_sha256))
    approvals, name = pdf.signed(minutes.approvals), file_name(minutes, draft=True)
    # Nobody's connection waits while it is made.
    release_request_session()
    return _hand_over(pdf.acta(paper.content, approvals=approvals, draft=True), name)


def file_name(minutes: Minutes, *, what: str = "acta", draft: bool = False) -> str:
    """Return the name under which a PDF of minutes is saved: `acta-2026-03.pdf`."""
    meeting = minutes.meeting
    parts = [what, str(meeting.year or ""), f"{meeting.number or 0:02}"]
    if minutes.version > 1:
        parts.append(f"version-{minutes.version}")
    if draft:
        parts.append("borrador")
    return "-".join(part for part in parts if part) + ".pdf"


def _hand_over(document: bytes, name: str) -> Response:
    response = Response(document, content_type=PDF)
    response.headers["Content-Disposition"] = naming.attachment(name)
    response.headers["Content-Security-Policy"] = POLICY
    return response
