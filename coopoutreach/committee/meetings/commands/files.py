"""The documents of an agenda's items."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries
from coopoutreach.committee.meetings.commands.telling import follow_agenda
from coopoutreach.committee.meetings.errors import AgendaClosed, AgendaFull
from coopoutreach.committee.meetings.happenings import MinutesAsked, MinutesStand
from coopoutreach.committee.meetings.models import AgendaFile, AgendaItem
from coopoutreach.committee.meetings.rules import agenda as rules
from coopoutreach.events import queries as events
from coopoutreach.events.rules import ACTIVE_STATES, EventState
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import reactions
from coopoutreach.platform.files.taking import Taken

#: What the names of their bytes begin with.
PREFIX = "tabla-"


def add_file(
    session: Session, item: AgendaItem, taken: Taken, *, actor: str, now: datetime
) -> AgendaFile:
    """Hand out a document with an item.

    :raises AgendaClosed: once the meeting was called off
    :raises AgendaFull: if it has as many, or the meeting as heavy ones, as it may
    """
    events.lock_event(session, item.meeting_id)
    if item.meeting.state not in {*ACTIVE_STATES, EventState.DRAFT, EventState.HELD}:
        raise AgendaClosed("La reunión se suspendió: su tabla no cambia.")
    if len(item.files) >= rules.MOST_FILES:
        sentence = f"Un punto tiene a lo más {rules.MOST_FILES} documentos."
        raise AgendaFull(sentence, field="file")
    if queries.weight(session, item.meeting_id) + taken.size > rules.MOST_BYTES_OF_A_MEETING:
        most = rules.MOST_BYTES_OF_A_MEETING // 1024**2
        raise AgendaFull(f"Los documentos de una tabla suman a lo más {most} MB.", field="file")
    made = AgendaFile(
        stored_as=taken.stored_as,
        file_name=taken.file_name,
        media_type=taken.media_type,
        size=taken.size,
        sha256=taken.sha256,
        created_at=now,
        created_by=actor,
    )
    item.files.append(made)
    session.flush()
    _changed(session, item, "document-added", actor=actor, now=now)
    return made


def remove_file(session: Session, file: AgendaFile, *, actor: str, now: datetime) -> str:
    """Take a document back; return the name under which its bytes are to be erased.

    :raises AgendaClosed: once approved minutes name it among their annexes
    """
    item = file.item
    events.lock_event(session, item.meeting_id)
    refuse_if_approved(session, item.meeting_id, now=now)
    item.files.remove(file)
    session.flush()
    _changed(session, item, "document-removed", actor=actor, now=now)
    return file.stored_as


def refuse_if_approved(session: Session, meeting_id: int, *, now: datetime) -> None:
    """Refuse to take away what approved minutes may name among their annexes.

    :raises AgendaClosed: once minutes of the meeting were approved
    """
    answers: list[dict[int, MinutesStand]] = reactions.react(
        session, MinutesAsked([meeting_id]), now=now
    )
    if any(stand.approved for one in answers for stand in one.values()):
        raise AgendaClosed("El acta está aprobada: los documentos de su tabla quedan con ella.")


def _changed(session: Session, item: AgendaItem, what: str, *, actor: str, now: datetime) -> None:
    audit.record(
        session,
        ("event", item.meeting_id),
        action=f"agenda.{what}",
        actor=actor,
        now=now,
        after={"item": item.public_id},
    )
    follow_agenda(session, item.meeting, now=now)
