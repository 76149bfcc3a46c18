"""The floor of minutes: their rows read by plain statements, their Markdown rendered, no more.

`python -m bench.floor_minutes PORT`, with the database in the environment. Who asks, what they may
see and what somebody else typed meanwhile is nobody's business here.
"""

import sys
from datetime import UTC, datetime
from typing import Any

import nh3
import sqlalchemy as sa
from flask import Flask, jsonify, render_template_string, request
from markdown_it import MarkdownIt
from waitress import create_server

import config
import coopoutreach.cli  # noqa: F401 (it knows the model of every row)
from coopoutreach.committee.commitments.models import Commitment
from coopoutreach.committee.minutes.models import Decision, Minutes, MinutesPart, PartRevision
from coopoutreach.platform.core.db import connect
from coopoutreach.platform.web.serving import THREADS

_PAGE = """<!DOCTYPE html><html lang="es"><title>Acta</title><h1>Acta</h1>
{% for part in parts %}<h2>{{ part.title }}</h2>{{ part.html|safe }}
{% for one in decisions if one.part_id == part.id %}
<p>{{ one.number }} {{ one.text }}</p>{% endfor %}{% endfor %}
<table>{% for one in commitments %}
<tr><td>{{ one.number }}<td>{{ one.action }}<td>{{ one.due_on }}<td>{{ one.verification }}
{% endfor %}</table></html>"""


def create_app() -> Flask:
    """Return the bare application."""
    app = Flask("floor-minutes")
    database = connect(config.load().database_url)
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    parts, decisions, owed = (kind.__table__ for kind in (MinutesPart, Decision, Commitment))
    revisions = sa.inspect(PartRevision).local_table

    def html(text: str) -> str:
        return nh3.clean(markdown.render(text))

    @app.get("/minutes")
    def page() -> str:
        with database.engine.connect() as connection:
            minutes_id = connection.execute(sa.select(Minutes.id)).scalar_one()
            rows = connection.execute(
                sa.select(parts).where(parts.c.minutes_id == minutes_id).order_by(parts.c.position)
            ).all()
            decided = connection.execute(
                sa.select(decisions).where(decisions.c.minutes_id == minutes_id)
            ).all()
            owing = connection.execute(sa.select(owed).order_by(owed.c.number)).all()
        shown = [{"id": row.id, "title": row.title, "html": html(row.text)} for row in rows]
        return render_template_string(_PAGE, parts=shown, decisions=decided, commitments=owing)

    @app.post("/save")
    def save() -> Any:
        text, now = request.form["text"], datetime.now(UTC)
        writing = database.engine.execution_options(sqlite_begin="IMMEDIATE").begin()
        with writing as connection:
            part = connection.execute(
                sa.select(parts.c.id, parts.c.revision).where(parts.c.item_id.is_not(None)).limit(1)
            ).one()
            connection.execute(
                sa.update(parts)
                .where(parts.c.id == part.id)
                .values(text=text, revision=part.revision + 1, saved_at=now)
            )
            values = {"part_id": part.id, "number": 100_000 + part.revision, "text": text}
            connection.execute(
                sa.insert(revisions).values(**values, at=now, by="floor", aside=False)
            )
        return jsonify(revision=part.revision + 1, html=html(text))

    return app


def main(port: int) -> None:
    """Serve the bare application."""
    create_server(
        create_app(),
        host="127.0.0.1",
        port=port,
        threads=THREADS,
        ident="",
        clear_untrusted_proxy_headers=True,
    ).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
