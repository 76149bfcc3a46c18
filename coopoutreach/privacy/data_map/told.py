"""What the software itself wrote about somebody where others will read it, and keeps for later.

These rows are somebody else's, or nobody's: erasing a person takes their name and address out of
them and leaves the rest. `STAYS` says where a name may stand after that, and on what ground.
"""

#: Columns of plain text, by table: whatever of a person stands there is replaced.
TOLD = {
    "digest_line": ("text",),
    "heartbeat": ("failure",),
    "inbox_outage": ("reason",),
    "outgoing_message": ("last_error",),
    "queue_pause": ("reason",),
}
#: Columns of sentences that are shown once, by table: one that names the person goes.
SHOWN_ONCE = {"user_session": ("flashes",)}
#: What others wrote or were sent that may name somebody. A person looks at what is found in texts
#: that go on being published (`queries.mentions`); the rest goes by its own time.
STAYS = {
    "outgoing_message.raw": "correo a otra persona; su texto se borra a los 30 días",
    "outgoing_message.subject": "correo a otra persona; se borra al año",
    "inbound_message.raw": "correo de otra persona; su texto se borra a los 30 días",
    "inbound_message.comment": "lo que otra persona escribió; se borra al año",
    "event.description": "texto publicado; quien responde la solicitud lo busca y lo corrige",
    "event.vevent": "calendario de ese texto: cambia con él",
    "event.vevent_invited": "calendario de ese texto: cambia con él",
    "speaker.name": "programa público; la coordinación lo cambia en la charla",
    "minutes_part.text": "el acta es prueba de lo acordado y no se puede alterar",
    "commitment.action": "constancia de lo que las instituciones se deben",
}
