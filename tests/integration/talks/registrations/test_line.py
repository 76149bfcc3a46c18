"""Seats on every cause, on both engines: released, declined, changed, moved, kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coopoutreach.events import commands as events
from coopoutreach.events.rules import Answer, Modality
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.directory.rules import Level
from coopoutreach.platform.core import reactions
from coopoutreach.talks.registrations import commands, jobs, queries
from coopoutreach.talks.registrations.errors import AlreadyRegistered, NoSeatThere, WrongState
from coopoutreach.talks.registrations.models import Registration, SeatDecision
from coopoutreach.talks.registrations.request import Destination, Registrant, Request
from coopoutreach.talks.registrations.rules import Cause, Room, State
from coopoutreach.talks.talks.models import Talk
from coopoutreach.wiring import WIRING
from tests.factories import a_cooperative, a_talk


@pytest.fixture(autouse=True)
def wired():
    reactions.install(WIRING)


@pytest.fixture
def join(session, now):
    def join(talk, *names, room=Room.IN_ROOM, coop=None, after=0, together=False):
        request = Request(
            form_key=f"{talk.id}-{names}-{after}",
            people=[Registrant(name, f"{name.lower()}@coop.example", room) for name in names],
            organisation=coop,
            all_or_none=together,
        )
        at = now + timedelta(minutes=after)
        return commands.register(session, talk, request, actor="anonymous", now=at)

    return join


def told(session, name):
    rows = session.execute(
        select(OutgoingMessage.notice)
        .where(OutgoingMessage.recipient == f"{name.lower()}@coop.example")
        .order_by(OutgoingMessage.id)
    )
    return [notice.split("/")[1] for (notice,) in rows]


def causes(session):
    return list(session.scalars(select(SeatDecision.cause).order_by(SeatDecision.id)))


class TestHeldSeats:
    @pytest.fixture
    def talk_id(self, database, settings, now):
        """Two seats, both held for an hour; somebody waits who is of no prioritised level."""
        with database.transaction() as session:
            talk = a_talk(
                session,
                capacity_room=2,
                held_room=2,
                held_until=now + timedelta(hours=1),
                prioritised_levels=[Level.INITIAL.value],
            )
            request = Request("x", [Registrant("Ana", "ana@coop.example", Room.IN_ROOM)])
            commands.register(session, talk, request, actor="x", now=now)
            return talk.id

    def states(self, database):
        with database.reading() as session:
            return list(session.scalars(select(Registration.state).order_by(Registration.id)))

    def test_go_down_the_line_once_their_moment_has_come(self, database, talk_id, now):
        assert self.states(database) == [State.WAITING]
        assert jobs.release_held_seats(database, now + timedelta(minutes=59)) == 0
        assert jobs.release_held_seats(database, now + timedelta(hours=1)) == 1
        assert self.states(database) == [State.CONFIRMED]

    @pytest.mark.both_engines
    def test_are_released_once_however_often_and_late_the_job_runs(self, database, talk_id, now):
        late = now + timedelta(days=2)
        assert [jobs.release_held_seats(database, late) for _ in range(3)] == [1, 0, 0]
        with database.reading() as session:
            assert causes(session) == [Cause.RELEASED]
            assert told(session, "Ana") == ["joined_line", "place_confirmed"]

    def test_say_in_the_mail_what_somebody_waits_for(self, database, talk_id, now):
        with database.reading() as session:
            raw = session.scalars(select(OutgoingMessage.raw)).one()
        assert "reservan" in raw.decode().replace("=\r\n", "")

    def test_the_one_that_is_prioritised_gets_at_once(self, database, talk_id, now):
        with database.transaction() as session:
            first = a_cooperative(session, level=Level.INITIAL)
            request = Request("y", [Registrant("Bea", "bea@coop.example", Room.IN_ROOM)], first)
            talk = session.get_one(Talk, talk_id)
            commands.register(session, talk, request, actor="x", now=now + timedelta(minutes=1))
        assert self.states(database) == [State.WAITING, State.CONFIRMED]


class TestGroups:
    def test_wait_together_and_get_their_seats_together(self, session, join, now):
        talk = a_talk(session, capacity_room=2)
        [ana] = join(talk, "Ana")
        pair = join(talk, "Bea", "Cleo", after=1, together=True)
        [dina] = join(talk, "Dina", after=2)
        assert [entry.state for entry in pair] == [State.WAITING] * 2
        assert dina.state is State.CONFIRMED
        for after, leaving in enumerate((ana, dina), 3):
            at = now + timedelta(minutes=after)
            commands.cancel(session, leaving, actor="x", by_person=True, now=at)
        assert [entry.state for entry in pair] == [State.CONFIRMED] * 2


class TestLimit:
    def test_lets_the_next_in_when_a_colleague_cancels(self, session, join, now):
        talk = a_talk(session, capacity_room=5, limit_per_cooperative=1)
        coop = a_cooperative(session)
        [ana] = join(talk, "Ana", coop=coop)
        [bea] = join(talk, "Bea", coop=coop, after=1)
        assert bea.state is State.WAITING
        commands.cancel(session, ana, actor="x", by_person=True, now=now + timedelta(hours=1))
        assert bea.state is State.CONFIRMED

    def test_lifted_lets_those_who_wait_in(self, session, join, now):
        talk = a_talk(session, capacity_room=5, limit_per_cooperative=1)
        coop = a_cooperative(session)
        join(talk, "Ana", coop=coop)
        [bea] = join(talk, "Bea", coop=coop, after=1)
        talk.limit_per_cooperative = None
        session.flush()
        at = now + timedelta(hours=1)
        commands.follow_seats(session, talk.id, cause=Cause.RULES_CHANGED, actor="user:1", now=at)
        assert bea.state is State.CONFIRMED
        assert causes(session)[-1] is Cause.RULES_CHANGED


class TestDecline:
    def test_passes_the_seat_on_at_once(self, session, join, now):
        talk = a_talk(session, capacity_room=1)
        [ana] = join(talk, "Ana")
        [bea] = join(talk, "Bea", after=1)
        at = now + timedelta(hours=1)
        for _ in range(2):
            invitee = ana.invitee
            events.answer(session, invitee, answer=Answer.DECLINED, actor="mail", now=at)
        assert (ana.state, bea.state) == (State.CANCELLED, State.CONFIRMED)
        assert told(session, "Ana") == ["place_confirmed", "cancelled"]
        assert causes(session)[-1] is Cause.DECLINED


class TestChangeRoom:
    @pytest.fixture
    def talk(self, session):
        return a_talk(session, modality=Modality.HYBRID, capacity_room=1, capacity_online=1)

    def change(self, session, registration, room, now, *, may_wait=False, after=60):
        at = now + timedelta(minutes=after)
        commands.change_room(session, registration, room, may_wait=may_wait, actor="x", now=at)

    def test_at_once_passes_the_seat_on_and_tells_each_once(self, session, talk, join, now):
        [ana] = join(talk, "Ana")
        [bea] = join(talk, "Bea", after=1)
        self.change(session, ana, Room.ONLINE, now)
        assert (ana.state, ana.room, bea.state) == (
            State.CONFIRMED,
            Room.ONLINE,
            State.CONFIRMED,
        )
        assert told(session, "Ana") == ["place_confirmed", "place_confirmed"]
        assert told(session, "Bea") == ["joined_line", "place_confirmed"]

    def test_changes_nothing_where_no_seat_is_free(self, session, talk, join, now):
        [ana] = join(talk, "Ana")
        join(talk, "Bea", room=Room.ONLINE, after=1)
        with pytest.raises(NoSeatThere, match="Conserva el que tiene"):
            self.change(session, ana, Room.ONLINE, now)
        assert (ana.state, ana.room) == (State.CONFIRMED, Room.IN_ROOM)
        assert told(session, "Ana") == ["place_confirmed"]

    def test_who_would_rather_wait_gives_the_seat_up_and_it_leaves_their_calendar(
        self, session, talk, join, now
    ):
        [ana] = join(talk, "Ana")
        join(talk, "Bea", room=Room.ONLINE, after=1)
        self.change(session, ana, Room.ONLINE, now, may_wait=True)
        assert (ana.state, ana.room) == (State.WAITING, Room.ONLINE)
        raw = session.scalars(select(OutgoingMessage.raw).order_by(OutgoingMessage.id)).all()[-1]
        assert b"method=CANCEL" in raw.replace(b'"', b"")

    def test_who_waits_goes_to_the_end_of_the_other_line(self, session, talk, join, now):
        join(talk, "Ana")
        join(talk, "Bea", room=Room.ONLINE)
        [cleo] = join(talk, "Cleo", after=1)
        [dina] = join(talk, "Dina", room=Room.ONLINE, after=2)
        self.change(session, cleo, Room.ONLINE, now)
        line = [found for found, _ in queries.line(session, talk, Room.ONLINE)]
        assert line == [dina, cleo]


class TestSessions:
    @pytest.fixture
    def both(self, session):
        first = a_talk(session, capacity_room=1)
        return first, a_talk(session, capacity_room=1, session_of_id=first.id)

    def test_leaves_here_and_joins_there_and_the_next_moves_up(self, session, both, join, now):
        here, there = both
        [ana] = join(here, "Ana")
        [bea] = join(here, "Bea", after=1)
        at = now + timedelta(hours=1)
        wanted = Destination(there.id, Room.IN_ROOM)
        moved = commands.move_to_session(session, ana, wanted, actor="x", now=at)
        assert (ana.state, bea.state) == (State.CANCELLED, State.CONFIRMED)
        assert (moved.talk_id, moved.state) == (there.id, State.CONFIRMED)
        assert told(session, "Ana") == ["place_confirmed", "place_confirmed", "cancelled"]

    def test_a_second_click_finds_nothing_left_to_move(self, session, both, join, now):
        here, there = both
        [ana] = join(here, "Ana")
        wanted = Destination(there.id, Room.IN_ROOM)
        commands.move_to_session(session, ana, wanted, actor="x", now=now + timedelta(hours=1))
        with pytest.raises(WrongState):
            commands.move_to_session(session, ana, wanted, actor="x", now=now + timedelta(hours=2))

    def test_who_is_registered_in_both_stays_in_both(self, session, both, join, now):
        here, there = both
        [ana] = join(here, "Ana")
        join(there, "Ana", after=1)
        wanted = Destination(there.id, Room.IN_ROOM, may_wait=True)
        with pytest.raises(AlreadyRegistered):
            commands.move_to_session(session, ana, wanted, actor="x", now=now + timedelta(hours=1))
        assert ana.state is State.CONFIRMED


class TestDecisions:
    def test_a_seat_that_was_free_for_all_keeps_one_row_and_asks_for_no_history(
        self, session, join
    ):
        talk = a_talk(session, capacity_room=5)
        [ana] = join(talk, "Ana", coop=a_cooperative(session))
        [decision] = queries.decisions(session, talk.id)
        assert decision.given == [ana.id]
        assert decision.seats_before == []
        assert decision.waiting[0][3] is None

    def test_nothing_is_kept_where_nothing_was_given(self, session, join):
        talk = a_talk(session, capacity_room=1)
        join(talk, "Ana")
        join(talk, "Bea", after=1)
        assert len(queries.decisions(session, talk.id)) == 1
