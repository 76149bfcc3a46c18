"""What the forms of series, members and meetings let people choose from."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from coopoutreach.committee.meetings import queries, slots
from coopoutreach.committee.meetings.forms.members import Choice
from coopoutreach.committee.meetings.forms.place import MODALITIES
from coopoutreach.committee.meetings.forms.series_rows import (
    MOST_PARTIES,
    MOST_PICKED,
    PartyRow,
    party_rows,
    picked_rows,
)
from coopoutreach.committee.meetings.models import MeetingSeries
from coopoutreach.committee.meetings.rules import Pattern
from coopoutreach.people.directory import places
from coopoutreach.people.directory import queries as directory
from coopoutreach.people.directory.models import Organisation
from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow

_PATTERNS = {
    Pattern.WEEKDAY_OF_MONTH: ("Un día de la semana, cada mes", "El segundo martes de cada mes."),
    Pattern.DAY_OF_MONTH: ("Un día del mes", "El 15 de cada mes."),
    Pattern.EVERY_WEEKS: ("Cada cierto número de semanas", "Jueves por medio."),
    Pattern.PICKED: ("Fechas elegidas", "Las que usted indique, una por una."),
}
_ORDINALS = ("El primer", "El segundo", "El tercer", "El cuarto", "El último")


def institution_ids(session: Session) -> dict[str, int]:
    """Return the ids of the institutions that may sit at a table, by public id."""
    return {one.public_id: one.id for one in _institutions(session)}


def person_ids(session: Session, parties: Sequence[PartyRow]) -> dict[str, int]:
    """Return the ids of the people of some institutions, by public id."""
    found = queries.posts_at(session, [party.organisation_id for party in parties], today=_today())
    return {post.person.public_id: post.person_id for post in found}


def of_series(session: Session) -> dict[str, Any]:
    """Return what the editor of a series offers."""
    institutions = _institutions(session)
    return {
        "patterns": [
            {"value": item.value, "label": label, "hint": hint}
            for item, (label, hint) in _PATTERNS.items()
        ],
        "ordinals": [(str(place + 1), label) for place, label in enumerate(_ORDINALS)],
        "weekdays": [(str(place), name) for place, name in enumerate(spanish.WEEKDAYS)],
        "holiday_rules": [
            {"value": rule.value, "label": label} for rule, label in slots.HOLIDAY_RULES.items()
        ],
        "institutions": [(one.public_id, one.short_name) for one in institutions],
        "heads": _people_by_institution(session, institutions),
        "party_rows": party_rows,
        "picked_rows": picked_rows,
        "most_parties": MOST_PARTIES,
        "most_picked": MOST_PICKED,
        **of_place(),
    }


def of_place() -> dict[str, Any]:
    """Return what the part of a form about the place offers."""
    return {
        "modalities": [{"value": value, "label": label} for value, label in MODALITIES],
        "comunas": [
            {
                "label": region.short_name,
                "options": [(comuna.cut, comuna.name) for comuna in places.comunas(region.cut)],
            }
            for region in places.regions()
        ],
    }


def of_members(session: Session, series: MeetingSeries) -> list[Choice]:
    """Return the posts by which somebody may sit at a table."""
    parties = [party.organisation_id for party in series.parties]
    sitting = {member.person_id for member in queries.members_of(session, series.id)}
    return [
        Choice(
            value=f"{post.person.public_id}.{post.organisation.public_id}",
            label=f"{post.person.name}, {post.post} ({post.organisation.short_name})",
            post=post,
            party_id=queries.party_of(post),
        )
        for post in queries.posts_at(session, parties, today=_today())
        if post.person_id not in sitting
    ]


def grouped(series: MeetingSeries, found: Sequence[Choice]) -> list[dict[str, Any]]:
    """Return choices as `select` takes them, by institution."""
    return [
        {
            "label": party.organisation.short_name,
            "options": [
                (one.value, one.label) for one in found if one.party_id == party.organisation_id
            ],
        }
        for party in series.parties
    ]


def _institutions(session: Session) -> list[Organisation]:
    return [one for one in directory.institutions(session) if one.active]


def _people_by_institution(
    session: Session, institutions: Sequence[Organisation]
) -> list[dict[str, Any]]:
    posts = queries.posts_at(session, [one.id for one in institutions], today=_today())
    return [
        {
            "label": one.short_name,
            "options": [
                (post.person.public_id, f"{post.person.name}, {post.post}")
                for post in posts
                if queries.party_of(post) == one.id
            ]
            or [("", str(_("Nadie en el directorio")))],
        }
        for one in institutions
    ]


def _today() -> Any:
    return spanish.wall(utcnow()).date()
