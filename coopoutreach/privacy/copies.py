"""The copy of all that is kept of somebody, and of nobody else: JSON, and a CSV for each table."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.text import slug
from coopoutreach.privacy.data_map import TABLES, Personal, Subject

FORMAT = "fecrecoop-datos/1"
#: Who may have seen it, as the policy says too.
RECIPIENTS = (
    "La coordinación y la administración de FECRECOOP.",
    "La cooperativa en cuyo nombre se inscribió: sus encargadas ven a las personas que inscriben.",
    "El servicio de correo que entrega los mensajes por encargo de FECRECOOP.",
    "CORFO recibe solo cifras totales, salvo autorización escrita de la cooperativa.",
)
#: Text that a spreadsheet would take for a formula; numbers and telephones are no such thing.
_FORMULA = re.compile(r"^[\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"^\+?[\d ()-]+$")
_README = """Copia de sus datos personales

Fecha: {made}
Responsable: Federación Chilena de Cooperativas de Ahorro y Crédito (FECRECOOP)

datos.json tiene todo, con la finalidad, la base legal, el origen y el plazo de cada parte.
Los archivos .csv tienen lo mismo, una tabla cada uno; se abren con cualquier planilla.
No hay datos de otras personas.
"""


def copy_of(session: Session, subject: Subject, *, now: datetime) -> dict[str, Any]:
    """Return all that is kept of somebody, by table, with what for, from where and until when."""
    parts = []
    for declared in TABLES:
        rows = _rows(session, declared, subject)
        if rows:
            parts.append(
                {
                    "nombre": declared.title,
                    "finalidad": declared.purpose.words,
                    "base_legal": declared.purpose.basis,
                    "origen": declared.origin,
                    "plazo": declared.kept.value,
                    "filas": rows,
                }
            )
    return {
        "formato": FORMAT,
        "generado": now.isoformat(),
        "responsable": "FECRECOOP",
        "destinatarios": list(RECIPIENTS),
        "datos": parts,
    }


def archive_of(copy: Mapping[str, Any]) -> bytes:
    """Return a copy as one file: `datos.json`, a CSV for each table, and what they are."""
    made = datetime.fromisoformat(copy["generado"])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LEAME.txt", _README.format(made=spanish.daytime(spanish.wall(made))))
        archive.writestr("datos.json", json.dumps(copy, ensure_ascii=False, indent=2))
        for part in copy["datos"]:
            archive.writestr(f"{slug(part['nombre'])}.csv", _csv(part["filas"]))
    return buffer.getvalue()


def _rows(session: Session, declared: Personal, subject: Subject) -> list[dict[str, Any]]:
    if declared.owner is None:
        return []
    rows = declared.table
    shown = {
        column.export: (column.show(rows) if column.show else rows.c[name])
        for name, column in declared.columns.items()
        if column.export
    }
    if not shown:
        return []
    names = list(shown)
    # By position: two of them may have one name in the database.
    wanted = sa.select(*shown.values()).where(declared.owner(rows, subject))
    key = next(iter(rows.primary_key.columns))
    return [
        dict(zip(names, (_plain(value) for value in row), strict=True))
        for row in session.execute(wanted.order_by(key))
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])
    # With the mark by which spreadsheets know that it is UTF-8.
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sí" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text
