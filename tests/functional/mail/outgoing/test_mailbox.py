"""The file mailbox and its pages."""

from dataclasses import replace

import pytest

from coopoutreach.mail.outgoing import jobs
from coopoutreach.mail.outgoing.letters import Recipient
from coopoutreach.platform.core import settings as process_settings
from tests.support.outbox import a_letter, listening, owe


@pytest.fixture
def mails(app, database, settings, now):
    """Three mails delivered into the file mailbox, as the worker does."""
    with listening():
        owe(database, 2, now=now)
        owe(database, 3, now=now.replace(hour=15))
        assert jobs.deliver_due(database, now.replace(hour=16)) == 3
    return sorted(path.name for path in (settings.instance / "mail").iterdir())


def test_the_list_shows_the_newest_first(client, mails):
    page = client.get("/correo")
    assert page.status_code == 200
    assert page.text.count("Su cupo en «Fondo &amp; &lt;crédito&gt;") == 3
    assert page.text.index("persona3@coop.example") < page.text.index("persona2@coop.example")
    assert "15 de" not in page.text.split("persona3@")[0].split("<tbody>")[0]
    assert "Set-Cookie" not in page.headers


def test_a_mail_shows_as_its_reader_would_see_it(client, mails):
    page = client.get(f"/correo/{mails[-1]}")
    assert page.status_code == 200
    assert "FECRECOOP &lt;agenda@fecrecoop.example&gt;" in page.text
    link = "http://127.0.0.1:8000/inscripciones/abc.def?a=1&amp;b=2"
    assert f'<a href="{link}">{link}</a>' in page.text
    for part in ("text/plain", "text/html", "text/calendar", "application/ics"):
        assert part in page.text
    for words in (
        "Invitación o actualización (REQUEST)",
        "Fondo, crédito y más",
        "martes 15 de diciembre de 2026, 10:00 h",
        "Ana &#34;Ani&#34; Núñez &lt;ana@coop.example&gt;",
        "u1@fecrecoop.example",
    ):
        assert words in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in page.headers


def test_its_html_stands_alone_and_can_do_nothing(client, mails):
    page = client.get(f"/correo/{mails[-1]}/html")
    assert "Ver, corregir o anular" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_an_empty_mailbox_says_what_to_do(client, settings):
    assert "Todavía no hay correos" in client.get("/correo").text


@pytest.mark.parametrize("path", ["", "/{name}", "/{name}/html"])
@pytest.mark.parametrize(
    "how",
    [
        {"environ_base": {"REMOTE_ADDR": "10.0.0.7"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
    ],
)
def test_nobody_sees_it_from_elsewhere(client, mails, path, how):
    assert client.get("/correo" + path.format(name=mails[0]), **how).status_code == 404


@pytest.mark.parametrize(
    "change", [{"mail_url": "smtp://mail.example"}, {"base_url": "https://agenda.example"}]
)
def test_there_is_none_where_mail_goes_out_or_others_come(client, mails, settings, change):
    process_settings.install(replace(settings, **change))
    assert client.get("/correo").status_code == 404
    assert client.get(f"/correo/{mails[0]}").status_code == 404


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "x.eml", ".", "%2e%2e", "a" * 300])
def test_a_name_leads_nowhere_else(client, mails, name):
    assert client.get(f"/correo/{name}").status_code in (308, 404)


def test_a_link_in_the_folder_is_not_followed(client, mails, settings, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("Subject: secreto\n\nsecreto")
    (settings.instance / "mail" / "20261124T120000Z-abc.eml").symlink_to(secret)
    assert client.get("/correo/20261124T120000Z-abc.eml").status_code == 404
    assert "secreto" not in client.get("/correo").text


def test_what_somebody_typed_stays_text(client, database, settings, now):
    with listening():
        nasty = '<script>alert(1)</script>" onload="x'
        context = {**a_letter().context, "name": nasty, "title": nasty}
        owe(database, 1, now=now, context=context, to=Recipient(nasty, "a@b.cl"))
        jobs.deliver_due(database, now)
    (name,) = [path.name for path in (settings.instance / "mail").iterdir()]
    for path in ("/correo", f"/correo/{name}", f"/correo/{name}/html"):
        assert "<script>alert" not in client.get(path).text
