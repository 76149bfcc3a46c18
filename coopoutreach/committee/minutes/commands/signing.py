"""Sign minutes off and approve them, for an institution: once, and one same text."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import notices, queries
from coopoutreach.committee.minutes.commands.guarding import move
from coopoutreach.committee.minutes.errors import Locked, NotNow, NotTypeset, NotYours, TextChanged
from coopoutreach.committee.minutes.models import Approval, Minutes, ReviewLink
from coopoutreach.committee.minutes.queries import Reviewer
from coopoutreach.committee.minutes.rules import (
    LOCKED,
    REVIEWED,
    ApprovalKind,
    Method,
    State,
    label,
    reached,
    statement,
)
from coopoutreach.people.directory.models import Organisation
from coopoutreach.platform.audit import commands as audit

#: Letters and digits that nobody takes for one another when a code is read aloud.
_CODE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, which text they saw, from where and how.

    `typeset` is the hash of the text of which a PDF was made just now; needed to approve.
    """

    reviewer: Reviewer
    seen_sha256: str
    method: Method
    address: str = ""
    link: ReviewLink | None = None
    typeset: str = ""


def sign_off(
    session: Session, minutes: Minutes, signature: Signature, *, actor: str, now: datetime
) -> bool:
    """Sign minutes off («visar») for an institution; return whether it had not been done.

    :raises NotNow: if they are not in review
    :raises TextChanged: if they say something else than what was seen
    """
    return _sign(session, minutes, signature, ApprovalKind.SIGN_OFF, actor=actor, now=now)


def approve(
    session: Session, minutes: Minutes, signature: Signature, *, actor: str, now: datetime
) -> bool:
    """Approve minutes for an institution; return whether it had not been done.

    Whoever approves signs off too. Once every party approved one same text, it is locked.

    :raises NotYours: if the person may not approve for the institution
    :raises NotNow: if they are not in review
    :raises TextChanged: if they say something else than what was seen
    :raises NotTypeset: if nobody saw to it that a PDF can be made of them
    """
    return _sign(session, minutes, signature, ApprovalKind.APPROVAL, actor=actor, now=now)


def approve_by_silence(
    session: Session, minutes: Minutes, *, typeset: str, actor: str, now: datetime
) -> int:
    """Take the silence of parties for their word; return for how many it was taken.

    Only where the table agreed to that, and once the period is over; and only of the text of which
    a PDF was made, whose hash `typeset` is.

    :raises NotTypeset: if it was made of another, or of none
    """
    minutes = queries.lock(session, minutes)
    if not queries.is_silence_over(minutes, now=now):
        return 0
    if typeset != minutes.content_sha256:
        raise NotTypeset
    count = 0
    for party in queries.parties(session, minutes.meeting):
        missing = [kind for kind in ApprovalKind if not _given(minutes, party.id, kind)]
        for kind in missing:
            _add(session, minutes, _of_silence(minutes, party, kind, now=now))
        count += bool(missing)
    _count(session, minutes, actor=actor, now=now)
    return count


def _sign(
    session: Session,
    minutes: Minutes,
    signature: Signature,
    kind: ApprovalKind,
    *,
    actor: str,
    now: datetime,
) -> bool:
    minutes = queries.lock(session, minutes)
    who = signature.reviewer
    if kind is ApprovalKind.APPROVAL and not who.approves:
        raise NotYours(f"Usted no está entre quienes aprueban actas por {who.organisation.name}.")
    if _given(minutes, who.organisation.id, kind):
        return False
    _refuse_unless_in_review(minutes, signature.seen_sha256)
    if kind is ApprovalKind.APPROVAL and signature.typeset != minutes.content_sha256:
        raise NotTypeset
    kinds = [kind]
    if kind is ApprovalKind.APPROVAL and not _given(
        minutes, who.organisation.id, ApprovalKind.SIGN_OFF
    ):
        kinds = [ApprovalKind.SIGN_OFF, kind]
    for one in kinds:
        _add(session, minutes, _of_person(minutes, signature, one, now=now))
        _mark(signature.link, one, now=now)
    _record(session, minutes, signature, kind, actor=actor, now=now)
    _count(session, minutes, actor=actor, now=now)
    return True


def _refuse_unless_in_review(minutes: Minutes, seen_sha256: str) -> None:
    if minutes.state in LOCKED:
        raise Locked
    if minutes.state not in REVIEWED:
        raise NotNow("La secretaría está corrigiendo el acta. Le avisaremos cuando pueda verla.")
    if seen_sha256 != minutes.content_sha256:
        raise TextChanged


def _given(minutes: Minutes, organisation_id: int, kind: ApprovalKind) -> bool:
    return any(
        one.organisation_id == organisation_id and one.kind is kind and one.void_at is None
        for one in minutes.approvals
    )


def _of_person(
    minutes: Minutes, signature: Signature, kind: ApprovalKind, *, now: datetime
) -> Approval:
    who = signature.reviewer
    return Approval(
        organisation_id=who.organisation.id,
        kind=kind,
        person_id=who.person.id,
        name=who.person.name,
        post=who.post,
        capacity=who.capacity_name,
        statement=queries.statement_of(minutes, who, kind),
        content_sha256=minutes.content_sha256,
        at=now,
        address=signature.address,
        method=signature.method,
    )


def _of_silence(
    minutes: Minutes, party: Organisation, kind: ApprovalKind, *, now: datetime
) -> Approval:
    meeting = minutes.meeting
    said = statement(
        kind,
        name="",
        post="",
        institution=party.short_name,
        label=label(meeting.number, meeting.year, minutes.version),
        table=meeting.series.name,
        sha256=minutes.content_sha256,
        method=Method.SILENCE,
    )
    return Approval(
        organisation_id=party.id,
        kind=kind,
        name="Sin observaciones en el plazo",
        statement=said,
        content_sha256=minutes.content_sha256,
        at=now,
        method=Method.SILENCE,
    )


def _add(session: Session, minutes: Minutes, approval: Approval) -> None:
    approval.minutes_id = minutes.id
    session.add(approval)
    session.flush()
    session.expire(minutes, ["approvals"])


def _mark(link: ReviewLink | None, kind: ApprovalKind, *, now: datetime) -> None:
    if link is None:
        return
    if kind is ApprovalKind.SIGN_OFF:
        link.signed_off_at = now
    else:
        link.approved_at = now


def _count(session: Session, minutes: Minutes, *, actor: str, now: datetime) -> None:
    """Take minutes as far as everybody's word takes them; all that is approved is locked."""
    parties = [party.id for party in queries.parties(session, minutes.meeting)]
    before = minutes.state
    to = reached(
        before,
        parties,
        minutes.content_sha256,
        signed_off=_words(minutes.approvals, ApprovalKind.SIGN_OFF),
        approved=_words(minutes.approvals, ApprovalKind.APPROVAL),
    )
    if to is before:
        return
    if before is State.IN_REVIEW:
        move(session, minutes, State.SIGNED_OFF, actor=actor, now=now)
        if to is State.SIGNED_OFF:
            notices.signed_off(session, minutes, now=now)
            return
    minutes.approved_at = now
    minutes.code = "-".join("".join(secrets.choice(_CODE) for _ in range(4)) for _ in range(3))
    move(session, minutes, State.APPROVED, actor=actor, now=now)


def _words(approvals: Collection[Approval], kind: ApprovalKind) -> dict[int, str]:
    return {
        one.organisation_id: one.content_sha256
        for one in approvals
        if one.kind is kind and one.void_at is None
    }


def _record(
    session: Session,
    minutes: Minutes,
    signature: Signature,
    kind: ApprovalKind,
    *,
    actor: str,
    now: datetime,
) -> None:
    audit.record(
        session,
        ("minutes", minutes.id),
        action=f"minutes.{kind.value}",
        actor=actor,
        now=now,
        after={
            "organisation_id": signature.reviewer.organisation.id,
            "sha256": minutes.content_sha256,
            "method": signature.method.value,
        },
        address=signature.address or None,
    )
