"""Let somebody speak for an institution: because it says so, or the administration does.

A post that the coordination writes down gives no word (`docs/decisions/0032`).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.people.accounts import queries as account_queries
from coopoutreach.people.accounts.models import User
from coopoutreach.people.directory import notices, queries
from coopoutreach.people.directory.commands.people import record
from coopoutreach.people.directory.errors import PostEnded, VouchRefused
from coopoutreach.people.directory.models import Affiliation, Person
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.links import new_nonce
from coopoutreach.platform.core.spanish import wall

#: Roles of the federation's own people.
_STAFF = frozenset({Role.COORDINATION, Role.ADMINISTRATION})


def ask_to_vouch(session: Session, post: Affiliation, *, actor: str, now: datetime) -> int:
    """Ask the people who speak for an institution whether somebody may too; return how many.

    :raises PostEnded: if the post is over
    :raises VouchRefused: if they speak for it already, may not, or nobody there can be asked
    """
    check_may_speak(session, post, now=now)
    asked = [
        one
        for one in queries.vouched_posts_at(session, post.organisation, today=wall(now).date())
        if one.person_id != post.person_id
    ]
    if not asked:
        raise VouchRefused(
            f"Todavía nadie habla por {post.organisation.short_name}: pídalo a la administración."
        )
    post.vouch_nonce = new_nonce()
    session.flush()
    people = {one.person_id: one.person for one in asked}
    for person in people.values():
        notices.vouch_asked(session, post, person, now=now)
    record(
        session, post, "affiliation.vouch_asked", actor=actor, now=now, after={"of": len(people)}
    )
    return len(people)


def vouch(session: Session, post: Affiliation, *, actor: str, now: datetime) -> None:
    """Let somebody speak for the institution of their post, and tell its people.

    Whoever calls has made sure that the institution says so, or the administration.

    :raises PostEnded: if the post is over
    :raises VouchRefused: if they speak for it already, or may not
    """
    check_may_speak(session, post, now=now)
    notices.voice_changed(session, post, "given", now=now)
    post.vouched_at, post.vouched_by, post.vouch_nonce = now, actor, None
    session.flush()
    record(session, post, "affiliation.vouched", actor=actor, now=now)


def refuse_to_vouch(session: Session, post: Affiliation, *, actor: str, now: datetime) -> None:
    """Say that somebody does not speak for the institution: the links that asked are dead."""
    post.vouch_nonce = None
    record(session, post, "affiliation.vouch_refused", actor=actor, now=now)


def take_voice(session: Session, post: Affiliation, *, actor: str, now: datetime) -> None:
    """Let somebody speak for the institution no more; its people are told. Twice is once."""
    if post.vouched_at is None:
        return
    notices.voice_changed(session, post, "taken", now=now)
    post.vouched_at = post.vouched_by = post.vouch_nonce = None
    session.flush()
    record(session, post, "affiliation.voice_taken", actor=actor, now=now)


def check_may_speak(session: Session, post: Affiliation, *, now: datetime) -> None:
    """Refuse to go on where somebody speaks for the institution already, or may not.

    :raises PostEnded: if the post is over
    :raises VouchRefused: if they are staff of another party, or speak for another institution
    """
    if post.until is not None:
        raise PostEnded
    if post.organisation.is_cooperative:
        raise VouchRefused("En una cooperativa se da acceso: no hay nada que confirmar.")
    if post.vouched_at is not None:
        raise VouchRefused("Esa persona ya habla por su institución.")
    other = queries.vouched_elsewhere(session, post, today=wall(now).date())
    if other is not None:
        raise VouchRefused(
            f"Esa persona, o alguien con su correo, ya habla por {other.organisation.short_name}. "
            "Nadie habla por dos instituciones."
        )
    if _is_staff(session, post.person) and queries.is_counterparts(session, post.organisation):
        raise VouchRefused(
            "Esa persona tiene una cuenta de la federación: no puede hablar por "
            f"{post.organisation.short_name}."
        )


def _is_staff(session: Session, person: Person) -> bool:
    """Return whether an account of the federation is theirs, or of their address."""
    of_person = session.get(User, person.user_id) if person.user_id is not None else None
    of_address = account_queries.user_by_email(session, person.email)
    return any(user is not None and user.role in _STAFF for user in (of_person, of_address))
