"""Minutes as both sides approve them, with everything in them that minutes may have."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from coopoutreach.committee.minutes.pdf import Signed
from coopoutreach.committee.minutes.rules import ApprovalKind, Method, statement

CODE = "K7QM-4T2W-9XDR"
VERIFY_URL = "https://charlas.example.cl/actas/verificar/K7QM-4T2W-9XDR"

_TEXT = """Expone Ñuñez sobre el estado de la difusión. Señala que **doce charlas** están \
confirmadas y que dos esperan respuesta de la institución anfitriona.

Se comentan tres asuntos:

- la región de Ñuble pide una charla en terreno;
- falta definir quién responde las consultas sobre _garantías_;
- el material se publica en [el sitio](https://www.corfo.cl/).

| Región | Charlas | Inscritos |
|---|--:|--:|
| Ñuble | 3 | 84 |
| Aysén | 2 | 41 |

> «La difusión llega donde llega la cooperativa», dice la gerencia.
"""


def content(*, items: int = 5, commitments: int = 4) -> dict[str, Any]:
    """Return the minutes of a meeting of so many items, out of which so many commitments came."""
    return {
        "format": "acta/1",
        "table": "Mesa FECRECOOP–CORFO",
        "year": 2026,
        "number": 3,
        "label": "Acta N° 3 de 2026",
        "version": 1,
        "rectifies": None,
        "type": "ordinaria",
        "institutions": [
            {"name": "Federación Chilena de Cooperativas", "short_name": "FECRECOOP"},
            {"name": "Corporación de Fomento de la Producción", "short_name": "CORFO"},
        ],
        "date": "2026-03-10",
        "starts": "10:00",
        "ends": "11:30",
        "when": "martes 10 de marzo de 2026, 10:00 a 11:30 h",
        "place": "Moneda 921, piso 8, Santiago",
        "modality": "hibrida",
        "chair": {"name": "María José Peñaloza Ibáñez", "post": "Presidenta"},
        "secretary": {"name": "Iñaki Muñoz Güell", "post": "Secretario técnico"},
        "attendance": [
            _present("María José Peñaloza Ibáñez", "Presidenta", "FECRECOOP", "titular"),
            _present("Iñaki Muñoz Güell", "Secretario técnico", "FECRECOOP", "titular"),
            _present("Rosa Quilodrán", "Encargada de difusión", "FECRECOOP", "suplente"),
            _present("Andrés Yáñez", "Subgerente de Fomento", "CORFO", "subrogante", "online"),
            _present("Sofía Ñancupil", "Ejecutiva técnica", "CORFO", "titular"),
            _present("Álvaro Ríos", "Relator", "", "invitada", "online"),
        ],
        "excuses": [
            {
                "name": "Cecilia Órdenes",
                "post": "Gerenta de Fomento",
                "institution": "CORFO",
                "reason": "Comisión de servicio",
            }
        ],
        "quorum": [
            {"institution": "FECRECOOP", "required": 2, "present": 3, "met": True},
            {"institution": "CORFO", "required": 2, "present": 2, "met": True},
        ],
        "agenda": [
            {
                "number": number,
                "title": f"Avance del plan de difusión, etapa {number}",
                "kind": ("informativo", "decidir", "seguimiento")[number % 3],
                "presenter": "Rosa Quilodrán",
                "minutes": 15,
            }
            for number in range(1, items + 1)
        ],
        "parts": [
            {
                "kind": "acta-anterior",
                "title": "Acta anterior",
                "text": "Se aprueba sin observaciones el Acta N° 2 de 2026.",
                "decisions": [],
            },
            *(
                {
                    "kind": "punto",
                    "title": f"Avance del plan de difusión, etapa {number}",
                    "text": _TEXT,
                    "decisions": [f"A-2026-03-{number:02}"],
                }
                for number in range(1, items + 1)
            ),
        ],
        "decisions": [
            {
                "number": f"A-2026-03-{number:02}",
                "text": "Realizar en terreno la charla de Ñuble, antes del 30 de abril, "
                f"con relatoría de ambas instituciones (etapa {number}).",
                "addressed_to": "CORFO" if number % 2 else "",
            }
            for number in range(1, items + 1)
        ],
        "commitments": [
            {
                "number": f"C-2026-03-{number:02}",
                "action": "Enviar el calendario de charlas con sus sedes confirmadas y cupos",
                "responsible": "Andrés Yáñez" if number % 2 else "",
                "institution": "CORFO" if number % 2 else "FECRECOOP",
                "owed_to": "FECRECOOP" if number % 2 else "CORFO",
                "due_on": "2026-03-27",
                "verification": "Correo con la planilla adjunta",
            }
            for number in range(1, commitments + 1)
        ],
        "followed": [
            {
                "number": "C-2026-02-01",
                "action": "Designar a quien responde consultas sobre garantías",
                "institution": "CORFO",
                "due_on": "2026-02-27",
                "state": "en_curso",
                "extensions": 2,
            }
        ],
        "next_meeting": "martes 14 de abril de 2026, 10:00 a 11:30 h",
        "annexes": [
            {
                "name": "Plan de difusión 2026.pdf",
                "sha256": hashlib.sha256(b"plan").hexdigest(),
            }
        ],
        "lobby": {"need": "yes", "folio": "AO001AW1234567"},
    }


def _present(
    name: str, post: str, institution: str, capacity: str, modality: str = "presencial"
) -> dict[str, str]:
    return {
        "name": name,
        "post": post,
        "institution": institution,
        "capacity": capacity,
        "modality": modality,
    }


def sha256(of: dict[str, Any]) -> str:
    """Return the hash of minutes as they are frozen."""
    text = json.dumps(of, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def approvals(of: dict[str, Any]) -> list[Signed]:
    """Return the approvals of both sides: one signed in, one by link."""
    return [
        _signed(
            of,
            ("María José Peñaloza Ibáñez", "Presidenta", "titular"),
            "Federación Chilena de Cooperativas",
            datetime(2026, 3, 16, 15, 4, 5, tzinfo=UTC),
            Method.SESSION,
        ),
        _signed(
            of,
            ("Andrés Yáñez", "Subgerente de Fomento", "subrogante"),
            "Corporación de Fomento de la Producción",
            datetime(2026, 3, 17, 1, 30, 0, tzinfo=UTC),
            Method.LINK,
        ),
    ]


def _signed(
    of: dict[str, Any],
    who: tuple[str, str, str],
    institution: str,
    at: datetime,
    method: Method,
) -> Signed:
    name, post, capacity = who
    return Signed(
        institution=institution,
        kind=ApprovalKind.APPROVAL,
        name=name,
        post=post,
        capacity=capacity,
        statement=statement(
            ApprovalKind.APPROVAL,
            name=name,
            post=post,
            institution=institution,
            label=of["label"],
            table=of["table"],
            sha256=sha256(of),
            method=method,
        ),
        content_sha256=sha256(of),
        at=at,
        method=method,
    )
