"""The table of role × route × own, foreign and missing: who may, and that the rest look missing.

Each guarded endpoint has a row; a new one without a row fails. What may not be seen answers to the
byte like what does not exist.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from io import BytesIO
from secrets import token_urlsafe

import pytest
from sqlalchemy import func, select

from coopoutreach.committee.commitments import commands as commitments
from coopoutreach.committee.commitments import files as commitment_files
from coopoutreach.committee.meetings import commands as meetings
from coopoutreach.committee.meetings.fields import MemberFields, PollFields
from coopoutreach.committee.meetings.rules import Capacity
from coopoutreach.committee.meetings.values import ItemFields, Place
from coopoutreach.committee.minutes import commands as minutes
from coopoutreach.committee.minutes.models import Observation
from coopoutreach.events.models import TimeProposal
from coopoutreach.mail.incoming import commands as inbound
from coopoutreach.mail.incoming.models import InboundMessage
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.accounts import queries as accounts
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory.models import Person
from coopoutreach.people.directory.rules import Access
from coopoutreach.platform.access.permissions import Permission, Role
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.files import taking
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Room
from tests.factories import (
    a_cooperative,
    a_data_case,
    a_file,
    a_meeting,
    a_person,
    a_question,
    a_table,
    a_talk,
)
from tests.support.acta import send_out

STAFF = frozenset({"coordination", "administration"})
ADMIN = frozenset({"administration"})
OWN = frozenset({"manager", "registrar"})
COUNTERPART = frozenset({"counterpart"})
NOBODY_ELSE = frozenset()
ROLES = ("anonymous", *(role.value for role in Role))


@dataclass(frozen=True)
class Row:
    """Who may: over their own thing, and over somebody else's."""

    own: frozenset
    foreign: frozenset


def staff(extra=NOBODY_ELSE):
    return Row(own=STAFF | extra, foreign=STAFF)


TABLE = {
    "board.components": staff(),
    "board.cooperative": Row(OWN, OWN),
    "board.counterpart": Row(frozenset({"counterpart"}), frozenset({"counterpart"})),
    "board.panel": staff(),
    "commitments.ask_extension": staff(COUNTERPART),
    "commitments.change": staff(),
    "commitments.change_form": staff(),
    "commitments.commitment": staff(COUNTERPART),
    "commitments.edit": staff(),
    "commitments.edit_form": staff(),
    "commitments.evidence": staff(COUNTERPART),
    "commitments.export_csv": staff(COUNTERPART),
    "commitments.export_xlsx": staff(COUNTERPART),
    "commitments.extend": staff(),
    "commitments.extend_form": staff(),
    # The word of the side that it is owed to: nobody here is of it.
    "commitments.give_word": Row(NOBODY_ELSE, NOBODY_ELSE),
    "commitments.ledger": staff(COUNTERPART),
    "commitments.own": staff(COUNTERPART),
    "commitments.report": staff(COUNTERPART),
    "directory.add_person": staff(),
    "directory.cooperative": staff(OWN),
    "directory.cooperatives": staff(),
    "directory.create_cooperative": staff(),
    "directory.create_institution": staff(),
    "directory.create_unit": staff(),
    "directory.deactivate_cooperative": staff(),
    "directory.deactivate_institution": staff(),
    "directory.edit_cooperative": staff(),
    "directory.edit_cooperative_form": staff(),
    "directory.edit_institution": staff(),
    "directory.edit_institution_form": staff(),
    "directory.edit_post": staff(),
    "directory.edit_post_form": staff(),
    "directory.end_post": staff(),
    "directory.institution": staff(),
    "directory.institutions": staff(),
    "directory.level_form": staff(),
    "directory.new_cooperative": staff(),
    "directory.new_institution": staff(),
    "directory.new_person": staff(),
    "directory.new_unit": staff(),
    "directory.reactivate_cooperative": staff(),
    "directory.reactivate_institution": staff(),
    "directory.ask_to_vouch": staff(),
    "directory.set_access": Row(ADMIN, ADMIN),
    "directory.set_level": staff(),
    "directory.set_voice": Row(ADMIN, ADMIN),
    "directory.team": Row(frozenset({"manager"}), NOBODY_ELSE),
    "directory.team_end_deputy": Row(frozenset({"manager"}), NOBODY_ELSE),
    "directory.team_name_deputy": Row(frozenset({"manager"}), NOBODY_ELSE),
    "mailroom.discard": staff(),
    "mailroom.discard_held": staff(),
    "mailroom.hold": staff(),
    "mailroom.answer_received": staff(),
    "mailroom.forward_received": staff(),
    "mailroom.mark_received_seen": staff(),
    "mailroom.message": staff(),
    "mailroom.messages": staff(),
    "mailroom.pause": staff(),
    "mailroom.received_message": staff(),
    "mailroom.received_messages": staff(),
    "mailroom.release_address": staff(),
    "mailroom.release_held": staff(),
    "mailroom.reminder": staff(),
    "mailroom.restore_reminder": staff(),
    "mailroom.resume": staff(),
    "mailroom.retry": staff(),
    "mailroom.save_reminder": staff(),
    "materials.add_file": staff(),
    "materials.add_link": staff(),
    "materials.edit": staff(),
    "materials.edit_form": staff(),
    "materials.file": staff(),
    "materials.materials": staff(),
    "materials.move": staff(),
    "materials.new_file": staff(),
    "materials.new_link": staff(),
    "materials.remove": staff(),
    "meetings.accept_item": staff(),
    "meetings.add_file": staff(),
    "meetings.add_guest": staff(),
    "meetings.add_item": staff(),
    "meetings.add_member": staff(),
    "meetings.add_on_the_spot": staff(),
    "meetings.agenda": staff(COUNTERPART),
    "meetings.attendance": staff(),
    "meetings.cancel_meeting": staff(),
    "meetings.cancel_meeting_form": staff(),
    "meetings.choose_option": staff(),
    "meetings.close_poll": staff(),
    "meetings.convene": staff(),
    "meetings.convocation": staff(),
    "meetings.create_meeting": staff(),
    "meetings.create_poll": staff(),
    "meetings.create_series": staff(),
    "meetings.edit_item": staff(),
    "meetings.edit_item_form": staff(),
    "meetings.edit_meeting": staff(),
    "meetings.edit_meeting_form": staff(),
    "meetings.edit_member": staff(),
    "meetings.edit_member_form": staff(),
    "meetings.edit_series": staff(),
    "meetings.edit_series_form": staff(),
    "meetings.end_member": staff(),
    "meetings.end_series": staff(),
    "meetings.end_series_form": staff(),
    "meetings.file": staff(COUNTERPART),
    "meetings.index": staff(COUNTERPART),
    "meetings.invite_member": staff(),
    "meetings.lobby_form": staff(COUNTERPART),
    "meetings.mark_attendance": staff(),
    "meetings.meeting": staff(COUNTERPART),
    "meetings.move_item": staff(),
    "meetings.move_member": staff(),
    "meetings.move_to_meeting": staff(),
    "meetings.new_file": staff(),
    "meetings.new_item": staff(),
    "meetings.new_meeting": staff(),
    "meetings.new_member": staff(),
    "meetings.new_poll": staff(),
    "meetings.new_series": staff(),
    "meetings.poll": staff(COUNTERPART),
    "meetings.propose": staff(COUNTERPART),
    "meetings.propose_form": staff(COUNTERPART),
    "meetings.record_answer": staff(),
    "meetings.refuse_item": staff(),
    "meetings.remove_file": staff(),
    "meetings.remove_item": staff(),
    "meetings.send_agenda": staff(),
    "meetings.series": staff(COUNTERPART),
    "meetings.set_lobby": staff(COUNTERPART),
    "meetings.settle_time_proposal": staff(),
    "meetings.signing_list": staff(),
    "meetings.undo_meeting_cancellation": staff(),
    "meetings.uninvite": staff(),
    "minutes.acta_pdf": staff(COUNTERPART),
    "minutes.add_commitment": staff(),
    "minutes.add_decision": staff(),
    "minutes.add_signed_copy": staff(COUNTERPART),
    "minutes.book_pdf": staff(COUNTERPART),
    "minutes.decisions_pdf": staff(COUNTERPART),
    "minutes.edit_decision": staff(),
    "minutes.editor": staff(),
    "minutes.follow_agenda": staff(),
    "minutes.history": staff(),
    "minutes.minutes": staff(COUNTERPART),
    "minutes.observe": staff(COUNTERPART),
    "minutes.publish": staff(),
    "minutes.rectify": staff(),
    "minutes.rectify_form": staff(),
    "minutes.remove_decision": staff(),
    "minutes.reply": staff(),
    "minutes.save_part": staff(),
    "minutes.send": staff(),
    "minutes.send_form": staff(),
    "minutes.sign": staff(COUNTERPART),
    "minutes.sign_form": staff(COUNTERPART),
    "minutes.signed_copies": staff(COUNTERPART),
    "minutes.signed_copy": staff(COUNTERPART),
    "minutes.start": staff(),
    "minutes.withdraw": staff(),
    "outreach.cancel": staff(),
    "outreach.cancel_form": staff(),
    "outreach.copy_form": staff(),
    "outreach.create_talk": staff(),
    "outreach.discard": staff(),
    "outreach.edit": staff(),
    "outreach.edit_form": staff(),
    "outreach.new_talk": staff(),
    "outreach.plan": staff(),
    "outreach.publish": staff(),
    "outreach.talk": staff(),
    "outreach.tell_now": staff(),
    "outreach.undo_cancellation": staff(),
    "outreach.undo_publication": staff(),
    "privacy.answer_case": staff(),
    "privacy.assign_case": staff(),
    "privacy.cancel_registrations": staff(),
    "privacy.case": staff(),
    "privacy.cases": staff(),
    "privacy.copy_for_person": staff(),
    "privacy.erase": staff(),
    "privacy.erase_form": staff(),
    "privacy.extend_case": staff(),
    "privacy.retention": Row(ADMIN, ADMIN),
    "privacy.unblock_person": staff(),
    "questions.add": staff(),
    "questions.add_need": staff(),
    "questions.edit": staff(),
    "questions.edit_form": staff(),
    "questions.editor": staff(),
    "questions.move": staff(),
    "questions.retire": staff(),
    "registrations.advance": staff(),
    "registrations.answers_summary": staff(),
    "registrations.attendees": staff(),
    "registrations.correct_contact": staff(OWN),
    "registrations.desk": staff(OWN),
    "registrations.desk_cancel": staff(OWN),
    "registrations.desk_room": staff(OWN),
    "registrations.export_csv": staff(),
    "registrations.export_xlsx": staff(),
    "registrations.line": staff(),
    "registrations.transfer": staff(OWN),
    "registrations.mark": staff(),
    "registrations.person_answers": staff(OWN),
    "registrations.print_list": staff(),
    "registrations.remove": staff(OWN),
    "registrations.seat": staff(),
}


@pytest.fixture
def engine_name():
    """One engine is enough: the table is about rules, and the suite runs them on both."""
    return "sqlite"


@dataclass
class World:
    """Two cooperatives, a talk with somebody of each, an institution, and what they are called."""

    arguments: dict
    #: The person of the counterpart, of the institution called own.
    counterpart: int


#: What stands in an address for which thing.
NAMES = ("public_id", "series", "poll")


def of_table(session, table, *, now):
    """What the table's addresses name: its series, a convened meeting, a poll, its members."""
    # Who is taken off leaves somebody for the next to ask about.
    for _ in range(10):
        fields = MemberFields(a_person(session).id, table.corfo.id, Capacity.ALTERNATE)
        meetings.add_member(session, table.series, fields, actor="test", now=now)
    days = [now.replace(tzinfo=None) + timedelta(days=day) for day in (20, 21)]
    options = [(day, day + timedelta(hours=1)) for day in days]
    asked = PollFields("Reunión", options, closes_at=now + timedelta(days=3))
    poll = meetings.create_poll(session, table.series, asked, actor="test", now=now)
    meeting = a_meeting(session, table.series, slot_on=None)
    return {
        "public_id": meeting.public_id,
        **of_meeting(session, table, meeting, now=now),
        "series": table.series.public_id,
        "poll": poll.public_id,
        "member": [member.public_id for member in table.series.members],
    }


def of_meeting(session, table, meeting, *, now):
    """What the meeting's addresses name: items and a document, who is called, proposed times."""
    by = {"actor": "test", "now": now}
    items = [
        meetings.add_item(session, meeting, ItemFields(f"Punto {number}"), **by)
        for number in range(20)
    ]
    taken = [
        taking.take(BytesIO(b"%PDF-1.7"), "Informe.pdf", prefix=meetings.PREFIX) for _ in range(16)
    ]
    files = [
        meetings.add_file(session, items[number % 2], each, **by)
        for number, each in enumerate(taken)
    ]
    seats = [
        meetings.invite(session, meeting, a_person(session), Place(None), **by) for _ in range(20)
    ]
    times = [
        TimeProposal(
            event_id=meeting.id,
            invitee=seats[0].invitee,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            proposed_at=now,
            comment="",
        )
        for _ in range(20)
    ]
    session.add_all(times)
    session.flush()
    return {
        "item": [item.public_id for item in items],
        "file": [file.public_id for file in files],
        "invitee": [seat.invitee.public_id for seat in seats],
        "proposal": [each.public_id for each in times],
    }


#: What of a list an address names; whoever takes one away takes the last.
LISTED = frozenset({"material", "question", "member", "item", "file", "invitee", "proposal"})
TAKING = frozenset(
    {
        "materials.remove",
        "questions.retire",
        "meetings.end_member",
        "meetings.remove_item",
        "meetings.remove_file",
        "meetings.settle_time_proposal",
        "meetings.uninvite",
    }
)


@pytest.fixture
def world(database, settings, now):
    with database.transaction() as session:
        own, foreign = a_cooperative(session), a_cooperative(session)
        institution = directory.create_institution(
            session, name="CORFO de prueba", short_name="CORFO", actor="test", now=now
        )
        talk = a_talk(session)
        handed_out = [a_file(session, talk).public_id for _ in range(30)]
        questions = [a_question(session, talk).public_id for _ in range(30)]
        arguments = {}
        for kind, organisation in (("own", own), ("foreign", foreign)):
            person = directory.find_or_create_person(
                session, name=f"Persona {kind}", email=f"{kind}@coop.example", now=now
            )
            directory.affiliate(
                session, person, organisation, post="Gerencia", actor="test", now=now
            )
            [registration] = registrations.register(
                session,
                talk,
                Request(
                    form_key=kind,
                    people=[Registrant(person.name, person.email, Room.IN_ROOM)],
                    organisation=organisation,
                ),
                actor="test",
                now=now,
            )
            table = a_table(session)
            arguments[kind] = {
                "commitment": a_commitment_of(session, table, now=now),
                "cooperative": {
                    "section": "cooperativas",
                    "public_id": organisation.public_id,
                    "person": person.public_id,
                    "number": 1,
                },
                "institution": {"public_id": institution.public_id},
                "registration": {"public_id": registration.invitee.public_id},
                "post": {"public_id": person.public_id, "number": 1},
                "data-case": {"public_id": a_data_case(session, now=now).public_id},
                "data-subject": {"public_id": a_person(session).public_id},
                "talk": {
                    "public_id": talk.public_id,
                    "person": registration.invitee.public_id,
                    "material": handed_out,
                    "question": questions,
                },
                "minutes": of_minutes(session, table, now=now),
                "table": of_table(session, table, now=now),
                "message": {
                    "received_id": a_received_message(session, now=now),
                    "message_id": session.scalars(
                        select(OutgoingMessage.id).where(
                            OutgoingMessage.invitee_id == registration.invitee_id
                        )
                    ).first(),
                },
            }
            if kind == "own":
                counterpart = table.people[2].id
        arguments["missing"] = {
            kind: {
                **given,
                **dict.fromkeys(NAMES, "no-existe"),
                "message_id": 999_999,
                "received_id": 999_999,
            }
            for kind, given in arguments["own"].items()
        }
        return World(arguments, counterpart)


def of_minutes(session, table, *, now):
    """What the addresses of minutes in review name, with a copy that was signed elsewhere."""
    by = {"actor": "user:1", "now": now}
    meeting = a_meeting(session, table.series, slot_on=None)
    made = minutes.start(session, meeting, **by)
    part = made.parts[0]
    decision = minutes.add_decision(session, part, "Firmar.", addressed_to_id=None, **by)
    send_out(session, made, **by)
    # Written down without a command, so that the minutes stay in review.
    observation = Observation(
        minutes_id=made.id,
        review=1,
        person_id=table.people[2].id,
        organisation_id=table.corfo.id,
        text="Falta.",
        created_at=now,
    )
    session.add(observation)
    session.flush()
    taken = taking.take(BytesIO(b"%PDF-1.7"), "Firmada.pdf", prefix=minutes.PREFIX)
    copy = minutes.keep_signed_copy(session, made, minutes.SignedUpload(taken, None), **by)
    return {
        "public_id": meeting.public_id,
        "series": table.series.public_id,
        "copy": copy.public_id,
        "part": part.public_id,
        "decision": decision.public_id,
        "observation": observation.public_id,
        "act": "visar",
        "year": 2027,
    }


def a_received_message(session, *, now):
    inbound.receive(session, f"Message-ID: <{token_urlsafe(9)}@x>\n\nHola".encode(), now=now)
    return session.scalar(select(func.max(InboundMessage.id)))


def a_commitment_of(session, table, *, now):
    """What CORFO owes the federation by a table of theirs, with a file that shows it."""
    meeting = a_meeting(session, table.series)
    fields = commitments.Fields(
        action="Remitir las bases",
        party_id=table.corfo.id,
        owed_to_id=table.federation.id,
        person_id=table.people[2].id,
        due_on=now.date(),
    )
    made = commitments.make(session, meeting, fields, number_of=(2027, 1), actor="test", now=now)
    taken = taking.take(BytesIO(b"%PDF-1.7"), "Bases.pdf", prefix=commitment_files.PREFIX)
    said = commitments.Said("Va.", 10, (taken,))
    commitments.report(session, made, said, actor="test", now=now)
    file = made.entries[-1].evidence[0]
    return {"public_id": made.public_id, "evidence": file.public_id, "change": "desestimar"}


def guarded(app):
    return {
        rule.endpoint: rule
        for rule in app.url_map.iter_rules()
        if isinstance(getattr(app.view_functions[rule.endpoint], "access", None), Permission)
    }


def of_the_table(given, rule):
    """What an address of the tables names by `public_id`: a series, a poll, or a meeting."""
    for prefix, kind in (("/reuniones/series/", "series"), ("/reuniones/consultas/", "poll")):
        if rule.rule.startswith(prefix):
            return {**given, "public_id": given[kind]}
    return given


def path_of(app, rule, arguments):
    kind = rule.endpoint.partition(".")[0]
    if kind == "directory":
        institutional = "institution" in rule.endpoint or rule.endpoint.endswith("unit")
        given = arguments["institution" if institutional else "cooperative"]
        given = arguments["post"] if rule.endpoint == "directory.team_end_deputy" else given
    elif rule.rule.startswith("/mi-cooperativa/"):
        given = arguments["registration"]
    elif kind == "commitments":
        given = arguments["commitment"]
    elif kind in {"meetings", "minutes"}:
        given = of_the_table(arguments["table" if kind == "meetings" else kind], rule)
    elif kind == "mailroom":
        given = arguments["message"]
    elif kind == "privacy":
        given = arguments["data-case" if "case" in rule.endpoint else "data-subject"]
    else:
        given = arguments["talk"]
    values = {name: given.get(name, "x") for name in rule.arguments}
    for name in LISTED & values.keys():
        # Who takes one away leaves none for the next to ask.
        there_are = values[name]
        values[name] = there_are.pop() if rule.endpoint in TAKING else there_are[0]
    with app.test_request_context():
        return app.url_map.bind("127.0.0.1").build(rule.endpoint, values)


@pytest.fixture
def browsers(app, world, sign_in, database, now):
    """A client for each role; manager and registrar belong to the cooperative called own."""
    found = {"anonymous": app.test_client()}
    for role in Role:
        found[role.value] = sign_in(role.value)
    with database.transaction() as session:
        organisation = (
            session.scalars(select(Person).where(Person.email == "own@coop.example"))
            .one()
            .affiliations[0]
            .organisation
        )
        for role, access in ((Role.MANAGER, Access.MANAGER), (Role.REGISTRAR, Access.REGISTRAR)):
            user = accounts.user_by_email(session, f"{role.value}@fecrecoop.example")
            person = directory.find_or_create_person(
                session, name=f"Con cuenta {role.value}", email=user.email, now=now
            )
            post = directory.affiliate(
                session, person, organisation, post=role.value, actor="test", now=now
            )
            person.user_id = user.id
            post.access = access
        user = accounts.user_by_email(session, f"{Role.COUNTERPART.value}@fecrecoop.example")
        session.get_one(Person, world.counterpart).user_id = user.id
    return found


def ask(browser, rule, path):
    if "GET" in rule.methods:
        return browser.get(path, base_url="https://localhost", buffered=True)
    return browser.post(
        path,
        base_url="https://localhost",
        headers={"Referer": "https://localhost/"},
        data={"csrf_token": token_of(browser)},
    )


@cache
def token_of(browser):
    page = browser.get("/ingresar/enlace", base_url="https://localhost").text
    return page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]


def test_a01_every_guarded_route_has_a_row_and_every_row_a_route(app):
    assert set(TABLE) == set(guarded(app))


def test_a02_who_may_and_who_may_not(app, world, browsers, database):
    """One test, since making its world takes longer than asking."""
    wrong = []
    for endpoint, rule in sorted(guarded(app).items(), key=lambda item: item[0]):
        has_thing = bool(rule.arguments - {"section"})
        for which in ("foreign", "own", "missing") if has_thing else ("own",):
            for role, browser in browsers.items():
                path = path_of(app, rule, world.arguments[which])
                allowed = role in getattr(TABLE[endpoint], "own" if which == "own" else "foreign")
                response = ask(browser, rule, path)
                problem = verdict(response.status_code, role, which, allowed=allowed)
                if problem:
                    wrong.append(f"{role} {endpoint} {which}: {response.status_code}, {problem}")
    assert not wrong, "\n".join(wrong)


def verdict(status, role, which, *, allowed):
    if status >= 500:
        return "failed"
    if role == "anonymous":
        return "" if status in {302, 303, 401} else "must ask to sign in"
    if which == "missing" or not allowed:
        return "" if status == 404 else "must look missing"
    return "must be let in" if status in {401, 403, 404} else ""


def test_ac_01_what_is_anothers_looks_to_the_byte_like_what_is_missing(
    app, world, browsers, database
):
    rule = guarded(app)["directory.cooperative"]
    pages = [
        browsers["manager"].get(
            path_of(app, rule, world.arguments[which]), base_url="https://localhost"
        )
        for which in ("foreign", "missing")
    ]
    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].data == pages[1].data
    with database.reading() as session:
        denied = session.scalars(select(Entry).where(Entry.action == "access.denied")).all()
        assert [entry.after["permission"] for entry in denied] == ["organisation:see"]
