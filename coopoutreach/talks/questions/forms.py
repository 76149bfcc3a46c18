"""What the coordination may type of a question, and what people may answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length, Optional

from coopoutreach.platform.core import text
from coopoutreach.platform.web.forms import Form
from coopoutreach.talks.consents import rules as consents
from coopoutreach.talks.consents.rules import Purpose, Source
from coopoutreach.talks.questions import rules
from coopoutreach.talks.questions.fields import QuestionFields
from coopoutreach.talks.questions.models import Question
from coopoutreach.talks.questions.rules import (
    LONGEST_OPTION,
    LONGEST_QUESTION,
    MOST_OPTIONS,
    OF_OPTIONS,
    PURPOSE_OF,
    Asked,
    Asking,
    Audience,
    Condition,
    Given,
    Kind,
    Value,
)

AUDIENCE_NAMES = {
    Audience.COORDINATION: "Solo la coordinación",
    Audience.COOPERATIVE: "La coordinación y su cooperativa",
}


def _clean(value: str | None) -> str:
    return text.clean_line(value or "")


def _clean_text(value: str | None) -> str:
    return text.clean_text(value or "")


def _one_of(label: str, values: type[StrEnum], *, default: StrEnum) -> StringField:
    allowed = [item.value for item in values]
    return StringField(label, [AnyOf(allowed, "Elija una opción.")], default=default.value)


class QuestionForm(Form):
    """One question of a talk."""

    text = StringField(
        "Pregunta",
        [
            DataRequired("Escriba la pregunta."),
            Length(max=LONGEST_QUESTION, message=f"Use a lo más {LONGEST_QUESTION} caracteres."),
        ],
        filters=[_clean],
    )
    hint = StringField(
        "Aclaración",
        [Optional(), Length(max=200, message="Use a lo más 200 caracteres.")],
        filters=[_clean],
    )
    kind = _one_of("Cómo se responde", Kind, default=Kind.TEXT)
    options = TextAreaField("Opciones", [Optional()], filters=[_clean_text])
    required = BooleanField("Hay que responderla para inscribirse")
    audience = _one_of("Quién ve las respuestas", Audience, default=Audience.COORDINATION)
    condition = StringField("Preguntar solo si", [Optional()])

    def keep_as_need(self) -> None:
        """Hold to what a question about a need always is: its form offers nothing else."""
        self.kind.data, self.audience.data = Kind.PARAGRAPH.value, Audience.COORDINATION.value
        self.required.data, self.condition.data = False, ""

    def read(self) -> bool:
        """Check everything; return whether it can be saved."""
        good = bool(self.validate())
        return self._check_options() and good

    def _check_options(self) -> bool:
        options = self.option_list
        wrong = ""
        if self.kind.data not in OF_OPTIONS:
            return True
        if len(options) < 2:  # noqa: PLR2004 (a choice is between two)
            wrong = "Escriba al menos dos opciones, una por línea."
        elif len(options) > MOST_OPTIONS:
            wrong = f"Escriba a lo más {MOST_OPTIONS} opciones."
        elif any(len(option) > LONGEST_OPTION for option in options):
            wrong = f"Use a lo más {LONGEST_OPTION} caracteres por opción."
        if wrong:
            self.wrong("options", wrong)
        return not wrong

    @property
    def option_list(self) -> tuple[str, ...]:
        """Return the options, each once."""
        lines = (text.clean_line(line) for line in (self.options.data or "").splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def wrong(self, name: str, sentence: str) -> None:
        """Put a sentence beside a field."""
        typed = self[name]
        typed.errors = [*typed.errors, sentence]

    @property
    def all_errors(self) -> dict[str, str]:
        """Return each field's first sentence, for the summary above the form."""
        return {typed.name: typed.errors[0] for typed in self if typed.errors}

    def fields(self) -> QuestionFields:
        """Return what was read, typed; only after `read` said that it can be saved."""
        on, _, value = (self.condition.data or "").partition(":")
        return QuestionFields(
            kind=Kind(self.kind.data),
            text=self.text.data,
            hint=self.hint.data or "",
            options=self.option_list,
            required=bool(self.required.data),
            audience=Audience(self.audience.data),
            condition=Condition(on, value) if on else None,
        )


def data_of(question: Question) -> dict[str, object]:
    """Return a question as its form shows it."""
    on = question.condition_question
    return {
        "text": question.text,
        "hint": question.hint,
        "kind": question.kind.value,
        "options": "\n".join(question.options),
        "required": question.required,
        "audience": question.audience.value,
        "condition": f"{on.public_id}:{question.condition_value}" if on else "",
    }


@dataclass(slots=True)
class AnswerForm:
    """What one person typed, what of it is wrong, and what it means; by the names of the inputs."""

    typed: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    answers: dict[int, Value] = field(default_factory=dict)
    agreed: dict[Purpose, str] = field(default_factory=dict)

    @classmethod
    def of(cls, asking: Asking, answers: Mapping[int, Value], agreed: set[Purpose]) -> "AnswerForm":
        """Return the form as it is shown to somebody who answered before."""
        form = cls()
        for question in asking.questions:
            if question.key in answers:
                form.typed[question.field] = rules.as_typed(answers[question.key])
        for purpose in agreed:
            form.typed[consent_field(purpose)] = [consents.in_force(purpose).id]
        return form

    @classmethod
    def parse(cls, data: MultiDict[str, str], asking: Asking, *, prefix: str = "") -> "AnswerForm":
        """Read one person's answers. What is not asked of them, as they answered, is dropped."""
        form = cls()
        form.typed = {
            name.removeprefix(prefix): data.getlist(name)
            for name in data
            if name.startswith((f"{prefix}q-", f"{prefix}consent-"))
        }
        if asking.photos:
            form._read_consent(Purpose.PHOTOS)
        by_id: dict[str, Value] = {}
        for question in asking.questions:
            if rules.is_asked(question, by_id):
                form._read(question, by_id)
        return form

    @property
    def is_blank(self) -> bool:
        """Return whether nothing was typed or ticked."""
        return not any(part.strip() for parts in self.typed.values() for part in parts)

    def given(self, source: Source) -> Given:
        """Return what a command takes; only where `errors` is empty."""
        return Given(self.answers, self.agreed, source)

    def _read(self, question: Asked, by_id: dict[str, Value]) -> None:
        try:
            answer = rules.read(question, self.typed.get(question.field, []))
        except ValueError as problem:
            self.errors[question.field] = str(problem)
            return
        purpose = PURPOSE_OF.get(question.need)
        if answer is None:
            return
        by_id[question.id] = self.answers[question.key] = answer
        if purpose is not None and not self._read_consent(purpose):
            self.errors.setdefault(
                consent_field(purpose),
                "Marque esta casilla para que lo guardemos, o borre lo que escribió arriba.",
            )

    def _read_consent(self, purpose: Purpose) -> bool:
        """Read a box that is ticked by sending which words stood beside it."""
        name = consent_field(purpose)
        if name not in self.typed:
            return False
        if not consents.agrees(purpose, self.typed[name][0]):
            # Out of date, or forged: it is shown again, not ticked.
            del self.typed[name]
            self.errors[name] = (
                "El texto de la autorización cambió. Léalo y marque la casilla de nuevo."
            )
            return False
        self.agreed[purpose] = self.typed[name][0]
        return True


def consent_field(purpose: Purpose) -> str:
    """Return what the box of a consent is called, within one person's part of the form."""
    return f"consent-{purpose.value}"
