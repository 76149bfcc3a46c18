"""Why somebody has the place that they have, as sentences for them."""

from coopoutreach.talks.registrations.rules.allocation import Obstacle
from coopoutreach.talks.registrations.rules.waitlist import WaitlistEntry


def reasons(entry: WaitlistEntry, *, seats: int) -> str:
    """Return, as a sentence for the person, what their place in the line follows from."""
    parts = []
    if entry.prioritised:
        parts.append("su cooperativa tiene un nivel que esta charla prioriza")
    if entry.cooperative_id is not None:
        parts.append(
            "su cooperativa aún no tiene cupos en esta charla"
            if not seats
            else f"su cooperativa ya tiene {seats} {'cupo' if seats == 1 else 'cupos'}"
        )
        attended = entry.attended or 0
        talks = "charla" if attended == 1 else "charlas"
        parts.append(f"ha asistido a {attended} {talks} del plan")
    parts.append("luego cuenta el orden de llegada")
    return (", ".join(parts[:-1]) + ("; " if len(parts) > 1 else "") + parts[-1]).capitalize() + "."


def why_waiting(
    obstacle: Obstacle | None, *, limit: int | None = None, until: str = "", together: int = 1
) -> str:
    """Return, as a sentence for the person, what they wait for; nothing where all is taken.

    `limit`: how many seats a cooperative may have; `until`: when held seats are released, in
    words; `together`: how many of their group wait with them.
    """
    group = f"Su grupo de {together} personas pidió quedar junto"
    if obstacle is Obstacle.LIMIT and limit is not None and together > limit:
        return (
            f"{group} y esta charla da a lo más {_seats(limit)} a cada cooperativa. "
            "Inscriba a menos personas o pida a la coordinación que suba el máximo."
        )
    sentences = {
        Obstacle.LIMIT: (
            f"Esta charla da a lo más {_seats(limit or 0)} a cada cooperativa y la suya ya llegó "
            "a ese máximo. Usted avanza si alguien de su cooperativa anula o si la coordinación "
            "sube el máximo."
        ),
        Obstacle.HELD: (
            "Los cupos que quedan se reservan para las cooperativas priorizadas"
            f"{f' hasta el {until}' if until else ''}. Los que sobren pasan entonces a esta lista."
        ),
        Obstacle.GROUP: (
            f"{group} y todavía no hay cupos para todas. Mientras tanto avanzan quienes sí caben, "
            "y ustedes mantienen su lugar."
        ),
        Obstacle.HANDS: (
            "Faltan menos de 12 horas: desde ahora es la coordinación quien da los cupos libres."
        ),
    }
    return sentences.get(obstacle, "") if obstacle else ""


def _seats(number: int) -> str:
    return "1 cupo" if number == 1 else f"{number} cupos"
