"""How the state of a message is said in words, decided from values alone."""

import re
from dataclasses import dataclass

from coopoutreach.mail.outgoing.rules import Phase

#: State → the word, the badge's tone, its shape.
STATES = {
    "queued": ("En espera", "info", "clock"),
    "sending": ("Enviándose", "info", "half"),
    "uncertain": ("Sin confirmar", "warning", "half"),
    "sent": ("Enviado", "success", "check"),
    "failed": ("No se pudo entregar", "danger", "triangle"),
    "expired": ("Venció sin salir", "danger", "clock"),
    "dropped": ("Descartado", "neutral", "cross"),
    "held": ("Retenido", "warning", "pause"),
}

#: What each notice is, for somebody who looks for a message.
NOTICES = {
    "registrations/place_confirmed": "Cupo confirmado",
    "registrations/joined_line": "En lista de espera",
    "registrations/already_registered": "Ya tenía inscripción",
    "registrations/cancelled": "Inscripción anulada",
    "events/reminder": "Recordatorio",
    "events/moved": "Cambio de fecha o lugar",
    "events/cancelled": "Suspensión",
    "events/link": "Nuevo enlace de conexión",
    "events/revised": "Cambio en el texto",
    "commitments/made": "Nuevo compromiso",
    "commitments/due_soon": "Compromiso por vencer",
    "commitments/due_today": "Compromiso que vence hoy",
    "commitments/overdue": "Compromiso vencido",
    "commitments/escalated": "Compromiso vencido, a la jefatura",
    "commitments/delivered": "Compromiso entregado, por confirmar",
    "commitments/asked": "Solicitud de otra fecha",
    "commitments/returned": "Compromiso devuelto",
    "commitments/extended": "Plazo de un compromiso",
    "accounts/sign_in_link": "Enlace para ingresar",
    "accounts/reset_link": "Enlace para elegir clave",
    "accounts/password_changed": "Cambio de clave",
    "accounts/many_attempts": "Aviso de intentos",
    "directory/vouch_asked": "Pregunta quién habla por una institución",
    "directory/voice_changed": "Quién habla por una institución",
    "messaging/trial": "Prueba de un texto",
    "mailroom/answer": "Respuesta a un correo",
    "mailroom/forward": "Aviso de un correo recibido",
}

_PHASES = {
    Phase.CONNECT: "al conectar con el servidor",
    Phase.BANNER: "al conectar con el servidor",
    Phase.HELLO: "al saludar al servidor",
    Phase.TLS: "al cifrar la conexión",
    Phase.AUTH: "al identificarse ante el servidor",
    Phase.MAIL: "al anunciar el remitente",
    Phase.RCPT: "al anunciar la dirección de destino",
    Phase.DATA: "al empezar a entregar el mensaje",
    Phase.BODY: "al entregar el mensaje",
    Phase.DOT: "al terminar la entrega",
}

#: Features whose mails the coordination may read: those of accounts hold what opens an account.
_READABLE = ("events/", "registrations/", "messaging/", "mailroom/", "commitments/")
#: What follows the path of a link that is somebody's own.
_OWN_LINK = re.compile(
    r"(/(?:inscripciones|invitaciones|compromisos/informe|reuniones/fechas|correo/baja|privacidad/[a-z]+)/)[^\s/]+"
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of messages is narrowed to; nothing: all."""

    state: str = ""
    notice: str = ""
    event: str = ""
    person: str = ""
    text: str = ""
    page: int = 1


def notice_name(notice: str) -> str:
    """Return what a notice is called; one without a name of its own says where it comes from."""
    return NOTICES.get(notice, notice.rpartition("/")[2].replace("_", " ").capitalize())


def phase_words(phase: str | None) -> str:
    """Return how far the last try had come, in words, or nothing."""
    return _PHASES[Phase(phase)] if phase in set(Phase) else ""


def may_be_read(notice: str) -> bool:
    """Return whether the coordination may read a message of this notice."""
    return notice.startswith(_READABLE)


def without_own_links(text: str) -> str:
    """Return `text` with what would open somebody's own pages left out."""
    return _OWN_LINK.sub(r"\1…", text)
