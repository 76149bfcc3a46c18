"""A cooperative's home: what is asked of it and by when, its people by talk, what is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.events.rules import Delivery
from coopoutreach.pages.dashboards import queries, rules, showing
from coopoutreach.people.directory.models import Organisation
from coopoutreach.platform.core import spanish
from coopoutreach.talks.registrations import place
from coopoutreach.talks.registrations import queries as registrations
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.rules import State
from coopoutreach.talks.talks.models import Talk
from coopoutreach.talks.talks.queries import window_of
from coopoutreach.talks.talks.rules import Window


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is asked of the cooperative: what, about what, by when, and where to do it."""

    by: datetime
    text: str
    detail: str
    until: str
    public_id: str = ""
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A talk, and the cooperative's people in it."""

    title: str
    slug: str
    when: str
    where: str
    people: Sequence[showing.Place]


def page(session: Session, user_id: int, *, now: datetime) -> dict[str, Any]:
    """Return what the page of somebody's cooperatives shows."""
    today = spanish.wall(now).date()
    mine = queries.cooperatives_of_user(session, user_id, today=today)
    people = queries.registrations_ahead(session, [one.id for one in mine], now=now)
    talks = queries.talks_ahead(session, now=now, until=now + rules.AHEAD)
    open_talks = [talk for talk in talks if window_of(talk, now=now) is Window.OPEN]
    seats = registrations.seats_of_talks(session, open_talks, now=now)
    by_talk = {talk_id: list(found) for talk_id, found in groupby(people, lambda one: one.talk_id)}
    return {
        "cooperatives": mine,
        "asked": _asked(mine, people, open_talks, by_talk, now=now) if mine else [],
        "groups": [_group(session, found, now=now) for found in by_talk.values()],
        "open_talks": [
            showing.offer(
                talk,
                seats[talk.id],
                ours=by_talk.get(talk.id, ()),
                prioritised=_is_prioritised(talk, mine),
                now=now,
            )
            for talk in open_talks
        ],
    }


def _is_prioritised(talk: Talk, mine: Sequence[Organisation]) -> bool:
    return any(registrations.is_prioritised(talk, one.level) for one in mine)


def _asked(
    mine: Sequence[Organisation],
    people: Sequence[Registration],
    open_talks: Sequence[Talk],
    by_talk: Mapping[int, Sequence[Registration]],
    *,
    now: datetime,
) -> list[Asked]:
    """Return what is asked, the soonest first: addresses to correct, talks that wait for us."""
    found = [
        Asked(
            by=one.talk.starts_at,
            text=f"Corrija el correo de {one.person.name}: no llega",
            detail=one.talk.title,
            until=_until(one.talk.starts_at, one.talk, now),
            public_id=one.invitee.public_id,
        )
        for one in people
        if one.invitee.delivery is Delivery.FAILED
    ]
    for talk in open_talks:
        if talk.id not in by_talk and _is_prioritised(talk, mine):
            closes = talk.registration_closes_at or talk.starts_at
            held = talk.held_until if talk.held_until and now < talk.held_until else None
            by = min(closes, held) if held else closes
            text = "Inscriba a su gente: hay cupos reservados para su nivel"
            found.append(
                Asked(
                    by=by,
                    text=text if held else "Inscriba a su gente: prioriza su nivel",
                    detail=talk.title,
                    until=_until(by, talk, now),
                    slug=talk.slug,
                )
            )
    return sorted(found, key=lambda one: one.by)


def _until(moment: datetime, talk: Talk, now: datetime) -> str:
    wall = spanish.wall(moment, talk.zone)
    return f"{spanish.shortday(wall)}, {spanish.clock(wall)} ({spanish.ago(moment, now)})"


def _group(session: Session, people: Sequence[Registration], *, now: datetime) -> Group:
    talk = people[0].talk
    waiting = {one.id for one in people if one.state is State.WAITING}
    places = place.places(session, talk, waiting, now=now) if waiting else {}
    first = showing.place(people[0], None)
    return Group(
        title=talk.title,
        slug=talk.slug,
        when=first.when,
        where=first.where,
        people=[showing.place(one, places.get(one.id)) for one in people],
    )
