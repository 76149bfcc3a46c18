"""What the scheduler does with the bytes of materials."""

from datetime import datetime

from coopoutreach.materials import queries
from coopoutreach.materials.bytes import PREFIX
from coopoutreach.platform.core.db import Database
from coopoutreach.platform.files import taking


def erase_what_is_nobodys(database: Database, now: datetime) -> int:
    """Erase bytes that belong to no material: a crash, or a draft thrown away, left them."""
    return taking.erase_nobodys(database, queries.names_in_use, prefix=PREFIX, now=now)
