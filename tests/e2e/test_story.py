"""The whole story: a talk is planned; people register, wait, move up; it moves; it is off."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from playwright.sync_api import Page, expect

from coopoutreach.platform.core import calendar
from tests.support.live import COORDINATION, Live

pytestmark = pytest.mark.browser

SANTIAGO = ZoneInfo("America/Santiago")


@dataclass
class Stage:
    """Who is on it, and which talk it is about."""

    live: Live
    coordination: Page
    visitor: Page
    title: str
    tag: str
    day: date | None = None
    path: str = ""
    uid: str = ""

    def address(self, name: str) -> str:
        return f"{name}-{self.tag}@coop.example"

    def mail(self, name, subject):
        return self.live.mail(
            self.address(name), lambda mail: mail.subject.startswith(f"{subject}: {self.title}")
        )


@pytest.fixture
def stage(live, new_page, signed_in, viewport):
    return Stage(
        live=live,
        coordination=signed_in(COORDINATION, viewport),
        visitor=new_page(viewport),
        title=f"Garantías para el campo ({viewport})",
        tag=viewport,
    )


def test_the_whole_story(stage):
    a_holiday_is_warned_about_and_another_day_is_picked(stage)
    the_talk_is_published_and_in_the_public_calendar(stage)
    two_people_register_without_an_account_and_each_is_invited(stage)
    the_room_fills_and_the_next_ones_see_their_place_in_the_line(stage)
    somebody_cancels_by_link_and_the_next_is_moved_up_and_told(stage)
    the_talk_moves_and_every_calendar_is_told(stage)
    the_talk_is_suspended_and_leaves_every_calendar(stage)


def a_holiday_is_warned_about_and_another_day_is_picked(stage):
    page, holiday = stage.coordination, next_eighth_of_december()
    stage.day = calendar.next_working_day(holiday, region="13", comuna="13101")
    page.goto("/plan")
    page.get_by_role("link", name="Nueva charla").click()
    page.get_by_label("Título").fill(stage.title)
    page.locator("#start_date").fill(holiday.isoformat())
    page.locator("#start_time").fill("10:00")
    page.locator("#end_date").fill(holiday.isoformat())
    page.locator("#end_time").fill("12:00")
    page.get_by_label("Presencial", exact=True).check()
    page.get_by_label("Lugar").fill("Sala de la Federación")
    page.get_by_label("Comuna").select_option("13101")
    page.get_by_label("Cupos presenciales", exact=True).fill("3")
    page.get_by_role("button", name="Guardar borrador").click()
    expect(page.get_by_text("Revise la fecha")).to_be_visible()
    expect(page.get_by_text("es feriado (La Inmaculada Concepción)")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Usar el").click()
    expect(page.locator("#start_date")).to_have_value(stage.day.isoformat())
    expect(page.locator("#end_date")).to_have_value(stage.day.isoformat())
    expect(page.get_by_label("Título")).to_have_value(stage.title)
    page.get_by_role("button", name="Guardar borrador").click()
    expect(page.get_by_text("Guardamos el borrador")).to_be_visible()


def the_talk_is_published_and_in_the_public_calendar(stage):
    page = stage.coordination
    assert entry_in_feed(stage) is None
    page.get_by_role("link", name="Publicar").click()
    expect(page.get_by_role("dialog")).to_contain_text("Publicar no envía correos a nadie")
    page.get_by_role("dialog").get_by_role("button", name="Publicar").click()
    expect(page.get_by_text("Ya está en el sitio")).to_be_visible()
    fits(page)
    page.get_by_title("Más").click()
    public = page.get_by_role("link", name="Ver la página pública")
    stage.path = public.get_attribute("href")
    entry = entry_in_feed(stage)
    assert entry.start == at(stage, 10)
    stage.uid = entry.uid


def two_people_register_without_an_account_and_each_is_invited(stage):
    page = stage.visitor
    page.goto(stage.path)
    expect(page.get_by_role("heading", level=1)).to_have_text(stage.title)
    fits(page)
    page.get_by_role("link", name="Inscribir personas").click()
    register(stage, ("ana", "Ana Díaz"), ("bea", "Bea Soto"))
    for name in ("ana", "bea"):
        mail = stage.mail(name, "Tiene cupo")
        assert (mail.method, mail.of_calendar("UID")) == ("REQUEST", stage.uid)
        assert attendees(mail) == [stage.address(name)]
        page.goto(mail.own_path)
        expect(page.get_by_text("Tiene cupo", exact=True)).to_be_visible()
        fits(page)


def the_room_fills_and_the_next_ones_see_their_place_in_the_line(stage):
    page = stage.visitor
    page.goto(f"{stage.path}/inscripcion")
    register(stage, ("cleo", "Cleo Paz"))
    stage.mail("cleo", "Tiene cupo")
    page.goto(stage.path)
    expect(page.get_by_text("Sin cupos libres")).to_be_visible()
    page.get_by_role("link", name="Sumarse a la lista de espera").click()
    expect(page.get_by_text("La sala está completa")).to_be_visible()
    register(stage, ("dora", "Dora Vera"))
    page.goto(f"{stage.path}/inscripcion")
    register(stage, ("elena", "Elena Marín"))
    for place, name in enumerate(("dora", "elena"), start=1):
        mail = stage.mail(name, "En lista de espera")
        assert not mail.ics
        page.goto(mail.own_path)
        expect(page.get_by_role("heading", name=f"en el lugar {place}")).to_be_visible()
        fits(page)


def somebody_cancels_by_link_and_the_next_is_moved_up_and_told(stage):
    page = stage.visitor
    page.goto(stage.mail("ana", "Tiene cupo").own_path)
    page.get_by_role("link", name="No podré asistir").click()
    page.get_by_role("dialog").get_by_role("button", name="Anular la inscripción").click()
    expect(page.get_by_text("Inscripción anulada")).to_be_visible()
    gone = stage.mail("ana", "Inscripción anulada")
    assert (gone.method, gone.of_calendar("UID")) == ("CANCEL", stage.uid)
    promoted = stage.mail("dora", "Se liberó un cupo")
    assert (promoted.method, attendees(promoted)) == ("REQUEST", [stage.address("dora")])
    page.goto(promoted.own_path)
    expect(page.get_by_text("Tiene cupo", exact=True)).to_be_visible()
    page.goto(stage.mail("elena", "En lista de espera").own_path)
    expect(page.get_by_role("heading", name="en el lugar 1")).to_be_visible()


def the_talk_moves_and_every_calendar_is_told(stage):
    page = stage.coordination
    before = entry_in_feed(stage)
    page.get_by_role("link", name="Editar").first.click()
    page.locator("#start_time").fill("15:00")
    page.locator("#end_time").fill("17:00")
    page.get_by_role("button", name="Guardar", exact=True).click()
    notice = page.get_by_role("status").filter(has_text="Este cambio se avisa por correo")
    expect(notice).to_contain_text("Se avisará a 4 personas por correo")
    expect(notice).to_contain_text("3 personas con cupo y 1 en lista de espera")
    fits(page)
    page.get_by_role("button", name="Guardar y avisar").click()
    expect(page.get_by_text("Hay un aviso pendiente")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Avisar ahora").click()
    expect(page.get_by_text("El aviso está saliendo por correo")).to_be_visible()
    for name in ("bea", "cleo", "dora"):
        mail = stage.mail(name, "Cambió")
        assert (mail.method, mail.of_calendar("UID")) == ("REQUEST", stage.uid)
        assert int(mail.of_calendar("SEQUENCE")) > before.sequence
        assert start_of(mail) == at(stage, 15)
    assert not stage.mail("elena", "Cambió").ics
    after = entry_in_feed(stage)
    assert (after.uid, after.start) == (stage.uid, at(stage, 15))
    assert after.sequence > before.sequence


def the_talk_is_suspended_and_leaves_every_calendar(stage):
    page = stage.coordination
    page.get_by_title("Más").click()
    page.get_by_role("link", name="Suspender la charla").click()
    expect(page.get_by_text("3 personas con cupo y 1 en lista de espera")).to_be_visible()
    fits(page)
    suspend(page)
    toast = page.get_by_role("status").filter(has_text="Puede deshacerlo")
    toast.get_by_role("button", name="Deshacer").click()
    expect(page.get_by_text("la charla sigue en pie")).to_be_visible()
    assert entry_in_feed(stage).status == "CONFIRMED"
    page.get_by_title("Más").click()
    page.get_by_role("link", name="Suspender la charla").click()
    suspend(page)
    fits(page)
    page.get_by_role("button", name="Avisar ahora").click()
    expect(page.get_by_text("El aviso está saliendo por correo")).to_be_visible()
    for name in ("bea", "cleo", "dora"):
        mail = stage.mail(name, "Se suspendió")
        assert (mail.method, mail.of_calendar("UID")) == ("CANCEL", stage.uid)
        assert int(mail.of_calendar("SEQUENCE")) > 0
    assert entry_in_feed(stage).status == "CANCELLED"
    stage.visitor.goto(stage.path)
    expect(stage.visitor.get_by_text("La expositora está enferma.")).to_be_visible()
    expect(stage.visitor.get_by_role("link", name="Inscribir personas")).to_have_count(0)


def suspend(page):
    page.get_by_label("Motivo").fill("La expositora está enferma.")
    page.get_by_role("button", name="Suspender la charla").click()
    expect(page.get_by_text("Hay un aviso pendiente")).to_be_visible()


def next_eighth_of_december() -> date:
    """The next one that is far enough away for the talk to be ahead."""
    soon = datetime.now(SANTIAGO).date() + timedelta(days=2)
    this_year = date(soon.year, 12, 8)
    return this_year if this_year >= soon else date(soon.year + 1, 12, 8)


def at(stage, hour):
    return datetime(stage.day.year, stage.day.month, stage.day.day, hour, tzinfo=SANTIAGO)


def register(stage, *people):
    page = stage.visitor
    page.get_by_label("Cooperativa", exact=True).select_option(label="Cobre Alto")
    for number, (name, written) in enumerate(people):
        if number:
            page.get_by_role("button", name="Agregar otra persona").click()
        page.locator(f"#people-{number}-name").fill(written)
        page.locator(f"#people-{number}-email").fill(stage.address(name))
    fits(page)
    page.get_by_role("button", name="Inscribir", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recibimos la inscripción")
    fits(page)


def fits(page):
    """Nothing makes the page scroll sideways."""
    wide, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= room, page.url


def attendees(mail):
    return re.findall(r"^ATTENDEE.*mailto:(.+)$", mail.ics, re.MULTILINE | re.IGNORECASE)


def start_of(mail):
    event = icalendar.Calendar.from_ical(mail.ics).walk("VEVENT")[0]
    return event.decoded("DTSTART")


@dataclass(frozen=True)
class Entry:
    uid: str
    sequence: int
    start: datetime
    status: str


def entry_in_feed(stage):
    """The talk as the public calendar has it, or None."""
    response = stage.visitor.request.get("/calendario/charlas.ics")
    assert response.status == 200
    for event in icalendar.Calendar.from_ical(response.body()).walk("VEVENT"):
        if str(event["SUMMARY"]).removeprefix("CANCELADA: ") == stage.title:
            return Entry(
                uid=str(event["UID"]),
                sequence=int(event["SEQUENCE"]),
                start=event.decoded("DTSTART"),
                status=str(event["STATUS"]),
            )
    return None
