"""Measure minutes of twenty items with sixty commitments: the page, a save, and the PDF."""

import http.client
import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlencode

import typst
from factories import a_meeting, a_table
from sqlalchemy.orm import Session

from bench import fill, stage
from bench.client import Client, Task
from bench.figures import Bound, Figure, judge, take_turns
from bench.stage import Engine, Place
from coopoutreach.committee.meetings.models import AgendaItem, Meeting
from coopoutreach.committee.meetings.rules import ItemKind
from coopoutreach.committee.minutes import commands, content, pdf
from coopoutreach.committee.minutes.models import Minutes
from coopoutreach.committee.minutes.values import Owed
from coopoutreach.platform.core import spanish
from coopoutreach.platform.documents import typesetting

ITEMS, COMMITMENTS = 20, 60
ROUNDS = 5
#: The floor reads the same rows and renders the same Markdown. A page of ours asks besides who
#: reads, for which side and what they may see, and draws its frame: measured at 2.7 to 2.8 times
#: the floor on both engines. Where minutes are written there are three forms for each part: 3.7
#: to 4.5 times.
PAGE, EDITOR = Bound(most=4), Bound(most=6)
#: The floor stores the words as durably and renders them. A save of ours checks the form and the
#: person, compares with what somebody else typed, and reads the part back: 3.1 to 4.6 times.
SAVE = Bound(most=6)
#: The floor is the same compiler inside of this process, already warm. Ours starts anew each time,
#: with one thread, so that a bomb ends its own process and not the server: 1.7 to 2 times.
TYPESET = Bound(most=3)

TEXT = (
    "Se revisó el avance de la difusión con **ambas instituciones**. Doce charlas están "
    "confirmadas y dos esperan respuesta de la institución anfitriona.\n\n"
    "- la región de Ñuble pide una charla en terreno;\n- falta definir quién responde las "
    "consultas sobre _garantías_.\n\n| Región | Charlas |\n|---|--:|\n| Ñuble | 3 |\n| Aysén | 2 |"
)
ACTION = "Enviar el calendario de charlas con sus sedes confirmadas y los cupos de cada una"


def measure(engine: Engine, client: Client, *, now: datetime) -> Iterator[Figure]:
    """Yield the figures of one meeting's minutes."""
    place = engine.place("minutes")
    address = f"/reuniones/{written(place, now=now)}/acta"
    cookie = fill.signed_in(place.database, now=now)
    with stage.ours(place) as (port, _process), stage.floor_of_minutes(place) as bare:
        for name, path, bound in (
            ("page", "", PAGE),
            ("page on which they are written", "/editar", EDITOR),
        ):
            ours = Task("get", port, f"{address}{path}", 0, connections=1, headers=cookie, most=10)
            floor = Task("get", bare, "/minutes", 0, connections=1, most=10)
            rounds = take_turns(
                lambda ours=ours: 1000 / client.per_second(ours),
                lambda floor=floor: 1000 / client.per_second(floor),
                rounds=ROUNDS,
            )
            yield judge(_name(name), engine.name, "ms", rounds, bound)
        yield saving(engine, port, bare, address, cookie)
    yield typesetting_of(place)
    place.close()


def _name(what: str) -> str:
    return f"minutes of {ITEMS} items and {COMMITMENTS} commitments: {what}"


def written(place: Place, *, now: datetime) -> str:
    """Write the minutes of a meeting of yesterday; return the public id of the meeting."""
    start = (spanish.wall(now) - timedelta(days=1)).replace(
        hour=10, minute=0, second=0, microsecond=0, tzinfo=None
    )
    with place.database.transaction() as session:
        table = a_table(session)
        meeting = a_meeting(session, table.series, now=now, wall_start=start)
        for position in range(1, ITEMS + 1):
            session.add(_item(meeting, position, now=now))
        session.flush()
        minutes = commands.start(session, meeting, actor="user:1", now=now)
        _fill(session, minutes, (table.federation.id, table.corfo.id), now=now)
        return str(meeting.public_id)


def _item(meeting: Meeting, position: int, *, now: datetime) -> AgendaItem:
    return AgendaItem(
        meeting_id=meeting.id,
        position=position,
        kind=ItemKind.TO_DECIDE,
        title=f"Avance del plan de difusión, etapa {position}",
        minutes=5,
        created_at=now,
    )


def _fill(session: Session, minutes: Minutes, sides: tuple[int, int], *, now: datetime) -> None:
    parts = [part for part in minutes.parts if part.item_id is not None]
    due = (spanish.wall(now) + timedelta(days=20)).date()
    for part in parts:
        typed = commands.Typed(TEXT, part.revision)
        commands.save(session, part, typed, actor="user:1", now=now)
        commands.add_decision(
            session,
            part,
            "Realizar en terreno la charla de Ñuble, con relatoría de ambas instituciones.",
            addressed_to_id=None,
            actor="user:1",
            now=now,
        )
    for number in range(COMMITMENTS):
        party, owed_to = sides if number % 2 else sides[::-1]
        owed = Owed(ACTION, party, owed_to, None, due, "Correo con la planilla adjunta")
        part = parts[number % len(parts)]
        commands.add_commitment(session, part, owed, actor="user:1", now=now)


def saving(engine: Engine, port: int, bare: int, path: str, cookie: str) -> Figure:
    """Time one save of one part, as the page does it by itself, over a connection kept open."""
    ours, floor = _Writer(port, path, cookie), _Writer(bare, "", "")
    rounds = take_turns(
        lambda: 1000 * ours.save_many(20), lambda: 1000 * floor.save_many(20), rounds=ROUNDS
    )
    return judge(_name("a save of one"), engine.name, "ms", rounds, SAVE)


class _Writer:
    """Somebody who types: sends the words of one part again and again."""

    def __init__(self, port: int, path: str, cookie: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        name, _, value = cookie.strip().partition(": ")
        self._headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            **({name: value} if name else {}),
        }
        self._base, self._count, self._token = 1, 0, ""
        self._path = "/save"
        if path:
            page = self._ask("GET", f"{path}/editar", "")
            found = re.search(rf'action="({path}/partes/[\w-]+)"', page)
            token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)
            base = re.search(r'name="base"\s+value="(\d+)"', page[found.start() :] if found else "")
            assert found
            assert token
            assert base
            self._path, self._token, self._base = found[1], token[1], int(base[1])

    def save_many(self, count: int) -> float:
        """Save so many times; return how many seconds one took."""
        began = time.perf_counter()
        for _ in range(count):
            self._count += 1
            fields = {
                "csrf_token": self._token,
                "base": str(self._base),
                "text": f"{TEXT}\n\nLetra {self._count}.",
            }
            self._base = json.loads(self._ask("POST", self._path, urlencode(fields)))["revision"]
        return (time.perf_counter() - began) / count

    def _ask(self, method: str, path: str, body: str) -> str:
        self._connection.request(method, path, body, self._headers)
        response = self._connection.getresponse()
        text = response.read().decode()
        cookie = response.headers.get("Set-Cookie")
        if cookie and "Cookie" in self._headers:
            self._headers["Cookie"] += f"; {cookie.partition(';')[0]}"
        assert response.status == http.HTTPStatus.OK, text[:2000]
        return text


def typesetting_of(place: Place) -> Figure:
    """Time the PDF, against the same compiler at the same source inside of this process."""
    with place.database.reading() as session:
        said = content.compose(session, session.query(Minutes).one())
    document = "minutes/acta"
    times = count()

    def inside() -> float:
        # Other words each time: the compiler remembers what it saw.
        said["table"] = f"Mesa {next(times)}"
        data = json.dumps({**pdf.data_of(said, draft=True), "dated": said["date"]})
        with typesetting.staged(document) as root:
            began = time.perf_counter()
            typst.compile(
                str(root / f"{document}.typ"),
                root=str(root),
                font_paths=[str(typesetting.TYPEFACES)],
                ignore_system_fonts=True,
                sys_inputs={"data": data},
                format="pdf",
                pdf_standards=["a-2a", "ua-1"],
            )
            return 1000 * (time.perf_counter() - began)

    def ours() -> float:
        began = time.perf_counter()
        assert pdf.acta(said, draft=True).startswith(b"%PDF")
        return 1000 * (time.perf_counter() - began)

    inside()
    rounds = take_turns(ours, inside, rounds=ROUNDS)
    return judge(_name("PDF"), place.engine, "ms", rounds, TYPESET)
