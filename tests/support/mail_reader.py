"""Read a mailbox once, in a process of its own that kills itself where it is told to.

    python mail_reader.py DATABASE_URL INBOX_URL WHERE WITHOUT NOW

WHERE: `commit` (all is done but the commit), `flag` (committed, not marked), `never`.
WITHOUT: what is taken out, to see a test fail: `nothing`, `hashes`, `hashes,stamps`.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from coopoutreach.core import db, reactions
from coopoutreach.core import settings as process_settings
from coopoutreach.core.settings import Settings
from coopoutreach.events import replies
from coopoutreach.inbound import commands, jobs, mime
from coopoutreach.inbound.imap import Mailbox
from coopoutreach.inbound.incoming import Hashes
from coopoutreach.wiring import WIRING


def main() -> None:
    """Do it."""
    database_url, inbox_url, where, without, now = sys.argv[1:]
    process_settings.install(
        Settings(
            database_url=database_url,
            secret_key="prueba-" * 8,
            base_url="http://127.0.0.1:8000",
            mail_url="file:/dev/null",
            mail_from="FECRECOOP <agenda@fecrecoop.example.cl>",
            files_url="/dev/null",
            instance=Path("/dev/null"),
            trusted_hosts=("127.0.0.1",),
            inbox_url=inbox_url,
        )
    )
    reactions.install(WIRING)
    _take_out(without)
    _die_at(where)
    jobs.read_mailbox(db.connect(database_url), datetime.fromisoformat(now))


def _take_out(without: str) -> None:
    if "hashes" in without:

        def unlike_any(raw: bytes) -> Hashes:
            return Hashes(os.urandom(16).hex(), os.urandom(16).hex())

        mime.hashes = unlike_any
    if "stamps" in without:
        replies._repeats = lambda *_, **__: None  # noqa: SLF001


def _die_at(where: str) -> None:
    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if where == "commit":
        receive = commands.receive

        def receive_and_die(*args: Any, **kwargs: Any) -> Any:
            decision = receive(*args, **kwargs)
            args[0].flush()
            die()
            return decision

        commands.receive = receive_and_die
    elif where == "flag":
        Mailbox.mark_seen = die  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
