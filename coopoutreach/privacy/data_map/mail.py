"""Mail that goes out and comes in, and the addresses that get none."""

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
    of_address,
    of_inbound,
    of_messages,
    of_suppressions,
)

MESSAGE = Personal(
    "outgoing_message",
    "Correos que se le enviaron",
    Purpose.ORGANISE,
    Kept.MAIL_HEAD,
    {
        "recipient": Column("correo", Put("")),
        "recipient_name": Column("nombre", Put("")),
        "subject": Column("asunto", Put("")),
        "raw": Column("", Put(b"")),
        "person_id": Column("", LINKS),
        "last_error": Column("lo que dijo el servidor", Put()),
        "notice": Column("aviso", COUNTS),
        "category": Column("clase", COUNTS),
        "state": Column("estado", COUNTS),
        "created_at": Column("escrito", COUNTS),
        "sent_at": Column("entregado", COUNTS),
    },
    of_messages,
    plain="id key message_id priority event_id invitee_id not_before not_after due_at attempts "
    "faults patient lease_token last_code last_phase purged_at",
    origin="El sistema, al avisar",
    differs={"raw": Kept.MAIL_BODY},
)
INBOUND = Personal(
    "inbound_message",
    "Correos recibidos",
    Purpose.ORGANISE,
    Kept.MAIL_HEAD,
    {
        "received_at": Column("recibido", COUNTS),
        "sender": Column("de", Put("")),
        "subject": Column("asunto", Put("")),
        "action": Column("efecto", COUNTS),
        "reason": Column("motivo", COUNTS),
        "attendee": Column("de parte de", Put("")),
        "partstat": Column("respuesta", COUNTS),
        "comment": Column("comentario", Put("")),
        "waits": Column("", Put(value=False)),
        "text": Column("texto", Put("")),
        "attachments": Column("archivos", Put([])),
        "thread": Column("", Put("")),
        "explained": Column("", Put({})),
        "raw": Column("", Put()),
    },
    of_inbound,
    plain="id message_hash body_hash uid event_id invitee_id purged_at seen_at",
    origin="La persona, por correo",
    differs={"raw": Kept.MAIL_BODY, "text": Kept.WRITTEN, "attachments": Kept.WRITTEN},
)
HELD_ADDRESS = Personal(
    "held_address",
    "Correo que no existe según el servidor",
    Purpose.ORGANISE,
    Kept.MAIL_HEAD,
    {
        "address": Column("correo", Put("")),
        "since": Column("desde", COUNTS),
        "reason": Column("motivo", Put("")),
        "released_at": Column("liberado", COUNTS),
    },
    of_address("address"),
    deletes=True,
    origin="El servidor de correo",
)
SUPPRESSION = Personal(
    "suppression",
    "No quiere avisos que no sean de su inscripción",
    Purpose.PROOF,
    Kept.NEVER,
    {
        "address_hash": Column(
            "", Keep("para no volver a escribirle: un resumen, del que no se lee la dirección")
        ),
        "since": Column("desde", COUNTS),
        "cause": Column("motivo", COUNTS),
    },
    of_suppressions,
    origin="La persona",
)
