"""A backup while files are erased has every file; a restore that was killed is run again."""

import multiprocessing
import os
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from coopoutreach.committee.minutes.models import Minutes, SignedCopy
from coopoutreach.mail.outgoing.models import QueuePause
from coopoutreach.operations.backups import archive, copies, holding, snapshots
from coopoutreach.platform.core import schema
from coopoutreach.platform.core.db import connect
from coopoutreach.platform.files import store
from tests.conftest import ENGINES
from tests.factories import NOW, a_person
from tests.support import acta
from tests.support.endurance import rounds
from tests.support.migrated import migrate

PREFIX = "minutes-"


@pytest.fixture
def place(settings, tmp_path, a_place):
    """A place in use: approved minutes, with four copies that were signed elsewhere."""
    made = a_place()
    migrate(made.database_url)
    database = connect(made.database_url)
    with database.transaction() as session:
        minutes = acta.approved(session).minutes.id
    for number in range(4):
        uploaded(made, database, minutes, number)
    yield made, database, minutes
    database.engine.dispose()


def uploaded(place, database, minutes_id, number):
    """Take a file as the application does: the bytes first."""
    name = store.save(Path(place.files_url), b"%PDF" + bytes([number]) * 5000)
    with database.transaction() as session:
        session.add(
            SignedCopy(
                minutes_id=minutes_id,
                stored_as=name,
                file_name=f"{number}.pdf",
                size=5004,
                sha256=f"{number}" * 64,
                created_at=NOW,
                created_by="user:1",
            )
        )
    return name


def erase_all(place, database):
    """Erase as the application does: the rows first."""
    with database.transaction() as session:
        names = list(session.scalars(sa.select(SignedCopy.stored_as)))
        session.execute(sa.delete(SignedCopy))
    for name in names:
        store.erase(Path(place.files_url), name)


def rows_without_bytes(place):
    database = connect(place.database_url)
    with database.reading() as session:
        names = set(session.scalars(sa.select(SignedCopy.stored_as)))
    database.engine.dispose()
    return {name for name in names if not (Path(place.files_url) / name).is_file()}, names


@contextmanager
def at(monkeypatch, module, name, act, *, before, turn=1):
    """Act once when a function is called for the `turn`th time, before it or after it."""
    do, calls = getattr(module, name), []

    def doing(*arguments, **options):
        calls.append(1)
        if before and len(calls) == turn:
            act()
        answer = do(*arguments, **options)
        if not before and len(calls) == turn:
            act()
        return answer

    monkeypatch.setattr(module, name, doing)
    yield calls
    assert len(calls) >= turn


#: The points of a backup: what is called there, and which time.
POINTS = [
    (holding.Held, "take", 1, True),
    (holding, "_hold", 2, True),
    (holding.Held, "take", 1, False),
    (snapshots, "take", 1, True),
    (snapshots, "take", 1, False),
    (holding.Held, "take", 2, False),
    (archive, "add", 1, False),
    (archive, "seal", 1, True),
]


@pytest.mark.endurance
@pytest.mark.parametrize("engine_name", rounds(["postgresql"], ENGINES), indirect=True)
@pytest.mark.parametrize(("module", "name", "turn", "before"), rounds(POINTS[1::3], POINTS))
def test_a_file_that_is_erased_at_any_point_leaves_no_row_without_bytes(
    place, a_place, tmp_path, monkeypatch, module, name, turn, before
):
    made, database, _ = place
    with at(
        monkeypatch,
        module,
        name,
        lambda: erase_all(made, database),
        before=before,
        turn=turn,
    ):
        path = copies.back_up(made, database, tmp_path / "copias", now=NOW)
    monkeypatch.undo()
    empty = a_place()
    manifest = copies.restore(empty, path, now=NOW)
    without, _names = rows_without_bytes(empty)
    assert without == set()
    assert manifest.missing == []
    assert list(Path(made.files_url).glob(".*")) == []


def test_one_that_came_and_went_between_is_looked_for_again(place, a_place, tmp_path, monkeypatch):
    made, database, minutes = place
    with (
        at(
            monkeypatch,
            snapshots,
            "take",
            lambda: uploaded(made, database, minutes, 5),
            before=True,
        ) as copied,
        at(
            monkeypatch,
            holding.Held,
            "take",
            lambda: erase_all(made, database),
            before=True,
            turn=2,
        ),
    ):
        path = copies.back_up(made, database, tmp_path / "copias", now=NOW)
    assert len(copied) == 2
    monkeypatch.undo()
    empty = a_place()
    copies.restore(empty, path, now=NOW)
    assert rows_without_bytes(empty) == (set(), set())


def test_a_file_that_is_not_there_at_all_stops_no_backup_and_is_named(place, tmp_path):
    made, database, _ = place
    name = next(iter(rows_without_bytes(made)[1]))
    (Path(made.files_url) / name).unlink()
    path = copies.back_up(made, database, tmp_path / "copias", now=NOW)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert archive.unpack(path, empty).missing == [name]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_without_holding_rows_lose_their_bytes(place, a_place, tmp_path, monkeypatch):
    made, database, _ = place
    monkeypatch.setattr(copies, "_TRIES", 1)
    take = holding.Held.take
    after = []

    def only_after_the_database(held):
        after.append(1)
        return take(held) if len(after) > 1 else set()

    monkeypatch.setattr(holding.Held, "take", only_after_the_database)
    with at(monkeypatch, snapshots, "take", lambda: erase_all(made, database), before=False):
        path = copies.back_up(made, database, tmp_path / "copias", now=NOW)
    monkeypatch.undo()
    empty = a_place()
    copies.restore(empty, path, now=NOW)
    assert len(rows_without_bytes(empty)[0]) == 4


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_a_killed_backup_held_is_let_go_after_a_day(place, tmp_path):
    made, database, _ = place
    left = Path(made.files_url) / ".backup-x"
    left.mkdir()
    copies.back_up(made, database, tmp_path / "copias", now=NOW)
    assert left.is_dir()
    os.utime(left, (0, 0))
    copies.back_up(made, database, tmp_path / "otras", now=NOW)
    assert not left.exists()


#: The steps of a restore at which it is killed, before or after them.
STEPS = [
    (archive, "unpack", False),
    (copies, "_make_ready", True),
    (copies, "_let_nothing_run", True),
    (copies, "_let_nothing_run", False),
    (copies, "_put_files", True),
    (copies, "_put_files", False),
    (copies.shutil, "move", False),
    (copies, "_put_sqlite", True),
    (copies, "_put_postgresql", True),
    (snapshots, "fill_postgresql", False),
    (schema, "upgrade_over", False),
]


def restored_and_killed(place, path, module, name, before):
    """Restore in a process of its own that kills itself at a step; return whether it came there."""

    def run():
        do = getattr(module, name)

        def killed(*arguments, **options):
            if not before:
                do(*arguments, **options)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(module, name, killed)
        copies.restore(place, path, now=NOW)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(120)
    return process.exitcode == -signal.SIGKILL


@pytest.mark.crash
@pytest.mark.endurance
@pytest.mark.parametrize(
    "engine_name", rounds(["postgresql"], ["sqlite", "postgresql"]), indirect=True
)
@pytest.mark.parametrize(("module", "name", "before"), rounds(STEPS[::2], STEPS))
def test_a_restore_that_is_killed_leaves_nothing_running_and_is_run_again(
    place, a_place, tmp_path, module, name, before, engine_name
):
    made, database, _ = place
    path = copies.back_up(made, database, tmp_path / "copias", now=NOW)
    empty = a_place()
    came = restored_and_killed(empty, path, module, name, before)
    other = {"sqlite": ("postgresql", "upgrade_over"), "postgresql": ("sqlite", "_make_ready")}
    assert came is not any(word in name for word in other[engine_name])
    if came:
        untouched = connect(empty.database_url)
        assert snapshots.is_empty(untouched)
        untouched.engine.dispose()
        copies.restore(empty, path, now=NOW)
    assert rows_without_bytes(empty)[0] == set()
    again = connect(empty.database_url)
    with again.transaction() as session:
        assert session.scalars(sa.select(QueuePause)).one()
        assert session.scalars(sa.select(sa.func.count()).select_from(Minutes)).one() == 1
        assert a_person(session).id
    again.engine.dispose()
    assert list(empty.instance.glob(".restore-*")) == []


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_with_the_database_first_a_killed_restore_could_not_be_run_again(
    place, a_place, tmp_path, monkeypatch
):
    made, database, _ = place
    path = copies.back_up(made, database, tmp_path / "copias", now=NOW)
    empty = a_place()
    put_files = copies._put_files  # noqa: SLF001 (the control puts it later)
    later = []
    monkeypatch.setattr(copies, "_put_files", lambda *given: later.append(given))

    def and_only_then_the_files(*given, put=copies._put_sqlite):  # noqa: SLF001 (likewise)
        put(*given)
        put_files(*later[0])

    monkeypatch.setattr(copies, "_put_sqlite", and_only_then_the_files)
    assert restored_and_killed(empty, path, copies.shutil, "move", before=True)
    monkeypatch.undo()
    with pytest.raises(copies.WrongPlace):
        copies.restore(empty, path, now=NOW)
    assert len(rows_without_bytes(empty)[0]) == 4
