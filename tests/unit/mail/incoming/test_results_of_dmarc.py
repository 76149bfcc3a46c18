"""Whose word on DMARC counts: our own server's, where nobody else can write (RS-09)."""

import pytest

from coopoutreach.mail.incoming import mime, rules

OURS = "mx.fecrecoop.example"
RECEIVED = "Received: from a by mx"
MICROSOFT = (
    "Authentication-Results: spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=coop.example;"
    " dkim=pass header.d=coop.example;dmarc={} action=none header.from=coop.example;compauth=pass"
)


def results(said, server=OURS):
    return f"Authentication-Results: {server}; {said}"


def by_name(*head, server=OURS):
    found = mime.read("\r\n".join([*head, "From: ana@coop.example", "", "x"]).encode())
    stamped = found.stamped if found.was_received else ()
    return rules.passes_dmarc(found.authentication, authserv_id=server, stamped=stamped)


def by_place(*head):
    found = mime.read("\r\n".join([*head, "From: ana@coop.example", "", "x"]).encode())
    return rules.passes_dmarc_on_top(
        found.stamped, domain="fecrecoop.example", was_received=found.was_received
    )


SPF, PASS, FAIL = results("spf=pass"), results("dmarc=pass"), results("dmarc=fail")
ELSEWHERE = results("dmarc=pass", "mx.evil.example")
HEADS = [
    ((PASS, RECEIVED), True),
    ((SPF, PASS, RECEIVED), True),
    ((SPF, results("dkim=pass"), PASS, RECEIVED), True),
    ((SPF, RECEIVED), False),
    ((SPF, FAIL, PASS, RECEIVED), False),
    ((FAIL, PASS, RECEIVED), False),
    ((SPF, RECEIVED, PASS), False),
    ((RECEIVED, SPF, PASS), False),
    ((SPF, ELSEWHERE, RECEIVED), False),
    ((MICROSOFT.format("pass"), RECEIVED), None),
]


@pytest.mark.parametrize(("head", "passes"), HEADS)
def test_rs_09_what_our_server_says_in_several_headers_counts_above_received(head, passes):
    assert by_name(*head) is bool(passes)
    assert by_place(*head) is (passes is not False)


@pytest.mark.parametrize("said", ["fail", "none", "bestguesspass", "temperror", ""])
def test_results_without_a_server_pass_only_if_they_say_so(said):
    assert not by_place(MICROSOFT.format(said), RECEIVED)
    assert by_place(MICROSOFT.format("pass"), RECEIVED)


def test_rs_09_results_without_a_server_count_only_above_a_received_and_where_it_is_configured():
    passing = MICROSOFT.format("pass")
    assert not by_place(RECEIVED, passing)
    assert not by_place(passing)  # nothing was received: anybody may have written it
    assert not by_name(passing, RECEIVED)
    microsoft = "abc.prod.outlook.com"
    assert by_name(passing, RECEIVED, server=microsoft)
    assert not by_name(RECEIVED, passing, server=microsoft)
    assert not by_name(passing, MICROSOFT.format("fail"), RECEIVED, server=microsoft)


def test_without_a_name_nothing_passes_by_name():
    assert not by_name(PASS, RECEIVED, server="")
