"""Keep the PDFs of minutes: the one that is made of them, and those that were signed elsewhere."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from coopoutreach.committee.minutes import queries
from coopoutreach.committee.minutes.errors import NotNow, Unfit
from coopoutreach.committee.minutes.models import Minutes, SignedCopy
from coopoutreach.committee.minutes.rules import LOCKED, REVIEWED
from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.text import clean_line
from coopoutreach.platform.files.store import Stored
from coopoutreach.platform.files.taking import Taken

#: What the names of the bytes begin with.
PREFIX = "minutes-"
#: Characters of the note beside a signed copy, and copies of one acta.
LONGEST_NOTE = 200
MOST_COPIES = 12


@dataclass(frozen=True, slots=True)
class SignedUpload:
    """A PDF that was signed elsewhere: its bytes, who brings it, and what they say of it."""

    taken: Taken
    organisation_id: int | None
    note: str = ""


def keep_pdf(
    session: Session, minutes_id: int, stored: Stored, *, actor: str, now: datetime
) -> bool:
    """Keep the PDF of approved minutes, once; return whether it was this one.

    Two workers may have made it: the first one's stays, and its hash never changes.
    """
    result: Any = session.execute(
        update(Minutes)
        .where(Minutes.id == minutes_id, Minutes.state.in_(LOCKED), Minutes.pdf_stored_as == "")
        .values(pdf_stored_as=stored.name, pdf_sha256=stored.sha256, pdf_size=stored.size)
    )
    if not result.rowcount:
        return False
    after = {"sha256": stored.sha256, "size": stored.size}
    audit.record(
        session,
        ("minutes", minutes_id),
        action="minutes.typeset",
        actor=actor,
        now=now,
        after=after,
    )
    return True


def keep_signed_copy(
    session: Session,
    minutes: Minutes,
    upload: SignedUpload,
    *,
    actor: str,
    now: datetime,
) -> SignedCopy:
    """Keep a PDF of minutes that was signed elsewhere, beside them: it changes nothing of them.

    :raises NotNow: if they are still being written
    :raises Unfit: if that very file is there already, or there are too many
    """
    minutes = queries.lock(session, minutes)
    taken = upload.taken
    _refuse_unless_fit(session, minutes, taken)
    copy = SignedCopy(
        minutes_id=minutes.id,
        organisation_id=upload.organisation_id,
        stored_as=taken.stored_as,
        file_name=taken.file_name,
        size=taken.size,
        sha256=taken.sha256,
        note=clean_line(upload.note)[:LONGEST_NOTE],
        created_at=now,
        created_by=actor,
    )
    session.add(copy)
    session.flush()
    after = {"sha256": taken.sha256, "organisation_id": upload.organisation_id}
    thing = ("minutes", minutes.id)
    audit.record(session, thing, action="minutes.signed_copy", actor=actor, now=now, after=after)
    return copy


def _refuse_unless_fit(session: Session, minutes: Minutes, taken: Taken) -> None:
    if minutes.state not in LOCKED | REVIEWED:
        raise NotNow("El acta todavía se está escribiendo: no hay un texto que firmar.")
    kept = queries.signed_copies(session, minutes)
    if any(copy.sha256 == taken.sha256 for copy in kept):
        raise Unfit("Este mismo archivo ya está en el acta.", field="file")
    if len(kept) >= MOST_COPIES:
        raise Unfit(f"Un acta admite {MOST_COPIES} copias firmadas.", field="file")
