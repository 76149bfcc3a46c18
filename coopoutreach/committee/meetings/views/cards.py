"""A meeting as cards and tables show it."""

from typing import Any

from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.meetings.rules import MeetingType
from coopoutreach.events import entries
from coopoutreach.events.rules import EventState, Modality
from coopoutreach.platform.core import spanish


def card_of(meeting: Meeting) -> dict[str, Any]:
    """Return a meeting as `event_card` takes it."""
    start = meeting.wall_start
    return {
        "url": meeting.path,
        "title": meeting.title,
        "day": start.day,
        "month": spanish.MONTHS[start.month - 1][:3],
        "weekday": spanish.WEEKDAYS[start.weekday()],
        "date": spanish.day(start),
        "time": spanish.span(start, meeting.wall_end),
        "place": entries.place_line(meeting),
        "online": meeting.modality is Modality.ONLINE,
        "state": state_of(meeting),
        "kind": kind_of(meeting),
    }


def kind_of(meeting: Meeting) -> str:
    """Return «N° 3 de 2026», «Extraordinaria», both, or nothing."""
    parts = []
    if meeting.number is not None:
        parts.append(f"N° {meeting.number} de {meeting.year}")
    if meeting.type is MeetingType.EXTRAORDINARY:
        parts.append("Extraordinaria")
    return " · ".join(parts)


def state_of(meeting: Meeting) -> str:
    """Return the state of a meeting, as `state_badge` knows it, or in words where it does not."""
    own = {EventState.DRAFT: "Por convocar", EventState.PUBLISHED: "convened"}
    return own.get(meeting.state, meeting.state.value)
