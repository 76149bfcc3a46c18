"""Answer `/healthz` and `/readyz` in a process that serves no pages, to this machine alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from sqlalchemy.exc import SQLAlchemyError

from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.scheduler import health

#: Nobody else's machine reaches it.
_HOST = "127.0.0.1"


@contextmanager
def answering(database: Database, port: int) -> Iterator[int]:
    """Answer while the block runs; yield the port, one that is free if `port` is 0.

    :raises OSError: when nobody may listen there
    """
    with ThreadingHTTPServer((_HOST, port), _handler(lambda: _readiness(database))) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(0.2,), name="probe", daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def _readiness(database: Database) -> tuple[str, int]:
    try:
        with database.reading() as session:
            found = health.examined(session, now=utcnow())
    except SQLAlchemyError:
        found = health.NO_DATABASE
    return found.answer(serves_pages=False)


def _handler(readiness: Callable[[], tuple[str, int]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        #: Nobody keeps a thread by saying nothing, in seconds.
        timeout = 5

        def do_GET(self) -> None:
            if self.path == "/healthz":
                self._say("ok\n", 200)
            elif self.path == "/readyz":
                self._say(*readiness())
            else:
                self._say("not found\n", 404)

        def _say(self, text: str, status: int) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_about: object) -> None:
            """Say nothing: it is asked every few seconds."""

    return Handler
