"""The RUT, the number by which the State knows people and entities.

`core.spanish.rut` shows one as `12.345.678-5`.
"""

from stdnum.cl import rut as stdnum_rut
from stdnum.exceptions import ValidationError

#: Entities usually have a number above this one; below are people (and some old entities).
USUAL_FOR_ENTITIES = 50_000_000
#: Longer than any way of writing one.
_LONGEST = 20


def parse(text: str) -> str:
    """Return the RUT that somebody typed, compact and upper case: `599999019`.

    :raises ValueError: with a sentence that says what is wrong
    """
    if not text.strip():
        raise ValueError("Escriba el RUT.")
    if len(text) > _LONGEST:
        raise ValueError("El RUT es muy largo. Escríbalo como 12.345.678-5.")
    try:
        stdnum_rut.validate(text)
    except ValidationError:
        raise ValueError(
            "El RUT no es válido: revise los números y el dígito verificador, como 12.345.678-5."
        ) from None
    compact: str = stdnum_rut.compact(text)
    # The check digit of 11.111.111-1 is right, and nobody has it.
    if len(set(compact[:-1])) == 1:
        raise ValueError("Ese RUT repite un solo número. Escriba el verdadero.")
    return compact


def is_unusual_for_entity(compact: str) -> bool:
    """Return whether a RUT looks like a person's: worth a warning, never a refusal."""
    return int(compact[:-1]) < USUAL_FOR_ENTITIES
