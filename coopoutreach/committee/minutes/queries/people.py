"""Who may speak for a side about minutes, and by which link."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from coopoutreach.committee.meetings import queries as meetings
from coopoutreach.committee.meetings.models import Meeting, SeriesMember, SeriesParty
from coopoutreach.committee.meetings.rules import Capacity
from coopoutreach.committee.minutes.models import Approval, Minutes, ReviewLink
from coopoutreach.committee.minutes.rules import ApprovalKind, label, statement
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Attendance
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Organisation, Person
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.links import identifier_of
from coopoutreach.platform.core.settings import current as settings

#: The purpose that the link to review minutes is signed for.
LINK = "minutes-review"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody who looks at minutes for an institution, and whether they may approve for it."""

    person: Person
    organisation: Organisation
    post: str
    capacity: Capacity
    approves: bool

    @property
    def capacity_name(self) -> str:
        """Return in which capacity they act, as minutes call it."""
        return "subrogante (S)" if self.capacity is Capacity.ACTING else self.capacity.value


def parties(session: Session, meeting: Meeting) -> Sequence[Organisation]:
    """Return the institutions that sit at the meeting's table, in their order."""
    return session.scalars(
        select(Organisation)
        .join(SeriesParty, SeriesParty.organisation_id == Organisation.id)
        .where(SeriesParty.series_id == meeting.series_id)
        .order_by(SeriesParty.position)
    ).all()


def reviewers(session: Session, meeting: Meeting, *, now: datetime) -> list[Reviewer]:
    """Return who looks at the minutes of a meeting: standing members of its parties, no guests.

    Only who speaks for their institution: it, or the administration, vouched for their post.
    """
    members = session.scalars(
        select(SeriesMember)
        .join(
            SeriesParty,
            (SeriesParty.series_id == SeriesMember.series_id)
            & (SeriesParty.organisation_id == SeriesMember.organisation_id),
        )
        .join(SeriesMember.person)
        .where(
            SeriesMember.series_id == meeting.series_id,
            SeriesMember.ended_at.is_(None),
            SeriesMember.capacity != Capacity.GUEST,
            Person.blocked_at.is_(None),
            directory.speaks_for(
                SeriesMember.person_id,
                SeriesMember.organisation_id,
                today=spanish.wall(now).date(),
            ),
        )
        .order_by(SeriesMember.position, SeriesMember.id)
        .options(
            contains_eager(SeriesMember.person),
            joinedload(SeriesMember.organisation),
            joinedload(SeriesMember.deputy_for),
        )
    )
    return [_reviewer(member) for member in members]


def reviewer(
    session: Session, meeting: Meeting, person_id: int | None, *, now: datetime
) -> Reviewer | None:
    """Return somebody as a reviewer of a meeting's minutes, if they are one."""
    found = (one for one in reviewers(session, meeting, now=now) if one.person.id == person_id)
    return next(found, None)


def _reviewer(member: SeriesMember) -> Reviewer:
    stands_in = member.deputy_for
    # Whoever stands in for somebody who approves approves for them.
    approves = member.approves or (stands_in is not None and stands_in.approves)
    return Reviewer(member.person, member.organisation, member.post, member.capacity, approves)


def side_of_user(
    session: Session, meeting: Meeting, user_id: int, *, now: datetime
) -> frozenset[int]:
    """Return the parties of the meeting's table where an account's person holds a post."""
    held = directory.organisations_of(session, user_id, today=spanish.wall(now).date())
    return meetings.parties_of(session, meeting.series_id) & held


def link_by_token(session: Session, token: str, *, now: datetime) -> ReviewLink | None:
    """Return the link of a token; unknown, forged, revoked and outlived look the same."""
    found = session.scalars(
        select(ReviewLink)
        .where(ReviewLink.public_id == identifier_of(token))
        .options(joinedload(ReviewLink.minutes), joinedload(ReviewLink.person))
    ).one_or_none()
    # A MAC is compared either way, so that the time taken does not tell the two apart.
    right = settings().links.matches(token, LINK, nonce=found.nonce if found else "")
    if found is None or not right or now >= found.expires_at:
        return None
    # Whoever has left the table reads its minutes no more.
    who = reviewer(session, found.minutes.meeting, found.person_id, now=now)
    return found if who is not None and who.organisation.id == found.organisation_id else None


def has_approved(session: Session, minutes: Minutes, organisation_id: int) -> bool:
    """Return whether an institution approved minutes as they stand."""
    given = select(Approval.id).where(
        Approval.minutes_id == minutes.id,
        Approval.organisation_id == organisation_id,
        Approval.kind == ApprovalKind.APPROVAL,
        Approval.void_at.is_(None),
    )
    return session.scalar(given.limit(1)) is not None


def link_of(link: ReviewLink) -> str:
    """Return the address that a link opens."""
    links = settings().links
    return links.to(f"/actas/{links.token(LINK, link.public_id, link.nonce)}")


def attendees(session: Session, meeting: Meeting) -> Sequence[Invitee]:
    """Return who came to a meeting."""
    return session.scalars(
        select(Invitee)
        .where(Invitee.event_id == meeting.id, Invitee.attendance == Attendance.ATTENDED)
        .order_by(Invitee.id)
        .options(joinedload(Invitee.person))
    ).all()


def names_of(session: Session, actors: Collection[str]) -> dict[str, str]:
    """Return what those are called who did something; of links and jobs, nothing."""
    numbers = {
        int(actor.removeprefix("user:"))
        for actor in actors
        if actor.startswith("user:") and actor.removeprefix("user:").isdecimal()
    }
    rows = session.execute(select(User.id, User.name).where(User.id.in_(sorted(numbers))))
    return {f"user:{number}": name for number, name in rows}


def statement_of(minutes: Minutes, who: Reviewer, kind: ApprovalKind) -> str:
    """Return the very sentence that somebody agrees to."""
    meeting = minutes.meeting
    return statement(
        kind,
        name=who.person.name,
        post=who.post,
        institution=who.organisation.short_name,
        label=label(meeting.number, meeting.year, minutes.version),
        table=meeting.series.name,
        sha256=minutes.content_sha256,
    )
