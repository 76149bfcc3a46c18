import json
from pathlib import Path

import pytest

from coopoutreach.people.directory import contact

VECTORS = json.loads((Path(__file__).parents[3] / "data" / "locale_vectors.json").read_text())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Rosa.Antilef@COOP.example ", "Rosa.Antilef@coop.example"),
        ("contacto@cobre-alto.example", "contacto@cobre-alto.example"),
        ("jose@ñandú.cl", "jose@xn--and-6ma2c.cl"),
    ],
)
def test_an_address_is_kept_fit_to_write_to(typed, kept):
    assert contact.email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "sin-arroba",
        "dos@@coop.example",
        "a b@coop.example",
        "a@coop",
        "a@localhost",
        "Rosa <rosa@coop.example>",
        "a@coop.example\r\nBcc: b@coop.example",
        "a@" + "b" * 64 + ".example",
    ],
)
def test_what_is_no_address_gets_a_sentence(typed):
    with pytest.raises(ValueError, match="El correo no es válido"):
        contact.email(typed)


def test_nothing_and_too_much_get_sentences_of_their_own():
    with pytest.raises(ValueError, match="Escriba el correo"):
        contact.email("  ")
    with pytest.raises(ValueError, match="muy largo"):
        contact.email("a" * 10_000 + "@coop.example")


def test_an_address_is_compared_in_lower_case():
    assert contact.email_key(" Rosa@Coop.Example ") == "rosa@coop.example"


def test_variants_of_an_address_lead_to_one_mailbox():
    variants = (
        "rosa.antilef@coop.example",
        "RosaAntilef@coop.example",
        "rosa.antilef+x@COOP.example",
    )
    assert {contact.mailbox_key(one) for one in variants} == {"rosaantilef@coop.example"}
    assert contact.mailbox_key("@") == "@"


@pytest.mark.parametrize("vector", VECTORS["telefono"], ids=lambda vector: vector["entrada"])
def test_telephone_numbers_are_read_as_they_are_written_in_chile(vector):
    if vector.get("valido", True):
        assert contact.phone(vector["entrada"]) == vector["e164"]
    else:
        with pytest.raises(ValueError, match="9 dígitos"):
            contact.phone(vector["entrada"])


@pytest.mark.parametrize("typed", ["", "llámeme", "9" * 10_000, "9 8765 4321 ext. 12"])
def test_what_is_no_number_gets_a_sentence(typed):
    with pytest.raises(ValueError, match="9 dígitos"):
        contact.phone(typed)


def test_a_number_of_another_country_is_taken_with_its_code():
    assert contact.phone("+54 11 4310 4900") == "+541143104900"


def test_a_number_is_shown_in_groups():
    assert contact.show_phone("+56987654321") == "+56 9 8765 4321"
