"""Read what came in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from coopoutreach.mail.incoming import rules
from coopoutreach.mail.incoming.models import InboundMessage, InboxOutage
from coopoutreach.mail.incoming.rules import Reason

#: Messages on a page.
PAGE = 25


@dataclass(frozen=True, slots=True)
class Page:
    """One page of messages, and how many there are in all."""

    messages: Sequence[InboundMessage]
    total: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(-(-self.total // PAGE), 1)


def outage(session: Session) -> InboxOutage | None:
    """Return since when the mailbox cannot be read, or None while it can."""
    return session.get(InboxOutage, 1)


def message_by_id(session: Session, message_id: int) -> InboundMessage | None:
    """Return one message, or None."""
    return session.get(InboundMessage, message_id)


def to_look_at() -> sa.ColumnElement[bool]:
    """Return what makes a message one that a person has to look at."""
    message = InboundMessage
    return sa.and_(
        message.seen_at.is_(None),
        sa.or_(
            message.waits,
            message.reason.in_(rules.TO_LOOK_AT),
            message.partstat == rules.DELEGATED,
        ),
    )


def waiting() -> sa.ColumnElement[bool]:
    """Return what makes a message one whose writer waits for somebody."""
    return sa.and_(InboundMessage.waits, InboundMessage.seen_at.is_(None))


def counts_to_look_at(session: Session) -> dict[Reason, int]:
    """Return how many messages a person has yet to look at, by reason, of those with no words."""
    rows = session.execute(
        sa.select(InboundMessage.reason, sa.func.count())
        .where(to_look_at(), InboundMessage.waits.is_(False))
        .group_by(InboundMessage.reason)
    )
    found: dict[Reason, int] = dict(rows.all())
    return found


def waiting_of_invitees(session: Session, *, event_id: int) -> dict[int, int]:
    """Return who of an event wrote and waits for somebody: the oldest message, by invitee."""
    message = InboundMessage
    rows = session.execute(
        sa.select(message.invitee_id, sa.func.min(message.id))
        .where(waiting(), message.event_id == event_id, message.invitee_id.is_not(None))
        .group_by(message.invitee_id)
    )
    return {number: oldest for number, oldest in rows if number is not None}


def who_waits(session: Session) -> tuple[int, int | None]:
    """Return how many people wrote and wait for somebody, and the oldest of their messages."""
    message = InboundMessage
    person = sa.func.coalesce(sa.cast(message.invitee_id, sa.String), message.sender)
    row = session.execute(
        sa.select(sa.func.count(sa.distinct(person)), sa.func.min(message.id)).where(waiting())
    ).one()
    return row[0], row[1]


def count_to_look_at(session: Session) -> int:
    """Return how many messages a person has yet to look at or to answer."""
    return session.scalar(sa.select(sa.func.count(InboundMessage.id)).where(to_look_at())) or 0


def messages(
    session: Session,
    *,
    reasons: Collection[Reason],
    unseen: bool,
    page: int,
    written: bool = False,
) -> Page:
    """Return what came in, the newest first: of these reasons, or what is to be looked at.

    `written`: what people wrote that nobody dealt with yet.
    """
    message = InboundMessage
    wanted: list[sa.ColumnElement[bool]] = []
    if reasons:
        wanted.append(message.reason.in_(reasons))
    if unseen:
        wanted.append(to_look_at())
    if written:
        wanted.append(waiting())
    found = session.scalars(
        sa.select(message)
        .where(*wanted)
        .order_by(message.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    total = session.scalar(sa.select(sa.func.count()).select_from(message).where(*wanted))
    return Page(found, total or 0)
