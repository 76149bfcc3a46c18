"""What a registrant, or whoever registers for a cooperative, may type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from coopoutreach.people.directory import contact
from coopoutreach.platform.core import text, web_addresses
from coopoutreach.platform.web.rows import row, row_numbers
from coopoutreach.talks.questions.forms import AnswerForm
from coopoutreach.talks.questions.rules import Asking
from coopoutreach.talks.registrations.queries import Colleague
from coopoutreach.talks.registrations.request import Registrant
from coopoutreach.talks.registrations.rules import Room

MOST_PEOPLE = 20
PARTS = ("name", "email", "room")
#: The choice of who belongs to none of the listed cooperatives.
OTHER = "otra"


@dataclass(slots=True)
class RegistrationForm:
    """A registration as it was typed, and what is wrong with it, field by field."""

    rooms: tuple[Room, ...]
    organisation: str = ""
    organisation_name: str = ""
    #: Its people want their seats together, or wait together.
    all_or_none: bool = False
    #: Who was ticked of the cooperative's people: their public ids, in the order of the list.
    picked: list[str] = field(default_factory=list)
    picked_rooms: dict[str, str] = field(default_factory=dict)
    picked_answers: dict[str, AnswerForm] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    people: list[Registrant] = field(default_factory=list)
    #: What each of the people answers to the talk's own questions, in the order of the rows.
    answers: list[AnswerForm] = field(default_factory=list)
    #: The number that each row came with.
    numbers: list[int] = field(default_factory=list)

    @classmethod
    def empty(cls, rooms: tuple[Room, ...]) -> "RegistrationForm":
        """Return the form as it is first shown."""
        return cls(rooms=rooms, rows=[dict.fromkeys(PARTS, "")])

    @classmethod
    def parse(
        cls,
        data: Mapping[str, str],
        *,
        rooms: tuple[Room, ...],
        knows_organisation: bool,
        needs_organisation: bool,
        colleagues: Sequence[Colleague] = (),
    ) -> "RegistrationForm":
        """Read the form; an empty `errors` means that `people` may be registered."""
        form = cls(rooms=rooms)
        form.organisation = data.get("organisation", "")
        form.all_or_none = data.get("all_or_none") == "1"
        form.organisation_name = text.clean_line(data.get("organisation_name", ""))
        if needs_organisation:
            form._read_organisation(knows_it=knows_organisation)
        form._read_picked(data, colleagues)
        form._read_rows(data)
        return form

    def _read_picked(self, data: Mapping[str, str], colleagues: Sequence[Colleague]) -> None:
        """Read who was ticked; who is no colleague, or is registered, cannot have been."""
        for one in colleagues:
            name = f"pick-{one.public_id}"
            if one.is_registered or data.get(name) != "1":
                continue
            self.picked.append(one.public_id)
            given = self.picked_rooms[one.public_id] = data.get(f"{name}-room", "")
            if (room := self._read_room(f"{name}-room", given)) is not None:
                self.people.append(Registrant(name=one.name, email=one.email, room=room))

    def _read_rows(self, data: Mapping[str, str]) -> None:
        numbers = row_numbers(data, "people", most=MOST_PEOPLE)
        self.numbers = [number for number in numbers if _is_filled(data, number)]
        if not self.numbers and not self.picked:
            self.numbers = numbers[:1]
        typed = [row(data, "people", number, PARTS) for number in self.numbers]
        if not typed and not self.picked:
            typed = [dict.fromkeys(PARTS, "")]
        for place, given in enumerate(typed):
            self._read_person(place, given)
        if len(self.picked) + len(typed) > MOST_PEOPLE:
            self.errors["people"] = f"Inscriba a lo más {MOST_PEOPLE} personas a la vez."
        self.rows = typed or [dict.fromkeys(PARTS, "")]

    def read_answers(self, data: MultiDict[str, str], asking: Asking) -> None:
        """Read what each person answers; what is wrong stands with what else is."""
        for public_id in self.picked:
            answers = AnswerForm.parse(data, asking, prefix=f"pick-{public_id}-")
            self.picked_answers[public_id] = answers
            for name, sentence in answers.errors.items():
                self.errors[f"pick-{public_id}-{name}"] = sentence
        for place, number in enumerate(self.numbers):
            answers = AnswerForm.parse(data, asking, prefix=f"people-{number}-")
            self.answers.append(answers)
            for name, sentence in answers.errors.items():
                self.errors[f"people-{place}-{name}"] = sentence

    def _read_organisation(self, *, knows_it: bool) -> None:
        if self.organisation == OTHER:
            if not self.organisation_name:
                self.errors["organisation_name"] = "Escriba el nombre de su organización."
            elif len(self.organisation_name) > text.LONGEST_NAME:
                self.errors["organisation_name"] = f"Use a lo más {text.LONGEST_NAME} caracteres."
            elif web_addresses.has_web_address(self.organisation_name):
                self.errors["organisation_name"] = web_addresses.REFUSED
        elif not knows_it:
            self.errors["organisation"] = "Elija su cooperativa o la opción «Otra organización»."

    def _read_person(self, place: int, given: dict[str, str]) -> None:
        before = len(self.errors)
        name = self._read_name(place, given["name"])
        email = self._read_email(place, given["email"])
        room = self._read_room(f"people-{place}-room", given["room"])
        if len(self.errors) > before or room is None:
            return
        key = (text.search_key(name), email.lower())
        if any(key == (text.search_key(other.name), other.email.lower()) for other in self.people):
            self.errors[f"people-{place}-email"] = (
                "Esta persona ya está más arriba. Si comparten correo, escriba nombres completos."
            )
            return
        self.people.append(Registrant(name=name, email=email, room=room))

    def _read_name(self, place: int, given: str) -> str:
        name = text.clean_line(given)
        field = f"people-{place}-name"
        if text.has_line_breaks(given.strip()):
            self.errors[field] = "Escriba el nombre en una sola línea."
        elif not any(char.isalpha() for char in name):
            self.errors[field] = "Escriba el nombre y el apellido."
        elif len(name) > text.LONGEST_NAME:
            self.errors[field] = (
                f"El nombre es muy largo: use a lo más {text.LONGEST_NAME} caracteres."
            )
        elif web_addresses.has_web_address(name):
            self.errors[field] = web_addresses.REFUSED
        return name

    def _read_email(self, place: int, given: str) -> str:
        try:
            return contact.email(given)
        except ValueError as problem:
            self.errors[f"people-{place}-email"] = str(problem)
            return ""

    def _read_room(self, name: str, given: str) -> Room | None:
        if len(self.rooms) == 1:
            return self.rooms[0]
        if given in {room.value for room in self.rooms}:
            return Room(given)
        self.errors[name] = "Elija cómo participará."
        return None


def _is_filled(data: Mapping[str, str], number: int) -> bool:
    """Return whether anything was typed of this person: a row left blank is nobody."""
    typed = row(data, "people", number, ("name", "email"))
    prefixes = (f"people-{number}-q-", f"people-{number}-consent-")
    return any(value.strip() for value in typed.values()) or any(
        value.strip() for name, value in data.items() if name.startswith(prefixes)
    )
