"""Whose word is taken for who wrote, and whose address it was written to."""

from datetime import timedelta

import pytest

from coopoutreach.mail.incoming import rules

OURS = "mx.fecrecoop.example"


@pytest.mark.parametrize(
    ("results", "passes"),
    [
        ([f"{OURS}; spf=pass; dmarc=pass header.from=coop.example"], True),
        ([f"{OURS.upper()} 1; DMARC = PASS (p=reject) header.from=x"], True),
        ([f"{OURS}; dmarc=fail header.from=coop.example"], False),
        ([f"{OURS}; spf=pass; dkim=pass"], False),
        # RS-09: anybody can write one, in another's name, below ours, or inside a comment.
        (["mx.evil.example; dmarc=pass"], False),
        ([f"{OURS}; dmarc=fail", f"{OURS}; dmarc=pass"], False),
        ([f"mx.evil.example; dmarc=pass ({OURS}; dmarc=pass)"], False),
        ([f"{OURS}; dkim=fail (; dmarc=pass); dmarc=fail"], False),
        ([f'{OURS}; dkim=fail reason="; dmarc=pass"; dmarc=none'], False),
        ([f"{OURS}; dmarc=pass; dmarc=fail"], False),
        ([f"{OURS}.evil.example; dmarc=pass"], False),
        ([], False),
    ],
)
def test_rs_09_only_the_topmost_word_of_our_own_server_counts(results, passes):
    assert rules.passes_dmarc(results, authserv_id=OURS) is passes
    assert rules.passes_dmarc(results, authserv_id="") is False


@pytest.mark.parametrize(
    ("stamped", "passes"),
    [
        ([f"{OURS}; dmarc=pass header.from=coop.example"], True),
        (["fecrecoop.example; dmarc=pass"], True),
        ([f"{OURS}; dmarc=fail", f"{OURS}; dmarc=pass"], False),
        (["mx.evil.example; dmarc=pass", f"{OURS}; dmarc=pass"], False),
        (["mx.notfecrecoop.example; dmarc=pass"], False),
        (["; dmarc=pass"], False),
        ([], False),
    ],
)
def test_rs_09_a_server_that_nobody_named_is_a_host_of_our_domain_on_top(stamped, passes):
    assert rules.passes_dmarc_on_top(stamped, domain="fecrecoop.example") is passes
    assert rules.passes_dmarc_on_top(stamped, domain="") is False


def test_an_address_says_whose_reply_it_is_there_and_back():
    address = rules.reply_address("agenda@fecrecoop.example", "k3v9ana2")
    assert address == "agenda+r-k3v9ana2@fecrecoop.example"
    assert rules.tokens_in(["x@y", address.upper(), address]) == ("k3v9ana2",)
    assert (
        rules.tokens_in(["agenda+r-@x.example", "r-k3v9ana2@x.example", "agenda+r-k3v9ana2"]) == ()
    )


def test_an_answer_is_a_reply_or_a_proposal_and_its_part_says_the_same():
    assert rules.is_answer("REPLY", "REPLY")
    assert rules.is_answer("COUNTER", "")
    assert not rules.is_answer("REQUEST", "REPLY")
    assert not rules.is_answer("REPLY", "REQUEST")
    assert not rules.is_answer("CANCEL", "CANCEL")


def test_a_mailbox_that_fails_is_left_alone_for_longer_each_time():
    waits = [rules.wait(failures) / timedelta(minutes=1) for failures in range(1, 8)]
    assert waits == [1, 2, 4, 8, 15, 15, 15]
