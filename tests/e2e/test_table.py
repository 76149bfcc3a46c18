"""The whole story of a table: planned, convened, held, written, approved, and followed up.

Two of it sign in, one of each side; CORFO's alternate has no account, and does all by link.
"""

import json
import re
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from coopoutreach.platform.core import calendar, spanish
from tests.support.live import COORDINATION, VIEWPORTS, Live
from tests.support.looks import fits, is_accessible

pytestmark = pytest.mark.browser

COUNTERPART = "contraparte@corfo.example"
SILENT = "Rosa Catrileo Demo"
SANTIAGO = ZoneInfo("America/Santiago")
METROPOLITAN = "13"
#: Of CORFO, as the demonstration has it.
OWED_BEFORE = "CORFO remite articulado vigente de elegibilidad"
#: Of the federation alone.
RESERVED = "Preparar una minuta interna"
TOPIC, DECISION, PROMISE = (
    "Garantías para créditos de invierno",
    "Presentar en conjunto el programa de garantías.",
    "Remitir las bases del programa de garantías",
)


@dataclass
class Stage:
    """Who is on it, and where each thing of the story is."""

    live: Live
    coordination: Page
    counterpart: Page
    #: CORFO's alternate, who has no account.
    alternate: Page
    viewport: str
    series: str = ""
    meeting: str = ""
    commitment: str = ""

    @property
    def table(self) -> str:
        return f"Mesa FECRECOOP–CORFO ({self.viewport})"

    @property
    def name(self) -> str:
        return f"Isabel Fuenzalida {self.viewport.title()}"

    @property
    def address(self) -> str:
        return f"isabel.{self.viewport}@corfo.example"

    def mail(self, to: str, starts: str, *, about: str = ""):
        def wanted(mail):
            return mail.subject.startswith(starts) and (about or self.table) in mail.text

        return self.live.mail(to, wanted)


@pytest.fixture
def stage(live, new_page, signed_in, viewport):
    return Stage(
        live=live,
        coordination=signed_in(COORDINATION, viewport),
        counterpart=signed_in(COUNTERPART, viewport),
        alternate=new_page(viewport),
        viewport=viewport,
    )


def test_the_whole_story_of_the_table(stage, tmp_path):
    the_series_shows_its_dates_before_it_is_saved(stage)
    those_who_sit_there_are_listed(stage)
    the_agenda_has_what_is_owed_by_itself(stage)
    everybody_is_convened_by_mail(stage)
    one_answers_by_the_link_one_from_their_mail_program_one_is_silent(stage)
    who_came_is_ticked_and_the_quorum_counted(stage)
    the_minutes_are_typed_with_a_decision_and_a_commitment(stage)
    the_alternate_observes_by_link(stage)
    the_coordination_answers_sends_again_and_approves(stage)
    the_alternate_approves_by_link(stage)
    the_minutes_are_locked_and_their_pdf_is_proof(stage, tmp_path)
    what_is_late_is_chased_and_reported_on_by_link(stage)
    its_date_is_moved_with_the_reason_in_sight(stage)


def the_series_shows_its_dates_before_it_is_saved(stage):
    page = stage.coordination
    page.goto("/reuniones")
    looks_well(page)
    page.get_by_role("link", name="Nueva serie").first.click()
    page.get_by_label("Nombre de la mesa").fill(stage.table)
    for number, side in enumerate(("FECRECOOP", "CORFO")):
        page.locator(f"#parties-{number}-institution").select_option(label=side)
    page.locator("#wall_time").fill("10:00")
    page.get_by_label("Lugar", exact=True).fill("Sala de la Federación")
    page.get_by_label("Dirección").fill("Moneda 1160, piso 4")
    page.get_by_label("Comuna").select_option("13101")
    page.get_by_label("Enlace para conectarse").fill("https://reuniones.fecrecoop.example/mesa")
    looks_well(page)
    its_dates_are_shown(stage)
    page.get_by_role("button", name="Crear la serie con estas fechas").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(stage.table)
    stage.series = page.url


def its_dates_are_shown(stage):
    page = stage.coordination
    # The first of January always is a holiday.
    page.get_by_label("Un día del mes").check()
    page.get_by_label("Día del mes", exact=True).fill("1")
    page.get_by_role("button", name="Ver fechas").last.click()
    ahead = page.locator("#fechas")
    expect(ahead).to_contain_text("1 de enero es feriado (Año Nuevo)")
    page.get_by_label("Un día de la semana, cada mes").check()
    page.get_by_label("Cuál del mes").select_option(label="El segundo")
    page.get_by_label("Día de la semana", exact=True).select_option(label="martes")
    page.get_by_role("button", name="Ver fechas").last.click()
    dates = ahead.get_by_role("listitem")
    for number, (planned, on) in enumerate(second_tuesdays(8)):
        expect(dates.nth(number)).to_contain_text(f"{spanish.day(on)}, 10:00 h")
        if planned != on:
            expect(dates.nth(number)).to_contain_text("es feriado")
    looks_well(page)


def those_who_sit_there_are_listed(stage):
    page = stage.coordination
    page.goto("/instituciones")
    page.locator("main").get_by_role("link", name="CORFO", exact=True).click()
    page.get_by_role("link", name="Agregar persona").last.click()
    page.locator("#name").fill(stage.name)
    page.get_by_label("Correo", exact=True).fill(stage.address)
    page.get_by_label("Cargo", exact=True).fill("Profesional de garantías")
    page.get_by_role("button", name="Agregar persona").click()
    expect(page.locator("main")).to_contain_text(stage.name)
    the_institution_says_that_she_speaks_for_it(stage)
    sits(stage, "Jorge Paillán Demo", "Titular", approves=True)
    sits(stage, SILENT, "Suplente", instead_of="Jorge Paillán Demo")
    sits(stage, "Marcela Ríos Demo", "Titular", approves=True)
    sits(stage, stage.name, "Suplente", instead_of="Marcela Ríos Demo", approves=True)
    looks_well(page)


def the_institution_says_that_she_speaks_for_it(stage):
    """The coordination wrote her down; that she may approve is CORFO's word."""
    page = stage.coordination
    page.locator("main").get_by_role("link", name=stage.name).first.click()
    looks_well(page)
    page.get_by_role("button", name="Preguntar a la institución").click()
    mail = stage.live.mail(
        COUNTERPART, lambda mail: stage.address in mail.text and "/confirmaciones/" in mail.text
    )
    asked = stage.alternate
    asked.goto(re.search(r"(/confirmaciones/\S+)", mail.text)[1])
    expect(asked.locator("main")).to_contain_text(stage.name)
    looks_well(asked)
    asked.get_by_role("button", name="Sí, habla por nosotros").click()
    expect(asked.locator("main")).to_contain_text("Su respuesta quedó guardada")


def sits(stage, name, capacity, *, instead_of="", approves=False):
    page = stage.coordination
    page.goto(stage.series)
    page.get_by_role("link", name="Agregar integrante").last.click()
    choose(page.get_by_label("Persona"), name)
    page.get_by_label("Calidad").select_option(label=capacity)
    if instead_of:
        choose(page.get_by_label("Reemplaza a"), instead_of)
    if approves:
        page.get_by_label("Puede visar y aprobar actas").check()
    if approves and instead_of:
        looks_well(page)
    page.get_by_role("button", name="Agregar", exact=True).click()
    expect(page.locator("#integrantes")).to_contain_text(name)


def the_agenda_has_what_is_owed_by_itself(stage):
    page = stage.coordination
    page.goto(stage.series)
    page.locator("main table").first.get_by_role("link").first.click()
    stage.meeting = page.url
    expect(page.get_by_role("region", name="Tabla")).to_contain_text(OWED_BEFORE)
    looks_well(page)
    page.goto(f"{stage.meeting}/tabla")
    for title, kind, minutes in (
        (TOPIC, "Para decidir", "30"),
        ("Calendario de charlas", "Informativo", "10"),
    ):
        page.get_by_role("link", name="Agregar un punto").click()
        page.get_by_label("Punto", exact=True).fill(title)
        page.get_by_label("Tipo").select_option(label=kind)
        page.get_by_label("Minutos").fill(minutes)
        choose(page.get_by_label("Presenta"), "Jorge Paillán Demo")
        if title == TOPIC:
            looks_well(page)
        page.get_by_role("button", name="Guardar", exact=True).click()
        expect(page.locator(".tabla")).to_contain_text(title)
    expect(page.locator(".tabla")).to_contain_text("Seguimiento de compromisos")
    looks_well(page)


def everybody_is_convened_by_mail(stage):
    page = stage.coordination
    page.goto(stage.meeting)
    page.get_by_role("link", name="Convocar", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Convocatoria")
    looks_well(page)
    page.get_by_role("button", name="Convocar y enviar 4 correos").click()
    expect(page.locator("main")).to_contain_text("Convocada")
    for address in (stage.address, COUNTERPART):
        mail = stage.mail(address, "Convocatoria")
        assert mail.method == "REQUEST"
        assert TOPIC in mail.text
        assert OWED_BEFORE in mail.text
        assert RESERVED not in mail.text


def one_answers_by_the_link_one_from_their_mail_program_one_is_silent(stage):
    page = stage.counterpart
    page.goto("/mesa")
    asked = page.get_by_role("listitem").filter(has_text="Diga si asistirá")
    expect(asked.filter(has_text=f"{stage.table}, ")).to_have_count(1)
    looks_well(page)
    page.goto(link_after(stage.mail(COUNTERPART, "Convocatoria"), "Asistiré"))
    looks_well(page)
    page.get_by_role("button", name="Enviar mi respuesta").click()
    expect(page.locator("#respuesta")).to_contain_text("Asistiré")
    looks_well(page)
    told = json.loads(
        stage.live.receive(reply_to(stage.mail(stage.address, "Convocatoria"), "ACCEPTED"))
    )
    assert told["reason"] == "applied", told
    page = stage.coordination
    page.goto(stage.meeting)
    silent = page.get_by_role("region", name="Sin respuesta: a quién llamar")
    expect(silent).to_contain_text(SILENT)
    expect(silent).not_to_contain_text(stage.name)
    expect(silent).not_to_contain_text("Marcela Ríos Demo")
    people = page.get_by_role("region", name="Personas convocadas").first
    expect(people.get_by_role("row", name=stage.name)).to_contain_text("Respondió por correo")
    looks_well(page)
    page.get_by_role("button", name=f"Asistirá {SILENT}").click()
    expect(silent).not_to_contain_text(SILENT)


def who_came_is_ticked_and_the_quorum_counted(stage):
    page = stage.coordination
    page.goto(f"{stage.meeting}/asistencia")
    expect(page.locator("main")).to_contain_text("Presentes: 0. No alcanza el quórum de 1.")
    for name in ("Jorge Paillán Demo", stage.name):
        tick(page, "Asistió", name)
    tick(page, "Con excusa", "Marcela Ríos Demo")
    expect(page.locator("main")).not_to_contain_text("No alcanza el quórum")
    choose(page.get_by_label("Preside"), "Jorge Paillán Demo")
    looks_well(page)
    page.get_by_role("button", name="Guardar la asistencia").click()
    expect(page.locator("main")).to_contain_text("Guardamos la asistencia")


def tick(page, what, name):
    page.get_by_role("radio", name=re.compile(rf"^{what}\s?: {name}")).check()


def the_minutes_are_typed_with_a_decision_and_a_commitment(stage):
    page = stage.coordination
    page.goto(f"{stage.meeting}/acta")
    looks_well(page)
    page.get_by_role("button", name="Empezar el acta").click()
    section = page.locator(".writing__part", has_text=TOPIC)
    section.locator("textarea").first.press_sequentially("Se **revisan** las garantías.")
    expect(section.locator("[data-state]")).to_contain_text("Guardado")
    expect(section.locator("[data-preview] strong")).to_have_text("revisan")
    section.get_by_text("Agregar acuerdo").click()
    section.get_by_label("Acuerdo", exact=True).fill(DECISION)
    section.get_by_role("button", name="Anotar el acuerdo").click()
    expect(section).to_contain_text("Acuerdo A-")
    section.get_by_text("Agregar compromiso").click()
    section.get_by_label("Compromiso", exact=True).fill(PROMISE)
    choose(section.get_by_label("Responsable"), stage.name)
    section.get_by_label("Plazo").fill((today() + timedelta(days=1)).isoformat())
    section.get_by_label("Medio de verificación").fill("Correo con las bases")
    looks_well(page)
    section.get_by_role("button", name="Anotar el compromiso").click()
    owed = page.get_by_role("region", name="Compromisos de esta reunión")
    expect(owed).to_contain_text(PROMISE)
    stage.commitment = owed.get_by_role("link").first.get_attribute("href")
    looks_well(page)
    # What is approved cannot be changed, not even by a test.
    time_passes(stage, days=20)
    send_out(stage)


def time_passes(stage, *, days):
    public_id = stage.commitment.rpartition("/")[2]
    stage.live.run(sys.executable, "-m", "tests.support.time_passes", public_id, str(days))


def send_out(stage):
    page = stage.coordination
    page.goto(f"{stage.meeting}/acta/editar")
    page.get_by_role("link", name="Enviar a revisión").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enviar a revisión")
    looks_well(page)
    page.get_by_role("button", name=re.compile("Enviar a .* personas")).click()
    expect(page.locator("main")).to_contain_text("Enviamos el acta a revisión")
    looks_well(page)


def the_alternate_observes_by_link(stage):
    page = stage.alternate
    page.goto(link_after(stage.mail(stage.address, "Para revisar"), "Leer y aprobar el acta"))
    expect(page.locator("main")).to_contain_text(DECISION)
    looks_well(page)
    page.get_by_text("Hacer una observación").click()
    page.get_by_label("Sobre qué").select_option(label=TOPIC)
    page.get_by_label("Observación", exact=True).fill("Falta decir que son créditos de invierno.")
    page.get_by_role("button", name="Enviar la observación").click()
    expect(page.locator("main")).to_contain_text("Falta decir que son créditos de invierno.")
    looks_well(page)


def the_coordination_answers_sends_again_and_approves(stage):
    page = stage.coordination
    page.goto(link_after(stage.mail(COORDINATION, "Observación de CORFO"), "Responder en el acta"))
    page.goto(f"{stage.meeting}/acta")
    expect(page.locator("main")).to_contain_text("Sin responder")
    looks_well(page)
    page.get_by_label("Respuesta").fill("Se agregó.")
    page.get_by_role("button", name="Responder").click()
    expect(page.locator(".observation__reply")).to_contain_text("Se agregó.")
    page.get_by_role("link", name="Escribir").click()
    section = page.locator(".writing__part", has_text=TOPIC)
    text = section.locator("textarea").first
    text.fill("Se **revisan** las garantías de los créditos de invierno.")
    expect(section.locator("[data-state]")).to_contain_text("Guardado")
    send_out(stage)
    page.get_by_role("link", name="Aprobar").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aprobar el acta")
    looks_well(page)
    page.get_by_role("button", name="Confirmar la aprobación").click()
    expect(page.locator(".sides")).to_contain_text("Aprobó")
    looks_well(page)


def the_alternate_approves_by_link(stage):
    page = stage.alternate
    old = link_after(stage.mail(stage.address, "Para revisar:"), "Leer y aprobar el acta")
    page.goto(old)
    expect(page.locator("main")).to_contain_text("Este enlace es de un envío anterior")
    mail = stage.mail(stage.address, "Para revisar de nuevo")
    page.goto(link_after(mail, "Leer y aprobar el acta"))
    expect(page.locator("main")).to_contain_text("las garantías de los créditos de invierno")
    looks_well(page)
    page.get_by_role("link", name="Aprobar").click()
    expect(page.locator("blockquote")).to_contain_text("firma electrónica simple (Ley N° 19.799)")
    looks_well(page)
    page.get_by_role("button", name="Confirmar la aprobación").click()
    expect(page.locator("main")).to_contain_text("CORFO ya aprobó esta acta")
    looks_well(page)


def the_minutes_are_locked_and_their_pdf_is_proof(stage, tmp_path):
    page = stage.coordination
    page.goto(f"{stage.meeting}/acta/editar")
    assert page.url.endswith("/acta")
    expect(page.locator("main")).to_contain_text("Su texto no cambia más.")
    looks_well(page)
    code = page.get_by_role("region", name="Comprobar y archivar").locator("a.code").inner_text()
    mail = stage.mail(stage.address, "Aprobada")
    assert code in mail.text
    page = stage.counterpart
    page.goto("/mesa")
    looks_well(page)
    page.goto(f"{stage.meeting}/acta")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF", exact=True).click()
    pdf = tmp_path / "acta.pdf"
    download.value.save_as(pdf)
    assert pdf.read_bytes().startswith(b"%PDF-")
    anybody_verifies(stage.alternate, code, pdf)


def anybody_verifies(page, code, pdf):
    page.goto("/actas/verificar")
    looks_well(page)
    page.get_by_label("Código del acta").fill(code.lower())
    page.get_by_role("button", name="Verificar").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Acta N° 1")
    looks_well(page)
    compare(page, pdf)
    expect(page.locator("main")).to_contain_text("El archivo coincide")
    looks_well(page)
    changed = bytearray(pdf.read_bytes())
    changed[len(changed) // 2] ^= 1
    forged = pdf.with_name("otra.pdf")
    forged.write_bytes(changed)
    compare(page, forged)
    expect(page.locator("main")).to_contain_text("El archivo no coincide")
    looks_well(page)


def compare(page, path):
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Verificar").click()
    page.wait_for_load_state()


def what_is_late_is_chased_and_reported_on_by_link(stage):
    time_passes(stage, days=0)
    page = stage.counterpart
    page.goto("/compromisos?estado=vencidos")
    expect(page.locator("main")).to_contain_text(PROMISE)
    looks_well(page)
    mail = stage.live.mail(stage.address, lambda mail: "no figura como entregado" in mail.text)
    page = stage.alternate
    page.goto(link_after(mail, "Informar cómo va"))
    looks_well(page)
    page.get_by_label("¿Cuánto lleva?").select_option("60")
    page.get_by_label("¿Cómo va?").fill("Las bases están en Fiscalía.")
    page.get_by_role("button", name="Guardar avance").click()
    expect(page.locator("main")).to_contain_text("60 % de avance")
    page.get_by_text("Pedir otra fecha").first.click()
    page.get_by_label("Nueva fecha").fill(next_due().isoformat())
    page.get_by_label("Motivo").fill("Fiscalía pidió dos semanas.")
    page.get_by_role("button", name="Pedir otra fecha").click()
    expect(page.locator("main")).to_contain_text("Otra fecha, por responder")
    looks_well(page)


def its_date_is_moved_with_the_reason_in_sight(stage):
    page = stage.coordination
    page.goto(stage.commitment)
    expect(page.locator("main")).to_contain_text("Las bases están en Fiscalía.")
    looks_well(page)
    page.get_by_role("button", name="Conceder la nueva fecha").click()
    expect(page.locator("main")).to_contain_text("Se movió 1 vez")
    looks_well(page)
    page = stage.counterpart
    page.goto(stage.commitment)
    expect(page.locator("main")).to_contain_text("Se movió 1 vez")
    expect(page.locator("#historia")).to_contain_text("Fiscalía pidió dos semanas.")
    looks_well(page)
    page.goto("/compromisos")
    expect(page.locator("main")).to_contain_text(PROMISE)
    looks_well(page)


def looks_well(page):
    """It fits; and axe reads it once, on the telephone, where all stands closest together.

    The document is the same on both, and reading it takes longer than all the rest of the story.
    """
    fits(page)
    if page.viewport_size == VIEWPORTS["phone"]:
        is_accessible(page)


def choose(field, words):
    """Choose the first option that has some words."""
    option = field.locator("option", has_text=words).first
    field.select_option(option.get_attribute("value"))


def today() -> date:
    return datetime.now(SANTIAGO).date()


def next_due() -> date:
    return calendar.next_working_day(today() + timedelta(days=14))


def second_tuesdays(count: int) -> list[tuple[date, date]]:
    """The next ones from tomorrow on: when they are, and when the meeting is."""
    found: list[tuple[date, date]] = []
    day = today() + timedelta(days=1)
    while len(found) < count:
        if day.weekday() == 1 and 8 <= day.day <= 14:
            on = day
            while not calendar.is_working_day(on, region=METROPOLITAN, comuna="13101"):
                on += timedelta(days=1)
            found.append((day, on))
        day += timedelta(days=1)
    return found


def link_after(mail, label: str) -> str:
    """The path of the link that stands in a mail under some words."""
    found = re.search(rf"^{re.escape(label)}:\s+https?://[^\s/]+(/\S+)", mail.text, re.MULTILINE)
    assert found, mail.text
    return found[1]


def reply_to(mail, answer: str) -> bytes:
    """What a mail program sends when its owner presses a button of an invitation."""
    invitation = dict(
        line.partition(":")[::2] for line in mail.ics.splitlines() if not line.startswith(" ")
    )
    organizer = next(line for line in mail.ics.splitlines() if line.startswith("ORGANIZER"))
    stamp = datetime.now(ZoneInfo("UTC")) + timedelta(seconds=1)
    lines = (
        "BEGIN:VCALENDAR",
        "PRODID:-//Example//Calendar//EN",
        "VERSION:2.0",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        f"UID:{invitation['UID']}",
        f"SEQUENCE:{invitation['SEQUENCE']}",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
        organizer,
        f"ATTENDEE;PARTSTAT={answer}:mailto:{mail.to}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    made = EmailMessage()
    domain = mail.to.rpartition("@")[2]
    made["Authentication-Results"] = f"mx.fecrecoop.example; dmarc=pass header.from={domain}"
    made["From"] = mail.to
    made["To"] = organizer.rpartition("mailto:")[2]
    made["Subject"] = f"Aceptado: {mail.subject}"
    made["Message-ID"] = f"<{invitation['UID']}-{mail.to}>"
    made.set_content("Asistiré.")
    made.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": "REPLY"})
    return made.as_bytes()
