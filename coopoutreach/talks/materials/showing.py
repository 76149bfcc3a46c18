"""What pages show of materials."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from coopoutreach.platform.files import naming
from coopoutreach.talks.materials.models import Material
from coopoutreach.talks.materials.rules import Audience, Kind, Release

#: As the limits are counted.
_MEGABYTE = 1024**2
AUDIENCES = {
    Audience.EVERYBODY: ("Todo el mundo", "Aparece en la página pública de la charla."),
    Audience.ATTENDEES: (
        "Solo quienes asisten",
        "Desde el enlace de su inscripción. Después de la charla, no quienes faltaron.",
    ),
}
RELEASES = {
    Release.AT_ONCE: ("Desde ya", "O desde que la charla se publique."),
    Release.AFTER_TALK: ("Después de la charla", "Cuando termine, sin que haya que hacer nada."),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A material in a list: what it is called, where it is, and what to expect of it."""

    title: str
    url: str
    #: «PDF, 1,2 MB», or whose site it is.
    detail: str
    is_link: bool


def listed(found: Iterable[Material], url_of: Callable[[Material], str]) -> list[Listed]:
    """Return materials as a list shows them; `url_of` says where a file is downloaded."""
    return [
        Listed(
            title=material.title,
            url=material.url or url_of(material),
            detail=detail(material),
            is_link=material.kind is Kind.LINK,
        )
        for material in found
    ]


def detail(material: Material) -> str:
    """Return what to expect of a material: its kind and weight, or whose site it is."""
    if material.kind is Kind.LINK:
        return (urlsplit(material.url).hostname or "").removeprefix("www.")
    return f"{naming.suffix_of(material.file_name).upper()}, {size(material.size)}"


def size(number: int) -> str:
    """Return so many bytes as «830 kB» or «1,2 MB»."""
    if number < _MEGABYTE:
        return f"{max(1, round(number / 1024))} kB"
    return f"{number / _MEGABYTE:.1f}".removesuffix(".0").replace(".", ",") + " MB"


def public_path(slug: str, material: Material) -> str:
    """Return where everybody downloads a file."""
    return f"/charlas/{slug}/materiales/{material.public_id}"
