"""Letters to owe in tests, and who hears of their delivery."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from coopoutreach.mail.outgoing import commands, delivery, rendering
from coopoutreach.mail.outgoing.happenings import DeliveryEnded, StillWanted
from coopoutreach.mail.outgoing.letters import Calendar, MailDraft, Recipient
from coopoutreach.mail.outgoing.transport import SmtpTransport
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.ics.entry import Method

NOTICES = Path(__file__).parent / "notices" / "messages"
SENDER = "agenda@fecrecoop.example"
CALENDAR = Calendar(
    Method.REQUEST,
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:u1@fecrecoop.example\r\n"
    b"SEQUENCE:2\r\nDTSTART:20261215T130000Z\r\nDTEND:20261215T150000Z\r\n"
    b"SUMMARY:Fondo\\, cr\xc3\xa9dito y m\xc3\xa1s\r\nLOCATION:Sala 2\r\n"
    b"ORGANIZER;CN=FECRECOOP:mailto:agenda@fecrecoop.example\r\n"
    b"ATTENDEE;CN=Ana ^'Ani^' N\xc3\xba\xc3\xb1ez;RSVP=\r\n TRUE:mailto:ana@coop.example\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n",
)
CONTEXT = {
    "title": "Fondo & <crédito>: cómo postular",
    "name": "Ana Núñez",
    "when": "martes 15 de diciembre de 2026, 10:00 h",
    "place": "Sala 2",
    "link": "http://127.0.0.1:8000/inscripciones/abc.def?a=1&b=2",
}


def a_letter(number: int = 1, **overrides: Any) -> MailDraft:
    """Return a letter to its own person, with an invitation."""
    given: dict[str, Any] = {
        "key": f"aviso/1/{number}",
        "notice": "pruebas/aviso",
        "to": Recipient("Ana Núñez", f"persona{number}@coop.example", number),
        "context": CONTEXT,
        "calendar": CALENDAR,
        "invitee_id": number,
        "event_id": 7,
    }
    return MailDraft(**{**given, **overrides})


@dataclass
class Heard:
    """What the features above would have been asked and told."""

    asked: list[StillWanted] = field(default_factory=list)
    ended: list[DeliveryEnded] = field(default_factory=list)
    #: What to answer when it is asked whether a message is still wanted.
    answer: str | None = None
    fails: bool = False

    def on_asked(self, _session: object, question: StillWanted, **_now: datetime) -> str | None:
        """Answer whether a message is still wanted."""
        self.asked.append(question)
        return self.answer

    def on_ended(self, _session: object, ended: DeliveryEnded, **_now: datetime) -> None:
        """Hear that a delivery ended."""
        if self.fails:
            raise RuntimeError("a feature above is broken")
        self.ended.append(ended)


@contextmanager
def listening() -> Iterator[Heard]:
    """Stand in for the features above while the block runs."""
    rendering.look_first_in(NOTICES)
    before, heard = dict(reactions._wiring), Heard()  # noqa: SLF001 (put back afterwards)
    wiring: reactions.Wiring = {StillWanted: [heard.on_asked], DeliveryEnded: [heard.on_ended]}
    reactions.install({**before, **wiring})
    try:
        yield heard
    finally:
        reactions.install(before)


def owe(database: Database, count: int, *, now: datetime, **overrides: Any) -> int:
    """Owe so many letters."""
    letters = [a_letter(number, **overrides) for number in range(1, count + 1)]
    with database.transaction() as session:
        return commands.owe_many(session, letters, now=now)


def deliver(database: Database, url: str, *, now: datetime, attempt_seconds: float = 2.0) -> int:
    """Run delivery once, as the job does, and return how many messages were dealt with.

    However slow the machine is, its time is not up before: how much that would leave undone says
    nothing of the code. What becomes of that is tested with workers.
    """
    transport = SmtpTransport(url, attempt_seconds=attempt_seconds)
    try:
        with patch.object(delivery, "RUN_SECONDS", 600.0):
            return delivery.Delivery(database, transport, sender=SENDER, now=now).run()
    finally:
        transport.close()
