"""Whatever is typed, the page says what is wrong beside the field, and keeps what was typed."""

import re
from datetime import datetime, timedelta
from html import unescape
from html.parser import HTMLParser

import pytest
from sqlalchemy import func, select

from coopoutreach.events.rules import EventState
from coopoutreach.platform.core.text import clean_text
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.talks.models import Talk
from tests.factories import a_cooperative, a_talk

SITE = "https://localhost"
LONG = "Ñandú " * 1667  # 10,002 characters


class Fields(HTMLParser):
    """What a form holds, and the sentence that stands beside each field that is wrong."""

    def __init__(self, page):
        super().__init__()
        self.values, self.errors = {}, {}
        self._select = self._area = self._error = None
        self.feed(page)
        self.errors = {name: " ".join(words.split()) for name, words in self.errors.items()}

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "input" and name:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.values[name] = value
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.values[self._select] = value
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""
        elif tag == "p" and "field__error" in (given.get("class") or ""):
            self._error = given["id"].removesuffix("-error")
            self.errors[self._error] = ""

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "p":
            self._error = None

    def handle_data(self, data):
        if self._area:
            self.values[self._area] += data.removeprefix("\n")
        elif self._error:
            self.errors[self._error] += data


class Sender:
    """Sends a page's form as a browser does."""

    def __init__(self, client, path):
        self.client, self.path = client, path

    def fields(self):
        return Fields(self.client.get(self.path, base_url=SITE).text)

    def send(self, typed, *, hidden=None):
        given = self.fields().values if hidden is None else hidden
        kept = {name: given[name] for name in ("csrf_token", "form_key") if name in given}
        return self.client.post(
            self.path, base_url=SITE, headers={"Referer": SITE + self.path}, data=kept | typed
        )


def refused(response, typed, *, beside, saying=""):
    """The form is back, with everything typed in it and a sentence beside the field."""
    assert response.status_code == 422, response.status
    back = Fields(response.text)
    assert beside in back.errors, back.errors
    assert saying in back.errors[beside]
    for name, value in typed.items():
        assert as_shown(back.values.get(name, "")) == as_shown(value), name


def as_shown(value):
    """What was typed, but for letters that nobody sees and for how lines and spaces are written."""
    return " ".join(clean_text(value).split())


# The talk editor.

TALK = {
    "title": "Garantías para el campo",
    "format": "charla",
    "description": "Qué cubren.\n\nPara gerencias.",
    "topics": "garantías, crédito",
    "modality": "presencial",
    "place": "Sala de la Federación",
    "address": "Calle Uno 123",
    "comuna": "13101",
    "capacity_room": "20",
    "capacity_online": "0",
    "start_date": "2026-12-15",
    "start_time": "10:00",
    "start_zone": "America/Santiago",
    "end_date": "2026-12-15",
    "end_time": "12:00",
    "reminders": "7, 1",
    "speakers-0-name": "Marcela Ríos",
    "speakers-0-post": "Ejecutiva",
    "speakers-0-organisation": "CORFO",
}


@pytest.fixture
def frozen(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def editor(frozen, sign_in):
    return Sender(sign_in("coordination"), "/plan/charlas/nueva")


def talks(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Talk))


@pytest.mark.parametrize(
    ("changes", "beside", "saying"),
    [
        ({"start_date": "2026-02-30"}, "start_date", "una fecha que exista"),
        ({"start_date": "31-11-2026"}, "start_date", "una fecha que exista"),
        ({"start_date": "mañana"}, "start_date", "una fecha que exista"),
        ({"start_date": ""}, "start_date", "una fecha que exista"),
        ({"start_date": "9999-12-31"}, "start_date", "cinco años"),
        ({"start_date": "0001-01-01"}, "start_date", "un año atrás"),
        ({"end_date": "9999-12-31"}, "end_date", "cinco años"),
        ({"start_time": "25:00"}, "start_time", "24 horas"),
        ({"start_time": "10 de la mañana"}, "start_time", "24 horas"),
        ({"end_time": "09:00"}, "end_time", "después del inicio"),
        ({"opens_date": "2026-13-01", "opens_time": "09:00"}, "opens_date", "exista"),
        ({"closes_date": "2026-12-14", "closes_time": "99:99"}, "closes_time", "24 horas"),
        ({"title": LONG}, "title", "140 caracteres"),
        ({"title": ""}, "title", "Complete"),
        ({"title": "\u200b\u202e"}, "title", "Complete"),
        ({"description": LONG}, "description", "6000 caracteres"),
        ({"place": LONG}, "place", "120 caracteres"),
        ({"comuna": "99999"}, "comuna", "Elija la comuna"),
        ({"comuna": ""}, "comuna", "Elija la comuna"),
        ({"capacity_room": "muchas"}, "capacity_room", ""),
        ({"capacity_room": "-5"}, "capacity_room", "entre 0 y 5000"),
        ({"capacity_room": "9" * 30}, "capacity_room", "entre 0 y 5000"),
        ({"reminders": "7, ayer"}, "reminders", "entre 1 y 60"),
        ({"reminders": "0, 900"}, "reminders", "entre 1 y 60"),
    ],
)
def test_the_editor_says_what_is_wrong_and_keeps_the_rest(
    editor, database, changes, beside, saying
):
    typed = TALK | changes
    unreadable = {"comuna"} & set(changes)  # a list has no such choice to show
    response = editor.send(typed)
    refused(
        response,
        {name: value for name, value in typed.items() if name not in unreadable},
        beside=beside,
        saying=saying,
    )
    assert talks(database) == 0


def test_a_link_that_is_no_link_is_refused(editor):
    typed = TALK | {
        "modality": "hibrida",
        "capacity_online": "10",
        "link": "javascript:alert(1)",
    }
    refused(editor.send(typed), typed, beside="link", saying="https://")


def test_an_hour_that_does_not_exist_is_refused(editor, database):
    # On 5 September 2027 clocks in Santiago go from 00:00 to 01:00.
    typed = TALK | {
        "start_date": "2027-09-05",
        "start_time": "00:30",
        "end_date": "2027-09-05",
        "end_time": "10:00",
    }
    refused(editor.send(typed), typed, beside="start_time", saying="no existen")
    assert talks(database) == 0


@pytest.mark.both_engines
def test_an_hour_that_comes_twice_is_asked_about(editor, database):
    # On 4 April 2027 clocks in Santiago go from 00:00 back to 23:00 of the 3rd.
    typed = TALK | {
        "start_date": "2027-04-03",
        "start_time": "23:30",
        "end_date": "2027-04-04",
        "end_time": "02:00",
        "keep_date": "1",
    }
    response = editor.send(typed)
    refused(response, typed, beside="start_time", saying="dos veces")
    assert "La primera" in response.text
    assert editor.send(typed | {"which": "1"}).status_code == 303
    assert talks(database) == 1
    with database.reading() as session:
        assert session.scalars(select(Talk.fold)).one() == 1


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "title",
    [
        "Una línea\r\nBcc: otra@coop.example",
        "Ferias 🌽 y 👩‍🌾",
        "שלום ערב \u202eevil\u202c",
        '<script>alert(1)</script> & «comillas» "dobles"',
        "'; DROP TABLE talk; --",
        "{{ 7 * 7 }} %s %(x)s {0}",
    ],
    ids=["lines", "emoji", "right-to-left", "markup", "sql", "templates"],
)
def test_a_title_of_any_letters_is_kept_on_one_line_and_shown_as_written(
    editor, client, database, title
):
    response = editor.send(TALK | {"title": title})
    assert response.status_code in {303, 422}, response.status
    if response.status_code == 422:
        refused(response, {"place": TALK["place"]}, beside="title")
        return
    with database.reading() as session:
        kept = session.scalars(select(Talk.title)).one()
    assert not re.search(r"[\x00-\x1f\u202a-\u202e\u2066-\u2069]", kept)
    page = editor.client.get(response.location, base_url=SITE).text
    assert f"<h1>{kept}</h1>" in unescape(page)
    assert "<script>alert" not in page


# Registering.


@pytest.fixture
def open_talk(database, settings, frozen):
    with database.transaction() as session:
        a_cooperative(session, name="Cobre Alto", public_id="cobre-alto")
        return a_talk(session, title="Créditos", slug="creditos", capacity_room=2)


@pytest.fixture
def form(open_talk, client):
    return Sender(client, "/charlas/creditos/inscripcion")


TWO = {
    "organisation": "cobre-alto",
    "organisation_name": "",
    "people-0-name": "Ana Díaz",
    "people-0-email": "ana@coop.example",
    "people-1-name": "Bea Soto",
    "people-1-email": "bea@coop.example",
}


def registered(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Registration))


@pytest.mark.parametrize(
    ("changes", "beside", "saying"),
    [
        ({"organisation": ""}, "organisation", "Elija su cooperativa"),
        ({"organisation": "inventada"}, "organisation", "Elija su cooperativa"),
        ({"organisation": "otra"}, "organisation_name", "Escriba el nombre"),
        (
            {"organisation": "otra", "organisation_name": LONG},
            "organisation_name",
            "80 caracteres",
        ),
        ({"people-0-name": ""}, "people-0-name", "Escriba el nombre"),
        ({"people-1-name": LONG}, "people-1-name", "muy largo"),
        ({"people-1-name": "Bea\r\nBcc: x@y.cl"}, "people-1-name", "una sola línea"),
        ({"people-1-name": "🌽🌽"}, "people-1-name", "Escriba el nombre"),
        ({"people-1-name": "\u202e\u200b"}, "people-1-name", "Escriba el nombre"),
        ({"people-0-email": ""}, "people-0-email", ""),
        ({"people-0-email": "ana"}, "people-0-email", ""),
        ({"people-0-email": "ana@coop.example\r\nBcc: x@y.cl"}, "people-0-email", ""),
        ({"people-0-email": "a" * 10_000 + "@coop.example"}, "people-0-email", ""),
        ({"people-0-email": "ana@localhost"}, "people-0-email", ""),
        (
            {"people-1-name": "Ana  DIAZ", "people-1-email": "ANA@coop.example"},
            "people-1-email",
            "ya está más arriba",
        ),
    ],
)
def test_a_registration_says_what_is_wrong_and_keeps_the_rest(
    form, database, changes, beside, saying
):
    typed = TWO | changes
    unreadable = {"organisation"} if changes.get("organisation") in {"", "inventada"} else set()
    refused(
        form.send(typed),
        {name: value for name, value in typed.items() if name not in unreadable},
        beside=beside,
        saying=saying,
    )
    assert registered(database) == 0


@pytest.mark.parametrize(
    "name",
    ["Ana 🌽 Díaz", "أنا دياز", "Ñusta O'Higgins-Müller", "李 明", "<b>Ana</b> & Cía."],
    ids=["emoji", "arabic", "latin", "chinese", "markup"],
)
def test_a_name_of_any_letters_registers(form, database, name):
    assert form.send(TWO | {"people-0-name": name}).status_code == 303
    assert registered(database) == 2


def test_a_double_click_registers_once(form, database):
    hidden = form.fields().values
    answers = [form.send(TWO, hidden=hidden) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (303, "/charlas/creditos/inscripcion/recibida")
    ] * 2
    assert registered(database) == 2


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("change", "saying"),
    [
        ({"state": EventState.CANCELLED, "cancellation_reason": "Sin sede"}, "suspendió"),
        ({"registration_closes_at": timedelta(days=-1)}, "cerr"),
        ({"registration_opens_at": timedelta(days=1)}, "no se abren"),
    ],
    ids=["cancelled", "closed", "not open yet"],
)
def test_a_talk_that_takes_nobody_says_so(form, database, open_talk, now, change, saying):
    hidden = form.fields().values
    with database.transaction() as session:
        talk = session.get_one(Talk, open_talk.id)
        for name, value in change.items():
            setattr(talk, name, now + value if isinstance(value, timedelta) else value)
    response = form.send(TWO, hidden=hidden)
    assert 400 <= response.status_code < 500
    assert saying in unescape(response.text)
    assert saying in unescape(form.client.get(form.path, base_url=SITE).text)
    assert registered(database) == 0


def test_a_talk_that_began_takes_nobody(form, database, time_machine, open_talk):
    hidden = form.fields().values
    time_machine.move_to(open_talk.starts_at + timedelta(minutes=5), tick=False)
    response = form.send(TWO, hidden=hidden)
    assert 400 <= response.status_code < 500
    assert registered(database) == 0


def test_a_nul_which_nobody_can_type_is_refused_before_anything_reads_it(form, editor, database):
    assert form.send(TWO | {"people-1-name": "Bea\x00Soto"}).status_code == 400
    assert editor.send(TALK | {"title": "Con NUL\x00 adentro"}).status_code == 400
    assert registered(database) == 0


@pytest.mark.parametrize(
    "tampered",
    [
        {"form_key": "x"},
        {"form_key": ""},
        {"people-999999999999-name": "Ana"},
        {"people--1-email": ""},
    ],
    ids=["key", "no key", "far row", "odd row"],
)
def test_a_form_that_was_tampered_with_is_no_failure(form, tampered):
    hidden = form.fields().values
    assert form.send(TWO | tampered, hidden=hidden).status_code in {303, 422}


# The directory.

COOPERATIVE = {
    "name": "Cooperativa de Ahorro y Crédito Desierto Florido",
    "short_name": "Desierto Florido",
    "rut": "59.999.902-7",
    "comuna": "03101",
    "supervisor": "DAES",
    "email": "contacto@desierto-florido.example",
    "phone": "52 223 4567",
}


@pytest.mark.parametrize(
    ("changes", "beside"),
    [
        ({"rut": "59.999.902-8"}, "rut"),
        ({"rut": "no es un rut"}, "rut"),
        ({"rut": "5" * 500}, "rut"),
        ({"rut": ""}, "rut"),
        ({"name": LONG}, "name"),
        ({"name": "Una\r\nDos"}, "name"),
        ({"email": "contacto"}, "email"),
        ({"phone": "llámeme"}, "phone"),
    ],
)
def test_a_cooperative_with_mistakes_comes_back_as_it_was_typed(sign_in, frozen, changes, beside):
    sender = Sender(sign_in("coordination"), "/cooperativas/nueva")
    typed = COOPERATIVE | changes
    refused(sender.send(typed), typed, beside=beside)


# Addresses that nobody would type.


@pytest.mark.parametrize(
    "path",
    [
        "/calendario?mes=9999-99",
        "/calendario?mes=0000-00",
        "/calendario?mes=" + "9" * 500,
        "/charlas?mes=2026-13&region=%00&q=%F0%9F%8C%BD&pagina=-1",
        "/charlas?pagina=" + "9" * 40,
        "/charlas/" + "a" * 2000,
        "/charlas/%00",
        "/charlas/%F0%9F%8C%BD.ics",
        "/inscripciones/" + "x" * 3000,
        "/inscripciones/%00.%00",
        "/calendario/region/99.ics",
        "/calendario/region/%00.ics",
        "/correo/..%2F..%2Fetc%2Fpasswd",
        "/plan/charlas/%00",
    ],
)
def test_no_address_makes_it_fail(client, open_talk, path):
    assert client.get(path, base_url=SITE).status_code < 500


@pytest.mark.both_engines
def test_hours_of_a_wall_are_read_as_people_write_them(editor, database):
    typed = TALK | {"start_date": "15-12-2026", "start_time": "9.30 h", "end_date": "15/12/2026"}
    assert editor.send(typed).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(Talk.wall_start)).one() == datetime(2026, 12, 15, 9, 30)
