"""What a meeting, an answer and a way of taking part are called."""

from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.meetings.rules import Capacity, MeetingType
from coopoutreach.events.rules import Answer, Modality

ANSWER_WORDS = {
    Answer.PENDING: "Sin respuesta",
    Answer.ACCEPTED: "Asistiré",
    Answer.TENTATIVE: "Tal vez",
    Answer.DECLINED: "No podré",
}
SAID_WORDS = ANSWER_WORDS | {Answer.ACCEPTED: "Asistirá", Answer.DECLINED: "No podrá"}
"""The same, as it is told of somebody else."""
CAPACITY_WORDS = {
    Capacity.PRINCIPAL: "Titular",
    Capacity.ALTERNATE: "Suplente",
    Capacity.ACTING: "Subrogante",
    Capacity.GUEST: "Invitada/o",
}
MODALITY_WORDS = {
    Modality.ROOM: "Presencial",
    Modality.ONLINE: "En línea",
    Modality.HYBRID: "Presencial y en línea",
}
_TYPES = {MeetingType.ORDINARY: "Reunión", MeetingType.EXTRAORDINARY: "Reunión extraordinaria"}


def label(meeting: Meeting) -> str:
    """Return «Reunión N° 3 de 2026», or «Reunión extraordinaria» before it has a number."""
    name = _TYPES[meeting.type]
    return f"{name} N° {meeting.number} de {meeting.year}" if meeting.number else name
