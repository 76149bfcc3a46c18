"""What mail cannot be written to gets a sentence beside its field, on public pages too."""

import pytest

from tests.factories import a_cooperative, a_talk
from tests.functional.test_bad_input import Fields, Sender

BAD = (
    "josé.ñúñez@coop.example",
    "o’brien@coop.example",
    "jose\u0301@coop.example",
    '"juan soto"@coop.example',
    "juan@[192.0.2.1]",
    "juan@coop.example.",
    "j" * 65 + "@coop.example",
    "juan@" + "ñ" * 60 + ".cl",
    "juan@coop..example",
    "\u200b",
)


@pytest.fixture
def registering(client, database, now, time_machine):
    time_machine.move_to(now, tick=False)
    with database.transaction() as session:
        a_talk(session, slug="creditos")
        a_cooperative(session, public_id="cobre-alto")
    return Sender(client, "/charlas/creditos/inscripcion")


def sent(sender, field, address):
    typed = {"organisation": "cobre-alto", "people-0-name": "Ana Núñez", "name": "Ana Núñez"}
    typed |= {"right": "acceso", "details": "Quiero saber.", field: address}
    return sender.send(typed)


@pytest.mark.parametrize("address", BAD)
def test_a_registration_with_one_says_so(registering, address):
    response = sent(registering, "people-0-email", address)
    assert response.status_code == 422
    assert "people-0-email" in Fields(response.text).errors


@pytest.mark.parametrize("address", BAD)
def test_a_request_with_one_says_so(client, database, settings, address):
    response = sent(Sender(client, "/privacidad/solicitud"), "email", address)
    assert response.status_code == 422
    assert "email" in Fields(response.text).errors


@pytest.mark.parametrize("address", ["juan@peñalolen.example", "Juan@COOP.Example"])
def test_what_can_be_written_is_taken(registering, address):
    assert sent(registering, "people-0-email", address).status_code == 303


@pytest.mark.parametrize("path", ["/ingresar", "/clave/olvidada"])
@pytest.mark.parametrize("address", [*BAD, "juan@peñalolen.example"])
def test_signing_in_with_one_never_fails(client, database, settings, path, address):
    response = Sender(client, path).send({"email": address, "password": "x"})
    assert response.status_code < 500
