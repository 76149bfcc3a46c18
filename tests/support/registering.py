"""Register as a browser does, over and over, and see what of it is there."""

import re
from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from coopoutreach.app import create_app
from coopoutreach.events.models import Invitee
from coopoutreach.mail.outgoing.models import OutgoingMessage
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit.models import Entry
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.db import Base, Database, connect
from coopoutreach.platform.core.settings import Settings
from coopoutreach.talks.registrations.models import Registration
from tests.factories import a_cooperative, a_talk

PATH = "/charlas/creditos/inscripcion"
SECURE = "https://localhost"


def a_talk_to_register_for(session: Session) -> None:
    """Add the talk of `PATH` and a cooperative."""
    a_talk(session, slug="creditos", capacity_room=500)  # type: ignore[no-untyped-call]  # of tests
    a_cooperative(session, public_id="cobre-alto")  # type: ignore[no-untyped-call]  # likewise


def an_app(settings: Settings, url: str) -> Flask:
    """Return an application over a database of its own, with the talk to register for."""
    database = connect(url)
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        a_talk_to_register_for(session)
    database.engine.dispose()
    made = replace(settings, database_url=url)
    process_settings.install(made)
    return create_app(made)


def hidden(page: str) -> dict[str, str]:
    """Return what a form of a page sends without being typed: its token and its key."""
    return dict(re.findall(r'name="(csrf_token|form_key)"\s+value="([^"]*)"', page))


def filled(page: str, email: str) -> dict[str, str]:
    """Return the form of a page, filled in for one person."""
    person = {"people-0-name": "Ana Núñez", "people-0-email": email}
    return {**hidden(page), "organisation": "cobre-alto", **person}


def blank(browser: FlaskClient) -> str:
    """Return the page with the form."""
    return browser.get(PATH, base_url=SECURE).text


def send(browser: FlaskClient, form: Mapping[str, str]) -> TestResponse:
    """Send the form."""
    headers = {"Referer": SECURE + PATH}
    return browser.post(PATH, data=form, headers=headers, base_url=SECURE)


def register(app: Flask, email: str) -> TestResponse:
    """Open the form in a new browser and send it for one person; return the last answer."""
    browser = app.test_client()
    page = browser.get(PATH, base_url=SECURE)
    return send(browser, filled(page.text, email)) if page.status_code == 200 else page


def kept(database: Database) -> list[int]:
    """Return how many registrations there are, and of what belongs to one."""
    tables = (Registration, Invitee, Person, OutgoingMessage)
    with database.reading() as session:
        counts = [session.scalar(sa.select(sa.func.count()).select_from(one)) for one in tables]
        registered = sa.select(sa.func.count()).where(Entry.action == "registration.requested")
        return [*(count or 0 for count in counts), session.scalar(registered) or 0]


def many(app: Flask, prefix: str, count: int) -> tuple[set[str], set[int]]:
    """Register so many; return the addresses that were told that they are in, and all codes."""
    told, codes = set(), set()
    for number in range(count):
        email = f"{prefix}{number}@coop.example"
        answer = register(app, email)
        codes.add(answer.status_code)
        if answer.status_code == 303:
            told.add(email)
        else:
            assert answer.headers["Retry-After"], answer.status_code
    return told, codes


def addresses(database: Database) -> set[str]:
    """Return the addresses of whoever is registered."""
    with database.reading() as session:
        return set(session.scalars(sa.select(Person.email).join(Invitee)))
