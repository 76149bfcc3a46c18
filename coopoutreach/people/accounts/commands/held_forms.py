"""Keep what somebody had typed until they have signed in again."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coopoutreach.people.accounts.models import HeldForm, User
from coopoutreach.platform.core.links import digest

#: Whoever comes back later begins anew.
HELD_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent: where to, from which page, and its fields in their order."""

    path: str
    page: str
    fields: list[tuple[str, str]]
    had_files: bool = False


def hold_form(session: Session, account: str, typed: Typed, *, now: datetime) -> str | None:
    """Keep `typed` for the account of that number; return the secret that opens it.

    None if there is no such account.
    """
    user = session.get(User, int(account)) if account.isdecimal() else None
    if user is None:
        return None
    secret = secrets.token_urlsafe(24)
    session.add(
        HeldForm(
            token_hash=digest(secret),
            user_id=user.id,
            path=typed.path,
            page=typed.page,
            fields=[list(pair) for pair in typed.fields],
            had_files=typed.had_files,
            created_at=now,
            expires_at=now + HELD_FOR,
        )
    )
    return secret


def forget_held_forms(session: Session, *, now: datetime) -> int:
    """Delete those that nobody came back for; return how many."""
    result: Any = session.execute(delete(HeldForm).where(HeldForm.expires_at <= now))
    return int(result.rowcount)
