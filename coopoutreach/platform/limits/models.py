"""Counted attempts."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from coopoutreach.platform.core.db import Base


class Attempts(Base):
    """How many attempts one key made in one window. The key is hashed: no address is kept."""

    __tablename__ = "attempts"

    limit_name: Mapped[str] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
