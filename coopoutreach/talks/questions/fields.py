"""What the page of a talk's questions hands to the commands: a question, typed."""

from dataclasses import dataclass

from coopoutreach.talks.questions.rules import Audience, Condition, Kind


@dataclass(frozen=True, slots=True)
class QuestionFields:
    """A question as its form gives it."""

    kind: Kind
    text: str
    hint: str = ""
    options: tuple[str, ...] = ()
    required: bool = False
    audience: Audience = Audience.COORDINATION
    condition: Condition | None = None
