"""What the scheduler answers when somebody asks what must be dealt with."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.platform.audit import queries as audit
from coopoutreach.platform.core import spanish
from coopoutreach.platform.scheduler import health, queries, words
from coopoutreach.platform.scheduler.commands import CLOCK
from coopoutreach.platform.scheduler.happenings import AttentionAsked, Concern

#: For how long the board speaks of it.
_SHOWN = timedelta(hours=24)


def concerns(session: Session, asked: AttentionAsked, *, now: datetime) -> list[Concern]:
    """Return that jobs fail, or that the clock went back."""
    return [*_failing(session, now), *_clock(session, asked, now)]


def _failing(session: Session, now: datetime) -> list[Concern]:
    return [
        Concern(
            f"{words.WORDS.get(one.job, one.job)} desde {_since(one.since, now)}",
            f"Falló {one.failures} veces seguidas; se sigue intentando. El registro del servidor "
            f"dice por qué ({one.job}).",
            "/panel",
            "Avise a administración",
            serious=True,
        )
        for one in health.failing_jobs(session)
    ]


def _since(moment: datetime, now: datetime) -> str:
    """Return the hour, with its day unless that is today: «las 10:20», «el lun 1, a las 10:20»."""
    here = spanish.wall(moment)
    if here.date() == spanish.wall(now).date():
        return f"las {here:%H:%M}"
    return f"el {spanish.shortday(here)} a las {here:%H:%M}"


def _clock(session: Session, asked: AttentionAsked, now: datetime) -> list[Concern]:
    """Return that the clock went back: what is due waits, and links live longer than they say."""
    newest = asked.last_beat or queries.newest_heartbeat(session)
    ahead = newest is not None and newest - now > queries.CLOCK_TOLERANCE
    if not ahead and not _was_set_back_lately(session, now):
        return []
    return [
        Concern(
            "El reloj del servidor retrocedió",
            "Los recordatorios y los plazos se calculan con él.",
            "/panel",
            "Avise a administración",
            serious=True,
        )
    ]


def _was_set_back_lately(session: Session, now: datetime) -> bool:
    kind, number = CLOCK
    for entry in audit.entries_of(session, [(kind, [number])], limit=1):
        # By the clock as it was before, which may be right again.
        at = entry.at + timedelta(seconds=(entry.after or {}).get("seconds", 0))
        return now - at < _SHOWN
    return False
