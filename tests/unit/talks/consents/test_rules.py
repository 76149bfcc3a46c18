"""The words of consents, and what is kept of where one came from."""

import pytest

from coopoutreach.talks.consents import rules
from coopoutreach.talks.consents.rules import WORDINGS, Channel, Purpose, Source

#: What each version says, for ever: whoever changes words adds a version.
HASHES = {
    "photos-1": "982c1f1e22bf950f922e0fd011acf78d8b5d11747881f7333ea6e9a0a08b9595",
    "dietary-1": "ed81f6caba7241760c8f69b86e2653b6c78268505652cff848d10f37ec087b39",
    "access-1": "7ac2c94ed4c0d76b9e22e994c7137208fc13a9661152536862d28423a43f0ee0",
    "newsletter-1": "933d061dcc41ada748e913a480e8ad14747cc6b1f71cb22997e30dd519a88e2a",
}


def test_p_09_no_version_of_a_text_ever_changes():
    assert {wording.id: wording.hash for wording in WORDINGS} == HASHES


def test_every_purpose_has_words_that_say_how_to_take_them_back():
    for purpose in Purpose:
        text = rules.in_force(purpose).text
        assert text.startswith("Acepto ")
        assert "retir" in text or "dejar" in text


def test_no_two_versions_share_a_name():
    names = [wording.id for wording in WORDINGS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("forged", ["", "on", "1", "photos-0", "photos-99", "dietary-1"])
def test_pr_17_only_the_words_in_force_agree(forged):
    assert not rules.agrees(Purpose.PHOTOS, forged)
    assert rules.agrees(Purpose.PHOTOS, rules.in_force(Purpose.PHOTOS).id)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("200.27.14.99", "200.27.14.0/24"),
        ("2800:300:6271:aa:bb:cc:dd:1", "2800:300:6271::/48"),
        ("::ffff:200.27.14.99", "200.27.14.0/24"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_p_09_an_address_is_kept_as_its_network_alone(address, network):
    assert Source(Channel.OWN_PAGE, address).network == network
