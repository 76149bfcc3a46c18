"""What the test client finds on a page: for each thing, a page that has it."""

import pytest

from tests.support.checked_pages import faults, invalid

SOUND = """<!doctype html>
<html lang="es-CL"><head><meta charset="utf-8"><title>Charlas</title></head>
<body><main id="contenido"><h1>Charlas</h1>
<form><label for="correo">Correo</label><input id="correo" aria-describedby="ayuda">
<p id="ayuda">Uno solo.</p><label>Acepto <input type="checkbox"></label>
<button><svg class="icon" viewBox="0 0 20 20"><path d="M0 0"/></svg> Enviar</button></form>
</main></body></html>"""


def test_a_sound_page_has_no_fault():
    assert faults(SOUND.encode()) == []
    assert invalid(SOUND.encode()) == ""


@pytest.mark.parametrize(
    ("there", "instead", "told"),
    [
        ("<h1>Charlas</h1>", "", "0 headings"),
        ("<h1>Charlas</h1>", "<h1>Charlas</h1><h1>Otra</h1>", "2 headings"),
        ('id="ayuda"', 'id="correo"', "stands 2 times"),
        ('id="ayuda"', 'id="otra"', "points to nothing"),
        ('<label for="correo">Correo</label>', "", "no label"),
        (">Correo<", "><", "no label"),
        ('<path d="M0 0"/>', "", "icon"),
        ("Uno solo.", "&lt;Macro 'icon'&gt;", "Macro"),
        ("Uno solo.", "&lt;State.OPEN: 'abierta'&gt;", "State.OPEN"),
        ("Uno solo.", "datetime.date(2026, 12, 1)", "datetime"),
        ("Uno solo.", "This field is required.", "required"),
        ("Uno solo.", "Not a valid choice.", "Not a valid"),
    ],
)
def test_it_finds(there, instead, told):
    assert there in SOUND
    assert told in " ".join(faults(SOUND.replace(there, instead, 1).encode()))


@pytest.mark.parametrize(
    ("there", "instead"),
    [("</button>", ""), ("<form>", "<p><div></p>"), ("Uno solo.", "&nada;"), ("</h1>", "</h2>")],
)
def test_it_finds_what_is_not_valid(there, instead):
    broken = SOUND.replace(there, instead, 1)
    assert invalid(broken.encode())


def test_the_client_that_tests_are_given_refuses_such_a_page(app, client, monkeypatch):
    monkeypatch.setitem(app.view_functions, "site.talks", lambda: "<!doctype html><p>Nada")
    with pytest.raises(AssertionError, match="0 headings"):
        client.get("/charlas")
