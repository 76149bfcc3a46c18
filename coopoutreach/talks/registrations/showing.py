"""Who may have a talk's seats, in the sentences that its public pages say it in."""

from datetime import datetime

from coopoutreach.people.directory.rules import LEVEL_NAMES, Level
from coopoutreach.platform.core import spanish
from coopoutreach.talks.registrations.queries import held_until_words
from coopoutreach.talks.talks.models import Talk


def held(talk: Talk, *, now: datetime) -> str:
    """Return how many seats are held now, for whom and until when; nothing if none are."""
    if talk.held_until is None or now >= talk.held_until:
        return ""
    parts = [
        f"{number} de {spanish.count(capacity, 'cupo', 'cupos')}{where}"
        for number, capacity, where in (
            (talk.held_room, talk.capacity_room, " en la sala" if talk.capacity_online else ""),
            (talk.held_online, talk.capacity_online, " en línea" if talk.capacity_room else ""),
        )
        if number
    ]
    if not parts:
        return ""
    levels = [LEVEL_NAMES[Level(level)].lower() for level in talk.prioritised_levels]
    return (
        f"Se {'reservan' if talk.held_room + talk.held_online > 1 else 'reserva'} "
        f"{spanish.listed(parts)} para cooperativas de nivel {spanish.listed(levels)} "
        f"hasta el {held_until_words(talk)}."
    )


def limit(talk: Talk) -> str:
    """Return how many seats a cooperative may have, as a sentence that follows another."""
    if talk.limit_per_cooperative is None:
        return ""
    most = spanish.count(talk.limit_per_cooperative, "cupo", "cupos")
    return f" Cada cooperativa puede tener a lo más {most}; las demás personas esperan."
