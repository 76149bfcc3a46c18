from datetime import timedelta

import pytest

from coopoutreach.mail.outgoing import rules
from coopoutreach.mail.outgoing.rules import Answer, Phase, Verdict


@pytest.mark.parametrize(
    ("phase", "code", "text", "verdict"),
    [
        ("dot", 250, "2.0.0 taken", Verdict.TAKEN),
        ("dot", None, "gone", Verdict.UNCERTAIN),
        ("body", None, "gone", Verdict.RETRY),
        ("rcpt", None, "gone", Verdict.RETRY),
        ("connect", None, "refused", Verdict.UNREACHABLE),
        ("banner", 421, "busy", Verdict.UNREACHABLE),
        ("banner", 554, "no", Verdict.REFUSES_US),
        ("auth", 535, "5.7.8 bad password", Verdict.REFUSES_US),
        ("auth", 454, "4.7.0 later", Verdict.UNREACHABLE),
        ("mail", 450, "4.7.1 grey", Verdict.RETRY),
        ("rcpt", 451, "4.7.1 grey", Verdict.RETRY),
        ("data", 451, "grey", Verdict.RETRY),
        ("dot", 452, "4.3.1 full", Verdict.RETRY),
        ("mail", 530, "5.7.0 sign in", Verdict.REFUSES_US),
        ("mail", 554, "no", Verdict.REFUSES_US),
        ("rcpt", 550, "5.7.1 relaying denied", Verdict.REFUSES_US),
        ("mail", 552, "5.3.4 too big", Verdict.FAILED),
        ("rcpt", 550, "5.1.1 no such user", Verdict.NO_SUCH_ADDRESS),
        ("rcpt", 550, "no such user", Verdict.NO_SUCH_ADDRESS),
        ("rcpt", 552, "5.2.2 mailbox full", Verdict.FAILED),
        ("data", 554, "5.6.0 bad content", Verdict.FAILED),
        ("dot", 550, "5.1.1 no such user", Verdict.NO_SUCH_ADDRESS),
        ("dot", 554, "no", Verdict.FAILED),
    ],
)
def test_an_answer_means(phase, code, text, verdict):
    assert rules.verdict(Answer(Phase(phase), code, text)) is verdict


def test_an_untrusted_connection_is_about_us():
    answer = Answer(Phase.TLS, None, "certificate verify failed", untrusted=True)
    assert rules.verdict(answer) is Verdict.REFUSES_US


def test_waits_double_up_to_an_hour_and_are_spread():
    waits = [rules.wait(attempt, chance=0.5) for attempt in range(1, 20)]
    assert waits[:3] == [timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120)]
    assert waits[-1] == timedelta(hours=1)
    assert rules.wait(1, chance=0.0) == timedelta(seconds=22.5)
    assert rules.wait(1, chance=1.0) == timedelta(seconds=37.5)


def test_greylisting_of_ten_minutes_delays_by_less_than_a_quarter_of_an_hour_more():
    tries, at = [], timedelta()
    for attempt in range(1, 9):
        at += rules.wait(attempt, chance=1.0)
        tries.append(at)
    after = next(at for at in tries if at > timedelta(minutes=10))
    assert after < timedelta(minutes=25)


def test_a_server_that_is_away_is_asked_again_within_a_minute():
    pauses = [rules.pause(failures, refused=False) for failures in range(1, 30)]
    assert pauses[0] == timedelta(seconds=5)
    assert max(pauses) < timedelta(minutes=1)


def test_one_that_refuses_us_is_asked_less_and_less():
    pauses = [rules.pause(failures, refused=True) for failures in range(1, 30)]
    assert pauses[0] == timedelta(minutes=1)
    assert pauses[-1] == timedelta(minutes=15)


def test_one_attempt_ends_well_before_the_lease():
    assert rules.ATTEMPT_SECONDS < 20 < rules.LEASE.total_seconds()
