"""For whoever operates the application: does it live, is it ready, how much does it do."""

import hmac
from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from coopoutreach.platform.access.guard import public
from coopoutreach.platform.core import reactions, settings
from coopoutreach.platform.core.clock import utcnow
from coopoutreach.platform.core.errors import NotFound
from coopoutreach.platform.scheduler import health, queries
from coopoutreach.platform.scheduler.happenings import Figure, FiguresAsked
from coopoutreach.platform.web.loopback import is_local
from coopoutreach.platform.web.transaction import reading

bp = Blueprint("operations", __name__)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Say that the process lives: it asks nothing of anybody."""
    return _plain("ok\n")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Say whether all is well, or in a few words what is not: 503 if pages cannot be served."""
    try:
        found = health.examined(reading(), now=utcnow())
    except SQLAlchemyError:
        found = health.NO_DATABASE
    return _plain(*found.answer(serves_pages=True))


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Give the figures in Prometheus' text form, on this machine or to who has the token."""
    if not (is_local(request) or _has_token()):
        raise NotFound
    session, now = reading(), utcnow()
    answers = reactions.react(session, FiguresAsked(), now=now)
    others = (Figure(*answer) for answer in chain.from_iterable(answers))
    figures = [*_own_figures(session, now), *others]
    return Response(exposition(figures), content_type="text/plain; version=0.0.4; charset=utf-8")


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/plain; charset=utf-8")


def _has_token() -> bool:
    wanted = settings.current().metrics_token
    given = request.headers.get("Authorization", "")
    return bool(wanted) and hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode())


def _own_figures(session: Session, now: datetime) -> Iterable[Figure]:
    for failing in health.failures_in_a_row(queries.heartbeats(session)):
        labels = (("job", failing.job),)
        yield Figure("job_failures_in_a_row", "Since it went well.", failing.failures, labels)
    for beat in queries.last_runs(session):
        labels = (("job", beat.job),)
        ended = beat.finished_at or beat.started_at
        age = (now - ended).total_seconds()
        yield Figure("job_last_run_age_seconds", "Since the last run.", age, labels)
        yield Figure("job_succeeded", "1 if it ended well.", float(bool(beat.succeeded)), labels)
        yield Figure("job_last_count", "What it dealt with.", float(beat.count or 0), labels)


def exposition(figures: Iterable[Figure]) -> str:
    """Return figures in Prometheus' text form, those of one name together."""
    lines: dict[str, list[str]] = {}
    for figure in figures:
        name = f"coopoutreach_{figure.name}"
        head = [f"# HELP {name} {figure.help}", f"# TYPE {name} gauge"]
        labels = ",".join(f'{key}="{_escaped(value)}"' for key, value in figure.labels)
        lines.setdefault(name, head).append(
            f"{name}{{{labels}}} {figure.value:g}" if labels else f"{name} {figure.value:g}"
        )
    return "".join(f"{line}\n" for group in lines.values() for line in group)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
