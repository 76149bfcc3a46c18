"""What a talk is, decided from values alone."""

from enum import StrEnum


class Format(StrEnum):
    """The formats of a talk, as the interface names them."""

    TALK = "charla"
    WORKSHOP = "taller"
    DAY = "jornada"
    CONFERENCE = "conferencia"
    CEREMONY = "ceremonia"
    SITE_VISIT = "visita en terreno"


#: Sentence-case names for badges and lists.
FORMAT_NAMES: dict[Format, str] = {item: item.value.capitalize() for item in Format}
