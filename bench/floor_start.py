"""The floor of starting: a bare Flask and SQLAlchemy application, served by the same server."""

import sys

import sqlalchemy as sa
from flask import Flask, render_template_string
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from waitress import create_server

_PAGE = "<ul>{% for thing in things %}<li>{{ thing.name }}</li>{% endfor %}</ul>"


class _Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=_Base)


class Thing(db.Model):  # type: ignore[name-defined]
    """A table, as any application has one."""

    __tablename__ = "floor_thing"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def main(port: int, database_url: str) -> None:
    """Serve one page that reads the database."""
    app = Flask("floor")
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    db.init_app(app)
    with app.app_context():
        db.create_all()

    @app.get("/")
    def page() -> str:
        things = db.session.scalars(sa.select(Thing)).all()
        return render_template_string(
            "<ul>{% for t in things %}<li>{{ t.name }}{% endfor %}</ul>", things=things
        )

    create_server(app, host="127.0.0.1", port=port, threads=8, ident="").run()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
