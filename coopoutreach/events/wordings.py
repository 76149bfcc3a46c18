"""What the coordination's own words of a reminder may name, and how those places are filled."""

from collections.abc import Mapping

from coopoutreach.events import entries
from coopoutreach.events.models import Event
from coopoutreach.mail.outgoing.wording import Wording, fill, paragraphs

#: The notice whose words may be edited.
REMINDER = "events/reminder"
#: Each place, and what it stands for.
PLACES = {
    "nombre": "el nombre de la persona",
    "charla": "el título de la charla",
    "cuando": "el día y la hora",
    "lugar": "dónde es",
    "plazo": "«mañana» o «en 7 días»",
}
#: What comes with the program, in the form in which it may be edited.
ORIGINAL = Wording(
    subject="{charla}: es {plazo}",
    body="Estimada/o {nombre}:\n\nLe recordamos que esta actividad es {plazo}.",
)


def values(event: Event, *, name: str, days: int) -> dict[str, str]:
    """Return what each place is filled with, for one person and one reminder."""
    return {
        "nombre": name,
        "charla": event.title,
        "cuando": entries.when_line(event),
        "lugar": entries.place_line(event),
        "plazo": "mañana" if days == 1 else f"en {days} días",
    }


def worded(wording: Wording | None, filled: Mapping[str, str]) -> dict[str, object]:
    """Return what the reminder's template is told of the coordination's words: none, or filled."""
    if wording is None:
        return {"words": (), "subject_words": ""}
    return {
        "words": paragraphs(wording.body, filled),
        "subject_words": fill(wording.subject, filled),
    }
