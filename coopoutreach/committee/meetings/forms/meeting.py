"""What people type about a meeting: their answer, a guest, how it was held, its registration."""

import re
from collections.abc import Iterable
from datetime import datetime, time

from wtforms import StringField, TextAreaField
from wtforms.validators import AnyOf, Length, ValidationError

from coopoutreach.committee.meetings.forms.agenda import clean, clean_lines
from coopoutreach.committee.meetings.models import Meeting
from coopoutreach.committee.meetings.rules import Capacity, LobbyNeed
from coopoutreach.committee.meetings.values import Held, Lobby, Place, Reply
from coopoutreach.events.rules import Answer, Modality
from coopoutreach.people.directory.forms.fields import email, name
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.core.text import LONGEST_NAME
from coopoutreach.platform.web.forms import Form

_LONGEST_EXCUSE = 500
_LONGEST_FOLIO = 60
#: https alone: `javascript:` and its like are nobody's register.
_LINK = re.compile(r"https://[^\s<>\"'`\\{}|^]{4,500}")
#: What a link of the convocation, and a button of its page, say.
ANSWERS = {"si": Answer.ACCEPTED, "talvez": Answer.TENTATIVE, "no": Answer.DECLINED}


class ReplyForm(Form):
    """What somebody answers to a convocation."""

    answer = StringField("¿Asistirá?", [AnyOf(list(ANSWERS), message="Elija una respuesta.")])
    excuse = TextAreaField(
        "¿Por qué no podrá?",
        [Length(max=_LONGEST_EXCUSE, message=f"Use a lo más {_LONGEST_EXCUSE} caracteres.")],
        filters=[clean_lines],
        description="Lo leerán las personas de la mesa y quedará en el acta como excusa.",
    )
    stand_in = StringField(
        "¿Quién irá en su lugar?",
        [Length(max=2 * LONGEST_NAME, message="El nombre es demasiado largo.")],
        filters=[clean],
        description="Nombre y cargo. La coordinación lo verá; no le enviamos nada a esa persona.",
    )

    def reply(self) -> Reply:
        """Return what was answered."""
        return Reply(ANSWERS[self.answer.data], self.excuse.data or "", self.stand_in.data or "")


class GuestForm(Form):
    """Somebody who is not of the table."""

    name = name("Nombre y apellido", LONGEST_NAME, "Escriba el nombre y el apellido.")
    email = email("Correo", required=True)
    post = StringField(
        "Cargo o institución",
        [Length(max=2 * LONGEST_NAME, message="Es demasiado largo.")],
        filters=[clean],
    )
    side = StringField(
        "Viene por",
        description="Quien viene por una institución ve también los puntos reservados a ella.",
    )
    modality = StringField("Participa", default=Modality.ROOM.value)

    def offer(self, parties: Iterable[tuple[int, str]]) -> None:
        """Say for which institutions of the table they may come."""
        self._parties = {str(number): number for number, _name in parties}
        self.options = {
            "side": [
                ("", "Ninguna institución de la mesa"),
                *((str(number), label) for number, label in parties),
            ],
            "modality": [(Modality.ROOM.value, "En la sala"), (Modality.ONLINE.value, "En línea")],
        }

    def validate_side(self, field: StringField) -> None:
        """Refuse what is not of the table."""
        if field.data and field.data not in self._parties:
            raise ValidationError("Elija una opción de la lista.")

    def place(self) -> Place:
        """Return as what they come."""
        return Place(self._parties.get(self.side.data or ""), self.post.data or "", Capacity.GUEST)

    def way(self) -> Modality:
        """Return how they take part."""
        online = self.modality.data == Modality.ONLINE.value
        return Modality.ONLINE if online else Modality.ROOM


class HeldForm(Form):
    """Who led a meeting, who kept its minutes, and from when to when it took."""

    chair = StringField("Preside")
    secretary = StringField("Secretaría de actas")
    began = StringField("Comenzó", filters=[clean])
    finished = StringField("Terminó", filters=[clean])

    def offer(self, people: Iterable[Person]) -> None:
        """Say who may be chosen."""
        self._people = {person.public_id: person for person in people}
        choices = [("", "Sin indicar"), *((who, one.name) for who, one in self._people.items())]
        self.options = {"chair": choices, "secretary": choices}

    def validate_chair(self, field: StringField) -> None:
        """Refuse who is not in the list."""
        self._check(field)

    def validate_secretary(self, field: StringField) -> None:
        """Refuse who is not in the list."""
        self._check(field)

    def validate_began(self, field: StringField) -> None:
        """Refuse what is no hour."""
        _hour(field.data)

    def validate_finished(self, field: StringField) -> None:
        """Refuse what is no hour, or before it began."""
        finished = _hour(field.data)
        try:
            began = _hour(self.began.data)
        except ValidationError:
            return
        if began and finished and finished <= began:
            raise ValidationError("La hora de término va después de la de inicio.")

    def held(self, meeting: Meeting) -> Held:
        """Return what was typed, on the day of the meeting."""
        chair = self._people.get(self.chair.data or "")
        secretary = self._people.get(self.secretary.data or "")
        day = meeting.wall_start.date()
        began, finished = _hour(self.began.data), _hour(self.finished.data)
        return Held(
            chair_id=chair.id if chair else None,
            secretary_id=secretary.id if secretary else None,
            began_at=datetime.combine(day, began) if began else None,
            finished_at=datetime.combine(day, finished) if finished else None,
        )

    def _check(self, field: StringField) -> None:
        if field.data and field.data not in self._people:
            raise ValidationError("Elija a una persona de la lista.")


class LobbyForm(Form):
    """Whether a meeting must be registered under the Ley del Lobby, and where it is."""

    need = StringField(
        "¿Requiere registro por Ley del Lobby?",
        [AnyOf([need.value for need in LobbyNeed], message="Elija una opción.")],
    )
    folio = StringField(
        "Folio del registro",
        [Length(max=_LONGEST_FOLIO, message=f"Use a lo más {_LONGEST_FOLIO} caracteres.")],
        filters=[clean],
    )
    link = StringField("Enlace al registro", filters=[clean])

    def validate_link(self, field: StringField) -> None:
        """Refuse what is no address of a page, read safely."""
        if field.data and not _LINK.fullmatch(field.data):
            raise ValidationError("Escriba una dirección que comience con https://")

    def lobby(self) -> Lobby:
        """Return what was typed."""
        return Lobby(LobbyNeed(self.need.data), self.folio.data or "", self.link.data or "")


def _hour(given: str | None) -> time | None:
    if not given:
        return None
    try:
        return datetime.strptime(given[:5], "%H:%M").time()  # noqa: DTZ007 (a civil hour has no zone)
    except ValueError:
        raise ValidationError("Escriba la hora como 10:05.") from None
