"""Everything that can be done to a talk and its plan."""

import secrets
from datetime import date, datetime
from email.utils import parseaddr
from itertools import count

from sqlalchemy.orm import Session

from coopoutreach.audit import commands as audit
from coopoutreach.core import reactions, settings, text
from coopoutreach.events import commands as events
from coopoutreach.events import entries
from coopoutreach.events.errors import WrongState
from coopoutreach.events.rules import STANDING, EventState
from coopoutreach.outreach import queries
from coopoutreach.outreach.fields import COLUMNS, TalkFields, is_move
from coopoutreach.outreach.happenings import CapacityRaised
from coopoutreach.outreach.models import OutreachPlan, Speaker, Talk, Topic


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


def create_talk(session: Session, fields: TalkFields, *, actor: str, now: datetime) -> Talk:
    """Write a talk as a draft, which nobody but the coordination sees."""
    domain = parseaddr(settings.current().mail_from)[1].rpartition("@")[2]
    talk = Talk(
        uid=f"{secrets.token_hex(16)}@{domain}",
        slug=_free_slug(session, fields),
        state=EventState.DRAFT,
        created_at=now,
        revised_at=now,
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
    session: Session, talk: Talk, fields: TalkFields, *, actor: str, now: datetime
) -> bool:
    """Change a talk; return whether its time or place changed, of which everyone is then told.

    A change of words bothers nobody. More seats go to the line at once.
    """
    queries.lock_talk(session, talk.id)
    moved = is_move(talk, fields)
    raised = fields.capacity_room > talk.capacity_room or (
        fields.capacity_online > talk.capacity_online
    )
    before = f"{entries.when_line(talk)}. {entries.place_line(talk)}"
    changed = _set_columns(talk, fields)
    _set_lists(session, talk, fields)
    audit.record(
        session, ("event", talk.id), action="talk.edited", actor=actor, now=now, after=changed
    )
    if talk.state in STANDING and moved:
        events.reschedule(session, talk, before=before, actor=actor, now=now)
    elif talk.state is not EventState.DRAFT:
        events.revise_words(session, talk, now=now)
    events.set_reminders(session, talk, days=fields.reminder_days, now=now)
    session.flush()
    if raised and talk.state in STANDING:
        reactions.react(session, CapacityRaised(talk.id), now=now)
    return moved


def publish_talk(session: Session, talk: Talk, *, actor: str, now: datetime) -> None:
    """Show the talk to everybody and open its registration.

    :raises WrongState: if it is no draft
    """
    queries.lock_talk(session, talk.id)
    events.publish(session, talk, actor=actor, now=now)


def cancel_talk(session: Session, talk: Talk, *, reason: str, actor: str, now: datetime) -> None:
    """Call the talk off; everyone who has a place or waits for one is told.

    :raises WrongState: if it is not going to happen anyway
    """
    queries.lock_talk(session, talk.id)
    events.cancel(session, talk, reason=reason, actor=actor, now=now)


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


def _set_columns(talk: Talk, fields: TalkFields) -> dict[str, list[str]]:
    """Set what the form gives; return what was and is of each column that changed."""
    changed = {
        name: [str(getattr(talk, name)), str(getattr(fields, name))]
        for name in COLUMNS
        if name != "plan" and getattr(talk, name) != getattr(fields, name)
    }
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
