"""The ledger: who sees what of it, narrowed, sorted, and taken away."""

import csv
import io
import zipfile
from datetime import date

import pytest
import sqlalchemy as sa

from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.rules import State
from coopoutreach.platform.audit.models import Entry

SEEN = ("staff", "jorge", "marcela")


def test_the_ledger_shows_what_is_owed_by_whom_and_until_when(world):
    world.make()
    page = world.get("staff", "/compromisos")
    assert page.status_code == 200
    for words in (
        "Remitir el articulado vigente",
        "C-2027-03-01",
        "15-12-2026",
        "Marcela Ríos",
        "Quién debe a quién",
    ):
        assert words in page.text


def test_a_counterpart_sees_what_its_institution_owes_or_is_owed_and_no_more(world):
    world.make("Lo de CORFO")
    world.make("Lo que le deben", party_id=world.federation, owed_to_id=world.corfo)
    world.make("Ajeno", party_id=world.federation, owed_to_id=world.other)
    text = world.get("marcela", "/compromisos").text
    assert "Lo de CORFO" in text
    assert "Lo que le deben" in text
    assert "Ajeno" not in text
    assert "SERCOTEC" not in text
    assert "Ajeno" in world.get("sercotec", "/compromisos").text


def test_what_is_reserved_is_seen_by_its_side_alone_staff_included(world):
    public_id = world.make("Canario amarillo", reserved_for_id=world.corfo)
    own = world.make("Jilguero verde", reserved_for_id=world.federation)
    for path in ("/compromisos?estado=todos", "/compromisos?estado=todos&q=canario"):
        assert "Canario" not in world.get("staff", path).text
        assert "Canario" not in world.get("jorge", path).text
        assert "Canario" in world.get("marcela", path).text
    assert "Jilguero" in world.get("jorge", "/compromisos").text
    assert "Jilguero" not in world.get("marcela", "/compromisos").text
    assert "Jilguero" not in world.get("staff", "/compromisos").text
    assert world.get("jorge", f"/compromisos/{public_id}").status_code == 404
    assert world.get("marcela", f"/compromisos/{own}").status_code == 404


def test_what_is_reserved_is_counted_in_no_figure_of_the_other_side(world):
    world.make(reserved_for_id=world.corfo, due_on=date(2026, 11, 1))
    page = world.get("jorge", "/compromisos").text
    assert "CORFO" not in page
    assert "1 compromiso" not in page


@pytest.mark.parametrize("name", ["manager", "anonymous"])
def test_nobody_else_has_a_ledger(world, name):
    for path in ("/compromisos", "/compromisos/mios", f"/compromisos/{world.make()}"):
        assert world.get(name, path).status_code == (404 if name == "manager" else 303)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Abierto", "Tarde", "Movido"}),
        ("estado=vencidos", {"Tarde"}),
        ("estado=reprogramados", {"Movido"}),
        ("estado=cumplidos", {"Hecho"}),
        ("estado=todos", {"Abierto", "Tarde", "Movido", "Hecho"}),
        ("q=TARDÉ", {"Tarde"}),
        ("q=c-2027-03-02", {"Tarde"}),
        ("debe={corfo}&estado=todos", {"Abierto", "Tarde", "Hecho"}),
        ("a={corfo}&estado=todos", {"Movido"}),
        ("reunion={meeting}", {"Abierto", "Tarde", "Movido"}),
        ("reunion=no-existe", set()),
        ("estado=disparate&pagina=x&orden=y&sentido=z", {"Abierto", "Tarde", "Movido"}),
    ],
)
def test_it_is_narrowed_as_the_address_asks(world, query, shown):
    world.make("Abierto")
    world.make("Tarde", due_on=date(2026, 11, 2))
    moved = world.make("Movido", party_id=world.federation, owed_to_id=world.corfo)
    done = world.make("Hecho")
    with world.database.transaction() as session:
        for public_id, values in (
            (moved, {"extensions": 1}),
            (done, {"state": State.FULFILLED, "delivered_on": date(2026, 11, 20)}),
        ):
            session.execute(
                sa.update(Commitment).where(Commitment.public_id == public_id).values(**values)
            )
    asked = query.format(meeting=world.meeting_public, **world.public)
    text = world.get("staff", f"/compromisos?{asked}").text
    named = ("Abierto", "Tarde", "Movido", "Hecho")
    assert {name for name in named if f">{name}</a>" in text} == shown


def test_it_is_sorted_and_turned_over_by_page(world):
    for number in range(30):
        world.make(f"Número {number:02}", due_on=date(2027, 1, 30 - number % 28))
    first = world.get("staff", "/compromisos?orden=numero").text
    second = world.get("staff", "/compromisos?orden=numero&pagina=2").text
    assert ">Número 00</a>" in first
    assert ">Número 29</a>" not in first
    assert ">Número 29</a>" in second
    back = world.get("staff", "/compromisos?orden=numero&sentido=desc").text
    assert ">Número 29</a>" in back


def test_my_commitments_are_those_i_answer_for(world):
    world.make("Lo mío")
    world.make("De Pedro", person_id=world.pedro)
    world.make("Secreto mío", reserved_for_id=world.corfo)
    text = world.get("marcela", "/compromisos/mios").text
    assert "Lo mío" in text
    assert "Secreto mío" in text
    assert "De Pedro" not in text
    assert "Nada pendiente a su nombre" in world.get("staff", "/compromisos/mios").text


def test_taken_away_as_text_no_cell_is_a_formula_and_nothing_reserved_is_in_it(world):
    world.make('=HYPERLINK("http://malo.example")')
    world.make("+56 2 2345 6789")
    world.make("Canario", reserved_for_id=world.corfo)
    answer = world.post("jorge", "/compromisos.csv", estado="todos")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["Número", "Compromiso", "Debe", "A"]
    assert [row[1] for row in rows[1:]] == [
        '\'=HYPERLINK("http://malo.example")',
        "+56 2 2345 6789",
    ]
    assert b"Canario" not in answer.data


def test_ac_09_every_role_takes_the_same_columns_away_and_no_more(world):
    world.make()
    heads = {
        world.post(name, "/compromisos.csv").data.decode("utf-8-sig").splitlines()[0]
        for name in ("staff", "marcela")
    }
    [head] = heads
    assert head.replace('"', "").split(";") == [
        *("Número", "Compromiso", "Debe", "A", "Responsable", "Plazo", "Primer plazo"),
        *("Prórrogas", "Estado", "Avance (%)", "Medio de verificación", "Entregado", "Cerrado"),
        *("Reunión", "Reservado para"),
    ]


def test_taken_away_as_a_workbook_all_is_text_or_a_figure(world):
    world.make("=1+1")
    world.make("Canario", reserved_for_id=world.federation)
    answer = world.post("marcela", "/compromisos.xlsx", estado="todos")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        words = book.read("xl/sharedStrings.xml").decode()
        assert not [name for name in book.namelist() if "link" in name.lower()]
    assert "<f>" not in sheet
    assert "=1+1" in words
    assert "Canario" not in words


def test_who_took_the_ledger_away_is_written_down_and_limited(world):
    world.make()
    answers = [world.post("staff", "/compromisos.csv").status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    with world.database.reading() as session:
        wanted = sa.select(Entry).where(Entry.action == "commitment.exported")
        entries = session.scalars(wanted).all()
        assert len(entries) == 20
        assert entries[0].after["commitments"] == 1


def test_nobody_takes_it_away_by_looking_or_without_a_right_to_it(world):
    assert world.get("staff", "/compromisos.csv").status_code == 405
    assert world.post("manager", "/compromisos.csv").status_code == 404
