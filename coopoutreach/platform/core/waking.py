"""Wake whoever has a job to do as soon as there is work for it, instead of at its next turn.

A command says which job its rows are for. When the transaction is kept, the workers of this process
are told, and on PostgreSQL, by NOTIFY in the same transaction, those of every other. Nobody relies
on it: a job finds its work in the database at its next turn all the same.
"""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.orm import Session

#: What PostgreSQL's workers listen to; the payload is the name of a job.
CHANNEL = "coopoutreach_work"
#: Under which name a session keeps the jobs that its transaction made work for.
_JOBS = "jobs_to_wake"

#: Called with the name of a job.
Waker = Callable[[str], None]
_wakers: list[Waker] = []
_NOTIFY = sa.text("SELECT pg_notify(:channel, :job)")


def wake(session: Session, job: str) -> None:
    """Have `job` run, wherever there is a worker, once this transaction is kept."""
    session.info.setdefault(_JOBS, set()).add(job)


def notify(session: Session) -> None:
    """Tell the workers of other processes; they hear of it when the transaction is committed."""
    if session.get_bind().dialect.name == "postgresql":
        for job in sorted(session.info.get(_JOBS, ())):
            session.execute(_NOTIFY, {"channel": CHANNEL, "job": job})


def taken(session: Session) -> set[str]:
    """Return the jobs that the session's transaction made work for, and forget them."""
    jobs: set[str] = session.info.pop(_JOBS, set())
    return jobs


def tell(jobs: set[str]) -> None:
    """Tell the workers of this process that there is work for `jobs`."""
    for waker in tuple(_wakers):  # a worker may stop meanwhile
        for job in jobs:
            waker(job)


def on_wake(waker: Waker) -> Callable[[], None]:
    """Call `waker` with the name of each job that there is work for; return what ends that."""
    _wakers.append(waker)

    def no_more() -> None:
        if waker in _wakers:
            _wakers.remove(waker)

    return no_more
