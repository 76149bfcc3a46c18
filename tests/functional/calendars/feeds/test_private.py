"""Private calendars, line by line of the rules for feeds."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from factories import a_talk

from coopoutreach.calendars.feeds import jobs, rules
from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.calendars.feeds.rules import Selection
from coopoutreach.events import commands as events
from coopoutreach.events.rules import EventState, Modality
from coopoutreach.people.accounts import commands as accounts
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory.models import Affiliation, Person
from coopoutreach.platform.core.settings import Limits
from coopoutreach.platform.web import page_cache
from coopoutreach.talks.registrations import commands as registrations
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.talks.rules import Format
from tests.factories import a_cooperative, a_person

CANCEL = {"actor": "test", "by_person": True}


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


@pytest.fixture
def write(database, settings):
    def _write(**overrides):
        with database.transaction() as session:
            return a_talk(session, **overrides)

    return _write


@pytest.fixture
def own(person, subscribe):
    """The path of one person's calendar."""
    return subscribe("person", person_id=person.id)


def lines(response):
    return response.data.replace(b"\r\n ", b"").decode().split("\r\n")


def row(database):
    with database.transaction() as session:
        return session.scalars(sa.select(FeedAddress)).one()


class TestEachRule:
    def test_f1_it_is_a_calendar_by_get_and_head_without_a_cookie(
        self, client, write, own, seat, person
    ):
        seat(write(), person)
        body = client.get(own).data
        for answer in (client.get(own), client.head(own)):
            assert answer.status_code == 200
            assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
            assert answer.headers["Content-Disposition"] == 'inline; filename="mi-agenda.ics"'
            assert "Set-Cookie" not in answer.headers
            assert answer.headers.get("Vary") == "Accept-Encoding"
            assert int(answer.headers["Content-Length"]) == len(body)

    def test_f2_the_secret_has_160_bits_and_stands_in_the_path(self, own):
        identifier, mac = re.fullmatch(r"/calendario/privado/(\w+)\.([\w-]+)\.ics", own).groups()
        assert len(mac) * 6 >= 160
        assert len(identifier) * 6 >= 128

    def test_f2_two_calendars_of_one_subscriber_have_secrets_of_their_own(
        self, subscribe, registrar
    ):
        person = subscribe("person", user_id=registrar.user_id, person_id=registrar.person_id)
        chosen = subscribe("selection", user_id=registrar.user_id)
        assert person != chosen

    def test_f2_and_nw_03_nobody_but_its_program_keeps_or_lists_it(self, client, own):
        headers = client.get(own).headers
        assert headers["Cache-Control"] == "private, max-age=900"
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Referrer-Policy"] == "strict-origin"

    def test_nw_04_the_log_does_not_hold_the_secret(self, client, own, capsys):
        client.get(own)
        client.get(own.replace(".ics", "x.ics"))
        out = capsys.readouterr().err
        secret = own.rpartition("/")[2].removesuffix(".ics")
        assert '"/calendario/privado/<token>.ics"' in out
        assert secret not in out
        assert secret.partition(".")[2] not in out

    def test_f4_robots_may_read_it(self, client):
        assert "privado" not in client.get("/robots.txt").text

    def test_f5_it_is_the_same_to_the_byte_while_nothing_changes(
        self, client, write, own, seat, person, clock, now
    ):
        seat(write(), person)
        first = client.get(own)
        page_cache.forget_all()
        clock(now + timedelta(hours=3))
        second = client.get(own)
        assert second.data == first.data
        assert second.headers["ETag"] == first.headers["ETag"]
        assert not first.headers["ETag"].startswith("W/")

    def test_f5_validators_are_answered(self, client, write, own, seat, person):
        seat(write(), person)
        etag = client.get(own).headers["ETag"]
        for named in (etag, f'"x", {etag}', f"W/{etag}", "*"):
            again = client.get(own, headers={"If-None-Match": named})
            assert again.status_code == 304
            assert again.data == b""
            assert again.headers["ETag"] == etag
            assert again.headers["Cache-Control"] == "private, max-age=900"
        for other in ({"If-None-Match": '"x"'}, {"If-Modified-Since": "mañana"}):
            assert client.get(own, headers=other).status_code == 200

    def test_f5_what_leaves_changes_the_name(self, client, write, own, seat, person, database, now):
        first, second = seat(write(), person), seat(write(), person)
        before = client.get(own)
        assert before.data.count(b"BEGIN:VEVENT") == 2
        with database.transaction() as session:
            registrations.cancel(session, session.get_one(Registration, first), now=now, **CANCEL)
        after = client.get(own, headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert after.data.count(b"BEGIN:VEVENT") == 1
        assert second

    def test_f5_events_stand_in_the_order_of_their_start(self, client, write, own, seat, person):
        late = write(wall_start=datetime(2026, 12, 20, 10, 0))
        soon = write(wall_start=datetime(2026, 12, 1, 10, 0))
        seat(late, person)
        seat(soon, person)
        text = client.get(own).text
        assert text.index(soon.uid) < text.index(late.uid)

    def test_f6_it_says_what_it_is_but_not_where(self, client, own):
        said = lines(client.get(own))
        for line in (
            "NAME:Mi agenda FECRECOOP",
            "X-WR-CALNAME:Mi agenda FECRECOOP",
            "X-WR-TIMEZONE:America/Santiago",
            "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
            "X-PUBLISHED-TTL:PT4H",
            "COLOR:darkgreen",
            "CALSCALE:GREGORIAN",
        ):
            assert line in said
        assert not [line for line in said if line.startswith(("METHOD", "SOURCE", "UID"))]
        assert "privado" not in client.get(own).text

    def test_f7_it_names_nobody_and_rings_no_bell(self, client, write, own, seat, person, database):
        seat(write(modality=Modality.HYBRID, link="https://reunion.example/x"), person)
        text = client.get(own).text
        for word in ("ATTENDEE", "VALARM", "@coop.example", "/inscripciones/", "Rosa"):
            assert word not in text

    def test_f9_a_cancelled_talk_stays_for_thirty_days_after_its_date(
        self, client, write, own, seat, person, database, clock, now
    ):
        talk = write(link="https://reunion.example/x", modality=Modality.ONLINE)
        seat(talk, person)
        with database.transaction() as session:
            events.cancel(session, session.merge(talk), reason="Lluvia.", actor="test", now=now)
        said = lines(client.get(own))
        assert f"SUMMARY:CANCELADA: {talk.title}" in said
        assert {"STATUS:CANCELLED", "TRANSP:TRANSPARENT", "SEQUENCE:1"} <= set(said)
        assert "reunion.example" not in "".join(said)
        clock(datetime(2027, 1, 15, 2, 59, tzinfo=UTC))
        assert talk.uid in client.get(own).text
        # The day in Santiago after the thirtieth begins at 03:00 UTC.
        clock(datetime(2027, 1, 15, 3, 0, tzinfo=UTC))
        assert talk.uid not in client.get(own).text

    def test_f10_the_window_is_that_of_the_public_feed(
        self, client, write, own, seat, person, clock
    ):
        talk = write()
        seat(talk, person)
        clock(datetime(2027, 3, 15, 2, 59, tzinfo=UTC))
        assert talk.uid in client.get(own).text
        clock(datetime(2027, 3, 16, 3, 0, tzinfo=UTC))
        assert talk.uid not in client.get(own).text

    def test_f10_there_are_never_more_than_allowed(
        self, client, write, own, seat, person, monkeypatch
    ):
        monkeypatch.setattr(rules, "MOST_EVENTS", 2)
        for _ in range(3):
            seat(write(), person)
        assert client.get(own).text.count("BEGIN:VEVENT") == 2

    def test_f11_lines_are_short_and_whole(self, client, write, own, seat, person, database):
        full = write(title="Ñandú y cooperación, antecedentes \\, " * 5, capacity_room=1)
        with database.transaction() as session:
            first = a_person(session)
        seat(full, first)
        seat(full, person)
        assert "En lista de espera: Ñandú" in "".join(lines(client.get(own)))
        for line in client.get(own).data.split(b"\r\n"):
            assert len(line) <= 75
            line.decode()

    def test_f12_an_empty_feed_has_a_component(self, client, own):
        said = lines(client.get(own))
        assert "BEGIN:VTIMEZONE" in said
        assert "BEGIN:VEVENT" not in said

    def test_f13_an_event_is_called_as_in_mails_and_in_the_public_feed(
        self, client, write, own, seat, person
    ):
        talk = write()
        seat(talk, person)
        assert f"UID:{talk.uid}" in lines(client.get(own))
        assert f"UID:{talk.uid}" in lines(client.get("/calendario/charlas.ics"))


class TestAPerson:
    def test_who_has_a_place_is_told_where_to_join_and_nobody_else(
        self, client, write, own, seat, person, subscribe, database
    ):
        talk = write(
            modality=Modality.ONLINE, capacity_online=1, link="https://reunion.example/secreta"
        )
        from coopoutreach.talks.registrations.rules import Room  # noqa: PLC0415

        seat(talk, person, room=Room.ONLINE)
        with database.transaction() as session:
            waits = a_person(session)
        seat(talk, waits, room=Room.ONLINE)
        waiting = subscribe("person", person_id=waits.id)
        chosen = subscribe("selection", person_id=person.id)
        assert "https://reunion.example/secreta" in "".join(lines(client.get(own)))
        for path in (waiting, chosen, "/calendario/charlas.ics"):
            assert talk.uid in client.get(path).text
            assert "reunion.example" not in client.get(path).text

    def test_who_waits_sees_it_as_tentative_and_free(
        self, client, write, seat, person, own, database, now
    ):
        talk = write(capacity_room=1)
        with database.transaction() as session:
            first = a_person(session)
        held = seat(talk, first)
        seat(talk, person)
        said = lines(client.get(own))
        assert f"SUMMARY:En lista de espera: {talk.title}" in said
        assert {"STATUS:TENTATIVE", "TRANSP:TRANSPARENT"} <= set(said)
        with database.transaction() as session:
            registrations.cancel(session, session.get_one(Registration, held), now=now, **CANCEL)
        said = lines(client.get(own))
        assert f"SUMMARY:{talk.title}" in said
        assert {"STATUS:CONFIRMED", "TRANSP:OPAQUE"} <= set(said)

    @pytest.mark.both_engines
    def test_who_waited_for_a_talk_that_was_held_sees_it_no_more(
        self, client, write, seat, person, own, database
    ):
        talk = write(capacity_room=1)
        with database.transaction() as session:
            first = a_person(session)
        seat(talk, first)
        seat(talk, person)
        with database.transaction() as session:
            events.close(session, session.merge(talk), actor="test", now=talk.ends_at)
        assert talk.uid not in client.get(own).text

    def test_nw_05_it_has_nothing_of_others(self, client, write, seat, own, database, cooperative):
        talk = write()
        with database.transaction() as session:
            other = a_person(session)
        seat(talk, other, cooperative)
        assert talk.uid not in client.get(own).text

    def test_a_draft_is_in_no_calendar(self, client, write, seat, person, own, database, subscribe):
        talk = write()
        seat(talk, person)
        with database.transaction() as session:
            moved = session.merge(talk)
            moved.state = EventState.DRAFT
            events.keep_calendar_bytes(session, moved, now=moved.created_at)
        for path in (own, subscribe("selection", person_id=person.id)):
            assert talk.uid not in client.get(path).text

    def test_who_asked_to_be_blocked_has_no_calendar_until_they_are_not(
        self, client, own, person, database, now
    ):
        for blocked, status in ((now, 404), (None, 200)):
            with database.transaction() as session:
                session.get_one(Person, person.id).blocked_at = blocked
            assert client.get(own).status_code == status


class TestACooperative:
    @pytest.fixture
    def of_all(self, registrar, cooperative, subscribe):
        return subscribe(
            "cooperative",
            user_id=registrar.user_id,
            person_id=registrar.person_id,
            organisation_id=cooperative.id,
        )

    def test_it_has_the_talks_of_its_people_once_and_no_others(
        self, client, write, seat, cooperative, of_all, database
    ):
        with database.transaction() as session:
            people = [a_person(session) for _ in range(3)]
            other = a_cooperative(session)
        talk, foreign = write(capacity_room=1, link="https://reunion.example/x"), write()
        seat(talk, people[0], cooperative)
        seat(talk, people[1], cooperative)
        seat(foreign, people[2], other)
        said = lines(client.get(of_all))
        assert said.count(f"UID:{talk.uid}") == 1
        assert "STATUS:CONFIRMED" in said
        assert foreign.uid not in "".join(said)
        assert "reunion.example" not in "".join(said)
        assert "NAME:Charlas FECRECOOP de Cobre Alto" in said

    def test_where_all_of_them_wait_it_is_tentative(
        self, client, write, seat, cooperative, of_all, database
    ):
        with database.transaction() as session:
            others, ours = a_person(session), a_person(session)
        talk = write(capacity_room=1)
        seat(talk, others)
        seat(talk, ours, cooperative)
        assert "STATUS:TENTATIVE" in lines(client.get(of_all))

    @pytest.mark.both_engines
    def test_nw_04_leaving_the_post_ends_it_at_once(self, client, of_all, registrar, database, now):
        assert client.get(of_all).status_code == 200
        with database.transaction() as session:
            directory.end_affiliation(
                session,
                session.get_one(Affiliation, registrar.post_id),
                until=now.date(),
                actor="test",
                now=now,
            )
        gone = client.get(of_all)
        assert gone.status_code == 404
        assert gone.data == client.get("/calendario/privado/nadie.nada.ics").data

    def test_a_cooperative_that_is_closed_has_none(self, client, of_all, cooperative, database):
        with database.transaction() as session:
            session.merge(cooperative).active = False
        assert client.get(of_all).status_code == 404

    def test_a_closed_account_has_none(self, client, of_all, registrar, database, now, subscribe):
        mine = subscribe("person", user_id=registrar.user_id, person_id=registrar.person_id)
        assert client.get(mine).status_code == 200
        with database.transaction() as session:
            user = session.get_one(User, registrar.user_id)
            accounts.deactivate(session, user, actor="test", now=now)
        assert {client.get(path).status_code for path in (of_all, mine)} == {404}


class TestASelection:
    @pytest.mark.both_engines
    def test_it_has_the_regions_and_formats_that_were_chosen(
        self, client, write, subscribe, person
    ):
        chosen = subscribe(
            "selection", person_id=person.id, selection=Selection(("05",), (Format.WORKSHOP,))
        )
        wanted = write(region="05", format=Format.WORKSHOP)
        elsewhere = write(region="12", format=Format.WORKSHOP)
        other_kind = write(region="05")
        text = client.get(chosen).text
        assert wanted.uid in text
        assert elsewhere.uid not in text
        assert other_kind.uid not in text
        assert "NAME:Charlas FECRECOOP: Valparaíso\\, Taller" in lines(client.get(chosen))

    def test_without_a_choice_it_has_what_everybodys_has(self, client, write, subscribe, person):
        write()
        ours = lines(client.get(subscribe("selection", person_id=person.id)))
        everybodys = lines(client.get("/calendario/charlas.ics"))
        begin = "BEGIN:VEVENT"
        assert ours[ours.index(begin) :] == everybodys[everybodys.index(begin) :]


class TestDeadAddresses:
    def paths(self, own, database, now):
        """Unknown, forged (of one that there is), of another purpose, revoked."""
        identifier, mac = own.removesuffix(".ics").rpartition("/")[2].split(".")
        base = "/calendario/privado/"
        return {
            "unknown": f"{base}{identifier[::-1]}.{mac}.ics",
            "forged": f"{base}{identifier}.{mac[::-1]}.ics",
            "without a secret": f"{base}{identifier}.ics",
            "empty secret": f"{base}{identifier}..ics",
            "not ascii": f"{base}ñandú.ñ.ics",
            "revoked": own,
        }

    @pytest.fixture
    def dead(self, client, own, database, now):
        from coopoutreach.calendars.feeds import commands  # noqa: PLC0415

        assert client.get(own).status_code == 200
        with database.transaction() as session:
            address = session.scalars(sa.select(FeedAddress)).one()
            commands.revoke(session, address, actor="test", now=now)
        return self.paths(own, database, now)

    def test_they_all_look_the_same_to_the_byte(self, client, dead):
        answers = {name: client.get(path) for name, path in dead.items()}
        assert {answer.status_code for answer in answers.values()} == {404}
        assert len({answer.data for answer in answers.values()}) == 1
        headers = {
            tuple(sorted((k, v) for k, v in answer.headers if k != "Set-Cookie"))
            for answer in answers.values()
        }
        assert len(headers) == 1

    def test_they_all_cost_the_same_work(self, client, dead, app, monkeypatch):
        from coopoutreach.platform.core import links  # noqa: PLC0415

        macs = []
        real = links.hmac.compare_digest
        monkeypatch.setattr(links.hmac, "compare_digest", lambda a, b: macs.append(1) or real(a, b))
        costs = set()
        for path in dead.values():
            macs.clear()
            with counted(app) as statements:
                client.get(path)
            costs.add((len(macs), tuple(statements)))
        assert len(costs) == 1
        assert next(iter(costs))[0] == 1

    @pytest.mark.both_engines
    def test_a_renewed_address_is_dead_under_its_old_name_at_once(self, client, own, database, now):
        from coopoutreach.calendars.feeds import commands, showing  # noqa: PLC0415

        with database.transaction() as session:
            address = session.scalars(sa.select(FeedAddress)).one()
            commands.renew(session, address, actor="test", now=now)
            new = showing.url_of(address).removeprefix("http://127.0.0.1:8000")
        assert client.get(own).status_code == 404
        assert client.get(new).status_code == 200

    def test_the_secret_of_another_kind_of_link_opens_nothing(self, client, own, database):
        from coopoutreach.platform.core import settings as process  # noqa: PLC0415

        address = row(database)
        token = process.current().links.token("invitee", address.public_id, address.nonce)
        assert client.get(f"/calendario/privado/{token}.ics").status_code == 404

    @pytest.mark.both_engines
    def test_an_address_unused_for_thirteen_months_ends(
        self, client, own, database, settings, now, clock
    ):
        almost = datetime(2027, 12, 24, 11, 0, tzinfo=UTC)
        assert jobs.expire_unused_addresses(database, almost) == 0
        later = datetime(2027, 12, 24, 13, 0, tzinfo=UTC)
        assert jobs.expire_unused_addresses(database, later) == 1
        assert jobs.expire_unused_addresses(database, later) == 0
        clock(later)
        assert client.get(own).status_code == 404

    @pytest.mark.both_engines
    def test_an_address_that_is_used_does_not_end(self, client, own, database, clock):
        clock(datetime(2027, 11, 1, 12, 0, tzinfo=UTC))
        client.get(own).close()
        assert jobs.expire_unused_addresses(database, datetime(2027, 12, 25, tzinfo=UTC)) == 0


class TestTheUse:
    def test_it_is_noted_to_the_hour_and_with_the_program(self, client, own, database, now, clock):
        clock(now + timedelta(minutes=40))
        client.get(own, headers={"User-Agent": "Google-Calendar-Importer"}).close()
        noted = row(database)
        assert noted.last_used_at == now
        assert noted.last_program == "Google Calendar"

    def test_at_most_once_an_hour(self, client, own, database, app, now, clock):
        client.get(own).close()
        with counted(app) as statements:
            clock(now + timedelta(minutes=59))
            client.get(own).close()
        assert not [one for one in statements if one.startswith("UPDATE")]
        clock(now + timedelta(minutes=60))
        client.get(own).close()
        assert row(database).last_used_at == now + timedelta(hours=1)

    def test_a_refused_one_is_not_noted(self, client, own, database):
        client.get(own.replace(".ics", "x.ics")).close()
        assert row(database).last_used_at is None

    def test_the_answer_is_out_before_it_is_noted(self, client, own, database):
        answer = client.get(own)
        assert answer.status_code == 200
        assert row(database).last_used_at is None
        answer.close()
        assert row(database).last_used_at is not None

    def test_a_database_that_cannot_be_written_spoils_nothing(self, client, own, app, monkeypatch):
        from sqlalchemy.exc import OperationalError  # noqa: PLC0415

        from coopoutreach.calendars.feeds import commands  # noqa: PLC0415

        def fails(*_args, **_more):
            raise OperationalError("UPDATE", {}, Exception("disk full"))

        monkeypatch.setattr(commands, "note_use", fails)
        answer = client.get(own)
        answer.close()
        assert answer.status_code == 200


class TestThePace:
    def test_nw_06_who_asks_too_often_is_told_when_to_come_back(
        self, client, own, settings, app, now, clock
    ):
        times = settings.limits.feed_per_address[0]
        for _ in range(times):
            assert client.get(own).status_code == 200
        refused = client.get(own)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 7200
        clock(now + timedelta(seconds=int(refused.headers["Retry-After"])))
        assert client.get(own).status_code == 200

    def test_f4_one_address_does_not_use_up_anothers(
        self, client, own, subscribe, registrar, settings
    ):
        others = subscribe("selection", user_id=registrar.user_id)
        google = {"User-Agent": "Google-Calendar-Importer"}
        for _ in range(settings.limits.feed_per_address[0] + 1):
            client.get(own, headers=google)
        assert client.get(own, headers=google).status_code == 429
        assert client.get(others, headers=google).status_code == 200

    def test_the_limit_is_generous_to_any_program_that_there_is(self):
        times, seconds = Limits().feed_per_address
        # Thunderbird, the most eager, comes twice an hour.
        assert times / seconds * 3600 >= 20 * 2


class TestTheCost:
    @pytest.mark.parametrize("which", ["person", "cooperative", "selection"])
    def test_a_fixed_number_of_queries_however_many_talks(
        self, client, app, write, seat, registrar, cooperative, subscribe, which, database
    ):
        path = subscribe(
            which,
            user_id=registrar.user_id,
            person_id=registrar.person_id,
            **({"organisation_id": cooperative.id} if which == "cooperative" else {}),
        )
        with database.transaction() as session:
            person = session.get_one(Person, registrar.person_id)
        most = {"person": (3, 2), "cooperative": (4, 3), "selection": (2, 1)}[which]
        for _ in range(2):
            for _ in range(4):
                seat(write(), person, cooperative)
            client.get(path).close()
            page_cache.forget_all()
            with counted(app) as cold:
                client.get(path).close()
            with counted(app) as warm:
                client.get(path).close()
            asked = [[s for s in found if s.startswith("SELECT")] for found in (cold, warm)]
            # And the number of the revision, which is asked apart.
            assert [len(found) for found in asked] <= [most[0] + 1, most[1] + 1]


class counted:  # noqa: N801 (reads as a verb)
    """Collect the statements that an application's database is asked."""

    def __init__(self, app):
        self._engine = app.extensions["database"].engine

    def __enter__(self):
        self._found = []
        sa.event.listen(self._engine, "before_cursor_execute", self._note)
        return self._found

    def __exit__(self, *_error):
        sa.event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, *_more):
        self._found.append(statement)
