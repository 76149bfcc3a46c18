"""What is said of mail that comes in when somebody asks what must be dealt with."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.mail.incoming import queries, rules
from coopoutreach.mail.incoming.models import InboxOutage
from coopoutreach.mail.incoming.rules import Reason
from coopoutreach.platform.core import settings, spanish
from coopoutreach.platform.scheduler.happenings import AttentionAsked, Concern

_PAGE = "/mensajes/recibidos"


def concerns(session: Session, _asked: AttentionAsked, *, now: datetime) -> list[Concern]:
    """Return that answers wait for somebody to look at them, or that none can be read."""
    found = _written(session)
    counts = queries.counts_to_look_at(session)
    total = sum(counts.values())
    if total:
        number = spanish.count(total, "respuesta recibida", "respuestas recibidas")
        unproven = counts.get(Reason.UNAUTHENTICATED, 0)
        detail = f"Sin comprobar quién responde: {spanish.integer(unproven)}. No cambiaron nada."
        if not unproven:
            detail = "Llegaron por correo y esperan que alguien las vea."
        found.append(Concern(f"Hay {number} por verificar", detail, _PAGE, "Revisar"))
    outage = _alarming(session, now)
    if outage is not None:
        found.append(
            Concern(
                "No se pueden leer las respuestas que llegan por correo",
                f"Desde {spanish.ago(outage.since, now)}. {outage.reason}",
                _PAGE,
                "Avise a administración",
                serious=True,
            )
        )
    return found


def _written(session: Session) -> list[Concern]:
    people, oldest = queries.who_waits(session)
    if not people:
        return []
    wait = "escribió y espera respuesta" if people == 1 else "escribieron y esperan respuesta"
    # One alone is answered on its own page.
    url = f"{_PAGE}/{oldest}" if people == 1 else f"{_PAGE}?motivo=por-responder"
    who = spanish.count(people, "persona", "personas")
    detail = "Nadie recibe una respuesta automática: léalo y responda desde aquí."
    return [Concern(f"{who} {wait}", detail, url, "Leer y responder")]


def reasons(session: Session, _asked: object, *, now: datetime) -> list[str]:
    """Return that the mailbox cannot be read for longer than servers are away."""
    return ["the mailbox cannot be read"] if _alarming(session, now) is not None else []


def _alarming(session: Session, now: datetime) -> InboxOutage | None:
    if not settings.current().inbox_url:
        return None
    outage = queries.outage(session)
    return outage if outage is not None and now - outage.since >= rules.PATIENCE else None
