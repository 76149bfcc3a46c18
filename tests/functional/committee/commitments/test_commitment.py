"""One commitment: what each side may do with it, and what the others cannot even see."""

import io
from datetime import date

import pytest

from coopoutreach.committee.commitments.rules import State
from coopoutreach.people.directory.models import Person

PDF = b"%PDF-1.7\n%%EOF"


def at(public_id, rest=""):
    return f"/compromisos/{public_id}{rest}"


def test_whoever_owes_it_reports_with_a_note_and_a_file_that_both_sides_can_fetch(world):
    public_id = world.make()
    answer = world.post(
        "marcela",
        at(public_id, "/avance"),
        progress="60",
        note="Falta la firma.",
        files=(io.BytesIO(PDF), "Borrador.pdf"),
    )
    assert (answer.status_code, answer.location) == (303, at(public_id))
    page = world.get("jorge", at(public_id))
    assert "Falta la firma." in page.text
    assert "60 %" in page.text
    [file] = world.read(public_id).files
    fetched = world.get("jorge", at(public_id, f"/respaldos/{file}"))
    assert fetched.data == PDF
    assert "attachment" in fetched.headers["Content-Disposition"]
    for stranger in ("sercotec", "manager"):
        assert world.get(stranger, at(public_id, f"/respaldos/{file}")).status_code == 404


def test_a_file_of_another_commitment_is_not_found_under_this_one(world):
    one, other = world.make(), world.make()
    world.post("marcela", at(one, "/avance"), progress="1", files=(io.BytesIO(PDF), "a.pdf"))
    [file] = world.read(one).files
    assert world.get("staff", at(other, f"/respaldos/{file}")).status_code == 404


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"progress": "101"}, "El avance va de 0 a 100."),
        ({"progress": "-1"}, "El avance va de 0 a 100."),
        ({"progress": "x"}, "El avance va de 0 a 100."),
        ({"note": "a" * 2001, "progress": "1"}, "Use a lo más 2000 caracteres."),
    ],
)
def test_a_report_that_cannot_be_is_shown_again_with_what_is_wrong(world, given, words):
    public_id = world.make()
    answer = world.post("marcela", at(public_id, "/avance"), **given)
    assert answer.status_code == 422
    assert words in answer.text
    assert world.read(public_id).kinds == ["made"]


def test_a_file_of_another_kind_is_refused_and_what_was_typed_stays(world):
    public_id = world.make()
    answer = world.post(
        "marcela",
        at(public_id, "/avance"),
        progress="30",
        note="Casi listo.",
        files=(io.BytesIO(b"MZ"), "virus.exe"),
    )
    assert answer.status_code == 422
    assert "Suba un archivo" in answer.text
    assert "Casi listo." in answer.text


def test_from_made_to_fulfilled_by_the_word_of_the_other_side(world):
    public_id = world.make()
    done = world.post("marcela", at(public_id, "/avance"), progress="100", done="1", note="Va.")
    assert done.status_code == 303
    assert world.read(public_id).state is State.DELIVERED
    assert "Falta su confirmación" in world.get("jorge", at(public_id)).text
    missing = world.post("jorge", at(public_id, "/palabra"), word="falta")
    assert missing.status_code == 422
    assert "Escriba qué falta." in missing.text
    world.post("jorge", at(public_id, "/palabra"), word="falta", note="El anexo.")
    world.post("marcela", at(public_id, "/avance"), progress="100", done="1")
    world.post("jorge", at(public_id, "/palabra"), word="cumplido")
    found = world.read(public_id)
    assert found.state is State.FULFILLED
    assert found.kinds == ["made", "delivered", "returned", "delivered", "fulfilled"]


def test_whoever_owes_it_cannot_say_that_it_is_fulfilled_nor_staff_without_a_post(world):
    public_id = world.make()
    world.post("marcela", at(public_id, "/avance"), progress="100", done="1")
    for name in ("marcela", "staff", "sercotec", "manager"):
        answer = world.post(name, at(public_id, "/palabra"), word="cumplido")
        assert answer.status_code == 404
    assert world.read(public_id).state is State.DELIVERED


def test_another_date_is_asked_for_and_granted_by_the_other_side(world):
    public_id = world.make()
    asked = world.post(
        "marcela", at(public_id, "/prorroga"), due_on="2027-01-15", reason="Cambio de gobierno."
    )
    assert asked.status_code == 303
    assert world.read(public_id).due_on == date(2026, 12, 15)
    assert "Piden otra fecha" in world.get("jorge", at(public_id)).text
    assert "Piden otra fecha" in world.get("staff", at(public_id)).text
    world.post("jorge", at(public_id, "/palabra"), word="conceder")
    found = world.read(public_id)
    assert (found.due_on, found.extensions) == (date(2027, 1, 15), 1)
    page = world.get("marcela", at(public_id)).text
    assert "Se movió 1 vez" in page
    assert "Cambio de gobierno." in page


def test_it_may_be_declined_with_a_reason_by_staff(world):
    public_id = world.make()
    world.post("marcela", at(public_id, "/prorroga"), due_on="15-01-2027", reason="Motivo")
    assert world.get("staff", at(public_id, "/cambios/negar")).status_code == 200
    assert world.post("staff", at(public_id, "/cambios/negar"), note="").status_code == 422
    assert world.post("staff", at(public_id, "/cambios/negar"), note="Urge.").status_code == 303
    assert world.read(public_id).due_on == date(2026, 12, 15)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"due_on": "2026-12-15", "reason": "x"}, "Proponga una fecha posterior al plazo actual."),
        ({"due_on": "2027-02-30", "reason": "x"}, "Escriba una fecha que exista"),
        ({"due_on": "2027-01-15", "reason": ""}, "Escriba el motivo."),
    ],
)
def test_a_request_without_sense_is_shown_again(world, given, words):
    public_id = world.make()
    answer = world.post("marcela", at(public_id, "/prorroga"), **given)
    assert answer.status_code == 422
    assert words in answer.text


def test_staff_move_the_date_let_it_go_and_take_it_up_again(world):
    public_id = world.make()
    assert "15 de diciembre" in world.get("staff", at(public_id, "/mover")).text
    bad = world.post("staff", at(public_id, "/mover"), due_on="2027-01-15", reason="")
    assert bad.status_code == 422
    world.post("staff", at(public_id, "/mover"), due_on="2027-01-15", reason="Feriado")
    assert world.read(public_id).extensions == 1
    assert world.get("staff", at(public_id, "/cambios/desestimar")).status_code == 200
    world.post("staff", at(public_id, "/cambios/desestimar"), note="La mesa lo acordó.")
    assert world.read(public_id).state is State.DISMISSED
    world.post("staff", at(public_id, "/cambios/reabrir"), note="Vuelve a hacer falta.")
    assert world.read(public_id).state is State.IN_PROGRESS


def test_what_cannot_happen_now_is_said_and_changes_nothing(world):
    public_id = world.make()
    answer = world.post("staff", at(public_id, "/cambios/reabrir"), note="x")
    assert answer.status_code == 409
    assert world.read(public_id).kinds == ["made"]


def test_staff_edit_what_it_says(world):
    public_id = world.make()
    page = world.get("staff", at(public_id, "/editar"))
    assert "Remitir el articulado vigente" in page.text
    good = {
        "action": "Remitir las bases",
        "party": world.public["corfo"],
        "owed_to": world.public["federation"],
        "due_on": "2026-12-18",
        "verification": "",
    }
    assert world.post("staff", at(public_id, "/editar"), **good).status_code == 303
    found = world.read(public_id)
    assert (found.action, found.due_on) == ("Remitir las bases", date(2026, 12, 18))
    for wrong in ({"action": " "}, {"party": "no-existe"}, {"due_on": "ayer"}):
        answer = world.post("staff", at(public_id, "/editar"), **good | wrong)
        assert answer.status_code == 422
    assert world.read(public_id).action == "Remitir las bases"


def test_ac_03_a_person_of_another_institution_cannot_be_slipped_in(world):
    public_id = world.make()
    with world.database.reading() as session:
        jorge = session.get_one(Person, world.jorge).public_id
    answer = world.post(
        "staff",
        at(public_id, "/editar"),
        action="x",
        party=world.public["corfo"],
        owed_to=world.public["federation"],
        due_on="2026-12-18",
        person=jorge,
    )
    assert answer.status_code == 422
    assert "Elija una de las opciones." in answer.text


@pytest.mark.parametrize("rest", ["", "/editar", "/mover", "/cambios/desestimar", "/respaldos/x"])
def test_ac_01_anothers_looks_to_the_byte_like_what_is_missing(world, rest):
    public_id = world.make()
    there = world.get("sercotec", at(public_id, rest))
    missing = world.get("sercotec", at("no-existe", rest))
    assert there.status_code == missing.status_code == 404
    assert there.data == missing.data


def test_a_counterpart_writes_nothing_but_reports_and_its_word(world):
    public_id = world.make()
    for rest in ("/editar", "/mover", "/cambios/desestimar", "/cambios/reabrir", "/cambios/negar"):
        assert world.post("marcela", at(public_id, rest), note="x").status_code == 404
    owed = world.make(party_id=world.federation, owed_to_id=world.corfo)
    assert world.post("marcela", at(owed, "/avance"), progress="10").status_code == 404
    assert world.read(owed).kinds == ["made"]
