"""Write the bytes of feeds, and say until when they are right."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.calendars.feeds import queries, rules
from coopoutreach.calendars.feeds.queries import Due
from coopoutreach.calendars.feeds.rules import (
    DELIVERED_MARK,
    DUE_MARK,
    WAITING_MARK,
    Scope,
    Selection,
    Span,
)
from coopoutreach.committee.commitments.rules import State as CommitmentState
from coopoutreach.events.rules import EventState
from coopoutreach.people.directory import places
from coopoutreach.platform.core import settings
from coopoutreach.platform.ics import allday
from coopoutreach.platform.ics.allday import Day
from coopoutreach.platform.ics.feed import FeedHead, feed
from coopoutreach.platform.ics.tentative import tentative
from coopoutreach.platform.web.page_store import Rendered, midnight, next_change
from coopoutreach.talks.talks.rules import FORMAT_NAMES, Format

#: A commitment's UID never changes, whatever the federation's mail is called later.
_UID_DOMAIN = "compromisos.coopoutreach"
_ABOUT = {
    Scope.PERSON: "Sus charlas y reuniones, y el día en que vence cada compromiso suyo.",
    Scope.COOPERATIVE: "Las charlas en que personas de la cooperativa tienen cupo, o esperan uno.",
    Scope.SELECTION: "Las charlas de las regiones y los formatos que usted eligió.",
    Scope.TABLE: "Las reuniones convocadas de la mesa.",
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
    """Write the feed of a person or of a cooperative: events, then what is due."""
    span, carried = _span(now), rules.read_followed(followed)
    vevents = [
        _vevent(state, kept, invited if scope is Scope.PERSON else kept, carried.has_place[event])
        for event, state, kept, invited in queries.events_followed(session, span, carried.has_place)
    ]
    vevents += [_due(one) for one in queries.commitments(session, span, carried.commitments)]
    return Rendered(feed(head, vevents), next_change(now))


def table(session: Session, *, head: FeedHead, series_id: int, now: datetime) -> Rendered:
    """Write the feed of the meetings of one table."""
    return Rendered(
        feed(head, queries.meetings_of_table(session, _span(now), series_id)), next_change(now)
    )


def head(scope: Scope, *, selection: Selection, of: str) -> FeedHead:
    """Return what a private calendar says of itself; not where it is, which is its secret."""
    name = name_of(scope, selection=selection, of=of)
    return FeedHead(name=name, description=_ABOUT[scope])


def name_of(scope: Scope, *, selection: Selection, of: str) -> str:
    """Return what a private calendar is called."""
    regions = [one.short_name for one in places.regions() if one.cut in selection.regions]
    formats = [FORMAT_NAMES[Format(item)] for item in selection.formats]
    return rules.name_of(scope, of=of, chosen=[*regions, *formats])


def _due(owed: Due) -> bytes:
    delivered = owed.state is CommitmentState.DELIVERED
    words = [f"Compromiso {owed.number}, de {owed.party} para {owed.owed_to}."]
    if owed.verification:
        words.append(f"Medio de verificación: {owed.verification}")
    url = settings.current().links.to(f"/compromisos/{owed.public_id}")
    return allday.vevent(
        Day(
            uid=f"compromiso-{owed.public_id}@{_UID_DOMAIN}",
            sequence=owed.revisions,
            on=owed.due_on,
            summary=f"{DELIVERED_MARK if delivered else DUE_MARK}{owed.action}",
            description="\n".join([*words, f"Más información: {url}"]),
            url=url,
            created_at=owed.created_at,
            revised_at=owed.revised_at,
        )
    )


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
