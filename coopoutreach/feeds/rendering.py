"""Write the bytes of feeds, and say until when they are right."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.directory import places
from coopoutreach.events.rules import EventState
from coopoutreach.feeds import queries, rules
from coopoutreach.feeds.rules import WAITING_MARK, Scope, Selection, Span
from coopoutreach.ics.feed import FeedHead, feed
from coopoutreach.ics.tentative import tentative
from coopoutreach.outreach.rules import FORMAT_NAMES, Format
from coopoutreach.web.keeper import Rendered, midnight, next_change

_ABOUT = {
    Scope.PERSON: "Las charlas en que usted tiene cupo, o espera uno.",
    Scope.COOPERATIVE: "Las charlas en que personas de la cooperativa tienen cupo, o esperan uno.",
    Scope.SELECTION: "Las charlas de las regiones y los formatos que usted eligió.",
}


def public(session: Session, *, head: FeedHead, selection: Selection, now: datetime) -> Rendered:
    """Write a feed of public talks."""
    return Rendered(feed(head, queries.vevents(session, _span(now), selection)), next_change(now))


def private(
    session: Session,
    *,
    head: FeedHead,
    followed: str,
    scope: Scope,
    now: datetime,
) -> Rendered:
    """Write the feed of a person or of a cooperative."""
    has_place = {one.event_id: one.has_place for one in rules.read_followed(followed)}
    vevents = [
        _vevent(state, kept, invited if scope is Scope.PERSON else kept, has_place[event_id])
        for event_id, state, kept, invited in queries.events_followed(
            session, _span(now), has_place
        )
    ]
    return Rendered(feed(head, vevents), next_change(now))


def head(scope: Scope, *, selection: Selection, organisation: str) -> FeedHead:
    """Return what a private calendar says of itself; not where it is, which is its secret."""
    name = name_of(scope, selection=selection, organisation=organisation)
    return FeedHead(name=name, description=_ABOUT[scope])


def name_of(scope: Scope, *, selection: Selection, organisation: str) -> str:
    """Return what a private calendar is called."""
    regions = [one.short_name for one in places.regions() if one.cut in selection.regions]
    formats = [FORMAT_NAMES[Format(item)] for item in selection.formats]
    return rules.name_of(scope, organisation=organisation, chosen=[*regions, *formats])


def _vevent(state: EventState, kept: bytes, invited: bytes, has_place: bool) -> bytes:  # noqa: FBT001 (of one use, right above)
    if state is EventState.CANCELLED:
        # Nobody is to join it any more.
        return kept
    if has_place:
        return invited
    # Of a talk that was held, it no longer matters who waited.
    return b"" if state is EventState.HELD else tentative(kept, mark=WAITING_MARK)


def _span(now: datetime) -> Span:
    return Span(
        first=midnight(now, days=-rules.DAYS_BACK),
        end=midnight(now, days=rules.DAYS_AHEAD),
        cancelled_from=midnight(now, days=-rules.DAYS_CANCELLED),
    )
