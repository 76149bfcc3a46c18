"""What is said of each column: whose it is, what for, on what ground, how long, what erasing does.

Articles are those of Ley N° 19.628 as amended by Ley N° 21.719.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import sqlalchemy as sa

from coopoutreach.platform.core.db import Base


class Purpose(Enum):
    """What data is for: in the words of the policy, with its legal basis."""

    ORGANISE = (
        "Organizar las charlas: inscribir, invitar, avisar los cambios y recordar",
        "Ejecución de lo que la persona o su cooperativa pide, e interés legítimo (art. 13)",
    )
    REPORT = (
        "Repartir los cupos según el orden publicado y rendir cuentas del plan",
        "Interés legítimo (art. 13, letra d)",
    )
    CONTACT = (
        "Saber quién responde por cada cooperativa e institución",
        "Relación estatutaria con las cooperativas socias e interés legítimo (art. 13)",
    )
    ANSWERS = (
        "Preparar la charla con lo que la persona responde",
        "Lo que la persona pide (art. 13); alimentación y acceso, consentimiento expreso (art. 16)",
    )
    PROOF = (
        "Probar que se pidió y se respetó la voluntad de la persona",
        "Obligación legal (arts. 11, 12 y 13)",
    )
    SECURITY = (
        "Dejar entrar solo a quien corresponde e investigar errores y abusos",
        "Deber de seguridad (art. 14 quinquies) e interés legítimo (art. 13, letra d)",
    )
    ANNOUNCE = (
        "Anunciar quién expone en cada charla",
        "Acuerdo con quien expone (art. 13)",
    )

    @property
    def words(self) -> str:
        """Return what the policy says that it is for."""
        return self.value[0]

    @property
    def basis(self) -> str:
        """Return the ground in law."""
        return self.value[1]


class Kept(Enum):
    """For how long, in the words of the policy; `retention.py` holds the rules that purge."""

    ACTIVE = "Mientras participe; se propone borrar 2 años después de su última actividad"
    POST = "Mientras tenga el cargo, y 2 años más"
    MAIL_BODY = "30 días desde que se escribió"
    WRITTEN = "Mientras espera respuesta, y 30 días más"
    MAIL_HEAD = "1 año"
    EVENT = "30 días después de la charla"
    ANSWER = "Con la inscripción; alimentación y acceso, hasta 30 días después de la charla"
    ACCOUNT = "Mientras exista la cuenta"
    HOUR = "Una hora"
    SESSION = "Hasta que termina la sesión o vence el enlace"
    CONSENT = "4 años desde que se retira: el plazo en que puede haber que probarlo"
    CASE = "4 años desde la respuesta; sin confirmar el correo, 7 días"
    TRAIL = "Mientras funcione el sistema: guarda números, nunca nombres ni correos"
    NEVER = "Mientras funcione el sistema: es un resumen del que no se lee la dirección"
    PUBLIC = "Mientras la charla esté publicada"
    MINUTES = "Con el acta de la reunión, que se conserva"
    FEED = "Mientras se use la dirección"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data is meant: a person, an account, or both."""

    person_id: int | None
    user_id: int | None
    #: As it is compared.
    email: str
    #: Nobody else is known by that address: what was sent there was sent to this person.
    alone: bool
    #: SHA-256 of the person's public id, as the erasures know them.
    person_hash: str = ""
    #: The address of the account, which is nobody else's account.
    account: str = ""


@dataclass(frozen=True, slots=True)
class Keep:
    """The column stays when its person is erased, on this ground."""

    ground: str


@dataclass(frozen=True, slots=True)
class Put:
    """What stands in the column once its person is erased."""

    value: Any = None


#: Numbers and moments that say nothing of anybody once the person's row has no name.
COUNTS = Keep("queda sin nombre: sirve para contar")
LINKS = Keep("lleva a una fila que ya no tiene nombre")
#: What may be built for a row, of its table: for what must stay unique.
Built = Callable[[sa.Table], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One personal column. An empty export name: what it says is exported under another one."""

    export: str
    erase: Keep | Put
    #: How it is shown in an export, if not as it stands.
    show: Built | None = None


@dataclass(frozen=True, slots=True)
class Personal:
    """A table that holds data of people."""

    name: str
    title: str
    purpose: Purpose
    kept: Kept
    columns: Mapping[str, Column]
    #: Which rows are the subject's. None: no row names a person by number, so a person looks.
    owner: Callable[[sa.Table, Subject], Any] | None
    #: Columns that are nobody's, separated by spaces.
    plain: str = ""
    #: The whole row goes when its person is erased.
    deletes: bool = False
    #: Where it came from.
    origin: str = "La persona, o quien la inscribió o registró en su cooperativa"
    #: Columns whose time differs from the table's.
    differs: Mapping[str, Kept] = field(default_factory=dict)

    @property
    def table(self) -> sa.Table:
        """Return the table itself."""
        return Base.metadata.tables[self.name]


def table(name: str) -> sa.Table:
    """Return a table of ours by its name."""
    return Base.metadata.tables[name]
