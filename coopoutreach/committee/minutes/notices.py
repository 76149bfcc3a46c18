"""What people are told about minutes: nothing in it that is reserved for one side."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import notices as meetings
from coopoutreach.committee.minutes import queries
from coopoutreach.committee.minutes.models import Minutes, Observation, ReviewLink
from coopoutreach.committee.minutes.rules import label
from coopoutreach.events import entries
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.mail.outgoing.letters import MailDraft, Recipient
from coopoutreach.people.accounts.models import User
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import settings, spanish

#: Before reminders of meetings in the outbox: there is a term.
_PRIORITY = 8


def review(session: Session, minutes: Minutes, link: ReviewLink, *, now: datetime) -> None:
    """Ask somebody to look at minutes, by their own link."""
    letter = _by_link("minutes/review", f"{link.id}", link, _of_review(minutes, link))
    line = f"{_label(minutes)}: espera su revisión hasta el {_until(minutes)}."
    meetings.tell(session, link.person, letter, line=line, url=queries.link_of(link), now=now)


def review_reminders(
    session: Session, minutes: Minutes, links: Sequence[ReviewLink], *, last: bool, now: datetime
) -> int:
    """Remind people of minutes that wait for their institution; return how many it is news to."""
    which = "last" if last else "soon"
    letters = [
        _by_link(
            "minutes/review_reminder",
            f"{link.id}:{which}",
            link,
            {**_of_review(minutes, link), "last": last},
        )
        for link in links
    ]
    return messaging.owe_apart(session, letters, now=now)


def signed_off(session: Session, minutes: Minutes, *, now: datetime) -> None:
    """Tell those who approve, and whose institution has not, that only approval is missing."""
    for link in links_of(session, minutes):
        if link.approves and link.organisation_id not in approved_by(minutes):
            letter = _by_link("minutes/signed_off", f"{link.id}", link, _of_review(minutes, link))
            line = f"{_label(minutes)}: todas las instituciones la visaron; falta su aprobación."
            url = queries.link_of(link)
            meetings.tell(session, link.person, letter, line=line, url=url, now=now)


def observed(
    session: Session, minutes: Minutes, observation: Observation, *, now: datetime
) -> None:
    """Tell whoever takes the minutes that there is an observation."""
    url = settings.current().links.to(f"{minutes.meeting.path}/acta")
    for to in _secretariat(session, minutes):
        letter = MailDraft(
            key=f"minutes/observed:{observation.id}:{to.address}",
            notice="minutes/observed",
            to=to,
            context={
                **_facts(minutes),
                "name": to.name,
                "who": observation.person.name,
                "institution": observation.organisation.short_name,
                "part": observation.part.title if observation.part else "",
                "text": observation.text,
                "url": url,
            },
            priority=_PRIORITY,
            event_id=minutes.meeting_id,
        )
        messaging.owe(session, letter, now=now)


def published(session: Session, minutes: Minutes, *, now: datetime) -> None:
    """Send approved minutes to who reviewed them, and to everybody else who came."""
    sent_to: set[int] = set()
    for link in links_of(session, minutes):
        sent_to.add(link.person_id)
        context = {**_of_approved(minutes), "name": link.person.name, "url": queries.link_of(link)}
        letter = _by_link("minutes/published", f"{link.id}", link, context)
        line = f"{_label(minutes)}: aprobada por todas las instituciones."
        url = queries.link_of(link)
        meetings.tell(session, link.person, letter, line=line, url=url, now=now)
    verify = settings.current().links.to(f"/actas/verificar/{minutes.code}")
    for invitee in queries.attendees(session, minutes.meeting):
        person = invitee.person
        if person.id not in sent_to:
            letter = MailDraft(
                key=f"minutes/published:{minutes.id}:{person.id}",
                notice="minutes/published",
                to=Recipient(person.name, person.email, person.id),
                context={**_of_approved(minutes), "name": person.name, "url": verify},
                priority=_PRIORITY,
                event_id=minutes.meeting_id,
            )
            messaging.owe(session, letter, now=now)


def links_of(session: Session, minutes: Minutes) -> list[ReviewLink]:
    """Return the links of the review that minutes are in, or were approved in."""
    return list(
        session.scalars(
            select(ReviewLink)
            .where(ReviewLink.minutes_id == minutes.id, ReviewLink.review == minutes.reviews)
            .order_by(ReviewLink.id)
        )
    )


def approved_by(minutes: Minutes) -> set[int]:
    """Return the institutions that approved the text as it stands."""
    return {
        one.organisation_id
        for one in minutes.approvals
        if one.void_at is None and one.kind.value == "aprobacion"
    }


def _by_link(
    notice: str, version: str, link: ReviewLink, context: Mapping[str, object]
) -> MailDraft:
    person = link.person
    return MailDraft(
        key=f"{notice}:{version}",
        notice=notice,
        to=Recipient(person.name, person.email, person.id),
        context=context,
        priority=_PRIORITY,
        event_id=link.minutes.meeting_id,
    )


def _of_review(minutes: Minutes, link: ReviewLink) -> dict[str, object]:
    return {
        **_facts(minutes),
        **_counts(minutes),
        "name": link.person.name,
        "url": queries.link_of(link),
        "until": _until(minutes),
        "approves": link.approves,
        "institution": link.organisation.short_name,
        "again": minutes.reviews > 1,
    }


def _of_approved(minutes: Minutes) -> dict[str, object]:
    approvals = [
        {"name": one.name, "institution": one.organisation.short_name}
        for one in minutes.approvals
        if one.void_at is None and one.kind.value == "aprobacion"
    ]
    return {**_facts(minutes), **_counts(minutes), "approvals": approvals, "code": minutes.code}


def _facts(minutes: Minutes) -> dict[str, object]:
    return {
        "label": _label(minutes),
        "table": minutes.meeting.series.name,
        "when": entries.when_line(minutes.meeting),
        "rectification": minutes.rectification,
    }


def _counts(minutes: Minutes) -> dict[str, object]:
    # Of what both sides see alone: the frozen text.
    said: dict[str, Any] = json.loads(minutes.content or b"{}")
    decisions, commitments = said.get("decisions", []), said.get("commitments", [])
    return {
        "decisions": decisions,
        "commitments": [
            {**one, "due": spanish.day(date.fromisoformat(one["due_on"]))} for one in commitments
        ],
    }


def _label(minutes: Minutes) -> str:
    return label(minutes.meeting.number, minutes.meeting.year, minutes.version)


def _until(minutes: Minutes) -> str:
    return spanish.day(minutes.review_until) if minutes.review_until else ""


def _secretariat(session: Session, minutes: Minutes) -> list[Recipient]:
    secretary = minutes.meeting.secretary
    if secretary is not None:
        return [Recipient(secretary.name, secretary.email, secretary.id)]
    users = session.scalars(
        select(User).where(User.role == Role.COORDINATION, User.active).order_by(User.id)
    )
    return [Recipient(user.name, user.email) for user in users]
