"""What people are told about what they may do for their cooperative."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.accounts import commands as accounts
from coopoutreach.accounts.models import LinkPurpose, User
from coopoutreach.accounts.notices import PATHS
from coopoutreach.core import settings, spanish
from coopoutreach.directory.models import Affiliation
from coopoutreach.messaging import commands as messaging
from coopoutreach.messaging.letters import Letter, Recipient


def deputy_named(
    session: Session, deputy: Affiliation, user: User, *, actor: str, now: datetime
) -> None:
    """Tell a deputy for whom, since when and until when; with a link to come in if they need one.

    Who never chose a password gets one that lets them, for seven days.
    """
    links = settings.current().links
    url = links.to("/ingresar/enlace")
    if user.password_hash is None:
        secret = accounts.invite(session, user, actor=actor, now=now)
        url = links.to(PATHS[LinkPurpose.INVITATION] + secret)
    deputed = deputy.deputy_for
    context = {
        "name": deputy.person.name,
        "cooperative": deputy.organisation.name,
        "deputed": deputed.person.name if deputed else "",
        "since": spanish.day(deputy.since) if deputy.since else "",
        "until": spanish.day(deputy.until) if deputy.until else "",
        "has_password": user.password_hash is not None,
        "url": url,
    }
    letter = Letter(
        key=f"directory/deputy_named:{deputy.id}",
        notice="directory/deputy_named",
        to=Recipient(deputy.person.name, user.email, deputy.person_id),
        context=context,
        not_after=now + timedelta(days=7),
    )
    messaging.owe(session, letter, now=now)


def access_ended(session: Session, affiliation: Affiliation, *, now: datetime) -> None:
    """Tell somebody that they register for an organisation no more, and whose what they did is."""
    letter = Letter(
        key=f"directory/access_ended:{affiliation.id}",
        notice="directory/access_ended",
        to=Recipient(affiliation.person.name, affiliation.person.email, affiliation.person_id),
        context={
            "name": affiliation.person.name,
            "organisation": affiliation.organisation.name,
            "registers": affiliation.organisation.is_cooperative,
        },
    )
    messaging.owe(session, letter, now=now)
