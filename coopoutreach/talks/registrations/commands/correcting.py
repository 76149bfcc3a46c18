"""Put right how somebody is called or where mail reaches them.

The right address gets all that still holds. A wrong one gets nothing more; if anything went there,
one withdrawal that names nobody. Its link and its calendars die (`docs/decisions/0020`).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.events import commands as events
from coopoutreach.events import mailboxes
from coopoutreach.events import notices as event_notices
from coopoutreach.mail.outgoing import commands as messaging
from coopoutreach.people.directory import commands as directory
from coopoutreach.people.directory import contact
from coopoutreach.people.directory import queries as people
from coopoutreach.people.directory.models import Person
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core import reactions
from coopoutreach.platform.core.text import search_key
from coopoutreach.talks.questions import commands as questions
from coopoutreach.talks.registrations import notices, queries
from coopoutreach.talks.registrations.commands import changing, handing
from coopoutreach.talks.registrations.happenings import AddressCorrected
from coopoutreach.talks.registrations.models import Registration
from coopoutreach.talks.registrations.request import Contact, Within
from coopoutreach.talks.talks import queries as talks

_MISADDRESSED = "El correo estaba mal escrito."


def correct_contact(
    session: Session,
    registration: Registration,
    right: Contact,
    *,
    within: Within,
    actor: str,
    now: datetime,
) -> Registration:
    """Correct somebody's name and address; return the registration that is theirs now.

    Somebody whom others know too, or whose right name and address are a person's already, is not
    changed for these: the place then goes to the right person, as one that is handed on.

    :raises WrongState: if the registration was given up
    :raises RegistrationClosed: if the talk has begun or is off
    :raises AlreadyRegistered: if the right person has a place in one of the talks already
    """
    person = registration.person
    concerned = _hold(session, registration, within=within, now=now)
    key = {"email_key": contact.email_key(right.email), "name_key": search_key(right.name)}
    other = people.find_person_by_key(session, **key)
    if other is person and (person.name, person.email) == (right.name, right.email):
        return registration
    may_edit = _may_edit(session, registration, key["email_key"], within=within)
    if may_edit and other in {None, person}:
        _edit(session, person, concerned, right, actor=actor, now=now)
        return registration
    right_person = directory.find_or_create_person(
        session, name=right.name, email=right.email, now=now
    )
    sees_all = within is Within.EVERYTHING
    passed = [
        _pass(session, one, right_person, sees_all=sees_all, actor=actor, now=now)
        for one in concerned
    ]
    _tell_calendars(session, person, actor=actor, now=now)
    return next((one for one in passed if one.transferred_from_id == registration.id), registration)


def _may_edit(
    session: Session, registration: Registration, email_key: str, *, within: Within
) -> bool:
    """Return whether those who correct may change the person, and not only who has the place."""
    if within is not Within.EVERYTHING:
        return not queries.is_known_elsewhere(session, registration, within=within)
    # The address of who speaks for an institution is not changed at the desk of a talk.
    person = registration.person
    return email_key == person.email_key or not people.has_voice(session, person)


def _hold(
    session: Session, registration: Registration, *, within: Within, now: datetime
) -> list[Registration]:
    """Hold the rows of the talks that are concerned; return what still stands in these."""
    found = queries.live_ahead_of(session, registration, within=within, now=now)
    # In one order, so that nobody waits for whoever waits for them.
    held = sorted({registration.talk_id, *(one.talk_id for one in found)})
    for talk_id in held:
        talks.lock_talk(session, talk_id)
    changing.hold(session, registration, now=now)
    found = queries.live_ahead_of(session, registration, within=within, now=now)
    return [one for one in found if one.talk_id in held]


def _edit(
    session: Session,
    person: Person,
    concerned: Sequence[Registration],
    right: Contact,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Change the person, and begin anew with each of their registrations if the address was it."""
    wrong = person.email
    directory.edit_person(session, person, name=right.name, email=right.email, actor=actor, now=now)
    if contact.email_key(wrong) == person.email_key:
        return
    # Those of talks that are over, too: their pages would now show the right address.
    events.revoke_links(session, person, actor=actor, now=now)
    for registration in concerned:
        registration.turn += 1
        _withdraw(session, registration, wrong, actor=actor, now=now)
        events.renew(session, registration.invitee, actor=actor, now=now)
        handing.tell(session, registration.talk, registration, now=now)
        _note(session, registration, registration, actor=actor, now=now)
    reactions.react(session, AddressCorrected(person.id, actor), now=now)


def _pass(
    session: Session,
    registration: Registration,
    person: Person,
    *,
    sees_all: bool,
    actor: str,
    now: datetime,
) -> Registration:
    """Let the right person have a place; return theirs, or the old one if it was given up."""
    talk = registration.talk
    taken = handing.pass_place(
        session, registration, person, sees_all=sees_all, actor=actor, now=now
    )
    if taken is None:
        handing.give_way(session, registration, person, actor=actor, now=now)
        return registration
    before = registration.invitee
    questions.transfer(session, before, to=taken.invitee, actor=actor, now=now)
    wrong = registration.person.email
    _withdraw(session, registration, wrong, actor=actor, now=now)
    events.renew(session, registration.invitee, actor=actor, now=now)
    handing.tell(session, talk, taken, now=now)
    _note(session, registration, taken, actor=actor, now=now)
    return taken


def _withdraw(
    session: Session, registration: Registration, wrong: str, *, actor: str, now: datetime
) -> None:
    talk, invitee = registration.talk, registration.invitee
    left = messaging.withdraw(session, invitee.id, reason=_MISADDRESSED, actor=actor, now=now)
    others = mailboxes.find(session, talk.id, contact.email_key(wrong)).without(invitee)
    is_kept = invitee.told_sequence is not None and event_notices.keep_entry(
        session, talk, mailbox=others, now=now
    )
    if left:
        notices.misaddressed(session, registration, address=wrong, is_kept=is_kept, now=now)


def _tell_calendars(session: Session, person: Person, *, actor: str, now: datetime) -> None:
    """Let the calendars of a person die who has nothing left that these may show."""
    if not queries.has_live(session, person.id):
        reactions.react(session, AddressCorrected(person.id, actor), now=now)


def _note(
    session: Session, registration: Registration, now_is: Registration, *, actor: str, now: datetime
) -> None:
    # Ids alone: the trail cannot be erased.
    audit.record(
        session,
        ("registration", registration.id),
        action="registration.corrected",
        actor=actor,
        now=now,
        after={"registration": now_is.id},
    )
