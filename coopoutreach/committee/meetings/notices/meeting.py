"""What people are told of a meeting: that they are called to it, its agenda, what they answered."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.commitments import queries as commitments
from coopoutreach.committee.meetings import queries
from coopoutreach.committee.meetings.models import AgendaItem, Meeting, Seat
from coopoutreach.committee.meetings.notices.telling import tell
from coopoutreach.committee.meetings.rules import ItemState
from coopoutreach.committee.meetings.rules.agenda import KIND_NAMES
from coopoutreach.committee.meetings.wordings import ANSWER_WORDS, label
from coopoutreach.events import entries, mailboxes
from coopoutreach.events import notices as events
from coopoutreach.events.models import Invitee
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.links import digest


def convened(session: Session, meeting: Meeting, seat: Seat, *, now: datetime) -> None:
    """Call somebody to a meeting, with the invitation that their calendar follows."""
    invitee = seat.invitee
    mailbox = mailboxes.of(session, invitee)
    letter = events.letter(
        meeting,
        invitee,
        mailbox=mailbox,
        notice="meetings/convened",
        version=_stamp(meeting, seat),
        context=context_of_convocation(session, meeting, seat, now=now),
        attach=events.request(meeting, invitee, mailbox=mailbox, now=now),
        not_after=meeting.starts_at,
    )
    messaging.owe(session, letter, now=now)


def uninvited(session: Session, meeting: Meeting, seat: Seat, *, now: datetime) -> None:
    """Tell somebody, and nobody else, that they are not called any more."""
    mailbox = mailboxes.of(session, seat.invitee)
    attach = events.departure(session, meeting, seat.invitee, mailbox=mailbox, now=now)
    letter = events.letter(
        meeting,
        seat.invitee,
        mailbox=mailbox,
        notice="meetings/uninvited",
        version=_stamp(meeting, seat),
        context={"label": label(meeting), "leaves": attach is not None},
        attach=attach,
        not_after=meeting.ends_at,
    )
    messaging.owe(session, letter, now=now)


def agenda(
    session: Session, meeting: Meeting, seat: Seat, *, is_first: bool, now: datetime
) -> None:
    """Tell somebody the agenda of a meeting, or how it reads after it changed."""
    invitee = seat.invitee
    letter = events.letter(
        meeting,
        invitee,
        mailbox=mailboxes.of(session, invitee),
        notice="meetings/agenda",
        version=f"{meeting.agenda_sent}",
        context={**context_of_convocation(session, meeting, seat, now=now), "is_first": is_first},
        not_after=meeting.starts_at,
    )
    what = "La tabla está lista" if is_first else "Cambió la tabla"
    line = f"{what}: {meeting.title}, {entries.when_line(meeting)}."
    tell(session, invitee.person, letter, line=line, url=events.link_of(invitee), now=now)


def answered(session: Session, meeting: Meeting, seat: Seat, *, now: datetime) -> None:
    """Confirm to somebody, at their own address, what was answered by their link."""
    invitee = seat.invitee
    letter = events.letter(
        meeting,
        invitee,
        mailbox=mailboxes.of(session, invitee),
        notice="meetings/answered",
        version=f"{now.isoformat()}",
        context={
            "label": label(meeting),
            "answer": ANSWER_WORDS[invitee.answer],
            "excuse": seat.excuse,
            "stand_in": seat.stand_in,
        },
        not_after=meeting.starts_at,
    )
    line = f"Registramos su respuesta: «{ANSWER_WORDS[invitee.answer]}». {meeting.title}."
    tell(session, invitee.person, letter, line=line, url=events.link_of(invitee), now=now)


def proposal_settled(session: Session, item: AgendaItem, *, now: datetime) -> None:
    """Tell whoever proposed an item what became of it, if they are invited."""
    meeting, person = item.meeting, item.proposed_by
    invitee = queries.invitee_of(session, meeting, person) if person else None
    if person is None or invitee is None:
        return
    is_in = item.state is ItemState.ACCEPTED
    letter = events.letter(
        meeting,
        invitee,
        mailbox=mailboxes.of(session, invitee),
        notice="meetings/proposal_settled",
        version=f"{item.public_id}:{item.state.value}",
        context={
            "label": label(meeting),
            "item": item.title,
            "is_in": is_in,
            "refusal": item.refusal,
        },
        not_after=meeting.starts_at,
    )
    what = "está en la tabla" if is_in else "no se incluyó en la tabla"
    line = f"El punto que propuso, «{item.title}», {what}."
    tell(session, person, letter, line=line, url=events.link_of(invitee), now=now)


def context_of_convocation(
    session: Session, meeting: Meeting, seat: Seat, *, now: datetime
) -> dict[str, object]:
    """Return what a convocation says beyond when and where: the agenda as its reader may see it."""
    sides = queries.sides_of_seat(session, seat, now=now)
    found = queries.agenda(session, meeting.id, sides=sides)
    parties = queries.parties_of(session, meeting.series_id)
    owed = commitments.open_for(session, parties, reader=sides) if sides else ()
    is_sent = meeting.agenda_sent_at is not None
    return {
        "label": label(meeting),
        "agenda": agenda_lines(found, seat.invitee) if is_sent else [],
        "total": sum(item.minutes for item in found),
        "followed": [
            {
                "number": each.number,
                "action": each.action,
                "party": each.party.short_name,
                "due": spanish.shortday(each.due_on),
            }
            for each in owed
        ]
        if is_sent
        else [],
        "is_sent": is_sent,
        "answers": answer_links(seat.invitee),
    }


def agenda_lines(found: Iterable[AgendaItem], invitee: Invitee) -> list[dict[str, object]]:
    """Return the items of an agenda in words, with the documents at the reader's own link."""
    own_page = events.link_of(invitee)
    return [
        {
            "number": number,
            "title": item.title,
            "kind": KIND_NAMES[item.kind],
            "minutes": item.minutes,
            "presenter": item.presenter.name if item.presenter else "",
            "detail": item.detail,
            "reserved": item.reserved_for.short_name if item.reserved_for else "",
            "files": [
                {"name": file.file_name, "url": f"{own_page}/documentos/{file.public_id}"}
                for file in item.files
            ],
        }
        for number, item in enumerate(found, start=1)
    ]


def answer_links(invitee: Invitee) -> dict[str, str]:
    """Return the three addresses that answer: each shows a page, whose button records it."""
    own_page = events.link_of(invitee)
    return {word: f"{own_page}?respuesta={word}" for word in ("si", "talvez", "no")}


def _stamp(meeting: Meeting, seat: Seat) -> str:
    """Return what tells two callings of somebody apart: each has a link of its own."""
    return f"v{meeting.version}:{digest(seat.invitee.nonce)[:16]}"
