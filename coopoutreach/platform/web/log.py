"""Log lines: one a request and one an event, as JSON, with nothing in them that opens a door."""

import json
import logging
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog
from flask import g, has_request_context

from coopoutreach.platform.core import spanish
from coopoutreach.platform.core.clock import utcnow

#: The first words of our addresses: no secret ever stands there. Filled by `know`.
_first_words: set[str] = set()
#: Made once: `json.dumps` with options makes one at each call. Control characters are escaped,
#: and all that is not ASCII, so that a line stays a line whatever a value holds.
_encode = json.JSONEncoder(default=repr).encode
_quoted = json.encoder.encode_basestring_ascii


class _Lines:
    """Writes each line in one piece to wherever standard error is at that moment."""

    def msg(self, line: str) -> None:
        """Write one line."""
        sys.stderr.write(line + "\n")

    log = debug = info = warning = error = critical = exception = msg


#: Somebody reads along on a terminal; else a program does.
_reader: dict[str, bool] = {"is_a_person": False}


def configure() -> None:
    """Make every log line of this process JSON, or readable where a person reads along.

    Each says which request it is of, and none holds a secret.
    """
    _reader["is_a_person"] = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _of_request,
            *_rendering(for_people=_reader["is_a_person"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: _Lines(),
        # Tests that look at log lines put processors of their own in.
        cache_logger_on_first_use=False,
    )


def request_done(
    request_id: str, *, method: str, path: str, status: str, ms: float, address: str
) -> None:
    """Write the one line of a request; `path` is the rule that answered it, never its address.

    Without structlog and in one piece, because every page pays for it: 3 µs instead of 20.
    """
    now = utcnow()
    if _reader["is_a_person"]:
        here = spanish.wall(now)
        sys.stderr.write(f"{here:%H:%M:%S}  {method:<5}{status}  {ms:5.0f} ms  {path}\n")
        return
    at = now.isoformat(timespec="milliseconds")
    sys.stderr.write(
        f'{{"at": "{at}", "event": "request", "request_id": "{request_id}", '
        f'"method": {_quoted(method)}, "path": {_quoted(path)}, '
        f'"status": {status}, "ms": {ms:.1f}, "address": {_quoted(address)}}}\n'
    )


def _rendering(*, for_people: bool) -> list[Any]:
    """Return the last processors: they make a line of an event."""
    if for_people:
        return [
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            # Plain, whatever is installed: the pretty ones print the locals, which hold secrets,
            # and take seconds.
            structlog.dev.ConsoleRenderer(
                pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    return [structlog.processors.format_exc_info, _line]


def know(rules: Iterable[str]) -> None:
    """Let the log name the first word of these addresses, where nothing else may be said."""
    _first_words.update(rule.split("/")[1] for rule in rules)


def without_words(path: str) -> str:
    """Return what may be said of an address that is none of ours: its first word at the most.

    Anything else in it may be a secret that was typed, or written by a program, a little wrong:
    `/inscripciones//SECRET`, `/Inscripciones/SECRET`, `/./inscripciones/SECRET`.
    """
    first, slash, rest = path[1:].partition("/")
    if first not in _first_words:
        return "/…" if path != "/" else path
    return f"/{first}{'/…' if rest else slash}"


def _of_request(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if has_request_context() and "request_id" in g:
        event.setdefault("request_id", g.request_id)
    return event


def _line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    return _encode({"at": utcnow().isoformat(timespec="milliseconds"), **event})
