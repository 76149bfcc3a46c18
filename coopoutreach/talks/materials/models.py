"""Materials of talks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_public_id
from coopoutreach.talks.materials.rules import Audience, Kind, Release
from coopoutreach.talks.talks.models import Talk


class Material(Base):
    """A file or a link that goes with a talk."""

    __tablename__ = "material"
    __table_args__ = (
        CheckConstraint("(kind = 'link') = (url <> '')", name="links_have_an_address"),
        CheckConstraint("(kind = 'file') = (stored_as <> '')", name="files_are_stored"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[Kind]
    title: Mapped[str]
    #: https only.
    url: Mapped[str] = mapped_column(default="")
    #: The random name under which its bytes are kept, and the name that it came with.
    stored_as: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(default="")
    media_type: Mapped[str] = mapped_column(default="")
    #: In bytes.
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(default="")
    audience: Mapped[Audience]
    release: Mapped[Release]
    created_at: Mapped[datetime]
    created_by: Mapped[str]

    talk: Mapped[Talk] = relationship()
