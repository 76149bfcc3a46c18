"""Whatever people do, in whatever order: the line stays the published one, on both engines.

A machine registers, cancels, declines, changes rooms, raises and lowers capacities, changes the
limit and the held seats, lets their moment come, and moves people between two sessions. After each
step it looks at the database, not at what the commands said.
"""

from collections import Counter
from datetime import timedelta

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from coopoutreach.events import commands as events
from coopoutreach.events.rules import Answer, Modality, Standing
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.directory.models import Organisation
from coopoutreach.people.directory.rules import Level
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.errors import DomainError
from coopoutreach.talks.registrations import commands, jobs, queries, rules
from coopoutreach.talks.registrations.models import Registration, SeatDecision
from coopoutreach.talks.registrations.request import (
    Contact,
    Destination,
    Registrant,
    Request,
    Within,
)
from coopoutreach.talks.registrations.rules import Cause, Obstacle, Room, SeatAllocation, State
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk
from coopoutreach.wiring import WIRING
from tests.factories import NOW, a_cooperative, a_talk
from tests.support.emptying import empty
from tests.support.endurance import rounds

ROOMS = {Room.IN_ROOM: "room", Room.ONLINE: "online"}
LEVELS = (Level.INITIAL, Level.DEVELOPING, Level.CONSOLIDATED)
#: What somebody is told when their registration comes to stand somewhere.
TOLD = {
    State.CONFIRMED: "registrations/place_confirmed",
    State.WAITING: "registrations/joined_line",
    State.CANCELLED: "registrations/cancelled",
}


class Line(RuleBasedStateMachine):
    """Two sessions of one talk, three cooperatives, and people who change their minds."""

    database = None

    @initialize()
    def open_talks(self):
        reactions.install(WIRING)
        self.now, self.people, self.joined, self.forms = NOW, 0, 0, 0
        self.looked_at = 0
        empty(self.database)
        with self.database.transaction() as session:
            coops = [a_cooperative(session, level=level) for level in LEVELS]
            made = {"capacity_room": 3, "capacity_online": 2, "modality": Modality.HYBRID}
            talk = a_talk(session, prioritised_levels=[Level.INITIAL.value], **made)
            other = a_talk(session, session_of_id=talk.id, **made)
            self.coops = [coop.id for coop in coops] + [None]
            self.talks = [talk.id, other.id]

    # What people do.

    @rule(
        coop=st.integers(0, 3),
        rooms=st.lists(st.sampled_from(list(Room)), min_size=1, max_size=3),
        together=st.booleans(),
    )
    def register(self, coop, rooms, together):
        people = []
        for room in rooms:
            self.people += 1
            people.append(Registrant(f"Persona {self.people}", f"p{self.people}@x.example", room))
        self.forms += 1
        with self.step() as session:
            organisation = self.coops[coop] and session.get_one(Organisation, self.coops[coop])
            request = Request(
                form_key=str(self.forms),
                people=people,
                organisation=organisation,
                all_or_none=together,
            )
            talk = session.get_one(Talk, self.talks[0])
            commands.register(session, talk, request, actor="anonymous", now=self.now)
            self.joined += len(people)

    @rule(data=st.data())
    def cancel(self, data):
        with self.step() as session:
            if registration := self.somebody(session, data):
                commands.cancel(session, registration, actor="x", by_person=True, now=self.now)

    @rule(data=st.data())
    def decline(self, data):
        with self.step() as session:
            registration = self.somebody(session, data)
            if registration and registration.invitee.standing is Standing.INVITED:
                invitee, answer = registration.invitee, Answer.DECLINED
                events.answer(session, invitee, answer=answer, actor="x", now=self.now)

    @rule(data=st.data(), room=st.sampled_from(list(Room)), may_wait=st.booleans())
    def change_room(self, data, room, may_wait):
        with self.step() as session:
            if registration := self.somebody(session, data):
                commands.change_room(
                    session, registration, room, may_wait=may_wait, actor="x", now=self.now
                )

    @rule(
        data=st.data(),
        room=st.sampled_from(list(Room)),
        to=st.integers(0, 1),
        may_wait=st.booleans(),
    )
    def move_to_session(self, data, room, to, may_wait):
        with self.step() as session:
            if registration := self.somebody(session, data):
                wanted = Destination(self.talks[to], room, may_wait)
                commands.move_to_session(session, registration, wanted, actor="x", now=self.now)

    @rule(data=st.data())
    def transfer(self, data):
        with self.step() as session:
            registration = self.somebody(session, data)
            if registration:
                self.people += 1
                to = Registrant(
                    f"Persona {self.people}", f"p{self.people}@x.example", registration.room
                )
                commands.transfer(session, registration, to, actor="x", now=self.now)
                self.joined += 1

    @rule(data=st.data())
    def correct_address(self, data):
        with self.step() as session:
            if registration := self.somebody(session, data):
                self.people += 1
                right = Contact(registration.person.name, f"right{self.people}@x.example")
                commands.correct_contact(
                    session,
                    registration,
                    right,
                    within=Within.EVERYTHING,
                    actor="x",
                    now=self.now,
                )

    # What the coordination does.

    @rule(room=st.sampled_from(list(Room)), capacity=st.integers(0, 6))
    def set_capacity(self, room, capacity):
        with self.step() as session:
            talk = talks.lock_talk(session, self.talks[0])
            name = ROOMS[room]
            before = getattr(talk, f"capacity_{name}")
            setattr(talk, f"capacity_{name}", capacity)
            setattr(talk, f"held_{name}", min(getattr(talk, f"held_{name}"), capacity))
            session.flush()
            if capacity > before:
                self.follow(session, Cause.CAPACITY_RAISED)

    @rule(limit=st.none() | st.integers(1, 3))
    def set_limit(self, limit):
        with self.step() as session:
            talks.lock_talk(session, self.talks[0]).limit_per_cooperative = limit
            session.flush()
            self.follow(session, Cause.RULES_CHANGED)

    @rule(in_room=st.integers(0, 3), online=st.integers(0, 2))
    def hold_seats(self, in_room, online):
        with self.step() as session:
            talk = talks.lock_talk(session, self.talks[0])
            talk.held_until = self.now + timedelta(hours=1)
            talk.released_at = None
            talk.held_room = min(in_room, talk.capacity_room)
            talk.held_online = min(online, talk.capacity_online)
            session.flush()
            self.follow(session, Cause.RULES_CHANGED)

    @precondition(lambda self: self.talks)
    @rule(times=st.integers(1, 2))
    def let_their_moment_come(self, times):
        with self.database.reading() as session:
            until = session.get_one(Talk, self.talks[0]).held_until
        if until:
            self.now = max(self.now, until)
            released = [jobs.release_held_seats(self.database, self.now) for _ in range(times)]
            assert sum(released) <= 1
            assert not any(released[1:])

    @rule(data=st.data())
    def give_by_hand(self, data):
        with self.step() as session:
            if registration := self.somebody(session, data):
                commands.give_seat(session, registration, actor="user:1", now=self.now)

    # What holds, whatever was done.

    @invariant()
    def every_seat_was_there_and_was_given_in_the_published_order(self):
        for decision, known in self.new_decisions():
            given = [it for it in known.waiting if it.registration_id in set(decision.given)]
            assert len(given) == len(decision.given)
            for room, number in Counter(it.room for it in given).items():
                assert number <= known.rooms[room].free, decision.id
            if decision.cause is Cause.BY_HAND:
                continue
            for room, number in Counter(it.room for it in given if not it.prioritised).items():
                assert number <= known.rooms[room].open_to_all, decision.id
            again = [it.registration_id for it in rules.seats_given(known)]
            assert decision.given == again, decision.id
            for group in {it.together for it in known.waiting if it.together}:
                members = {it.registration_id for it in known.waiting if it.together == group}
                assert members <= set(again) or not members & set(again), decision.id

    @invariant()
    def nobody_waits_beside_a_seat_that_they_may_have(self):
        with self.database.reading() as session:
            for talk_id in self.talks:
                talk = session.get_one(Talk, talk_id)
                known = queries.situation(session, talk, now=self.now)
                assert Obstacle.HANDS not in rules.obstacles(known).values(), known

    @invariant()
    def nobody_is_lost_and_each_is_told_once_of_each_change(self):
        with self.database.reading() as session:
            columns = (Registration.person_id, Registration.invitee_id)
            everybody = session.execute(
                sa.select(*columns, Registration.turn, Registration.state)
            ).all()
            letters = session.execute(
                sa.select(OutgoingMessage.invitee_id, OutgoingMessage.notice, OutgoingMessage.key)
            ).all()
        assert len({entry.person_id for entry in everybody}) == self.joined
        told = Counter((invitee, key.rsplit(":", 1)[1]) for invitee, _, key in letters)
        assert set(told.values()) <= {1}, "told twice of one turn"
        latest = {}
        for invitee_id, notice, key in letters:
            turn = int(key.rsplit(":", 1)[1])
            if turn >= latest.get(invitee_id, (0, ""))[0]:
                latest[invitee_id] = (turn, notice)
        for entry in everybody:
            turn, notice = latest[entry.invitee_id]
            assert (turn, notice) == (entry.turn, TOLD[entry.state])

    # How.

    def step(self):
        self.now += timedelta(minutes=1)
        return _Step(self.database)

    def somebody(self, session, data):
        found = session.scalars(sa.select(Registration).order_by(Registration.id)).all()
        return data.draw(st.sampled_from(found)) if found else None

    def follow(self, session, cause):
        commands.follow_seats(session, self.talks[0], cause=cause, actor="x", now=self.now)

    def new_decisions(self):
        with self.database.reading() as session:
            kept = session.scalars(
                sa.select(SeatDecision)
                .where(SeatDecision.id > self.looked_at)
                .order_by(SeatDecision.id)
            ).all()
            for decision in kept:
                self.looked_at = decision.id
                yield (
                    decision,
                    SeatAllocation.from_kept(
                        rooms=decision.rooms,
                        limit=decision.limit_per_cooperative,
                        waiting=decision.waiting,
                        seats_before=decision.seats_before,
                    ),
                )


class _Step:
    """A transaction that a refusal rolls back, as a view's is."""

    def __init__(self, database):
        self._transaction = database.transaction()

    def __enter__(self):
        return self._transaction.__enter__()

    def __exit__(self, kind, error, trace):
        try:
            self._transaction.__exit__(kind, error, trace)
        except DomainError:
            return True
        return isinstance(error, DomainError)


@pytest.mark.both_engines
@pytest.mark.endurance
@pytest.mark.usefixtures("settings")
def test_the_line_stays_the_published_one_whatever_people_do(database):
    Line.database = database
    run_state_machine_as_test(
        Line,
        settings=hypothesis.settings(
            max_examples=rounds(10, 200),
            stateful_step_count=20,
            deadline=None,
            # A failing sequence is short enough to read; making it shorter takes minutes.
            phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
