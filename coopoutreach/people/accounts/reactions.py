"""What accounts answer when somebody asks what must be dealt with."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from coopoutreach.people.accounts.models import User
from coopoutreach.platform.audit import queries as audit
from coopoutreach.platform.core import spanish
from coopoutreach.platform.scheduler.happenings import AttentionAsked, Concern

#: So many refused pages in so long are nobody's mistake: an account walks through addresses.
_MANY = 60
_LATELY = timedelta(minutes=10)
#: For how long the board speaks of it.
_SHOWN = timedelta(hours=24)


def concerns(session: Session, _asked: AttentionAsked, *, now: datetime) -> list[Concern]:
    """Return the accounts that asked for many pages that are not theirs."""
    found = []
    for actor, count in audit.bursts_of_refusals(
        session, since=now - _SHOWN, within=_LATELY, many=_MANY
    ):
        number = actor.removeprefix("user:")
        user = session.get(User, int(number)) if number.isdigit() else None
        found.append(
            Concern(
                f"Una cuenta pidió {spanish.integer(count)} páginas que no son suyas",
                f"{user.name}, {user.email}." if user else actor,
                "/panel",
                "Avise a administración",
                serious=True,
            )
        )
    return found
