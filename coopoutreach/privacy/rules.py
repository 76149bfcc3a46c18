"""What somebody may ask about their data, and by when it is answered."""

from enum import StrEnum


class Right(StrEnum):
    """What a case asks for (Ley N° 19.628 as amended by Ley N° 21.719, arts. 4 to 9)."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    OPPOSITION = "opposition"
    PORTABILITY = "portability"
    BLOCK = "block"


class CaseState(StrEnum):
    """Where a case stands."""

    #: Received by the public form; the person has not shown yet that the address is theirs.
    UNVERIFIED = "unverified"
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
