"""Who was there, who led the meeting and kept its minutes, when it began and ended."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries
from coopoutreach.committee.meetings.commands.convening import seated
from coopoutreach.committee.meetings.errors import AlreadyInvited, NotConvened
from coopoutreach.committee.meetings.models import Meeting, Seat
from coopoutreach.committee.meetings.rules import LobbyNeed
from coopoutreach.committee.meetings.values import Held, Lobby, Place, Presence
from coopoutreach.events import commands as events
from coopoutreach.events import queries as event_queries
from coopoutreach.events.rules import ACTIVE_STATES, Attendance, EventState, Modality
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit import commands as audit


def mark_presence(
    session: Session,
    seat: Seat,
    presence: Presence,
    *,
    modality: Modality | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Keep whether somebody was there, in the room or online, or excused.

    :raises NotConvened: of a meeting that nobody was called to, or that was called off
    """
    _happens(queries.meeting_of(session, seat))
    is_absent = presence in {Presence.ABSENT, Presence.EXCUSED}
    attendance = Attendance.ABSENT if is_absent else Attendance(presence.value)
    came = presence is Presence.ATTENDED
    modality = modality if came else None
    if queries.presence_of(seat) is presence and seat.modality is modality:
        return
    seat.modality, seat.excused = modality, presence is Presence.EXCUSED
    events.mark_attendance(session, seat.invitee, attendance=attendance, actor=actor, now=now)


def add_on_the_spot(  # noqa: PLR0913 (whom, as what, how)
    session: Session,
    meeting: Meeting,
    person: Person,
    place: Place,
    *,
    modality: Modality,
    actor: str,
    now: datetime,
) -> Seat:
    """Add somebody who came without being called; they are sent nothing.

    :raises AlreadyInvited: if they are in the list
    :raises NotConvened: of a meeting that nobody was called to, or that was called off
    """
    event_queries.lock_event(session, meeting.id)
    _happens(meeting)
    if person.id in {seat.invitee.person_id for seat in queries.seats(session, meeting)}:
        raise AlreadyInvited("Esa persona ya está en la lista: márquela ahí.", field="email")
    seat = seated(session, meeting, person, place, now=now)
    mark_presence(session, seat, Presence.ATTENDED, modality=modality, actor=actor, now=now)
    return seat


def set_held(session: Session, meeting: Meeting, held: Held, *, actor: str, now: datetime) -> None:
    """Keep who led the meeting and kept its minutes, and when it began and ended in fact."""
    _happens(meeting)
    before = _names(meeting)
    meeting.chair_id, meeting.secretary_id = held.chair_id, held.secretary_id
    meeting.began_at, meeting.finished_at = held.began_at, held.finished_at
    _recorded(session, meeting, "meeting.held-as", before, actor=actor, now=now)


def set_lobby(
    session: Session, meeting: Meeting, lobby: Lobby, *, actor: str, now: datetime
) -> None:
    """Keep whether the meeting must be registered under the Ley del Lobby, and where it is."""
    before = _names(meeting)
    needed = lobby.need is LobbyNeed.YES
    meeting.lobby = lobby.need
    meeting.lobby_folio = lobby.folio if needed else ""
    meeting.lobby_link = lobby.link if needed else ""
    _recorded(session, meeting, "meeting.lobby", before, actor=actor, now=now)


def _happens(meeting: Meeting) -> None:
    if meeting.state not in {*ACTIVE_STATES, EventState.HELD}:
        raise NotConvened("La asistencia se marca en una reunión convocada.")


def _names(meeting: Meeting) -> dict[str, object]:
    return {
        "chair": meeting.chair_id,
        "secretary": meeting.secretary_id,
        "began": meeting.began_at.isoformat() if meeting.began_at else None,
        "finished": meeting.finished_at.isoformat() if meeting.finished_at else None,
        "lobby": meeting.lobby.value,
        "folio": meeting.lobby_folio,
        "link": meeting.lobby_link,
    }


def _recorded(
    session: Session,
    meeting: Meeting,
    action: str,
    before: dict[str, object],
    *,
    actor: str,
    now: datetime,
) -> None:
    after = _names(meeting)
    if before != after:
        thing = ("event", meeting.id)
        audit.record(
            session, thing, action=action, actor=actor, now=now, before=before, after=after
        )
