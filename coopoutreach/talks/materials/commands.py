"""Everything that can be done to the materials of a talk."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from coopoutreach.platform.audit import commands as audit
from coopoutreach.platform.core.db import touch
from coopoutreach.platform.files.store import Stored
from coopoutreach.talks.materials import queries, rules
from coopoutreach.talks.materials.errors import TalkIsFull
from coopoutreach.talks.materials.models import Material
from coopoutreach.talks.materials.rules import (
    MOST_BYTES_OF_A_TALK,
    MOST_OF_A_TALK,
    About,
    Kind,
)
from coopoutreach.talks.talks import queries as talks
from coopoutreach.talks.talks.models import Talk


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was kept: how, under which name it came, and what it is."""

    stored: Stored
    file_name: str
    media_type: str


def add_file(
    session: Session, talk: Talk, upload: Upload, about: About, *, actor: str, now: datetime
) -> Material:
    """Hand out a file with a talk.

    :raises TalkIsFull: if the talk has as many, or as heavy ones, as it may
    """
    material = Material(
        kind=Kind.FILE,
        stored_as=upload.stored.name,
        file_name=upload.file_name,
        media_type=upload.media_type,
        size=upload.stored.size,
        sha256=upload.stored.sha256,
    )
    return _add(session, talk, material, about, actor=actor, now=now)


def add_link(
    session: Session, talk: Talk, url: str, about: About, *, actor: str, now: datetime
) -> Material:
    """Hand out a link with a talk.

    :raises TalkIsFull: if the talk has as many as it may
    """
    return _add(session, talk, Material(kind=Kind.LINK, url=url), about, actor=actor, now=now)


def edit(
    session: Session,
    material: Material,
    about: About,
    *,
    url: str | None = None,
    actor: str,
    now: datetime,
) -> None:
    """Change what a material is called, for whom and from when it is, and where a link leads."""
    before = _summary(material)
    material.title, material.audience = about.title, about.audience
    material.release = about.release
    if url is not None and material.kind is Kind.LINK:
        material.url = url
    after = _summary(material)
    _changed(session, material, "edited", before=before, after=after, actor=actor, now=now)


def move(session: Session, material: Material, *, by: int, actor: str, now: datetime) -> None:
    """Move a material up (-1) or down (1) in its talk's list."""
    talks.lock_talk(session, material.talk_id)
    every = {found.id: found for found in queries.of_talk(session, material.talk_id)}
    for position, number in enumerate(rules.moved(list(every), material.id, by=by), start=1):
        every[number].position = position
    _changed(session, material, "moved", before=None, after=None, actor=actor, now=now)


def remove(session: Session, material: Material, *, actor: str, now: datetime) -> str:
    """Take a material back; return the name under which its bytes are to be erased, if any.

    They are erased once this is committed: a talk never lists what is not there.
    """
    before = _summary(material)
    _changed(session, material, "removed", before=before, after=None, actor=actor, now=now)
    session.delete(material)
    return material.stored_as


def _add(
    session: Session,
    talk: Talk,
    material: Material,
    about: About,
    *,
    actor: str,
    now: datetime,
) -> Material:
    # Whoever counts holds the talk's row.
    talks.lock_talk(session, talk.id)
    number, size, last = queries.weight(session, talk.id)
    field = "file" if material.kind is Kind.FILE else "url"
    if number >= MOST_OF_A_TALK:
        raise TalkIsFull(f"Una charla tiene a lo más {MOST_OF_A_TALK} materiales.", field=field)
    if size + (material.size or 0) > MOST_BYTES_OF_A_TALK:
        most = MOST_BYTES_OF_A_TALK // 1024**2
        raise TalkIsFull(f"Los archivos de una charla suman a lo más {most} MB.", field=field)
    material.talk_id, material.position = talk.id, last + 1
    material.title, material.audience = about.title, about.audience
    material.release, material.created_at, material.created_by = about.release, now, actor
    session.add(material)
    session.flush()
    after = _summary(material)
    _changed(session, material, "added", before=None, after=after, actor=actor, now=now)
    return material


def _changed(  # noqa: PLR0913 (as the trail has it)
    session: Session,
    material: Material,
    what: str,
    *,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
    actor: str,
    now: datetime,
) -> None:
    audit.record(
        session,
        ("event", material.talk_id),
        action=f"material.{what}",
        actor=actor,
        now=now,
        before=before,
        after=after,
    )
    touch(session)


def _summary(material: Material) -> dict[str, str]:
    return {
        "title": material.title,
        "audience": material.audience.value,
        "release": material.release.value,
        "url": material.url or "",
    }
