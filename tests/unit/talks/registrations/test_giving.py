"""Who gets the free seats: held seats, groups, the limit of a cooperative, room and online."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.talks.registrations import rules
from coopoutreach.talks.registrations.rules import (
    Obstacle,
    Room,
    RoomSeats,
    SeatAllocation,
    WaitlistEntry,
)

EARLY = datetime(2026, 3, 1, tzinfo=UTC)
IN_ROOM, ONLINE = Room.IN_ROOM, Room.ONLINE


def waits(number, *, coop=None, first=False, after=0, room=IN_ROOM, group=None):
    at = EARLY + timedelta(minutes=after or number)
    return WaitlistEntry(number, coop, first, 0, at, room, group)


def situation(*waiting, capacity=10, online=0, seats_of=None, limit=None, **room):
    rooms = {IN_ROOM: RoomSeats(capacity, **room), ONLINE: RoomSeats(online)}
    return SeatAllocation(rooms, waiting, seats_of or {}, limit)


def given_to(*waiting, **known):
    return [entry.registration_id for entry in rules.seats_given(situation(*waiting, **known))]


def in_the_way(*waiting, **known):
    return rules.obstacles(situation(*waiting, **known))


class TestHeldSeats:
    def test_are_only_for_prioritised_cooperatives(self):
        assert given_to(waits(1), waits(2), capacity=3, held=2) == [1]
        assert given_to(waits(1), waits(2, first=True), capacity=1, held=1) == [2]

    def test_are_what_prioritised_people_take_first(self):
        # Two are held, one of which somebody has: with three free, two are for anybody.
        known = {"capacity": 4, "seated": 1, "held": 2, "seated_prioritised": 1}
        assert given_to(waits(1), waits(2), waits(3), **known) == [1, 2]

    def test_used_up_leave_the_rest_to_all_in_the_published_order(self):
        line = [waits(1), *(waits(number, first=True) for number in (2, 3, 4))]
        assert given_to(*line, capacity=3, held=1) == [2, 3, 4]
        assert given_to(*line, capacity=4, held=1) == [2, 3, 4, 1]

    def test_cannot_hold_more_than_is_free_after_the_capacity_was_cut(self):
        seats = RoomSeats(capacity=5, seated=7, held=3)
        assert (seats.free, seats.held_left, seats.open_to_all, seats.over) == (0, 0, 0, 2)

    def test_say_so_to_whom_they_keep_waiting(self):
        assert in_the_way(waits(1), capacity=1, held=1) == {1: Obstacle.HELD}


class TestGroups:
    def test_get_seats_together_or_none(self):
        group = [waits(1, coop=1, group=9), waits(2, coop=1, group=9)]
        assert given_to(*group, capacity=1) == []
        assert given_to(*group, capacity=2) == [1, 2]

    def test_that_do_not_fit_are_passed_over_by_who_does_and_told(self):
        line = [waits(1, coop=1, group=9), waits(2, coop=1, group=9), waits(3)]
        assert given_to(*line, capacity=1) == [3]
        assert in_the_way(*line[:2], capacity=1) == dict.fromkeys((1, 2), Obstacle.GROUP)

    def test_keep_their_place_while_they_are_passed_over(self):
        line = [waits(1, coop=1, group=9), waits(2, coop=1, group=9), waits(3)]
        assert [it.registration_id for it in rules.order_of_line(line, seats_of={})] == [1, 2, 3]
        assert given_to(*line, capacity=2) == [1, 2]

    def test_must_fit_in_the_room_and_online(self):
        line = [waits(1, coop=1, group=9), waits(2, coop=1, group=9, room=ONLINE)]
        assert given_to(*line, capacity=5) == []
        assert in_the_way(*line, capacity=5) == dict.fromkeys((1, 2), Obstacle.FULL)
        assert given_to(*line, capacity=1, online=1) == [1, 2]

    def test_stand_where_their_first_member_does(self):
        line = [waits(1, coop=1, group=9), waits(2, coop=2), waits(3, coop=1, group=9)]
        assert [it.registration_id for it in rules.order_of_line(line, seats_of={})] == [1, 3, 2]


class TestLimit:
    def test_counts_the_room_and_online_together(self):
        line = [waits(1, coop=1), waits(2, coop=1, room=ONLINE), waits(3, coop=1)]
        assert given_to(*line, online=5, limit=2) == [1, 2]
        assert given_to(*line, online=5, limit=2, seats_of={1: 1}) == [1]

    def test_makes_the_rest_wait_and_says_so(self):
        assert in_the_way(waits(1, coop=1), limit=2, seats_of={1: 2}) == {1: Obstacle.LIMIT}

    def test_lets_others_pass(self):
        assert given_to(waits(1, coop=1), waits(2), limit=1, seats_of={1: 1}) == [2]

    def test_does_not_count_those_of_no_cooperative_together(self):
        assert given_to(waits(1), waits(2), limit=1) == [1, 2]

    def test_stops_a_whole_group(self):
        group = [waits(1, coop=1, group=9), waits(2, coop=1, group=9)]
        assert in_the_way(*group, limit=1) == dict.fromkeys((1, 2), Obstacle.LIMIT)


class TestChangingRoom:
    def test_gives_the_seat_up_before_it_asks_for_another(self):
        full = situation(capacity=1, online=1, seated=1, seats_of={1: 1}, limit=1)
        moved = full.joined_by(waits(1, coop=1, room=ONLINE), leaves=IN_ROOM)
        assert [entry.registration_id for entry in rules.seats_given(moved)] == [1]

    def test_a_full_room_lets_nobody_in(self):
        moved = situation(capacity=1, seated=1, online=0).joined_by(waits(1, room=ONLINE))
        assert rules.seats_given(moved) == []


@st.composite
def situations(draw):
    """Coops 1 and 2 are prioritised; groups are of one cooperative."""
    people = draw(
        st.lists(
            st.tuples(
                st.none() | st.integers(1, 4),
                st.integers(0, 30),
                st.sampled_from([IN_ROOM, ONLINE]),
                st.booleans(),
            ),
            max_size=14,
        )
    )
    waiting = [
        waits(number, coop=coop, first=coop in (1, 2), after=after + 1, room=room,
              group=coop if coop and together else None)
        for number, (coop, after, room, together) in enumerate(people, 1)
    ]  # fmt: skip
    rooms = {}
    for room in Room:
        capacity, seated = draw(st.integers(0, 8)), draw(st.integers(0, 9))
        held = draw(st.integers(0, capacity))
        first = draw(st.integers(0, seated)) if held else 0
        rooms[room] = RoomSeats(capacity, seated, held, first)
    seats_of = draw(st.dictionaries(st.integers(1, 4), st.integers(0, 3)))
    return SeatAllocation(rooms, waiting, seats_of, draw(st.none() | st.integers(1, 4)))


class TestEverySituation:
    @given(situations())
    def test_gives_no_seat_that_is_not_there_and_no_held_one_to_others(self, known):
        given = rules.seats_given(known)
        assert len({entry.registration_id for entry in given}) == len(given)
        for room, seats in known.rooms.items():
            in_room = [entry for entry in given if entry.room is room]
            others = [entry for entry in in_room if not entry.prioritised]
            assert len(in_room) <= seats.free
            assert len(others) <= seats.open_to_all

    @given(situations())
    def test_no_cooperative_gets_more_than_its_limit(self, known):
        given = rules.seats_given(known)
        for coop in range(1, 5):
            got = sum(entry.cooperative_id == coop for entry in given)
            if known.limit is not None and got:
                assert known.seats_of.get(coop, 0) + got <= known.limit

    @given(situations())
    def test_a_group_is_whole_or_waits(self, known):
        given = {entry.registration_id for entry in rules.seats_given(known)}
        for group in {entry.together for entry in known.waiting if entry.together}:
            members = {e.registration_id for e in known.waiting if e.together == group}
            assert members <= given or not members & given

    @given(situations())
    def test_nobody_is_left_waiting_beside_a_seat_that_they_may_have(self, known):
        given = rules.seats_given(known)
        ids = {entry.registration_id for entry in given}
        after = replace(known, waiting=[e for e in known.waiting if e.registration_id not in ids])
        for entry in given:
            seats = after.rooms[entry.room]
            rooms = dict(after.rooms) | {
                entry.room: replace(
                    seats,
                    seated=seats.seated + 1,
                    seated_prioritised=seats.seated_prioritised + entry.prioritised,
                )
            }
            seats_of = dict(after.seats_of)
            if entry.cooperative_id:
                seats_of[entry.cooperative_id] = seats_of.get(entry.cooperative_id, 0) + 1
            after = replace(after, rooms=rooms, seats_of=seats_of)
        assert rules.seats_given(after) == []
        assert Obstacle.HANDS not in rules.obstacles(after).values()

    @given(situations())
    def test_is_worked_out_again_from_what_is_kept(self, known):
        kept = known.kept()
        again = SeatAllocation.from_kept(
            rooms=kept["rooms"],
            limit=kept["limit_per_cooperative"],
            waiting=kept["waiting"],
            seats_before=kept["seats_before"],
        )
        assert rules.seats_given(again) == rules.seats_given(known)

    @given(situations())
    def test_the_order_in_which_the_line_is_written_down_does_not_matter(self, known):
        turned = replace(known, waiting=list(reversed(known.waiting)))
        assert rules.seats_given(turned) == rules.seats_given(known)


class TestSentences:
    def test_each_obstacle_but_a_full_room_has_its_own(self):
        said = {
            it: rules.why_waiting(it, limit=3, until="viernes 4 de diciembre, 18:00 h", together=2)
            for it in Obstacle
        }
        assert said[Obstacle.FULL] == ""
        assert "hasta el viernes 4 de diciembre, 18:00 h" in said[Obstacle.HELD]
        assert "a lo más 3 cupos" in said[Obstacle.LIMIT]
        assert "Su grupo de 2 personas" in said[Obstacle.GROUP]
        assert "12 horas" in said[Obstacle.HANDS]

    def test_a_group_larger_than_the_limit_is_told_that_it_never_fits(self):
        sentence = rules.why_waiting(Obstacle.LIMIT, limit=1, together=2)
        assert "Inscriba a menos personas" in sentence
        assert "1 cupo a cada" in sentence
