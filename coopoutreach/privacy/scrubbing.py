"""Take what was erased out of the file as well: SQLite keeps old pages until they are reused.

`secure_delete` overwrites what is deleted within a page. What is left is the journal, which a
checkpoint empties, and copies that moving rows between pages left behind, which VACUUM drops.
PostgreSQL does the like by itself.
"""

from coopoutreach.platform.core.db import Database


def scrub(database: Database, *, whole: bool = False) -> bool:
    """Empty the journal, and `whole`, write the file anew; return whether nobody was in the way.

    Outside any transaction. Somebody who reads holds the journal back: it is tried again later.
    """
    if database.engine.dialect.name != "sqlite":
        return True
    connection = database.engine.raw_connection()
    try:
        driver = connection.driver_connection
        assert driver is not None  # noqa: S101 (it is open)
        if whole:
            driver.execute("VACUUM").close()
        cursor = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, *_pages = cursor.fetchone()
        cursor.close()
    finally:
        connection.close()
    return not busy
