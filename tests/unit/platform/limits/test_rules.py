from datetime import UTC, datetime, timedelta

import pytest

from coopoutreach.platform.limits import rules

BEGIN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_a_window_begins_where_its_length_divides_the_day():
    assert rules.window_start(BEGIN + timedelta(seconds=299), 300) == BEGIN
    assert rules.window_start(BEGIN + timedelta(seconds=300), 300) == BEGIN + timedelta(minutes=5)


def test_the_window_before_fades_as_this_one_passes():
    assert rules.share_of_last(BEGIN, 300) == 1
    assert rules.share_of_last(BEGIN + timedelta(seconds=150), 300) == 0.5


def test_around_the_edge_of_two_windows_no_more_pass_than_in_one():
    assert not rules.is_within(10, current=1, last=10, share=1)
    assert rules.is_within(10, current=5, last=10, share=0.5)
    assert not rules.is_within(10, current=6, last=10, share=0.5)


@pytest.mark.parametrize("current", [1, 5, 10, 11])
@pytest.mark.parametrize("last", [0, 3, 10])
@pytest.mark.parametrize("second", [0, 1, 150, 299])
def test_whoever_waits_as_long_as_told_is_let_through(current, last, second):
    now = BEGIN + timedelta(seconds=second)
    share = rules.share_of_last(now, 300)
    if rules.is_within(10, current=current, last=last, share=share):
        return
    seconds = rules.wait(10, current=current, last=last, now=now, seconds=300)
    later = now + timedelta(seconds=seconds)
    share = rules.share_of_last(later, 300)
    # The refused attempt itself was not counted.
    if rules.window_start(later, 300) == BEGIN:
        assert rules.is_within(10, current=current, last=last, share=share)
    else:
        assert rules.is_within(10, current=1, last=current - 1, share=share)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("persona@coop.example", "persona@coop.example"),
    ],
)
def test_a_house_in_ipv6_is_one_network(address, network):
    assert rules.network_of(address) == network
