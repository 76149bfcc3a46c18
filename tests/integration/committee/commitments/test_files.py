"""Bytes of evidence that a crash left go; those of a commitment stay."""

from datetime import timedelta
from pathlib import Path

from coopoutreach.committee.commitments import commands, jobs
from coopoutreach.committee.commitments.commands import Said
from coopoutreach.committee.commitments.files import PREFIX
from coopoutreach.platform.files.taking import Taken
from tests.factories import NOW


def test_only_old_bytes_that_no_commitment_names_are_erased(session, database, make, settings):
    folder = Path(settings.files_url)
    folder.mkdir(parents=True, exist_ok=True)
    kept, nobodys, other = f"{PREFIX}a", f"{PREFIX}b", "tabla-c"
    for name in (kept, nobodys, other):
        (folder / name).write_bytes(b"x")
    taken = Taken(kept, "a.pdf", "application/pdf", 1, "a" * 64)
    commands.report(session, make(), Said("Va.", files=(taken,)), actor="user:1", now=NOW)
    session.commit()
    assert jobs.erase_what_is_nobodys(database, NOW - timedelta(days=3650)) == 0
    assert jobs.erase_what_is_nobodys(database, NOW + timedelta(days=3650)) == 1
    assert sorted(path.name for path in folder.iterdir()) == sorted([kept, other])
