"""Give and withdraw consents."""

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.db import insert_once
from coopoutreach.talks.consents import rules
from coopoutreach.talks.consents.errors import OtherWords
from coopoutreach.talks.consents.happenings import ConsentWithdrawn
from coopoutreach.talks.consents.models import Consent, ConsentText
from coopoutreach.talks.consents.rules import Purpose, Scope, Source, Wording


def give(  # noqa: PLR0913 (a consent has this many parts, and each call names them)
    session: Session,
    person: Person,
    scope: Scope,
    *,
    text_id: str,
    source: Source,
    actor: str,
    now: datetime,
) -> Consent:
    """Keep that somebody agreed to a purpose; doing it twice changes nothing more.

    `text_id` is what the form sent back: which words stood beside the box that was ticked.

    :raises OtherWords: if they are not the words in force
    """
    if not rules.agrees(scope.purpose, text_id):
        raise OtherWords("El texto de la autorización cambió. Léalo y marque la casilla de nuevo.")
    wording = rules.in_force(scope.purpose)
    _hold(session, person)
    if standing := _same(session, person, scope, wording):
        return standing
    consent = _add(session, person, scope, wording, source, now=now)
    audit.record(
        session,
        ("consent", consent.id),
        action="consent.given",
        actor=actor,
        now=now,
        after={"person": person.id, "text": wording.id, "event": scope.event_id},
    )
    return consent


def _add(
    session: Session,
    person: Person,
    scope: Scope,
    wording: Wording,
    source: Source,
    *,
    now: datetime,
) -> Consent:
    _keep_text(session, wording, now=now)
    consent = Consent(
        person=person,
        purpose=scope.purpose,
        event_id=scope.event_id,
        text_hash=wording.hash,
        given_at=now,
        channel=source.channel,
        network=source.network,
    )
    session.add(consent)
    session.flush()
    return consent


def withdraw(
    session: Session, person: Person, scope: Scope, *, source: Source, actor: str, now: datetime
) -> int:
    """End somebody's consents of a scope, in whatever words; return how many stood.

    What was kept because of them goes in the same transaction. Of an event, a consent to whatever
    event goes too, since it covered this one; of no event, all of the purpose.
    """
    _hold(session, person)
    wanted = _of(person, scope.purpose)
    if scope.event_id is not None:
        wanted = wanted.where(or_(Consent.event_id.is_(None), Consent.event_id == scope.event_id))
    ended = session.scalars(wanted).all()
    for consent in ended:
        consent.withdrawn_at = now
        consent.withdrawn_channel = source.channel
        consent.withdrawn_network = source.network
        audit.record(
            session,
            ("consent", consent.id),
            action="consent.withdrawn",
            actor=actor,
            now=now,
            before={"person": person.id, "event": consent.event_id},
        )
    session.flush()
    if ended:
        gone = ConsentWithdrawn(person.id, scope.purpose, scope.event_id)
        reactions.react(session, gone, now=now)
    return len(ended)


def _hold(session: Session, person: Person) -> None:
    """Hold the person's row, so that a double click gives one consent.

    Not so firmly that it would keep others from referring to it.
    """
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))


def _of(person: Person, purpose: Purpose) -> Select[Consent]:
    return select(Consent).where(
        Consent.person_id == person.id,
        Consent.purpose == purpose,
        Consent.withdrawn_at.is_(None),
    )


def _same(session: Session, person: Person, scope: Scope, wording: Wording) -> Consent | None:
    """Return the consent of just this scope that stands, given in these very words."""
    wanted = _of(person, scope.purpose).where(
        Consent.event_id.is_not_distinct_from(scope.event_id), Consent.text_hash == wording.hash
    )
    return session.scalars(wanted.limit(1)).one_or_none()


def _keep_text(session: Session, wording: Wording, *, now: datetime) -> None:
    values = {
        "hash": wording.hash,
        "purpose": wording.purpose,
        "version": wording.version,
        "text": wording.text,
        "since": now,
    }
    statement = insert_once(session, ConsentText, ("hash",), returning=ConsentText.hash)
    session.connection().execute(statement, values)
