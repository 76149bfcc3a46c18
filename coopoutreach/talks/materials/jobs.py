"""What the scheduler does with the bytes of materials."""

from datetime import datetime

from coopoutreach.platform.core.db import Database
from coopoutreach.platform.files import taking
from coopoutreach.talks.materials import queries
from coopoutreach.talks.materials.bytes import PREFIX


def erase_what_is_nobodys(database: Database, now: datetime) -> int:
    """Erase bytes that belong to no material: a crash, or a draft thrown away, left them."""
    return taking.erase_nobodys(database, queries.names_in_use, prefix=PREFIX, now=now)
