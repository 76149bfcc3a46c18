"""What is kept of what people did and were told: accounts, mail, proof and the trail."""

import sqlalchemy as sa

from coopoutreach.privacy.data_map.authored import authored
from coopoutreach.privacy.data_map.kinds import (
    COUNTS,
    LINKS,
    Column,
    Keep,
    Kept,
    Personal,
    Purpose,
    Put,
)
from coopoutreach.privacy.data_map.owners import (
    by_person,
    by_user,
    named,
    of_address,
    of_erasures,
    of_feeds,
    of_trail,
)
from coopoutreach.privacy.data_map.people import NOBODY, NOWHERE

_PROOF = Keep("prueba de lo que la persona pidió o aceptó (arts. 11 y 12)")
_TRAIL = Keep("registro de seguridad que no se puede alterar; no guarda nombres ni correos")


def _unique_account(rows: sa.Table) -> sa.ColumnElement[str]:
    return sa.literal("cuenta-") + sa.cast(rows.c.id, sa.String) + sa.literal(f"@{NOWHERE}")


ACCOUNT = Personal(
    "user_account",
    "Cuenta",
    Purpose.SECURITY,
    Kept.ACCOUNT,
    {
        "email": Column("correo", Put(_unique_account)),
        "name": Column("nombre", Put(NOBODY)),
        "role": Column("rol", COUNTS),
        "password_hash": Column("", Put()),
        "active": Column("abierta", Put(value=False)),
        "created_at": Column("creada", COUNTS),
        "last_sign_in_at": Column("última entrada", Put()),
    },
    by_user("id"),
    plain="id",
    origin="La persona, o quien le dio acceso",
)
SESSION = Personal(
    "user_session",
    "Sesiones abiertas",
    Purpose.SECURITY,
    Kept.SESSION,
    {
        "token_hash": Column("", Put()),
        "user_id": Column("", LINKS),
        "created_at": Column("abierta", COUNTS),
        "last_seen_at": Column("usada", COUNTS),
        "confirmed_at": Column("confirmada", COUNTS),
        "expires_at": Column("vence", COUNTS),
        "address": Column("dirección de red", Put("")),
        "browser": Column("navegador", Put("")),
        "flashes": Column("", Put()),
    },
    by_user(),
    plain="id",
    deletes=True,
    origin="El navegador con que se entró",
)
HELD_FORM = Personal(
    "held_form",
    "Formularios sin enviar",
    Purpose.SECURITY,
    Kept.HOUR,
    {
        "token_hash": Column("", Put()),
        "user_id": Column("", LINKS),
        "path": Column("", Put("")),
        "page": Column("página", Put("")),
        "fields": Column("lo escrito", Put()),
        "had_files": Column("", COUNTS),
        "created_at": Column("guardado", COUNTS),
        "expires_at": Column("vence", COUNTS),
    },
    by_user(),
    plain="id",
    deletes=True,
    origin="La persona, al enviar un formulario cuando su sesión había terminado",
)
SIGN_IN_LINK = Personal(
    "sign_in_link",
    "Enlaces para entrar",
    Purpose.SECURITY,
    Kept.SESSION,
    {
        "token_hash": Column("", Put()),
        "purpose": Column("para", COUNTS),
        "user_id": Column("", LINKS),
        "created_at": Column("pedido", COUNTS),
        "expires_at": Column("vence", COUNTS),
        "used_at": Column("usado", COUNTS),
        "browser_hash": Column("", Put()),
    },
    by_user(),
    plain="id",
    deletes=True,
    origin="La persona, al pedirlo",
)
FEED = Personal(
    "feed_address",
    "Calendarios privados",
    Purpose.ORGANISE,
    Kept.FEED,
    {
        "nonce": Column("", Put()),
        "user_id": Column("", LINKS),
        "person_id": Column("", LINKS),
        "scope": Column("alcance", COUNTS),
        "organisation_id": Column(
            "organización", LINKS, named("organisation_id", "organisation", "name")
        ),
        "series_id": Column("mesa", LINKS, named("series_id", "meeting_series", "name")),
        "regions": Column("regiones", COUNTS),
        "formats": Column("formatos", COUNTS),
        "created_at": Column("creado", COUNTS),
        "renewed_at": Column("renovado", COUNTS),
        "revoked_at": Column("anulado", COUNTS),
        "last_used_at": Column("último uso", COUNTS),
        "last_program": Column("programa", Put("")),
    },
    of_feeds,
    plain="id public_id",
    deletes=True,
    origin="La persona, al suscribirse",
)
CONSENT = Personal(
    "consent",
    "Consentimientos",
    Purpose.PROOF,
    Kept.CONSENT,
    {
        "person_id": Column("", LINKS),
        "purpose": Column("finalidad", _PROOF),
        "event_id": Column("actividad", _PROOF, named("event_id", "event", "title")),
        "text_hash": Column("texto", _PROOF, named("text_hash", "consent_text", "text", "hash")),
        "given_at": Column("dado", _PROOF),
        "channel": Column("por", _PROOF),
        "network": Column("red", Put("")),
        "withdrawn_at": Column("retirado", _PROOF),
        "withdrawn_channel": Column("retirado por", _PROOF),
        "withdrawn_network": Column("red al retirar", Put("")),
    },
    by_person(),
    plain="id",
)
_CASE = Keep("prueba de que se respondió dentro de plazo (art. 11)")
CASE = Personal(
    "data_case",
    "Solicitudes sobre sus datos",
    Purpose.PROOF,
    Kept.CASE,
    {
        "person_id": Column("", LINKS),
        "name": Column("nombre", _CASE),
        "email": Column("correo", _CASE),
        "right": Column("derecho", _CASE),
        "details": Column("detalle", _CASE),
        "state": Column("estado", _CASE),
        "received_at": Column("recibida", _CASE),
        "verified_at": Column("confirmada", _CASE),
        "due_on": Column("plazo", _CASE),
        "extended_at": Column("prorrogada", _CASE),
        "extension_reason": Column("motivo de la prórroga", _CASE),
        "answered_at": Column("respondida", _CASE),
        "answer": Column("respuesta", _CASE),
    },
    of_address("email", person="person_id"),
    plain="id public_id nonce answered_by alerted_day",
    origin="La persona",
)
ENTRY = Personal(
    "audit_entry",
    "Registro de cambios",
    Purpose.SECURITY,
    Kept.TRAIL,
    {
        "at": Column("cuándo", _TRAIL),
        "actor": Column("quién", _TRAIL),
        "action": Column("qué", _TRAIL),
        "thing_kind": Column("de qué", _TRAIL),
        "thing_id": Column("número", _TRAIL),
        "before": Column("antes", _TRAIL),
        "after": Column("después", _TRAIL),
        "address": Column("", _TRAIL),
    },
    of_trail,
    plain="id",
    origin="El sistema, al hacerse cada cambio",
)
ERASURE = Personal(
    "erasure",
    "Borrados",
    Purpose.PROOF,
    Kept.NEVER,
    {"person_hash": Column("", Keep("para repetir el borrado si se recupera un respaldo"))},
    of_erasures,
    plain="id at case_id",
    origin="El sistema",
)


MATERIAL = authored(
    "material",
    "Materiales que subió",
    "created_by",
    "id public_id talk_id position kind title url stored_as file_name media_type size sha256 "
    "audience release created_at",
)
TEMPLATE = authored(
    "message_template",
    "Textos de correos que escribió",
    "created_by",
    "id notice event_id version subject body created_at",
)
DECISION = authored(
    "seat_decision",
    "Asignaciones de cupos que hizo",
    "actor",
    "id talk_id at cause rooms limit_per_cooperative waiting seats_before given",
)
