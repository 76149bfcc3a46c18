from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.talks.registrations import rules
from coopoutreach.talks.registrations.rules import WaitlistEntry

EARLY = datetime(2026, 3, 1, tzinfo=UTC)


def waiting(number, *, coop=None, prioritised=False, attended=0, after=0):
    return WaitlistEntry(number, coop, prioritised, attended, EARLY + timedelta(minutes=after))


def order(*entries, seats=None):
    return [entry.registration_id for entry in rules.order_of_line(entries, seats_of=seats or {})]


class TestFreeSeats:
    @pytest.mark.parametrize(
        ("capacity", "seated", "free"),
        [(10, 4, 6), (10, 10, 0), (8, 10, 0)],
        ids=["some left", "full", "capacity was cut"],
    )
    def test_counts_what_is_left(self, capacity, seated, free):
        assert rules.free_seats(capacity=capacity, seated=seated) == free


class TestOrderOfLine:
    def test_puts_prioritised_cooperatives_first(self):
        assert order(waiting(1, coop=1), waiting(2, coop=2, prioritised=True, after=9)) == [2, 1]

    def test_then_cooperatives_with_fewer_seats_in_this_talk(self):
        first, second = waiting(1, coop=1), waiting(2, coop=2, after=9)
        assert order(first, second, seats={1: 2, 2: 1}) == [2, 1]

    def test_then_those_that_attended_fewer_talks_of_the_plan(self):
        assert order(waiting(1, coop=1, attended=3), waiting(2, coop=2, after=9)) == [2, 1]

    def test_then_who_asked_first(self):
        assert order(waiting(1, coop=1, after=5), waiting(2, coop=2)) == [2, 1]

    def test_counts_each_seat_before_it_gives_the_next(self):
        two_of_one = [waiting(1, coop=1), waiting(2, coop=1, after=1)]
        assert order(*two_of_one, waiting(3, coop=2, after=9)) == [1, 3, 2]

    def test_somebody_of_no_cooperative_counts_as_a_cooperative_of_their_own(self):
        assert order(waiting(1), waiting(2, after=1), waiting(3, coop=1, after=2)) == [1, 2, 3]

    @given(
        st.lists(
            st.tuples(
                st.none() | st.integers(1, 4), st.booleans(), st.integers(0, 3), st.integers(0, 50)
            ),
            max_size=30,
        ),
        st.dictionaries(st.integers(1, 4), st.integers(0, 3)),
    )
    def test_is_what_choosing_the_first_again_and_again_gives(self, drawn, seats):
        # A cooperative is prioritised, and has attended, as a whole.
        of_coop = {coop: (first, attended) for coop, first, attended, _ in drawn if coop}
        entries = [
            waiting(
                number,
                coop=coop,
                prioritised=of_coop[coop][0] if coop else first,
                attended=of_coop[coop][1] if coop else attended,
                after=after,
            )
            for number, (coop, first, attended, after) in enumerate(drawn)
        ]
        assert order(*entries, seats=seats) == one_by_one(entries, dict(seats))


def one_by_one(entries, seats):
    """The rule as DESIGN says it, slowly: who is first now gets the seat, then again."""
    left, line = list(entries), []
    while left:
        first = min(
            left,
            key=lambda e: (
                not e.prioritised,
                seats.get(e.cooperative_id, 0) if e.cooperative_id else 0,
                e.attended,
                e.requested_at,
                e.registration_id,
            ),
        )
        left.remove(first)
        line.append(first.registration_id)
        if first.cooperative_id:
            seats[first.cooperative_id] = seats.get(first.cooperative_id, 0) + 1
    return line


class TestReasons:
    def test_say_what_counts_in_one_sentence(self):
        sentence = rules.reasons(waiting(1, coop=1, prioritised=True, attended=1), seats=2)
        assert sentence == (
            "Su cooperativa tiene un nivel que esta charla prioriza, su cooperativa ya tiene "
            "2 cupos, ha asistido a 1 charla del plan; luego cuenta el orden de llegada."
        )

    def test_are_only_the_order_of_arrival_for_who_is_of_no_cooperative(self):
        assert rules.reasons(waiting(1), seats=0) == "Luego cuenta el orden de llegada."


class TestMovesByItself:
    @pytest.mark.parametrize(("hours", "moves"), [(13, True), (12, False), (1, False)])
    def test_not_in_the_last_hours(self, hours, moves):
        starts_at = EARLY + timedelta(hours=hours)
        assert rules.moves_by_itself(starts_at=starts_at, now=EARLY) is moves
