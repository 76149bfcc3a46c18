"""What the scheduler does with the bytes of materials."""

from datetime import datetime, timedelta
from pathlib import Path

from coopoutreach.core import settings
from coopoutreach.core.db import Database
from coopoutreach.files import store
from coopoutreach.materials import queries
from coopoutreach.materials.bytes import PREFIX

#: No upload takes longer from its first byte to its commit.
_OLD = timedelta(days=1)


def erase_what_is_nobodys(database: Database, now: datetime) -> int:
    """Erase bytes that belong to no material: a crash, or a draft thrown away, left them."""
    folder = Path(settings.current().files_url)
    old = store.names_before(folder, (now - _OLD).timestamp(), prefix=PREFIX)
    with database.reading() as session:
        used = queries.names_in_use(session)
    nobodys = [name for name in old if name not in used]
    for name in nobodys:
        store.erase(folder, name)
    return len(nobodys)
