"""What an entry may hold: rules A1, A2 and T1."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coopoutreach.platform.ics.entry import Answer, Method, Status


@pytest.mark.parametrize("uid", ["", "a b", "ñ@x.example", "a\r\nb", "a:b", "x" * 256])
def test_a1_a_uid_that_some_reader_would_change_is_refused(entry, uid):
    with pytest.raises(ValueError, match="no UID"):
        replace(entry, uid=uid)


def test_a1_a_uid_may_have_255_octets(entry):
    assert replace(entry, uid="x" * 255).uid == "x" * 255


@pytest.mark.parametrize("sequence", [-1, 2**31, 1_764_000_000_000])
def test_a2_a_sequence_is_a_small_count(entry, sequence):
    with pytest.raises(ValueError, match="no SEQUENCE"):
        replace(entry, sequence=sequence)


@pytest.mark.parametrize("field", ["starts_at", "ends_at", "created_at", "revised_at"])
def test_t1_a_time_without_a_zone_is_refused(entry, field):
    with pytest.raises(ValueError, match="no zone"):
        replace(entry, **{field: getattr(entry, field).replace(tzinfo=None)})


@pytest.mark.parametrize("length", [timedelta(0), timedelta(minutes=-1)])
def test_t1_an_entry_ends_after_it_starts(entry, length):
    with pytest.raises(ValueError, match="ends after"):
        replace(entry, ends_at=entry.starts_at + length)


def test_b3_requests_and_cancellations_are_all_that_is_sent():
    assert set(Method) == {"REQUEST", "CANCEL"}


def test_the_words_are_those_of_the_standard():
    assert set(Status) == {"CONFIRMED", "CANCELLED", "TENTATIVE"}
    assert set(Answer) == {"NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED"}
