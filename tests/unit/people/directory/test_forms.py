from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from coopoutreach.people.directory import forms
from coopoutreach.people.directory.rules import Filters, Sort, Supervisor
from coopoutreach.platform.core.errors import DomainError

COOPERATIVE = {
    "name": "Cooperativa de Ahorro y Crédito Cobre Alto",
    "short_name": "Cobre Alto",
    "rut": "59.999.901-9",
    "comuna": "02101",
    "supervisor": "DAES",
    "email": "contacto@cobre-alto.example",
    "phone": "9 8765 4321",
}
MEMBER = {"name": "Rosa Antilef", "email": "rosa@coop.example", "post": "Gerenta general"}


def cooperative(**changes):
    return forms.CooperativeForm(MultiDict(COOPERATIVE | changes))


def member(**changes):
    form = forms.MemberForm(MultiDict(MEMBER | changes))
    form.refuse_days_after(date(2026, 11, 24))
    return form


def test_what_was_typed_becomes_values():
    form = cooperative()
    assert form.validate()
    assert form.fields() == COOPERATIVE | {
        "rut": "599999019",
        "supervisor": Supervisor.DAES,
        "phone": "+56987654321",
    }


def test_what_is_optional_may_be_left_out():
    form = cooperative(supervisor="", email=" ", phone="")
    assert form.validate()
    assert {form.fields()[name] for name in ("supervisor", "email", "phone")} == {None}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Escriba el nombre legal."),
        ("name", "   ", "Escriba el nombre legal."),
        ("name", "x" * 10_000, "Use a lo más 160 caracteres."),
        ("name", "Cobre\nAlto", "Escríbalo en una sola línea."),
        ("short_name", "12 34", "Escriba un nombre con letras."),
        ("rut", "12.345.678-9", "El RUT no es válido"),
        ("rut", "11.111.111-1", "repite un solo número"),
        ("comuna", "", "Elija la comuna."),
        ("comuna", "99999", "Elija la comuna de la lista."),
        ("supervisor", "SBIF", "Elija el fiscalizador de la lista."),
        ("email", "nadie", "El correo no es válido"),
        ("phone", "123", "9 dígitos"),
    ],
)
def test_what_is_wrong_gets_a_sentence_beside_its_field(field, typed, sentence):
    form = cooperative(**{field: typed})
    assert not form.validate()
    assert list(form.errors) == [field]
    assert sentence in form.errors[field][0]


def test_a_form_without_anything_says_what_is_missing():
    form = forms.CooperativeForm(MultiDict())
    assert not form.validate()
    assert set(form.errors) == {"name", "short_name", "rut", "comuna"}


def test_accents_emoji_and_other_scripts_are_names_and_direction_marks_are_dropped():
    form = cooperative(short_name="Ñandú \u202eעלמה 🌱")
    assert form.validate()
    assert form.fields()["short_name"] == "Ñandú עלמה 🌱"


def test_a_member_is_read_with_or_without_a_day():
    form = member(since="01-03-2024", phone="(71) 223 4567")
    assert form.validate()
    assert form.member().since == date(2024, 3, 1)
    assert form.member().phone == "+56712234567"
    form = member()
    assert form.validate()
    assert form.member().since is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("31-02-2026", "Escriba una fecha que exista"),
        ("9999-01-01", "La fecha no puede ser futura."),
        ("2026-11-25", "La fecha no puede ser futura."),
        ("0001-01-01", "desde 1940"),
        ("mañana", "Escriba una fecha que exista"),
    ],
)
def test_a_day_that_cannot_be_gets_a_sentence(typed, sentence):
    form = member(since=typed)
    assert not form.validate()
    assert sentence in form.errors["since"][0]


def test_an_access_that_there_is_not_is_refused():
    assert not forms.AccessForm(MultiDict({"access": "root"})).validate()
    assert not forms.AccessForm(MultiDict()).validate()
    assert forms.AccessForm(MultiDict({"access": "manager"})).validate()


def test_a_level_that_there_is_not_is_refused():
    assert not forms.LevelForm(MultiDict({"level": "oro", "grounds": "x"})).validate()
    form = forms.LevelForm(MultiDict({"level": "sin_nivel", "grounds": "Faltan balances."}))
    assert form.validate()
    assert form.fields() == {"level": None, "grounds": "Faltan balances."}


def test_what_a_rule_says_stands_beside_its_field_or_is_raised():
    form = cooperative()
    form.validate()
    forms.put_beside(form, DomainError("Ya existe.", field="rut"))
    assert form.errors == {"rut": ["Ya existe."]}
    with pytest.raises(DomainError):
        forms.put_beside(form, DomainError("No."))


def test_the_address_of_the_list_is_read_and_what_is_not_ours_dropped():
    asked = forms.filters_from(
        {
            "q": " Cobre\x00  Alto ",
            "region": "02",
            "nivel": "inicial",
            "orden": "nivel",
            "pagina": "2",
        }
    )
    assert asked == Filters(
        text="Cobre Alto", region="02", level="inicial", sort=Sort.LEVEL, page=2
    )
    made_up = {
        "region": "99",
        "nivel": "1 OR 1=1",
        "fiscalizador": "x",
        "orden": "rut; DROP TABLE",
        "pagina": "²",
    }
    assert forms.filters_from(made_up) == Filters()
