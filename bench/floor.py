"""The floors: the least that anybody would have to do for the same answers, written plainly.

`python -m bench.floor PORT FOLDER`, with the database and the rest in the environment. Served by
the same server with the same threads as we are.
"""

import sys
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path

import icalendar
import sqlalchemy as sa
from flask import Flask, Response, redirect, request
from waitress import create_server

import config
import coopoutreach.cli  # noqa: F401 (it knows the model of every row)
from bench import plain
from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.calendars.feeds.rules import PURPOSE
from coopoutreach.events.models import Event
from coopoutreach.mail.outgoing import mime, rendering
from coopoutreach.mail.outgoing.letters import Calendar
from coopoutreach.platform.core import settings
from coopoutreach.platform.core.db import Database, connect
from coopoutreach.platform.ics.entry import Method, Party
from coopoutreach.platform.ics.invitation import invitation
from coopoutreach.platform.web.serving import THREADS

#: What the pages that are handed out as bytes are called, and what they are.
TYPES = {
    "talk": "text/html; charset=utf-8",
    "list": "text/html; charset=utf-8",
    "feed": "text/calendar; charset=utf-8",
}
ETAG = '"floor"'
#: What a row of the bare registration holds: one message, and whether it was sent.
TABLE = sa.Table(
    "floor_message",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("recipient", sa.String, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
)


def feed_by_library(rows: sa.Result[tuple[Event]] | list[Event]) -> bytes:
    """Return a feed as the library builds it from events, each time anew."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//bench//ES")
    calendar.add("version", "2.0")
    for row in rows:
        event = icalendar.Event()
        event.add("uid", row.uid)
        event.add("sequence", row.sequence)
        event.add("dtstamp", row.revised_at)
        event.add("created", row.created_at)
        event.add("last-modified", row.revised_at)
        event.add("dtstart", row.starts_at)
        event.add("dtend", row.ends_at)
        event.add("summary", row.title)
        event.add("description", row.description)
        event.add("location", row.place)
        event.add("status", "CONFIRMED")
        event.add("transp", "OPAQUE")
        event.add("class", "PUBLIC")
        calendar.add_component(event)
    return calendar.to_ical()


def facts(name: str) -> dict[str, object]:
    """Return what the texts of an invitation are rendered from."""
    return {
        "name": name,
        "title": "Charla de carga",
        "when": "martes 15 de diciembre de 2026, 10:00 a 12:00 h",
        "place": "Sala de la Federación, Calle Uno 123",
        "join": "",
        "page": "http://127.0.0.1:8000/charlas/carga",
        "own_page": "http://127.0.0.1:8000/inscripciones/una-clave-de-prueba",
        "promoted": False,
        "changed": False,
        "room": "presencial",
    }


def message(kept: bytes, sender: str, name: str, address: str, now: datetime) -> bytes:
    """Return a registration's mail with its invitation, as the standard library writes it."""
    body = invitation(
        kept,
        method=Method.REQUEST,
        stamp=now,
        organizer=Party(*parseaddr(sender)),
        attendee=Party(name, address),
    )
    text = rendering.render("registrations/place_confirmed", facts(name))
    envelope = mime.Envelope(mime.message_id(address, sender), sender, name, address, now)
    return plain.write(envelope, text, Calendar(Method.REQUEST, body))


def create_app(folder: Path) -> Flask:
    """Return the bare application."""
    app = Flask("floor")
    current = config.load()
    settings.install(current)
    database = connect(current.database_url)
    with database.engine.begin() as connection:
        TABLE.metadata.create_all(connection)
    with database.reading() as session:
        kept = session.scalars(sa.select(Event.vevent_invited).order_by(Event.id).limit(1)).one()
    for name, content_type in TYPES.items():
        _hand_out(app, name, (folder / name).read_bytes(), content_type)
    _hand_out_privately(app, database, (folder / "private").read_bytes())

    @app.get("/built")
    def built() -> Response:
        with database.reading() as session:
            rows = session.scalars(sa.select(Event).order_by(Event.starts_at).limit(1000)).all()
            return Response(feed_by_library(list(rows)), content_type=TYPES["feed"])

    @app.post("/register")
    def register() -> object:
        name, address = request.form["people-0-name"], request.form["people-0-email"]
        raw = message(kept, current.mail_from, name, address, datetime.now(UTC))
        with database.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            connection.execute(sa.insert(TABLE), {"recipient": address, "raw": raw})
        return redirect("/done", 303)

    return app


def _hand_out(app: Flask, name: str, content: bytes, content_type: str) -> None:
    def view() -> Response:
        if request.headers.get("If-None-Match") == ETAG:
            return Response(status=304)
        return Response(content, content_type=content_type)

    app.add_url_rule(f"/{name}", name, view)


def _hand_out_privately(app: Flask, database: Database, content: bytes) -> None:
    """Hand out what is one person's: the least is to ask whether the address is still theirs."""
    wanted = sa.select(FeedAddress.nonce).where(FeedAddress.public_id == sa.bindparam("public_id"))
    with database.reading() as session:
        public_id = session.scalars(sa.select(FeedAddress.public_id)).one()

    @app.get("/private")
    def private() -> Response:
        with database.reading() as session:
            nonce = session.execute(wanted, {"public_id": public_id}).scalar_one()
        token = settings.current().links.token(PURPOSE, public_id, nonce)
        if not settings.current().links.matches(token, PURPOSE, nonce=nonce):
            return Response(status=404)
        if request.headers.get("If-None-Match") == ETAG:
            return Response(status=304)
        return Response(content, content_type=TYPES["feed"])


def main(port: int, folder: str) -> None:
    """Serve the bare application."""
    app = create_app(Path(folder))
    create_server(
        app,
        host="127.0.0.1",
        port=port,
        threads=THREADS,
        ident="",
        clear_untrusted_proxy_headers=True,
    ).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
