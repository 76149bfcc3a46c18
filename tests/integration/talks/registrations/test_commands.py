"""Registrations on a real database, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coopoutreach.events.models import Invitee
from coopoutreach.events.rules import Attendance, Standing
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.directory.rules import Level
from coopoutreach.talks.registrations import commands, jobs, queries
from coopoutreach.talks.registrations.errors import (
    AlreadyRegistered,
    NoSuchRoom,
    RegistrationClosed,
    WrongState,
)
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Registrant, Request
from coopoutreach.talks.registrations.rules import Cause, Room, State
from coopoutreach.talks.talks.models import OutreachPlan
from tests.factories import a_cooperative, a_post, a_talk, a_user


@pytest.fixture
def talk(session):
    return a_talk(session, capacity_room=2)


@pytest.fixture
def register(session, talk, now):
    def register(*names, coop=None, after=0, key=None, by=None, room=Room.IN_ROOM, staff=False):
        people = [Registrant(name, f"{name.lower()}@coop.example", room) for name in names]
        return commands.register(
            session,
            talk,
            Request(
                form_key=key or f"form-{'-'.join(names)}-{after}",
                people=people,
                organisation=coop,
                by_user_id=by,
                sees_all=staff,
            ),
            actor="anonymous",
            now=now + timedelta(minutes=after),
        )

    return register


def told(session):
    """Who was told what, in the order it was owed."""
    rows = session.execute(
        select(OutgoingMessage.recipient, OutgoingMessage.notice).order_by(OutgoingMessage.id)
    )
    return [(address.split("@")[0], notice.split("/")[1]) for address, notice in rows]


class TestRegister:
    def test_gives_a_seat_while_there_are_seats(self, session, register):
        [ana] = register("Ana")
        assert ana.state is State.CONFIRMED
        assert ana.invitee.standing is Standing.INVITED
        assert told(session) == [("ana", "place_confirmed")]

    def test_makes_the_rest_wait(self, session, register):
        states = [entry.state for entry in register("Ana", "Bea", "Cleo")]
        assert states == [State.CONFIRMED, State.CONFIRMED, State.WAITING]
        assert told(session)[-1] == ("cleo", "joined_line")

    def test_pr_09_takes_a_form_that_comes_twice_in_once(self, session, register):
        register("Ana", key="one")
        assert register("Ana", key="one") == []
        assert len(session.scalars(select(Registration)).all()) == 1
        assert told(session) == [("ana", "place_confirmed")]

    def test_pr_04_tells_somebody_who_is_registered_by_mail_alone_once_a_day(
        self, session, register
    ):
        register("Ana")
        assert register("Ana", after=1) == []
        assert register("Ana", after=2) == []
        assert told(session) == [("ana", "place_confirmed"), ("ana", "already_registered")]

    def test_tells_a_registrar_beside_the_field(self, session, register):

        user, coop = a_user(session), a_cooperative(session)
        register("Ana", by=user.id, coop=coop)
        with pytest.raises(AlreadyRegistered, match="ya está en esta charla") as refusal:
            register("Bea", "Ana", after=1, by=user.id, coop=coop)
        assert refusal.value.field == "people-1"

    def test_tells_the_coordination_whosever_they_are(self, session, register):
        user = a_user(session)
        register("Ana", coop=a_cooperative(session))
        with pytest.raises(AlreadyRegistered):
            register("Ana", after=1, by=user.id, staff=True)

    @pytest.mark.both_engines
    def test_ac_14_tells_a_registrar_nothing_of_another_cooperatives_person(
        self, session, register
    ):
        user, mine, other = a_user(session), a_cooperative(session), a_cooperative(session)
        [ana] = register("Ana", coop=other)
        [bea] = register("Bea", "Ana", after=1, by=user.id, coop=mine)
        assert bea.person.name == "Bea"
        assert ana.organisation is other
        assert told(session)[1:] == [("ana", "already_registered"), ("bea", "place_confirmed")]

    def test_ac_14_nor_of_whoever_came_by_themselves(self, session, register):
        user, mine = a_user(session), a_cooperative(session)
        register("Ana")
        assert register("Ana", after=1, by=user.id, coop=mine) == []

    def test_tells_a_registrar_of_who_holds_a_post_there(self, session, register):
        user, mine = a_user(session), a_cooperative(session)
        [ana] = register("Ana")
        a_post(session, ana.person, mine)
        with pytest.raises(AlreadyRegistered):
            register("Ana", after=1, by=user.id, coop=mine)

    def test_lets_two_people_share_a_mailbox(self, session, talk, now):
        people = [Registrant(name, "buzon@coop.example", Room.IN_ROOM) for name in ("Ana", "Bea")]
        both = commands.register(
            session, talk, Request(form_key="x", people=people), actor="anonymous", now=now
        )
        assert [entry.state for entry in both] == [State.CONFIRMED, State.CONFIRMED]

    def test_refuses_a_kind_of_place_that_the_talk_has_not(self, register):
        with pytest.raises(NoSuchRoom):
            register("Ana", room=Room.ONLINE)

    def test_pr_15_refuses_once_the_talk_has_begun(self, register, talk):
        talk_began = int((talk.starts_at - talk.created_at) / timedelta(minutes=1)) + 1
        with pytest.raises(RegistrationClosed, match="ya comenzó"):
            register("Ana", after=talk_began)

    def test_puts_who_cancelled_at_the_end_of_the_line(self, session, register, now):
        [ana] = register("Ana")
        register("Bea", "Cleo", after=1)
        commands.cancel(session, ana, actor="x", by_person=True, now=now + timedelta(minutes=2))
        [again] = register("Ana", after=3)
        assert again is ana
        assert again.state is State.WAITING


class TestPromotion:
    def test_gives_the_place_to_the_next_in_line_at_once(self, session, register, now):
        ana, _bea, cleo = register("Ana", "Bea", "Cleo")
        commands.cancel(session, ana, actor="x", by_person=True, now=now + timedelta(hours=1))
        assert cleo.state is State.CONFIRMED
        assert told(session)[-2:] == [("ana", "cancelled"), ("cleo", "place_confirmed")]

    def test_follows_the_published_order(self, session, talk, register, now):
        talk.prioritised_levels = [Level.INITIAL.value]
        first = a_cooperative(session, level=Level.INITIAL)
        other = a_cooperative(session, level=Level.CONSOLIDATED)
        ana, bea = register("Ana", "Bea", coop=other)
        [cleo] = register("Cleo", coop=other, after=1)
        [dina] = register("Dina", coop=first, after=2)
        commands.cancel(session, ana, actor="x", by_person=True, now=now + timedelta(hours=1))
        assert (cleo.state, dina.state) == (State.WAITING, State.CONFIRMED)
        commands.cancel(session, bea, actor="x", by_person=True, now=now + timedelta(hours=2))
        assert cleo.state is State.CONFIRMED

    def test_counts_the_talks_of_the_plan_that_a_cooperative_attended(self, session, now, register):
        plan = OutreachPlan(name="Plan", starts_on=now.date(), ends_on=now.date())
        regular, newcomer = a_cooperative(session), a_cooperative(session)
        before = a_talk(session, plan=plan)
        talk = a_talk(session, plan=plan, capacity_room=1)
        session.add(
            Invitee(
                event=before,
                person=register("Zoe", coop=regular)[0].person,
                organisation=regular,
                attendance=Attendance.ATTENDED,
                created_at=now,
            )
        )
        session.flush()

        def join(name, coop, after):
            someone = Registrant(name, f"{name}@coop.example", Room.IN_ROOM)
            request = Request(form_key=name, people=[someone], organisation=coop)
            at = now + timedelta(minutes=after)
            return commands.register(session, talk, request, actor="x", now=at)[0]

        join("Ana", None, 0)
        waiting = [join("Bea", regular, 1), join("Cleo", newcomer, 2)]
        line = [registration for registration, _ in queries.line(session, talk, Room.IN_ROOM)]
        assert line == waiting[::-1]

    def test_does_not_move_by_itself_in_the_last_twelve_hours(self, session, talk, register, now):
        ana, _bea, cleo = register("Ana", "Bea", "Cleo")
        late = talk.starts_at - timedelta(hours=3)
        commands.cancel(session, ana, actor="x", by_person=True, now=late)
        assert cleo.state is State.WAITING
        commands.give_seat(session, cleo, actor="user:1", now=late)
        assert cleo.state is State.CONFIRMED

    def test_a_newcomer_gets_a_free_seat_in_the_last_hours_when_nobody_waits(
        self, session, talk, register
    ):
        hours_left = int((talk.starts_at - talk.created_at) / timedelta(minutes=1)) - 60
        assert register("Ana", after=hours_left)[0].state is State.CONFIRMED

    def test_by_hand_gives_no_seat_that_is_not_there(self, session, register, now):
        cleo = register("Ana", "Bea", "Cleo")[2]
        with pytest.raises(WrongState, match="No quedan cupos"):
            commands.give_seat(session, cleo, actor="user:1", now=now)

    def test_pr_11_a_lower_capacity_throws_nobody_out(self, session, talk, register, now):
        ana, bea, cleo = register("Ana", "Bea", "Cleo")
        talk.capacity_room = 1
        commands.promote_from_waiting_list(
            session, talk, cause=Cause.CAPACITY_RAISED, actor="x", now=now
        )
        assert [entry.state for entry in (ana, bea)] == [State.CONFIRMED] * 2
        commands.cancel(session, ana, actor="x", by_person=True, now=now)
        assert cleo.state is State.WAITING

    def test_a_larger_room_is_filled(self, session, talk, register, now):
        cleo = register("Ana", "Bea", "Cleo")[2]
        talk.capacity_room = 3
        session.flush()
        commands.follow_seats(
            session,
            talk.id,
            cause=Cause.CAPACITY_RAISED,
            actor="x",
            now=now + timedelta(minutes=1),
        )
        assert cleo.state is State.CONFIRMED

    def test_a_job_fills_what_a_crash_left_free(self, database, settings, now):
        with database.transaction() as session:
            talk = a_talk(session, capacity_room=1)
            people = [Registrant(name, f"{name}@coop.example", Room.IN_ROOM) for name in ("a", "b")]
            request = Request(form_key="x", people=people)
            commands.register(session, talk, request, actor="x", now=now)
            talk.capacity_room = 2
        assert jobs.fill_free_seats(database, now + timedelta(minutes=1)) == 1
        with database.reading() as session:
            assert set(session.scalars(select(Registration.state))) == {State.CONFIRMED}

    def test_room_and_online_have_a_line_each(self, session, now):
        talk = a_talk(session, capacity_room=1, capacity_online=1)

        def join(name, room):
            someone = Registrant(name, f"{name}@coop.example", room)
            request = Request(form_key=name, people=[someone])
            return commands.register(session, talk, request, actor="x", now=now)[0]

        joined = [join("Ana", Room.IN_ROOM), join("Bea", Room.IN_ROOM), join("Cleo", Room.ONLINE)]
        assert [entry.state for entry in joined] == [
            State.CONFIRMED,
            State.WAITING,
            State.CONFIRMED,
        ]


class TestCancel:
    def test_pr_06_twice_is_once(self, session, register, now):
        [ana] = register("Ana")
        for _ in range(2):
            commands.cancel(session, ana, actor="x", by_person=True, now=now)
        assert told(session) == [("ana", "place_confirmed"), ("ana", "cancelled")]

    @pytest.mark.both_engines
    def test_c4_withdraws_an_invitation_only_from_who_got_one(self, session, register, now):
        _ana, bea, cleo = register("Ana", "Bea", "Cleo")
        for entry in (cleo, bea):
            commands.cancel(session, entry, actor="x", by_person=True, now=now)
        raws = dict(
            session.execute(
                select(OutgoingMessage.recipient, OutgoingMessage.raw).where(
                    OutgoingMessage.notice == "registrations/cancelled"
                )
            ).all()
        )
        assert b"method=CANCEL" in raws["bea@coop.example"].replace(b'"', b"")
        assert b"text/calendar" not in raws["cleo@coop.example"]
