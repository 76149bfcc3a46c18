"""The world that the samples of answers speak of, as `tests/data/imip/expected.json` tells it."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from coopoutreach.events import commands as events
from coopoutreach.events.models import Event, Invitee
from coopoutreach.events.rules import EventState, Standing
from coopoutreach.platform.core import settings as process_settings
from coopoutreach.platform.core.settings import Settings
from tests.factories import a_person, a_talk

FOLDER = Path(__file__).parents[1] / "data" / "imip"
TOLD: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
SAMPLES: dict[str, dict[str, Any]] = TOLD["samples"]
WORLD: dict[str, Any] = TOLD["world"]
NOW = datetime.fromisoformat(WORLD["now"])
#: What the samples' own server calls itself.
AUTHSERV_ID = "mx.fecrecoop.example.cl"


def sample(name: str) -> bytes:
    """Return the bytes of a sample."""
    return (FOLDER / name).read_bytes()


def of_the_world(settings: Settings) -> Settings:
    """Return settings as the world has them, and make them those of this process."""
    mailbox = f"FECRECOOP <{WORLD['organizer']}>"
    made = replace(settings, mail_from=mailbox)
    process_settings.install(made)
    return made


START = datetime(2026, 9, 10, 18, 0)


def load(session: Session, *, start: datetime = START) -> dict[str, Event]:
    """Add the events of the world with those invited; what recurs by a rule has no event here.

    Somebody's secret is that of the first event they are invited to: it opens no other.
    """
    secrets = {who["email"]: token[2:] for token, who in WORLD["tokens"].items()}
    people: dict[str, Any] = {}
    made = {}
    for uid, told in WORLD["events"].items():
        if "rrule" in told:
            continue
        talk = a_talk(  # type: ignore[no-untyped-call]  # of tests
            session,
            uid=uid,
            sequence=told["sequence"],
            wall_start=start,
            wall_end=start + timedelta(minutes=90),
            now=NOW - timedelta(days=10),
        )
        if told["status"] == "CANCELLED":
            talk.state = EventState.CANCELLED
        for email in told["attendees"]:
            person = people.get(email)
            if person is None:
                person = a_person(session, email=email)  # type: ignore[no-untyped-call]  # likewise
            people[email] = person
            invitee = events.invite(session, talk, person, standing=Standing.INVITED, now=NOW)
            _fill(invitee, told, email, secret=secrets.pop(email, None))
        made[uid] = talk
    session.flush()
    return made


def _fill(invitee: Invitee, told: dict[str, Any], email: str, *, secret: str | None) -> None:
    invitee.told_sequence = told["sequence"]
    if secret:
        invitee.reply_token = secret
    if email in told["last_reply"]:
        invitee.replied_sequence = told["sequence"]
        invitee.replied_stamp = datetime.fromisoformat(told["last_reply"][email])
