"""Measure what is served: feeds, pages, registrations, and what the process weighs after it."""

import http.client
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bench import fill, stage
from bench.client import Client, Task
from bench.figures import Bound, Figure, judge, take_turns
from bench.floor import ETAG
from bench.stage import Engine, Place
from coopoutreach.platform.core.db import touch

EVENTS = 1000
#: Addresses of ours, by the names under which the floor hands out the same bytes.
PATHS = {"talk": "/charlas/medida-0", "list": "/charlas", "feed": "/calendario/charlas.ics"}
FORM = f"{PATHS['talk']}/inscripcion"
ROUND_SECONDS = 0.7
ROUNDS = 5
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Both:
    """Both servers, side by side, and who asks them."""

    place: Place
    client: Client
    ours: int
    floor: int
    #: Of each feed, by its path.
    etags: dict[str, str]
    #: The path of the private calendar of somebody with a place in every talk.
    private: str


@contextmanager
def both(engine: Engine, client: Client, *, now: datetime) -> Iterator[Both]:
    """Serve a thousand talks, and the bare application with the bytes that ours answers."""
    place = engine.place("pages")
    fill.talks(place.database, count=EVENTS, now=now)
    private = fill.follower(place.database, now=now)
    with stage.ours(place) as (port, _process):
        etags = _save(port, place.folder, {**PATHS, "private": private})
        with stage.floor(place, place.folder) as bare:
            yield Both(place, client, port, bare, etags, private)
    place.close()


def _save(port: int, folder: Path, paths: dict[str, str]) -> dict[str, str]:
    """Keep what we answer for the floor to hand out; return the ETags by path."""
    etags = {}
    for name, path in paths.items():
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", path)
        response = connection.getresponse()
        assert response.status == http.HTTPStatus.OK, path
        (folder / name).write_bytes(response.read())
        etags[path] = response.headers["ETag"]
        connection.close()
    return etags


def measure(engine: Engine, client: Client, *, now: datetime) -> Iterator[Figure]:
    """Yield the figures of what is served."""
    with both(engine, client, now=now) as servers:
        yield from feed(servers, Feed("feed", PATHS["feed"], "/feed"))
        yield from feed(servers, Feed("private feed", servers.private, "/private", warm=3))
        for name in ("talk", "list"):
            yield page(servers, name)
        yield registration(servers)


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar of ours, and the floor's beside it.

    The floor of a private one asks the database whether the address is still somebody's.
    """

    name: str
    path: str
    bare: str
    #: How much longer than the floor a kept one may take.
    warm: float = 2


def feed(both: Both, feed: Feed) -> Iterator[Figure]:
    """Yield the figures of one calendar of a thousand events."""
    yield cold_feed(both, feed)
    yield warm_feed(both, feed)
    yield unchanged_feed(both, feed)


def cold_feed(both: Both, feed: Feed) -> Figure:
    """Time a feed that is put together anew, against building it by the library each time."""

    def ours() -> float:
        with both.place.database.transaction() as session:
            touch(session)
        return 1000 / once(both, feed.path, both.ours)

    rounds = take_turns(ours, lambda: 1000 / once(both, "/built", both.floor), rounds=5)
    return judge(
        f"{feed.name} of 1,000 events, cold", both.place.engine, "ms", rounds, Bound(most=0.15)
    )


def once(both: Both, path: str, port: int) -> float:
    """Ask once over one connection; return how many a second that is."""
    task = Task("get", port, path, seconds=0, connections=1, most=1)
    return both.client.per_second(task)


def warm_feed(both: Both, feed: Feed) -> Figure:
    """Time a feed that is kept, one reader after the other, against a view of the same bytes."""
    ours = Task("get", both.ours, feed.path, ROUND_SECONDS, connections=1)
    bare = replace(ours, port=both.floor, path=feed.bare)
    return _time(both, f"{feed.name} of 1,000 events, warm", ours, bare, Bound(most=feed.warm))


def unchanged_feed(both: Both, feed: Feed) -> Figure:
    """Time a 304, against a bare view that answers one."""
    ours = Task(
        "get",
        both.ours,
        feed.path,
        ROUND_SECONDS,
        connections=1,
        headers=f"If-None-Match: {both.etags[feed.path]}\r\n",
        status=304,
    )
    headers = f"If-None-Match: {ETAG}\r\n"
    bare = replace(ours, port=both.floor, path=feed.bare, headers=headers)
    return _time(both, f"{feed.name} of 1,000 events, not modified", ours, bare, Bound(most=3))


def _time(both: Both, name: str, ours: Task, bare: Task, bound: Bound) -> Figure:
    rounds = take_turns(
        lambda: 1000 / both.client.per_second(ours),
        lambda: 1000 / both.client.per_second(bare),
        rounds=ROUNDS,
    )
    return judge(name, both.place.engine, "ms", rounds, bound)


def page(both: Both, name: str) -> Figure:
    """Count a page's answers a second to eight readers, against a view of the same bytes."""
    ours = Task("get", both.ours, PATHS[name], ROUND_SECONDS)
    bare = replace(ours, port=both.floor, path=f"/{name}")
    rounds = take_turns(
        lambda: both.client.per_second(ours),
        lambda: both.client.per_second(bare),
        rounds=ROUNDS,
    )
    shown = {"talk": "public talk page", "list": "public list of talks"}[name]
    return judge(shown, both.place.engine, "requests/s", rounds, Bound(least=0.25))


def registration(both: Both) -> Figure:
    """Count registrations a second, form and all, against a bare POST that stores as durably."""
    people = iter(range(0, 100_000_000, 100_000))

    def ours() -> float:
        task = Task("register", both.ours, FORM, 2 * ROUND_SECONDS, first=next(people))
        return both.client.per_second(task)

    def bare() -> float:
        task = Task("post", both.floor, "/register", 2 * ROUND_SECONDS, first=next(people))
        return both.client.per_second(task)

    rounds = take_turns(ours, bare, rounds=ROUNDS)
    name = "registration, GET and POST"
    return judge(name, both.place.engine, "registrations/s", rounds, Bound(least=1 / 3))


def weight(engine: Engine, client: Client, *, now: datetime) -> Figure:
    """Weigh web and worker in one process after all of this load; the floor is the bound itself."""
    place = engine.place("weight")
    fill.talks(place.database, count=EVENTS, now=now)
    with stage.ours(place, worker=True) as (port, process):
        for path in PATHS.values():
            client.do(Task("get", port, path, ROUND_SECONDS))
        client.do(Task("register", port, FORM, 6 * ROUND_SECONDS))
        for number in range(100):
            client.do(Task("get", port, f"/charlas/medida-{number}", 0, connections=1, most=1))
        status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    place.close()
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    assert found
    megabytes = int(found[1]) * 1024 / MEGABYTE
    name = "web and worker in one process, at its most"
    return judge(name, engine.name, "MB", [(megabytes, 150.0)], Bound(most=1))
