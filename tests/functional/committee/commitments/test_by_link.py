"""A commitment by the link in a mail: for one person and one thing, and by POST alone."""

import io
from datetime import date

import pytest
import sqlalchemy as sa

from coopoutreach.committee.commitments import queries
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.commitments.queries import Side
from coopoutreach.committee.commitments.rules import State
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.links import new_nonce
from tests.support.digest import digest


def link(world, public_id, person_id, side=Side.OWING):
    commitment = world.read(public_id)
    return f"/compromisos/informe/{queries.token_of(commitment, person_id, side)}"


@pytest.fixture
def public_id(world):
    return world.make()


@pytest.fixture
def mine(world, public_id):
    return link(world, public_id, world.marcela)


def test_it_shows_what_is_owed_until_when_and_how_often_the_date_moved(world, mine):
    page = world.get("anonymous", mine)
    assert page.status_code == 200
    for words in ("Remitir el articulado vigente", "15 de diciembre de 2026", "Ya está hecho"):
        assert words in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_pr_05_looking_changes_nothing(world, mine):
    before = digest(world.database)
    for method in ("GET", "HEAD", "OPTIONS"):
        for rest in ("", "/avance", "/prorroga", "/palabra"):
            answer = world.browser("anonymous").open(
                mine + rest, method=method, base_url="https://localhost"
            )
            assert answer.status_code in {200, 405}
    assert digest(world.database) == before


def test_progress_is_reported_with_a_file_without_an_account(world, public_id, mine):
    answer = world.post(
        "anonymous",
        f"{mine}/avance",
        progress="50",
        note="Vamos a la mitad.",
        files=(io.BytesIO(b"%PDF-1.7\n%%EOF"), "Avance.pdf"),
    )
    assert answer.status_code == 303
    page = world.get("anonymous", answer.location)
    assert "Gracias. Lo guardamos." in page.text
    assert "Vamos a la mitad." in page.text
    [file] = world.read(public_id).files
    assert world.get("anonymous", f"{mine}/respaldos/{file}").status_code == 200
    history = world.get("staff", f"/compromisos/{public_id}").text
    assert "Marcela Ríos" in history


def test_pr_06_done_by_link_twice_it_is_done_once(world, public_id, mine):
    for _ in range(2):
        answer = world.post("anonymous", f"{mine}/avance", progress="100", done="1")
        assert answer.status_code == 303
    assert world.read(public_id).kinds == ["made", "delivered"]
    assert "Está entregado" in world.get("anonymous", mine).text


def test_another_date_is_asked_for_and_granted_by_link(world, public_id, mine):
    asked = world.post(
        "anonymous", f"{mine}/prorroga", due_on="2027-01-15", reason="Falta el decreto."
    )
    assert asked.status_code == 303
    theirs = link(world, public_id, world.jorge, Side.OWED)
    assert "Falta el decreto." in world.get("anonymous", theirs).text
    world.post("anonymous", f"{theirs}/palabra", word="conceder")
    assert world.read(public_id).due_on == date(2027, 1, 15)


def test_the_other_side_gives_its_word_by_link(world, public_id, mine):
    world.post("anonymous", f"{mine}/avance", progress="100", done="1")
    theirs = link(world, public_id, world.jorge, Side.OWED)
    bad = world.post("anonymous", f"{theirs}/palabra", word="falta")
    assert bad.status_code == 422
    world.post("anonymous", f"{theirs}/palabra", word="cumplido", note="Gracias.")
    assert world.read(public_id).state is State.FULFILLED
    assert "cerrado" in world.get("anonymous", mine).text


def test_no_link_does_what_is_the_other_sides(world, public_id, mine):
    assert world.post("anonymous", f"{mine}/palabra", word="cumplido").status_code == 404
    theirs = link(world, public_id, world.jorge, Side.OWED)
    assert world.post("anonymous", f"{theirs}/avance", progress="10").status_code == 404
    assert world.post("anonymous", f"{theirs}/prorroga", due_on="2027-01-15").status_code == 404
    assert world.read(public_id).kinds == ["made"]


def test_pr_07_wrong_old_and_other_links_are_the_same_404(world, public_id, mine, now):
    token = mine.rpartition("/")[2]
    commitment = world.read(public_id)
    links = process_settings.current().links
    other_purpose = links.token("invitee", public_id, f"{commitment.nonce}:{world.marcela}")
    stranger = queries.token_of(commitment, world.pedro, Side.OWING)
    side = queries.token_of(commitment, world.jorge, Side.OWING)
    without_person = links.token("commitment", public_id, commitment.nonce)
    another = world.make()
    swapped = f"{another}.{token.partition('.')[2]}"
    wrong = [
        "x",
        f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}",
        other_purpose,
        stranger,
        side,
        without_person,
        swapped,
        "ñ.é",
    ]
    pages = [world.get("anonymous", f"/compromisos/informe/{each}") for each in wrong]
    assert {page.status_code for page in pages} == {404}
    assert len({page.data for page in pages}) == 1
    for each in wrong:
        answer = world.post("anonymous", f"/compromisos/informe/{each}/avance", progress="10")
        assert answer.status_code == 404


def test_a_link_dies_once_somebody_else_answers_or_its_secret_is_made_anew(world, public_id, mine):
    def change(**values):
        with world.database.transaction() as session:
            session.execute(
                sa.update(Commitment).where(Commitment.public_id == public_id).values(**values)
            )

    change(person_id=world.pedro)
    assert world.get("anonymous", mine).status_code == 404
    change(person_id=world.marcela)
    assert world.get("anonymous", mine).status_code == 200
    change(nonce=new_nonce())
    assert world.get("anonymous", mine).status_code == 404


def test_no_link_opens_what_is_reserved_for_the_other_side(world):
    public_id = world.make("Canario", reserved_for_id=world.corfo)
    assert world.get("anonymous", link(world, public_id, world.marcela)).status_code == 200
    theirs = link(world, public_id, world.jorge, Side.OWED)
    assert world.get("anonymous", theirs).status_code == 404


def test_a_file_of_another_commitment_cannot_be_fetched_by_a_link(world, mine):
    other = world.make()
    world.post(
        "staff",
        f"/compromisos/{other}/avance",
        progress="10",
        files=(io.BytesIO(b"%PDF-1.7\n%%EOF"), "a.pdf"),
    )
    [file] = world.read(other).files
    assert world.get("anonymous", f"{mine}/respaldos/{file}").status_code == 404


def test_so_much_by_one_link_and_no_more(world, mine):
    answers = [
        world.post("anonymous", f"{mine}/avance", progress="10", note=str(number)).status_code
        for number in range(31)
    ]
    assert answers == [303] * 30 + [429]
