"""Everything that can be done to a talk and its plan."""

import secrets
from datetime import date, datetime
from email.utils import parseaddr
from itertools import count

from sqlalchemy.orm import Session

from coopoutreach.events import commands as events
from coopoutreach.events.errors import WrongState
from coopoutreach.events.rules import ACTIVE_STATES, AnnouncementKind, EventState
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import reactions, settings, text
from coopoutreach.talks.talks import queries
from coopoutreach.talks.talks.fields import COLUMNS, SEAT_RULES, TalkFields
from coopoutreach.talks.talks.happenings import CapacityRaised, SeatRulesChanged
from coopoutreach.talks.talks.models import OutreachPlan, Speaker, Talk, Topic


def create_plan(
    session: Session,
    *,
    name: str,
    objectives: str,
    period: tuple[date, date],
    actor: str,
    now: datetime,
) -> OutreachPlan:
    """Open a dissemination plan for a period."""
    plan = OutreachPlan(name=name, objectives=objectives, starts_on=period[0], ends_on=period[1])
    session.add(plan)
    session.flush()
    audit.record(session, ("plan", plan.id), action="plan.created", actor=actor, now=now)
    return plan


def create_talk(
    session: Session,
    fields: TalkFields,
    *,
    actor: str,
    now: datetime,
    session_of: Talk | None = None,
) -> Talk:
    """Write a talk as a draft, which nobody but the coordination sees.

    `session_of`: it is another session of that talk, so that people may move between them.
    """
    domain = parseaddr(settings.current().mail_from)[1].rpartition("@")[2]
    talk = Talk(
        uid=f"{secrets.token_hex(16)}@{domain}",
        slug=_free_slug(session, fields),
        state=EventState.DRAFT,
        created_at=now,
        revised_at=now,
        session_of_id=queries.first_session_id(session_of) if session_of else None,
        **{name: getattr(fields, name) for name in COLUMNS},
    )
    talk.path = f"/charlas/{talk.slug}"
    talk.resolve_time()
    session.add(talk)
    _set_lists(session, talk, fields)
    session.flush()
    events.set_reminders(session, talk, days=fields.reminder_days, now=now)
    audit.record(session, ("event", talk.id), action="talk.created", actor=actor, now=now)
    return talk


def edit_talk(
    session: Session,
    talk: Talk,
    fields: TalkFields,
    *,
    tells_words: bool = False,
    actor: str,
    now: datetime,
) -> AnnouncementKind | None:
    """Change a talk; return what of it people are going to be told, if anything is.

    A change of words bothers nobody unless `tells_words`. More seats go to the line at once.
    """
    queries.lock_talk(session, talk.id)
    happening = _of_seats(talk, fields, actor=actor)
    changed = _set_columns(talk, fields)
    _set_lists(session, talk, fields)
    audit.record(
        session, ("event", talk.id), action="talk.edited", actor=actor, now=now, after=changed
    )
    told = None
    if talk.state is not EventState.DRAFT:
        told = events.revise(session, talk, tells_words=tells_words, actor=actor, now=now)
    events.set_reminders(session, talk, days=fields.reminder_days, now=now)
    session.flush()
    if happening and talk.state in ACTIVE_STATES:
        reactions.react(session, happening, now=now)
    return told


def publish_talk(session: Session, talk: Talk, *, actor: str, now: datetime) -> None:
    """Show the talk to everybody and open its registration.

    :raises WrongState: if it is no draft
    """
    queries.lock_talk(session, talk.id)
    events.publish(session, talk, actor=actor, now=now)


def undo_publication(session: Session, talk: Talk, *, actor: str, now: datetime) -> None:
    """Make a draft again of a talk that was published by mistake.

    :raises TooLate: some minutes after, or once somebody registered
    """
    queries.lock_talk(session, talk.id)
    events.undo_publication(session, talk, actor=actor, now=now)


def cancel_talk(
    session: Session,
    talk: Talk,
    *,
    reason: str,
    replacement: Talk | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Call the talk off; everyone who has a place or waits for one is told, some minutes later.

    `replacement` is what they are proposed instead.

    :raises WrongState: if it is not going to happen anyway
    """
    queries.lock_talk(session, talk.id)
    talk.replacement = replacement
    events.cancel(session, talk, reason=reason, actor=actor, now=now)


def undo_cancellation(session: Session, talk: Talk, *, actor: str, now: datetime) -> None:
    """Let a talk that was called off take place after all; seats freed meanwhile go to the line.

    :raises TooLate: once people are being told
    """
    queries.lock_talk(session, talk.id)
    events.undo_cancellation(session, talk, actor=actor, now=now)
    talk.replacement = None
    session.flush()
    reactions.react(session, CapacityRaised(talk.id, actor), now=now)


def tell_now(session: Session, talk: Talk, *, actor: str, now: datetime) -> None:
    """Tell people at once of a change or a cancellation that waits to be told.

    :raises NothingPending: if nothing waits
    """
    queries.lock_talk(session, talk.id)
    events.tell_now(session, talk, actor=actor, now=now)


def discard_draft(session: Session, talk: Talk, *, actor: str, now: datetime) -> None:
    """Throw a draft away; nobody ever saw it.

    :raises WrongState: if it is no draft
    """
    if talk.state is not EventState.DRAFT:
        raise WrongState("Solo se elimina un borrador. Una charla publicada se suspende.")
    audit.record(
        session,
        ("event", talk.id),
        action="talk.discarded",
        actor=actor,
        now=now,
        before={"title": talk.title},
    )
    session.delete(talk)


def _of_seats(
    talk: Talk, fields: TalkFields, *, actor: str
) -> CapacityRaised | SeatRulesChanged | None:
    """Return what the change means for the seats; fewer of them give nobody one."""
    if fields.capacity_room > talk.capacity_room or fields.capacity_online > talk.capacity_online:
        return CapacityRaised(talk.id, actor)
    if any(getattr(talk, name) != getattr(fields, name) for name in SEAT_RULES):
        return SeatRulesChanged(talk.id, actor)
    return None


def _set_columns(talk: Talk, fields: TalkFields) -> dict[str, list[str]]:
    """Set what the form gives; return what was and is of each column that changed."""
    changed = {
        name: [str(getattr(talk, name)), str(getattr(fields, name))]
        for name in COLUMNS
        if name != "plan" and getattr(talk, name) != getattr(fields, name)
    }
    if "held_until" in changed:
        # Another moment has not come yet, or is released when it has.
        talk.released_at = None
    for name in COLUMNS:
        setattr(talk, name, getattr(fields, name))
    talk.resolve_time()
    return changed


def _set_lists(session: Session, talk: Talk, fields: TalkFields) -> None:
    given = [(speaker.name, speaker.post, speaker.organisation) for speaker in fields.speakers]
    if given != [(s.name, s.post, s.organisation) for s in talk.speakers]:
        talk.speakers = [
            Speaker(position=place, name=name, post=post, organisation=organisation)
            for place, (name, post, organisation) in enumerate(given)
        ]
    known = {topic.name: topic for topic in queries.topics(session)}
    talk.topics = [known.get(name) or Topic(name=name) for name in dict.fromkeys(fields.topics)]


def _free_slug(session: Session, fields: TalkFields) -> str:
    stem = f"{text.slug(fields.title) or fields.format.value}-{fields.wall_start:%Y-%m-%d}"
    taken = queries.slugs_like(session, stem)
    if stem not in taken:
        return stem
    return next(slug for n in count(2) if (slug := f"{stem}-{n}") not in taken)
