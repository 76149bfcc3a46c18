"""CORFO owes the federation something; a coordination, counterparts of two institutions, others."""

from datetime import date

import pytest

from coopoutreach.committee.commitments import commands
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.events.models import Event
from coopoutreach.people.accounts.models import User
from coopoutreach.platform.access.permissions import Role
from tests.conftest import signed_in
from tests.factories import NOW, a_meeting, a_person, a_post, a_table, a_user, an_institution

SAFE = {"base_url": "https://localhost", "buffered": True}


@pytest.fixture(autouse=True)
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def engine_name():
    """Pages are tried on one engine; what they do to the database, on both elsewhere."""
    return "sqlite"


class World:
    """What the tests have at hand."""

    def __init__(self, app, database):
        self.app, self.database = app, database
        with database.transaction() as session:
            table = a_table(session)
            other = an_institution(session, "SERCOTEC")
            self.other = other.id
            self.federation, self.corfo = table.federation.id, table.corfo.id
            self.public = {
                "corfo": table.corfo.public_id,
                "federation": table.federation.public_id,
            }
            self.jorge, self.rosa, self.marcela, self.pedro = (p.id for p in table.people)
            meeting = a_meeting(session, table.series, year=2027, number=3)
            self.meeting, self.meeting_public = meeting.id, meeting.public_id
            accounts = {
                "staff": (Role.COORDINATION, None),
                "jorge": (Role.COORDINATION, table.people[0]),
                "marcela": (Role.COUNTERPART, table.people[2]),
                "sercotec": (Role.COUNTERPART, a_person(session, name="Otra Contraparte")),
                "manager": (Role.MANAGER, None),
            }
            a_post(session, accounts["sercotec"][1], other)
            self._users = {}
            for name, (role, person) in accounts.items():
                user = a_user(session, role=role, name=f"Cuenta de {name}")
                self._users[name] = user.id
                if person is not None:
                    person.user_id = user.id
        self._browsers = {"anonymous": app.test_client()}

    def browser(self, name):
        """A client that is signed in as somebody."""
        if name not in self._browsers:
            with self.database.transaction() as session:
                user = session.get_one(User, self._users[name])
                self._browsers[name] = signed_in(self.app, session, user)
        return self._browsers[name]

    def make(self, action="Remitir el articulado vigente", **overrides):
        """Take a commitment down; return its public id."""
        fields = {
            "party_id": self.corfo,
            "owed_to_id": self.federation,
            "person_id": self.marcela,
            "due_on": date(2026, 12, 15),
            "verification": "Correo con el articulado",
            **overrides,
        }
        with self.database.transaction() as session:
            made = commands.make(
                session,
                session.get_one(Event, self.meeting),
                commands.Fields(action=action, **fields),
                number_of=(2027, 3),
                actor="test",
                now=NOW,
            )
            return made.public_id

    def read(self, public_id):
        """A commitment as it stands, detached, with its entries."""
        with self.database.reading() as session:
            found = session.query(Commitment).filter_by(public_id=public_id).one()
            found.kinds = [entry.kind.value for entry in found.entries]
            found.files = [e.public_id for entry in found.entries for e in entry.evidence]
            session.expunge(found)
            return found

    def get(self, name, path):
        """A page as somebody sees it."""
        return self.browser(name).get(path, **SAFE)

    def post(self, name, path, **data):
        """What somebody's form answers."""
        browser = self.browser(name)
        page = browser.get("/ingresar/enlace", **SAFE).text
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        return browser.post(
            path,
            data={"csrf_token": token, **data},
            headers={"Referer": "https://localhost/"},
            **SAFE,
        )


@pytest.fixture
def world(app, database):
    return World(app, database)
