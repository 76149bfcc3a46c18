"""However much a table has agreed, its pages ask the database as often as for one item."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coopoutreach.committee.commitments import commands as commitments
from coopoutreach.committee.meetings.models import AgendaFile
from coopoutreach.committee.minutes import commands, queries
from coopoutreach.committee.minutes.commands import Voice
from coopoutreach.committee.minutes.models import ReviewLink
from coopoutreach.events import notices as events
from coopoutreach.events.models import Invitee
from coopoutreach.people.accounts.models import User
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core import settings
from tests.conftest import signed_in
from tests.factories import a_meeting, a_user
from tests.support import acta
from tests.support.acta import send_out
from tests.support.statements import statements_of

SECURE = {"base_url": "https://localhost"}


@pytest.fixture
def engine_name():
    return "sqlite"


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def measured(app, database, now):
    """Return how many statements each page takes, of a table that agreed on so much."""

    def _measured(*, items, owed):
        with database.transaction() as session:
            found = a_table_of(session, items=items, owed=owed, now=now)
        browsers = {}
        for who, number in found.pop("users").items():
            with database.transaction() as session:
                browsers[who] = signed_in(app, session, session.get_one(User, number))
        counts = {}
        for name, path in found.items():
            for who in ("jorge", "marcela"):
                client = app.test_client() if name.startswith("link") else browsers[who]
                if (name, who) in {("panel", "marcela"), ("mesa", "jorge"), ("editor", "marcela")}:
                    continue
                client.get(path, **SECURE)
                with statements_of(app.extensions["database"].engine) as seen:
                    assert client.get(path, **SECURE).status_code == 200, (name, who)
                counts[name, who] = len(seen)
        return counts

    return _measured


def a_table_of(session, *, items, owed, now):
    """Minutes in their second review, others that are written, and what each of its pages is."""
    by = {"actor": "user:1", "now": now}
    made = acta.an_acta(session, items=[f"Punto {number}" for number in range(items)])
    jorge, _rosa, marcela, _pedro = made.table.people
    users = {}
    for name, person, role in (
        ("jorge", jorge, Role.COORDINATION),
        ("marcela", marcela, Role.COUNTERPART),
    ):
        user = a_user(session, role=role)
        person.user_id, users[name] = user.id, user.id
    owe(session, made, owed, by)
    review(session, made, by)
    written = write_another(session, made, items, by)
    made.meeting.published_at = made.meeting.agenda_sent_at = now
    session.flush()
    session.expire_all()
    path = made.meeting.path
    return {
        "users": users,
        "meetings": "/reuniones",
        "meeting": path,
        "agenda": f"{path}/tabla",
        "minutes": f"{path}/acta",
        "editor": f"{written.path}/acta/editar",
        "ledger": "/compromisos",
        "own": "/compromisos/mios",
        "panel": "/panel",
        "mesa": "/mesa",
        **links_of(session, marcela, made.meeting),
    }


def owe(session, made, owed, by):
    federation, corfo = made.table.federation.id, made.table.corfo.id
    for number in range(owed):
        fields = commitments.Fields(
            action=f"Enviar {number}",
            party_id=corfo if number % 2 else federation,
            owed_to_id=federation if number % 2 else corfo,
            person_id=made.table.people[number % 4].id if number % 3 else None,
            due_on=date(2026, 12, 1) + timedelta(days=number % 50),
        )
        commitments.make(session, made.meeting, fields, number_of=(2027, 1), **by)


def review(session, made, by):
    """Write the minutes, have each part observed and answered, and send them again."""
    jorge, marcela = made.table.people[0], made.table.people[2]
    parts = [part for part in made.minutes.parts if part.title.startswith("Punto")]
    for part in parts:
        acta.type_in(session, part, "Se revisó.")
        commands.add_decision(session, part, "Acordar.", addressed_to_id=None, **by)
        part.item.presenter_id, part.item.proposed_by_id = jorge.id, marcela.id
        part.item.files = [a_file(part.item, by["now"])]
    send_out(session, made.minutes, **by)
    voice = Voice(marcela.id, made.table.corfo.id)
    for part in parts:
        one = commands.observe(session, made.minutes, voice, "Falta.", part=part, **by)
        commands.reply(session, one, "Listo.", **by)
    send_out(session, made.minutes, **by)


def a_file(item, now):
    return AgendaFile(
        stored_as=f"tabla-{item.id}",
        file_name="a.pdf",
        media_type="application/pdf",
        size=1,
        sha256="a" * 64,
        created_at=now,
        created_by="user:1",
    )


def write_another(session, made, items, by):
    """Write the minutes of another meeting, each part of them by two people."""
    meeting = a_meeting(session, made.table.series, slot_on=None)
    for position in range(items):
        acta.an_agenda_item(session, meeting, f"Otro {position}", position=position + 1)
    for part in commands.start(session, meeting, **by).parts:
        acta.type_in(session, part, "Uno.")
        acta.type_in(session, part, "Dos.", actor="user:2")
    return meeting


def links_of(session, person, meeting):
    link = session.scalars(
        select(ReviewLink).where(ReviewLink.review == 2, ReviewLink.person_id == person.id)
    ).one()
    invitee = session.scalars(
        select(Invitee).where(Invitee.person_id == person.id, Invitee.event_id == meeting.id)
    ).one()
    base = settings.current().base_url
    return {
        "link minutes": queries.link_of(link).removeprefix(base),
        "link invitation": events.link_of(invitee).removeprefix(base),
    }


#: The most that a page of the table takes, with all of its frame.
MOST = 25


def test_pages_ask_as_often_for_much_as_for_little(measured):
    few = measured(items=1, owed=4)
    many = measured(items=20, owed=60)
    grown = {page: (few[page], count) for page, count in many.items() if count > few[page]}
    assert not grown
    assert max(many.values()) <= MOST, many
