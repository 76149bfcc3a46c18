"""Meetings and commitments in private calendars, and the calendar of a table (NW-05, AC-12)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from coopoutreach.calendars.feeds import rules
from coopoutreach.committee.commitments import commands as commitments
from coopoutreach.committee.commitments.commands import Fields
from coopoutreach.committee.commitments.models import Commitment, CommitmentEntry
from coopoutreach.committee.commitments.rules import EntryKind, State
from coopoutreach.committee.meetings.models import Meeting, Seat, SeriesParty
from coopoutreach.committee.meetings.rules import Capacity
from coopoutreach.events import commands as events
from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import EventState, Standing
from coopoutreach.people.directory.models import Affiliation
from coopoutreach.people.directory.rules import Kind
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.web import page_cache
from tests.conftest import signed_in
from tests.factories import a_meeting, a_person, a_post, a_table, a_talk, a_user, an_institution
from tests.support import readers

SECURE = {"base_url": "https://localhost"}
PAGE = "/mi-cuenta/calendarios"


@pytest.fixture
def clock(monkeypatch, now):
    def set_to(moment):
        for module in ("calendars.feeds.views.private", "platform.web.page_cache"):
            monkeypatch.setattr(f"coopoutreach.{module}.utcnow", lambda: moment)

    set_to(now)
    return set_to


@pytest.fixture(autouse=True)
def _at_now(clock):
    pass


def invite(session, meeting, person, organisation, now, *, capacity=Capacity.PRINCIPAL):
    invitee = Invitee(
        event_id=meeting.id,
        person_id=person.id,
        organisation_id=organisation.id if organisation else None,
        created_at=now,
        told_version=meeting.version,
    )
    session.add(invitee)
    session.flush()
    session.add(
        Seat(
            invitee_id=invitee.id,
            meeting_id=meeting.id,
            organisation_id=organisation.id if organisation else None,
            capacity=capacity,
        )
    )
    session.flush()
    return invitee


@pytest.fixture
def table(database, settings, now):
    """A table with one meeting to which all four people are invited."""
    with database.transaction() as session:
        table = a_table(session)
        table.meeting = a_meeting(
            session,
            table.series,
            year=2027,
            number=3,
            wall_start=datetime(2027, 3, 9, 10, 0),
        )
        for number, person in enumerate(table.people):
            side = table.federation if number < 2 else table.corfo
            invite(session, table.meeting, person, side, now)
        return table


@pytest.fixture
def marcela(table, subscribe):
    """The path of the calendar of Marcela, of CORFO."""
    return subscribe("person", person_id=table.people[2].id)


@pytest.fixture
def promise(database, table, now):
    """Return a function that writes a commitment of Marcela's down; returns its id."""

    def _promise(**given):
        fields = Fields(
            **{
                "action": "Remitir el articulado vigente de elegibilidad",
                "party_id": table.corfo.id,
                "owed_to_id": table.federation.id,
                "person_id": table.people[2].id,
                "due_on": date(2027, 1, 15),
                "verification": "Oficio",
                **given,
            }
        )
        with database.transaction() as session:
            meeting = session.get_one(Meeting, table.meeting.id)
            made = commitments.make(
                session, meeting, fields, number_of=(2027, 3), actor="test", now=now
            )
            return made.id

    return _promise


def lines(response):
    return response.data.replace(b"\r\n ", b"").decode().split("\r\n")


class TestMeetings:
    def test_f8_who_is_invited_sees_it_with_where_to_join(self, client, table, marcela):
        said = lines(client.get(marcela))
        assert "SUMMARY:Mesa FECRECOOP–CORFO\\, reunión N° 3" in "\n".join(said)
        assert f"UID:{table.meeting.uid}" in said
        assert "https://reuniones.example/mesa" in "".join(said)
        assert "NAME:Mi agenda FECRECOOP" in said

    def test_nw_05_who_is_not_invited_does_not(self, client, database, table, subscribe):
        with database.transaction() as session:
            other = a_person(session)
        assert table.meeting.uid not in client.get(subscribe("person", person_id=other.id)).text

    @pytest.mark.both_engines
    def test_who_is_withdrawn_sees_it_no_more(self, client, database, table, marcela):
        with database.transaction() as session:
            one = session.scalars(sa.select(Invitee).filter_by(person_id=table.people[2].id)).one()
            one.standing = Standing.WITHDRAWN
        assert table.meeting.uid not in client.get(marcela).text

    def test_ac_12_who_leaves_the_institution_loses_it_at_the_next_request(
        self, client, database, table, marcela, now, subscribe
    ):
        assert table.meeting.uid in client.get(marcela).text
        with database.transaction() as session:
            talk = a_talk(session)
            session.add(Invitee(event_id=talk.id, person_id=table.people[2].id, created_at=now))
            leave(session, table.people[2], now)
        text = client.get(marcela).text
        assert table.meeting.uid not in text
        assert talk.uid in text
        others = subscribe("person", person_id=table.people[3].id)
        assert table.meeting.uid in client.get(others).text

    def test_a_guest_without_a_post_sees_it(self, client, database, table, subscribe, now):
        with database.transaction() as session:
            guest = a_person(session)
            meeting = session.merge(table.meeting)
            invite(session, meeting, guest, None, now, capacity=Capacity.GUEST)
        assert table.meeting.uid in client.get(subscribe("person", person_id=guest.id)).text

    @pytest.mark.both_engines
    def test_somebody_of_a_unit_sees_what_they_sit_at_for_its_institution(
        self, client, database, table, marcela, now
    ):
        with database.transaction() as session:
            leave(session, table.people[2], now)
            unit = an_institution(session, "GIF", kind=Kind.UNIT, parent_id=table.corfo.id)
            a_post(session, session.merge(table.people[2]), unit)
        assert table.meeting.uid in client.get(marcela).text


class TestCommitments:
    def test_f8_what_one_owes_stands_on_its_day_and_takes_up_no_time(
        self, client, table, marcela, promise, database
    ):
        number = promise()
        said = lines(client.get(marcela))
        for line in (
            "DTSTART;VALUE=DATE:20270115",
            "DTEND;VALUE=DATE:20270116",
            "TRANSP:TRANSPARENT",
            "SUMMARY:Vence: Remitir el articulado vigente de elegibilidad",
        ):
            assert line in said
        text = "\n".join(said)
        assert "Compromiso C-2027-03-01\\, de CORFO para FECRECOOP." in text
        with database.reading() as session:
            public_id = session.get_one(Commitment, number).public_id
        assert f"URL:http://127.0.0.1:8000/compromisos/{public_id}" in said

    @pytest.mark.both_engines
    def test_f5_it_is_the_same_to_the_byte_until_something_happens_to_it(
        self, client, marcela, promise, database, now, clock
    ):
        number = promise()
        first = client.get(marcela)
        page_cache.forget_all()
        clock(now + timedelta(hours=2))
        again = client.get(marcela, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        later = now + timedelta(hours=1)
        happen(database, number, EntryKind.EXTENDED, later, due_on=date(2027, 2, 1))
        after = client.get(marcela, headers={"If-None-Match": first.headers["ETag"]})
        assert after.status_code == 200
        said = lines(after)
        assert "DTSTART;VALUE=DATE:20270201" in said
        assert "SEQUENCE:1" in said
        assert f"DTSTAMP:{later:%Y%m%dT%H%M%SZ}" in said
        uids = [
            line
            for text in (lines(first), said)
            for line in text
            if line.startswith("UID:compromiso-")
        ]
        assert len(set(uids)) == 1

    def test_what_is_delivered_waits_for_the_other_sides_word(
        self, client, marcela, promise, database, now
    ):
        happen(database, promise(), EntryKind.DELIVERED, now, state=State.DELIVERED)
        assert "SUMMARY:Entregado\\, falta confirmar: Remitir" in "\n".join(
            lines(client.get(marcela))
        )

    @pytest.mark.parametrize("state", [State.FULFILLED, State.DISMISSED])
    def test_what_is_closed_is_gone(self, client, marcela, promise, database, now, state):
        happen(database, promise(), EntryKind.FULFILLED, now, state=state)
        assert "compromiso-" not in client.get(marcela).text

    def test_nobody_elses_are_in_it(self, client, marcela, promise, table):
        promise(person_id=table.people[3].id)
        promise(person_id=None)
        assert "compromiso-" not in client.get(marcela).text

    def test_ac_05_what_is_reserved_for_the_other_side_is_not_in_it(
        self, client, marcela, promise, table
    ):
        promise(action="De los dos")
        promise(action="Solo de CORFO", reserved_for_id=table.corfo.id)
        promise(action="Solo de la Federación", reserved_for_id=table.federation.id)
        text = client.get(marcela).text
        assert "De los dos" in text
        assert "Solo de CORFO" in text
        assert "Solo de la Federación" not in text

    def test_ac_12_who_leaves_loses_them(self, client, marcela, promise, table, database, now):
        promise(action="De los dos")
        promise(action="Solo de CORFO", reserved_for_id=table.corfo.id)
        with database.transaction() as session:
            leave(session, table.people[2], now)
        assert "compromiso-" not in client.get(marcela).text

    def test_f10_the_window_is_that_of_events(self, client, marcela, promise, clock):
        promise()
        clock(datetime(2027, 4, 15, 12, 0, tzinfo=UTC))
        assert "compromiso-" in client.get(marcela).text
        clock(datetime(2027, 4, 17, 12, 0, tzinfo=UTC))
        assert "compromiso-" not in client.get(marcela).text

    @pytest.mark.parametrize("reader", ["icaljs", "libical", "khal"])
    def test_every_reader_takes_both(self, client, marcela, promise, reader):
        promise()
        calendar = client.get(marcela).data
        try:
            found = (
                readers.icaljs([calendar])[0].events
                if reader == "icaljs"
                else (getattr(readers, reader)(calendar))
            )
        except readers.Absent as absent:
            pytest.skip(str(absent))
        assert {one.summary for one in found} == {
            "Mesa FECRECOOP–CORFO, reunión N° 3",
            "Vence: Remitir el articulado vigente de elegibilidad",
        }


class TestATable:
    @pytest.fixture
    def counterpart(self, app, database, table):
        """Marcela signs in."""
        with database.transaction() as session:
            user = a_user(session, role=Role.COUNTERPART)
            session.merge(table.people[2]).user_id = user.id
            session.flush()
            return user.id, signed_in(app, session, user)

    @pytest.fixture
    def of_table(self, counterpart, subscribe, table):
        return subscribe("table", user_id=counterpart[0], series_id=table.series.id)

    def test_it_has_its_meetings_and_no_others(self, client, database, table, of_table):
        with database.transaction() as session:
            series = session.merge(table.series)
            draft = a_meeting(session, series, state=EventState.DRAFT, slot_on=None)
            foreign = a_table(
                session,
                federation=an_institution(session, "Otra"),
                corfo=an_institution(session, "Una más"),
            )
            other = a_meeting(session, foreign.series)
            talk = a_talk(session)
        answer = client.get(of_table)
        said = lines(answer)
        assert f"UID:{table.meeting.uid}" in said
        assert "NAME:Reuniones: Mesa FECRECOOP–CORFO" in said
        assert answer.headers["Content-Disposition"] == 'inline; filename="reuniones.ics"'
        for uid in (draft.uid, other.uid, talk.uid):
            assert uid not in answer.text

    def test_it_does_not_say_where_to_join(self, client, of_table):
        assert "reuniones.example" not in client.get(of_table).text

    def test_a_meeting_that_is_called_off_is_crossed_out(
        self, client, database, table, of_table, now
    ):
        before = client.get(of_table).headers["ETag"]
        with database.transaction() as session:
            meeting = session.get_one(Meeting, table.meeting.id)
            events.cancel(session, meeting, reason="Feriado.", actor="test", now=now)
        after = client.get(of_table, headers={"If-None-Match": before})
        assert after.status_code == 200
        assert "STATUS:CANCELLED" in lines(after)

    def test_ac_12_who_leaves_loses_it_at_the_next_request(
        self, client, database, table, of_table, now
    ):
        assert client.get(of_table).status_code == 200
        with database.transaction() as session:
            leave(session, table.people[2], now)
        gone = client.get(of_table)
        assert gone.status_code == 404
        assert gone.data == client.get("/calendario/privado/nadie.nada.ics").data

    @pytest.mark.both_engines
    def test_an_institution_that_leaves_the_table_loses_it(self, client, database, table, of_table):
        with database.transaction() as session:
            session.execute(
                sa.delete(SeriesParty).where(SeriesParty.organisation_id == table.corfo.id)
            )
        assert client.get(of_table).status_code == 404

    @pytest.mark.both_engines
    def test_it_is_offered_made_and_opens(self, client, table, counterpart, post, database):
        browser = counterpart[1]
        assert "Reuniones: Mesa FECRECOOP–CORFO" in browser.get(PAGE, **SECURE).text
        made = post(browser, PAGE, scope="table", table=table.series.public_id)
        assert made.status_code == 303
        shown = browser.get(made.location, **SECURE).text
        path = shown.partition("http://127.0.0.1:8000/calendario/privado/")[2].partition('"')[0]
        assert table.meeting.uid in client.get(f"/calendario/privado/{path}").text
        assert "Crear el de la mesa" not in browser.get(PAGE, **SECURE).text

    def test_a_counterpart_of_another_institution_is_offered_none(self, app, database, table, post):
        with database.transaction() as session:
            user = a_user(session, role=Role.COUNTERPART)
            a_post(session, a_person(session, user_id=user.id), an_institution(session, "SERCOTEC"))
            stranger = signed_in(app, session, user)
        assert "Mesa FECRECOOP" not in stranger.get(PAGE, **SECURE).text
        wrong = post(stranger, PAGE, scope="table", table=table.series.public_id)
        assert wrong.status_code == 404

    def test_the_coordination_follows_every_table_and_a_cooperative_none(
        self, table, sign_in, client
    ):
        assert "Mesa FECRECOOP–CORFO" in sign_in("coordination").get(PAGE, **SECURE).text
        assert "Mesa FECRECOOP–CORFO" not in sign_in("manager").get(PAGE, **SECURE).text


def test_a_calendar_takes_as_many_queries_for_many_things_as_for_few(
    app, client, database, table, marcela, promise, now
):
    counts = []
    # What a process asks once it asks here.
    client.get(marcela)
    for rounds in (1, 5):
        for _ in range(rounds):
            promise()
            with database.transaction() as session:
                series = session.merge(table.series)
                meeting = a_meeting(session, series, slot_on=None)
                invite(session, meeting, session.merge(table.people[2]), table.corfo, now)
        page_cache.forget_all()
        counts.append(count(app, lambda: client.get(marcela)))
    assert counts[0] == counts[1] <= 9
    kept_one = count(app, lambda: client.get(marcela))
    assert kept_one <= 6


def test_who_follows_talks_alone_is_asked_nothing_more(
    app, client, database, subscribe, now, person, settings
):
    with database.transaction() as session:
        talk = a_talk(session)
        session.add(Invitee(event_id=talk.id, person_id=person.id, created_at=now))
    path = subscribe("person", person_id=person.id)
    client.get(path)
    assert count(app, lambda: client.get(path)) <= 3


def test_what_is_followed_is_read_as_it_is_written():
    found = rules.read_followed("12:1,15:0,c:7:41")
    assert found.has_place == {12: True, 15: False}
    assert found.commitments == (7,)
    assert rules.read_followed("").has_place == {}


def leave(session, person, now):
    """End every post of somebody."""
    session.execute(
        sa.update(Affiliation)
        .where(Affiliation.person_id == person.id)
        .values(until=(now - timedelta(days=1)).date())
    )


def happen(database, number, kind, at, **values):
    """Let something happen to a commitment, as its commands write it down."""
    with database.transaction() as session:
        found = session.get_one(Commitment, number)
        for name, value in values.items():
            setattr(found, name, value)
        session.add(CommitmentEntry(commitment_id=number, kind=kind, at=at, actor="test"))


def count(app, ask):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    engine = app.extensions["database"].engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        assert ask().status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len([one for one in seen if one.startswith("SELECT")])
