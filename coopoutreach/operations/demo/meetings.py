"""The table of the demonstration: two meetings held, one ahead, and what both sides owe."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import commands as commitments
from coopoutreach.committee.commitments.commands import Said
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.meetings import commands, slots
from coopoutreach.committee.meetings import queries as meetings
from coopoutreach.committee.meetings.models import Meeting, Seat
from coopoutreach.committee.meetings.rules import LobbyNeed
from coopoutreach.committee.meetings.values import Held, ItemFields, Lobby, Presence, Reply
from coopoutreach.committee.minutes import commands as minutes
from coopoutreach.committee.minutes import content, jobs, queries
from coopoutreach.committee.minutes.commands import Signature, Typed
from coopoutreach.committee.minutes.models import Minutes, MinutesPart
from coopoutreach.committee.minutes.rules import Method, PartKind
from coopoutreach.committee.minutes.values import Owed
from coopoutreach.events import commands as events
from coopoutreach.events.rules import Answer, Modality, Source
from coopoutreach.operations.demo import papers, season
from coopoutreach.operations.demo.papers import Item, Promise
from coopoutreach.operations.demo.people import ACTOR
from coopoutreach.operations.demo.table import (
    CLAUDIA,
    JORGE,
    MARCELA,
    PEDRO,
    ROSA,
    Sides,
    sit_down,
)
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.db import Database

_DAY = timedelta(days=1)
#: When CORFO's articles are due: the date that the federation and CORFO agreed on.
_ARTICLES_DUE = date(2027, 1, 15)

#: By what is promised, so that the story can go on from it.
Kept = dict[str, Commitment]


def hold(session: Session, sides: Sides, *, hashed: str, now: datetime) -> None:
    """Load the table with its past, what is next, and what is owed."""
    series = sit_down(session, sides, hashed=hashed, now=now)
    commands.fill_horizon(
        session, series, until=slots.horizon_of(series, now=now), actor=ACTOR, now=now
    )
    everyone = [one for one in meetings.meetings_of(session, series.id) if one.slot_on]
    first, second, *more = [one for one in everyone if one.ends_at < now]
    for one in more:
        # Of yesterday: nobody was called to it.
        commands.cancel_meeting(session, one, reason="", actor=ACTOR, now=now)
    ahead = next(one for one in everyone if one.starts_at > now + _DAY)
    owed: Kept = {}
    _convene(session, first, papers.FIRST, sides, first.starts_at - 8 * _DAY)
    _publish(session, _held(session, first, papers.FIRST, sides, owed), sides, now=first.ends_at)
    _convene(session, second, papers.SECOND, sides, second.starts_at - 8 * _DAY)
    written = _held(session, second, papers.SECOND, sides, owed)
    sent = max(second.ends_at + timedelta(hours=2), now - 2 * _DAY)
    _send(session, written, sides, now=sent)
    _keep_promises(session, owed, now)
    _plan(session, ahead, sides, now - _DAY)


def print_minutes(database: Database) -> None:
    """Make the PDF of what was approved, as the worker does at once of what is approved today."""
    with database.reading() as session:
        approved = [one.approved_at for one in queries.without_pdf(session) if one.approved_at]
    for at in approved:
        jobs.typeset_approved(database, at)


def _convene(
    session: Session, meeting: Meeting, items: Sequence[Item], sides: Sides, now: datetime
) -> None:
    for item in items:
        commands.add_item(session, meeting, _fields(item, sides), actor=ACTOR, now=now)
    commands.convene(session, meeting, actor=ACTOR, now=now)


def _fields(item: Item, sides: Sides) -> ItemFields:
    return ItemFields(
        title=item.title,
        detail=item.detail,
        kind=item.kind,
        minutes=item.minutes,
        presenter_id=sides.people[item.presenter].id,
        reserved_for_id=_side(item.reserved_for, sides) if item.reserved_for else None,
    )


def _side(name: str, sides: Sides) -> int:
    return sides.federation.id if name == papers.FEDERATION else sides.corfo.id


def _held(
    session: Session, meeting: Meeting, items: Sequence[Item], sides: Sides, owed: Kept
) -> Minutes:
    """Hold a meeting: who came, how it went, and the minutes as they were typed."""
    asked, over = meeting.starts_at - 6 * _DAY, meeting.ends_at
    for seat in _seats(session, meeting).values():
        _answer(session, seat, Reply(Answer.ACCEPTED), now=asked)
    for email, seat in _seats(session, meeting).items():
        presence = Presence.EXCUSED if email == PEDRO else Presence.ATTENDED
        modality = Modality.ONLINE if email == CLAUDIA else Modality.ROOM
        commands.mark_presence(
            session,
            seat,
            presence,
            modality=modality if presence is Presence.ATTENDED else None,
            actor=ACTOR,
            now=over,
        )
    people = sides.people
    held = Held(people[JORGE].id, people[ROSA].id, meeting.wall_start, meeting.wall_end)
    commands.set_held(session, meeting, held, actor=ACTOR, now=over)
    events.close(session, meeting, actor=ACTOR, now=over)
    made = minutes.start(session, meeting, actor=ACTOR, now=over)
    for part in queries.parts(session, made, reader=(sides.federation.id, sides.corfo.id)):
        _type(session, part, items, sides, owed, over)
    return made


def _type(
    session: Session,
    part: MinutesPart,
    items: Sequence[Item],
    sides: Sides,
    owed: Kept,
    now: datetime,
) -> None:
    item = next((one for one in items if one.title == part.title), None)
    text = item.text if item else ""
    if part.kind is PartKind.OTHER:
        text = "No hay otros puntos. Se agradece la participación de las partes."
    if text:
        typed = Typed(text, base=part.revision, before=part.text)
        minutes.save(session, part, typed, actor=ACTOR, now=now)
    if item is None:
        return
    for words, to in item.decisions:
        side = _side(to, sides) if to else None
        minutes.add_decision(session, part, words, addressed_to_id=side, actor=ACTOR, now=now)
    for promise in item.promises:
        owed[promise.action] = minutes.add_commitment(
            session, part, _owed(promise, sides, now), actor=ACTOR, now=now
        )


def _owed(promise: Promise, sides: Sides, now: datetime) -> Owed:
    today = spanish.wall(now).date()
    due = today + timedelta(days=promise.days)
    if not promise.days:
        due = max(_ARTICLES_DUE, today + timedelta(days=60))
    return Owed(
        action=promise.action,
        party_id=_side(promise.by, sides),
        owed_to_id=_side(promise.to, sides),
        person_id=sides.people[promise.person].id,
        due_on=season.due_by(due),
        verification=promise.verification,
    )


def _send(session: Session, written: Minutes, sides: Sides, *, now: datetime) -> None:
    """Send minutes out; FECRECOOP approves them, and CORFO has yet to look."""
    # Words of our own, of which the PDF is made right after: none is made twice.
    typeset = content.sha256_of(content.compose(session, written))
    minutes.send(session, written, typeset=typeset, actor=ACTOR, now=now)
    _approve(session, written, sides, JORGE, now=now + timedelta(hours=3))


def _publish(session: Session, written: Minutes, sides: Sides, *, now: datetime) -> None:
    _send(session, written, sides, now=now + _DAY)
    _approve(session, written, sides, MARCELA, now=now + 3 * _DAY)
    minutes.publish(session, written, actor=ACTOR, now=now + 3 * _DAY)
    lobby = Lobby(LobbyNeed.YES, folio="AO001AW1482337")
    commands.set_lobby(session, written.meeting, lobby, actor=ACTOR, now=now + 4 * _DAY)


def _approve(
    session: Session, written: Minutes, sides: Sides, email: str, *, now: datetime
) -> None:
    person = sides.people[email]
    reviewer = queries.reviewer(session, written.meeting, person.id, now=now)
    if reviewer is None:
        raise LookupError(email)
    seen = written.content_sha256
    signature = Signature(reviewer, seen, Method.SESSION, "127.0.0.1", typeset=seen)
    minutes.approve(session, written, signature, actor=f"user:{person.user_id}", now=now)


def _keep_promises(session: Session, owed: Kept, now: datetime) -> None:
    """Let each promise be where some promise is: kept, late, put off, let go, on its way."""

    def found(words: str) -> Commitment:
        return next(one for action, one in owed.items() if words in action)

    def act(one: Commitment) -> datetime:
        return one.created_at + 5 * _DAY

    late = found("nómina")
    for number, (days, reason) in enumerate(
        ((18, "Faltan dos cooperativas por confirmar su nivel."),
         (26, "Se incorporan las cooperativas de Aysén."))
    ):  # fmt: skip
        at = late.created_at + (9 + 8 * number) * _DAY
        due = season.due_by(spanish.wall(late.created_at).date() + timedelta(days=days))
        commitments.extend(session, late, due, reason, actor=ACTOR, now=at)
    kept = found("contrapartes regionales")
    commitments.deliver(
        session, kept, Said("Va el listado por región."), actor=ACTOR, now=act(kept)
    )
    commitments.confirm(session, kept, "Recibido, gracias.", actor=ACTOR, now=act(kept) + _DAY)
    gone = found("SERCOTEC")
    commitments.dismiss(
        session, gone, "SERCOTEC tiene su propio ciclo este año.", actor=ACTOR, now=act(gone)
    )
    going = found("articulado")
    said = Said("Está en revisión de Fiscalía.", progress=40)
    commitments.report(session, going, said, actor=ACTOR, now=max(going.created_at, now - _DAY))
    done = found("calendario de talleres")
    commitments.deliver(session, done, Said("Enviado hoy por correo."), actor=ACTOR, now=now - _DAY)


def _plan(session: Session, meeting: Meeting, sides: Sides, now: datetime) -> None:
    """Convene the meeting that is next; some have answered, and one proposes an item."""
    commands.propose_item(
        session,
        meeting,
        _fields(papers.PROPOSED, sides),
        person=sides.people[MARCELA],
        actor=f"user:{sides.people[MARCELA].user_id}",
        # Before the agenda goes out: after that it takes no more proposals.
        now=now - timedelta(hours=3),
    )
    _convene(session, meeting, papers.NEXT, sides, now)
    answers = {
        JORGE: Reply(Answer.ACCEPTED),
        ROSA: Reply(Answer.TENTATIVE),
        PEDRO: Reply(Answer.DECLINED, excuse="Estaré en comisión de servicio en Aysén."),
    }
    seats = _seats(session, meeting)
    for email, reply in answers.items():
        _answer(session, seats[email], reply, now=now + timedelta(hours=2))


def _answer(session: Session, seat: Seat, reply: Reply, *, now: datetime) -> None:
    commands.answer(session, seat, reply, source=Source.DESK, actor=ACTOR, now=now)


def _seats(session: Session, meeting: Meeting) -> dict[str, Seat]:
    return {seat.invitee.person.email: seat for seat in meetings.seats(session, meeting)}
