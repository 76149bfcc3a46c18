"""Nothing of one cooperative shows up anywhere for another: every text of it is marked, and every
page is asked for, with every thing's number, as everybody who should not see it (AC-02, AC-09)."""

from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.calendars.feeds.rules import Scope
from coopoutreach.events import notices
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory.rules import Access
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.db import Base
from coopoutreach.privacy.models import DataCase
from coopoutreach.privacy.rules import CaseState, Right
from coopoutreach.talks.materials.models import Material
from coopoutreach.talks.materials.rules import Audience as MaterialAudience
from coopoutreach.talks.materials.rules import Kind as MaterialKind
from coopoutreach.talks.materials.rules import Release
from coopoutreach.talks.questions.models import Question, QuestionAnswer
from coopoutreach.talks.questions.rules import Audience, Kind
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room
from tests.conftest import signed_in
from tests.factories import a_cooperative, a_person, a_talk, a_user
from tests.support.crawling import addresses

SECURE = "https://localhost"
MARK = "canario"
#: Texts that are not a tenant's words: numbers, states, times and names of things.
STRUCTURE = {
    ("organisation", "kind"),
    ("organisation", "public_id"),
    ("organisation", "comuna"),
    ("organisation", "region"),
    ("organisation", "supervisor"),
    ("organisation", "level"),
    ("organisation", "rut"),
    # Anybody who registers chooses their cooperative by this name.
    ("organisation", "short_name"),
    ("person", "public_id"),
    ("affiliation", "access"),
    ("registration", "room"),
    ("registration", "state"),
}
#: A number as it is kept, and the part of it that a page shows.
PHONES = {"organisation": ("+56987650001", "8765 0001"), "person": ("+56987650002", "8765 0002")}


@dataclass
class World:
    """Two cooperatives and everything that the other one has."""

    browsers: dict
    values: dict[str, list[str]]
    marks: set[str]


@pytest.fixture
def engine_name():
    """The pages are the same on both engines: one is enough for a crawl of thousands."""
    return "sqlite"


def _somebody(session, talk, organisation, who, now):
    """Register one person of an organisation, with an answer, a consent's row and a calendar."""
    person = a_person(session, name=f"{who} Persona", email=f"{who}@coop.example")
    directory.affiliate(session, person, organisation, post=f"{who} cargo", actor="t", now=now)
    [made] = registrations.register(
        session,
        talk,
        Request(
            form_key=who,
            people=[Registrant(person.name, person.email, Room.IN_ROOM)],
            organisation=organisation,
        ),
        actor="t",
        now=now,
    )
    return person, made


def _mark(session, table, row_id):
    """Mark every free text of a row; return the marks."""
    rows = Base.metadata.tables[table]
    values = {
        column.name: f"{MARK}-{table}-{column.name}"
        for column in rows.columns
        if type(column.type) is sa.String
        and not column.foreign_keys
        and (table, column.name) not in STRUCTURE
    }
    if "phone" in values:
        values["phone"] = PHONES[table][0]
    session.execute(sa.update(rows).where(rows.c.id == row_id).values(values))
    return {PHONES[table][1] if name == "phone" else text for name, text in values.items()}


@pytest.fixture
def world(app, database, now):
    with database.transaction() as session:
        talk = a_talk(session, capacity_room=50)
        ours, theirs = a_cooperative(session), a_cooperative(session)
        our_person, our_place = _somebody(session, talk, ours, "nuestra", now)
        person, place = _somebody(session, talk, theirs, "ajena", now)
        browsers = {"anonymous": app.test_client()}
        for role, access in ((Role.MANAGER, Access.MANAGER), (Role.REGISTRAR, Access.REGISTRAR)):
            user = a_user(session, role=role)
            post = directory.affiliate(
                session, a_person(session), ours, post=role.value, actor="t", now=now
            )
            post.person.user_id, post.access = user.id, access
            browsers[role.value] = signed_in(app, session, user)
        browsers["counterpart"] = signed_in(app, session, a_user(session, role=Role.COUNTERPART))
        values = _things(session, talk, place, person, theirs, now)
        marks = set()
        for table, row_id in (
            ("organisation", theirs.id),
            ("person", person.id),
            ("affiliation", person.affiliations[0].id),
            ("registration", place.id),
        ):
            marks |= _mark(session, table, row_id)
        marks |= {"canario-respuesta", "canario-nota", "canario-detalle"}
        own_token = notices.link_of(our_place.invitee).rpartition("/")[2]
        values["token"] = [own_token, "x.y", f"{place.invitee.public_id}.{'A' * 27}"]
        values["public_id"] += [ours.public_id, our_person.public_id, our_place.invitee.public_id]
        values["person"] += [our_person.public_id, our_place.invitee.public_id]
    return World(browsers, values, marks)


def _things(session, talk, place, person, theirs, now):
    """Give the other cooperative one of everything; return the values that addresses may hold."""
    question = Question(
        talk_id=talk.id,
        position=1,
        kind=Kind.TEXT,
        text="¿Qué espera?",
        audience=Audience.COOPERATIVE,
    )
    material = Material(
        talk_id=talk.id,
        position=1,
        kind=MaterialKind.LINK,
        title="Pauta",
        url="https://a.example/pauta",
        audience=MaterialAudience.ATTENDEES,
        release=Release.AT_ONCE,
        created_at=now,
        created_by="t",
    )
    case = DataCase(
        person_id=person.id,
        name="canario-nota",
        email="ajena@coop.example",
        right=Right.ACCESS,
        details="canario-detalle",
        state=CaseState.OPEN,
        received_at=now,
        due_on=now.date(),
    )
    feed = FeedAddress(
        person_id=person.id, scope=Scope.COOPERATIVE, organisation_id=theirs.id, created_at=now
    )
    session.add_all([question, material, case, feed])
    session.flush()
    session.add(
        QuestionAnswer(
            question_id=question.id,
            invitee_id=place.invitee_id,
            value="canario-respuesta",
            answered_at=now,
        )
    )
    place.invitee.delivery_note = "canario-nota"
    session.flush()
    mail = session.scalars(sa.select(OutgoingMessage.id)).all()
    return {
        "public_id": [
            talk.public_id,
            theirs.public_id,
            person.public_id,
            place.invitee.public_id,
            material.public_id,
            case.public_id,
            feed.public_id,
        ],
        "person": [person.public_id, place.invitee.public_id],
        "slug": [talk.slug],
        "section": ["cooperativas", "instituciones"],
        "cut": ["13"],
        "number": ["1"],
        "message_id": [str(number) for number in mail],
        "material": [material.public_id],
        "question": [question.public_id],
        "name": ["x"],
        "filename": ["x"],
    }


def test_ac_02_no_page_shows_one_cooperative_what_is_anothers(app, world):
    asked, leaks = 0, []
    for _rule, address in addresses(app, world.values):
        for role, browser in world.browsers.items():
            answer = browser.get(address, base_url=SECURE)
            asked += 1
            said = answer.get_data(as_text=True) + str(answer.headers)
            found = sorted(mark for mark in world.marks if mark in said)
            if found or (answer.status_code >= 500 and address != "/readyz"):
                leaks.append(f"{role} {address}: {answer.status_code} {found}")
    assert not leaks, "\n".join(leaks)
    assert asked > 300


def test_the_crawl_finds_a_mark_where_it_is_allowed(app, world, sign_in):
    """The other way round: the coordination does see them, so that the marks are in the pages."""
    desk = sign_in("coordination")
    seen = set()
    for _rule, address in addresses(app, world.values):
        said = desk.get(address, base_url=SECURE).get_data(as_text=True)
        seen |= {mark for mark in world.marks if mark in said}
    assert {
        "canario-organisation-name",
        "canario-person-name",
        "canario-person-email",
        "canario-affiliation-post",
        "canario-respuesta",
        "canario-nota",
        "canario-detalle",
    } <= seen


def test_no_mail_to_one_cooperative_holds_what_is_anothers(database, world):
    with database.reading() as session:
        mails = session.execute(
            sa.select(OutgoingMessage.recipient, OutgoingMessage.raw, OutgoingMessage.subject)
        ).all()
    ours = [raw + subject.encode() for to, raw, subject in mails if to == "nuestra@coop.example"]
    assert ours
    assert not [raw for raw in ours if b"ajena" in raw]
