"""Have each side look at minutes: send them out, take observations, answer them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import content, notices, queries
from coopoutreach.committee.minutes.commands.guarding import for_writing, move
from coopoutreach.committee.minutes.errors import NotNow, TextChanged, Unfit
from coopoutreach.committee.minutes.models import Minutes, MinutesPart, Observation, ReviewLink
from coopoutreach.committee.minutes.rules import (
    LONGEST_OBSERVATION,
    State,
    last_day,
)
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.text import clean_text

#: How long after the last day of the review its links still open: approvals may come late.
_LINKS_LAST = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who observes, and for which institution."""

    person_id: int
    organisation_id: int


def send(
    session: Session,
    minutes: Minutes,
    *,
    typeset: str,
    until: date | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Send minutes out to be looked at: their words are frozen, and each reviewer gets a link.

    `typeset` is the hash of the words of which a PDF was made (`proving.prove`): no others go out.
    What was signed off or approved before counts no longer, and is kept.

    :raises Locked, NotNow: if they were approved, or are being looked at
    :raises TextChanged: if they say something else than what was typeset
    :raises Unfit: if the last day is not ahead, or an observation has no answer
    """
    minutes = for_writing(session, minutes, now=now)
    today = spanish.wall(now).date()
    until = until or last_day(today, minutes.meeting.series.review_days)
    if until <= today:
        raise Unfit("Elija un plazo que empiece mañana o después.", field="until")
    if any(not one.reply for one in minutes.observations if one.review == minutes.reviews):
        raise NotNow("Responda cada observación antes de enviar el acta de nuevo.")
    _void_approvals(minutes, now=now)
    minutes.reviews += 1
    minutes.review_began_at, minutes.review_until = now, until
    content.freeze(session, minutes)
    if minutes.content_sha256 != typeset:
        raise TextChanged
    move(session, minutes, State.IN_REVIEW, actor=actor, now=now)
    links = _links(session, minutes, now=now)
    session.flush()
    for link in links:
        notices.review(session, minutes, link, now=now)


def _void_approvals(minutes: Minutes, *, now: datetime) -> None:
    for approval in minutes.approvals:
        approval.void_at = approval.void_at or now


def _links(session: Session, minutes: Minutes, *, now: datetime) -> list[ReviewLink]:
    until = minutes.review_until or spanish.wall(now).date()
    links = [
        ReviewLink(
            minutes=minutes,
            person=one.person,
            organisation=one.organisation,
            review=minutes.reviews,
            approves=one.approves,
            created_at=now,
            expires_at=now + (until - spanish.wall(now).date()) + _LINKS_LAST,
        )
        for one in queries.reviewers(session, minutes.meeting, now=now)
    ]
    session.add_all(links)
    return links


def withdraw(session: Session, minutes: Minutes, *, actor: str, now: datetime) -> None:
    """Take minutes back from review, to go on writing; what was signed off counts no longer.

    :raises Locked, NotNow: if they are not in review
    """
    minutes = queries.lock(session, minutes)
    move(session, minutes, State.DRAFT, actor=actor, now=now)
    _void_approvals(minutes, now=now)


def observe(  # noqa: PLR0913 (what, about which part, who and when)
    session: Session,
    minutes: Minutes,
    voice: Voice,
    text: str,
    *,
    part: MinutesPart | None = None,
    actor: str,
    now: datetime,
) -> Observation:
    """Take down what somebody observes about minutes in review, or about a part of them.

    :raises Locked, NotNow: if nobody is asked to look at them
    :raises Unfit: if it says nothing, or is about a part that not everybody sees
    """
    minutes = queries.lock(session, minutes)
    words = _words(text, "text")
    # Everybody at the table reads observations, and its secretary is sent them by mail: there is
    # none about what one side keeps to itself.
    if part is not None and (part.minutes_id != minutes.id or part.reserved_for_id is not None):
        raise Unfit("Elija un punto del acta.", field="part")
    if minutes.state is not State.OBSERVED:
        # Of what is approved, move says so itself.
        move(session, minutes, State.OBSERVED, actor=actor, now=now)
    observation = Observation(
        minutes_id=minutes.id,
        part=part,
        review=minutes.reviews,
        person_id=voice.person_id,
        organisation_id=voice.organisation_id,
        text=words,
        created_at=now,
    )
    session.add(observation)
    session.flush()
    session.expire(minutes, ["observations"])
    _record(session, observation, "made", actor=actor, now=now)
    notices.observed(session, minutes, observation, now=now)
    return observation


def reply(
    session: Session, observation: Observation, text: str, *, actor: str, now: datetime
) -> None:
    """Answer an observation: what was changed, or why it was not.

    :raises Locked, NotNow: if the words may not change
    :raises Unfit: if it says nothing
    """
    for_writing(session, observation.minutes, now=now)
    observation.reply, observation.replied_at = _words(text, "reply"), now
    _record(session, observation, "answered", actor=actor, now=now)


def _words(text: str, field: str) -> str:
    words = clean_text(text)
    if not words:
        raise Unfit("Escriba su observación." if field == "text" else "Escriba la respuesta.",
                    field=field)  # fmt: skip
    if len(words) > LONGEST_OBSERVATION:
        raise Unfit(f"A lo más {LONGEST_OBSERVATION} caracteres.", field=field)
    return words


def _record(
    session: Session, observation: Observation, what: str, *, actor: str, now: datetime
) -> None:
    audit.record(
        session,
        ("minutes", observation.minutes_id),
        action=f"observation.{what}",
        actor=actor,
        now=now,
        after={"observation": observation.id, "review": observation.review},
    )
