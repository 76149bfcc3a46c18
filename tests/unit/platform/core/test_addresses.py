"""What forms take, mail can be written to; and the other way round."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import getaddresses
from urllib.parse import unquote

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coopoutreach.mail.outgoing import mime
from coopoutreach.mail.outgoing.letters import Calendar
from coopoutreach.people.directory import contact
from coopoutreach.platform.core import addresses
from coopoutreach.platform.core.text import clean_line
from coopoutreach.platform.ics.entry import Method
from coopoutreach.platform.ics.text import fold, mailto, quote_parameter

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
TEXT = mime.Text("Invitación", "Hola.", "<p>Hola.</p>")
SIGNS = "abzÑñéAZ09.!#$%&'*+/=?^_`{|}~-\"\\ ,;:<>()[]@’\u200b\u0301\u202e\n\t\x00ıß好"
LOCALS = st.text(st.sampled_from("abzAZ09.!#$%&'*+/=?^_`{|}~-"), min_size=1, max_size=70)
LABELS = st.text(st.sampled_from("abzÑñéüAZ09-ßς好ا\u200b\u0301"), min_size=1, max_size=64)
DOMAINS = st.lists(LABELS, min_size=1, max_size=5).map(".".join)
TYPED = st.one_of(
    st.text(max_size=300),
    st.text(st.sampled_from(SIGNS), max_size=60),
    st.tuples(LOCALS, DOMAINS).map("@".join),
    st.tuples(LOCALS, DOMAINS.map(lambda one: f"{one}.cl")).map("@".join),
    st.emails(),
)


def written_to(name, address):
    """Return the one mailbox that the standard library reads in what we write."""
    envelope = mime.Envelope(
        mime.message_id("clave", "agenda@fecrecoop.example"),
        "FECRECOOP <agenda@fecrecoop.example>",
        name,
        address,
        NOW,
    )
    raw = mime.write(envelope, TEXT, Calendar(Method.REQUEST, b"BEGIN:VCALENDAR\r\n"))
    message = message_from_bytes(raw, policy=policy.default)
    assert not message.defects
    assert not message["To"].defects
    [mailbox] = message["To"].addresses
    # Older programs read the header without knowing encoded words: the address is the same.
    assert [one for _, one in getaddresses([str(message_from_bytes(raw)["To"])])] == [address]
    return mailbox


def read_in_a_calendar(name, address):
    lines = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        "DTSTAMP:20261201T120000Z\r\nDTSTART:20261201T120000Z\r\n"
        + fold(f"ATTENDEE;CN={quote_parameter(name)}:{mailto(address)}").decode()
    )
    calendar = icalendar.Calendar.from_ical(
        lines.rstrip("\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    [event] = calendar.walk("VEVENT")
    return event["ATTENDEE"]


@given(TYPED)
@example("juan@peñalolen.example")
@example("o’brien@coop.example")
@example("josé.ñúñez@coop.example")
@example("jose\u0301@coop.example")
@example("ju\u200ban@coop.example")
@example("juan@ｅxample.cl")
@example("Juan@COOP.Example")
@example("juan@faß.example")
@example("!#$%&'*+/=?^_`{|}~-@coop.example")
def test_what_the_rule_returns_can_be_written_and_read_back(typed):
    try:
        address = contact.email(typed)
    except ValueError as refusal:
        said = str(refusal)
    else:
        said = ""
    if said:
        assert said.endswith(".")
        return
    assert written_to("Ana", address).addr_spec == address
    assert contact.email(address) == address, "what is shown in a form again is taken again"
    assert contact.email(addresses.shown(address)) == address
    assert addresses.key(address) == addresses.key(addresses.shown(address)) == address.lower()
    assert unquote(str(read_in_a_calendar("Ana", address))) == f"mailto:{address}"


#: What can be written and is not taken: it leads nowhere from here, or says nothing.
NOT_TAKEN = (
    lambda domain: "." not in domain,
    lambda domain: not domain[-1].isalpha(),
    lambda domain: any(label[2:4] == "--" for label in domain.split(".")),
    lambda domain: domain.lower().rpartition(".")[2] in {"local", "localhost", "test", "invalid"},
    lambda domain: domain.lower().rpartition(".")[2] in {"arpa", "onion", "alt"},
)


@given(st.one_of(st.tuples(LOCALS, DOMAINS).map("@".join), st.emails()))
@example("a..b@coop.example")
@example(".a@coop.example")
@example("a@coop-.example")
@example("a@intranet")
def test_what_can_be_written_the_rule_takes(address):
    try:
        mime.checked_address(address)
    except ValueError:
        return
    assert addresses.read(address, own_network=True).lower() == address.lower()
    domain = address.rpartition("@")[2]
    if any(leads_nowhere(domain) for leads_nowhere in NOT_TAKEN):
        return
    assert contact.email(address).lower() == address.lower()


@given(st.text(max_size=200))
@example('Núñez, "Pepe" <a@b.cl>')
@example("=?utf-8?b?w7E=?=")
@example("\ud800 Ana")
@example("Ana\r\nBcc: otra@coop.example")
@example("Ana " + "😀" * 80)
def test_whatever_somebody_is_called_mail_can_be_written_to_them(name):
    mailbox = written_to(name, "ana@coop.example")
    assert mailbox.addr_spec == "ana@coop.example"
    # The standard library puts a space between two encoded words of a phrase, which RFC 2047 (6.2)
    # does not.
    assert "".join(mailbox.display_name.split()) == "".join(clean_line(name).split())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("juan@peñalolen.example", "juan@xn--pealolen-e3a.example"),
        ("juan@PEN\u0303ALOLEN.example", "juan@xn--pealolen-e3a.example"),
        ("Juan@COOP.Example", "Juan@coop.example"),
        (" juan@coop.example\u200b ", "juan@coop.example"),
        ("juan@coop。example", "juan@coop.example"),
    ],
)
def test_what_is_kept_of_an_address(typed, kept):
    assert contact.email(typed) == kept


@pytest.mark.parametrize(
    ("typed", "saying"),
    [
        ("josé.ñúñez@coop.example", "sin tilde"),
        ("o’brien@coop.example", "sin tilde"),
        ("jose\u0301@coop.example", "sin tilde"),
        ("a" * 65 + "@coop.example", "64 caracteres"),
        ("a@" + "b" * 60 + "." + "c" * 200 + ".cl", "254 caracteres"),
        ('"juan pérez"@coop.example', "sin tilde"),
        ('"juan perez"@coop.example', "no es válido"),
        ("juan(casa)@coop.example", "no es válido"),
        ("juan@[192.0.2.1]", "no es válido"),
        ("juan@coop.example.", "no es válido"),
        ("juan@localhost", "no es válido"),
        ("juan@coop.example\nBcc: a@b.cl", "no es válido"),
        ("\u200b", "Escriba el correo"),
    ],
)
def test_what_is_refused_says_why(typed, saying):
    with pytest.raises(ValueError, match=saying):
        contact.email(typed)


def test_a_domain_of_an_earlier_version_is_written_to():
    assert addresses.for_the_wire("juan@peñalolen.example") == "juan@xn--pealolen-e3a.example"
    assert addresses.for_the_wire("josé@coop.example") == "josé@coop.example"
    assert not addresses.can_be_written("josé@coop.example")
