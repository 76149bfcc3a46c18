"""What organisations and people are, decided from values alone."""

from enum import StrEnum


class Kind(StrEnum):
    """What an organisation is."""

    COOPERATIVE = "cooperative"
    INSTITUTION = "institution"
    UNIT = "unit"


class Level(StrEnum):
    """The development level of a cooperative; `docs` and the interface say «nivel»."""

    INITIAL = "inicial"
    DEVELOPING = "en_desarrollo"
    CONSOLIDATED = "consolidada"


#: What the interface calls each level.
LEVEL_NAMES: dict[Level, str] = {
    Level.INITIAL: "Inicial",
    Level.DEVELOPING: "En desarrollo",
    Level.CONSOLIDATED: "Consolidada",
}


class Supervisor(StrEnum):
    """Who supervises a cooperative."""

    DAES = "DAES"
    CMF = "CMF"


class Access(StrEnum):
    """What a post lets a person do for the organisation."""

    NONE = "none"
    REGISTRAR = "registrar"
    MANAGER = "manager"
    COUNTERPART = "counterpart"
