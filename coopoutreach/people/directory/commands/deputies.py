"""Let somebody of the cooperative register people in another's place, for a time."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.people.directory import changes, notices, queries
from coopoutreach.people.directory.commands.access import account_for
from coopoutreach.people.directory.commands.people import record
from coopoutreach.people.directory.errors import DeputyRefused
from coopoutreach.people.directory.models import Affiliation, Person
from coopoutreach.people.directory.rules import DEPUTY, Access, Period
from coopoutreach.platform.core.spanish import wall

#: Somebody who stands in for longer holds the post: the administration gives them its access.
LONGEST = timedelta(days=180)
_REGISTERS = frozenset({Access.REGISTRAR, Access.MANAGER})


def name_deputy(
    session: Session,
    deputed: Affiliation,
    person: Person,
    period: Period,
    *,
    actor: str,
    now: datetime,
) -> Affiliation:
    """Let somebody who holds a post in the cooperative register for it for a time.

    It begins and ends by itself. Who is stood in for keeps their own access.

    :raises DeputyRefused: if they may register already, hold no post there, or for no such time
    :raises AccessRefused: if the account of their address cannot be theirs
    """
    _check(session, deputed, person, period, today=wall(now).date())
    user = account_for(session, person, Access.REGISTRAR, actor=actor, now=now)
    person.user_id = user.id
    made = Affiliation(
        person=person,
        organisation=deputed.organisation,
        post=DEPUTY,
        access=Access.REGISTRAR,
        deputy_for=deputed,
        since=period.since,
        until=period.until,
    )
    session.add(made)
    session.flush()
    record(
        session,
        made,
        "affiliation.deputy_named",
        actor=actor,
        now=now,
        after={"person": person.id, "deputy_for": deputed.id, "until": period.until.isoformat()},
    )
    notices.deputy_named(session, made, user, actor=actor, now=now)
    return made


def end_deputy(session: Session, deputy: Affiliation, *, actor: str, now: datetime) -> None:
    """End somebody's standing in, at once.

    :raises DeputyRefused: if they stand in for nobody, or no longer
    """
    today = wall(now).date()
    over = deputy.until is not None and deputy.until < today
    if deputy.deputy_for_id is None or over or deputy.access is Access.NONE:
        raise DeputyRefused("Esa suplencia ya terminó.")
    notices.access_ended(session, deputy, now=now)
    before, after = changes.apply(
        deputy, {"until": max(today, deputy.since or today), "access": Access.NONE}
    )
    record(
        session,
        deputy,
        "affiliation.deputy_ended",
        actor=actor,
        now=now,
        before=before,
        after=after,
    )


def _check(
    session: Session, deputed: Affiliation, person: Person, period: Period, *, today: date
) -> None:
    _check_period(period, today=today)
    posts = queries.posts_of(session, person, deputed.organisation)
    held = [post for post in posts if _stands(post, today)]
    if deputed.access not in _REGISTERS or not _stands(deputed, today):
        raise DeputyRefused("Esa persona ya no inscribe por la cooperativa.", field="deputed")
    if person.id == deputed.person_id:
        raise DeputyRefused("Elija a otra persona: nadie se suple a sí mismo.", field="deputy")
    if not any(post.deputy_for_id is None for post in held):
        raise DeputyRefused("La suplencia es para quien ya tiene un cargo aquí.", field="deputy")
    if any(post.access in _REGISTERS for post in posts if _overlaps(post, period)):
        raise DeputyRefused("Esa persona ya puede inscribir en esas fechas.", field="deputy")


def _check_period(period: Period, *, today: date) -> None:
    if period.since < today:
        raise DeputyRefused("La suplencia empieza hoy o después.", field="since")
    if period.until < period.since:
        raise DeputyRefused("El último día va después del primero.", field="until")
    if period.until - period.since > LONGEST:
        raise DeputyRefused(
            f"Una suplencia dura a lo más {LONGEST.days} días. Para más tiempo, pida a la "
            "coordinación que le dé acceso.",
            field="until",
        )


def _stands(post: Affiliation, today: date) -> bool:
    begun = post.since is None or post.since <= today
    return begun and (post.until is None or post.until >= today)


def _overlaps(post: Affiliation, period: Period) -> bool:
    begins = post.since is None or post.since <= period.until
    return begins and (post.until is None or post.until >= period.since)
