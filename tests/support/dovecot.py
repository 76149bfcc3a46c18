"""A Dovecot of our own over a Maildir, where it is installed; never the machine's."""

import getpass
import grp
import imaplib
import mailbox
import os
import pwd
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.imap import PASSWORD, USER
from tests.support.processes import free_port

_PATIENCE = 20.0
_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/mail
first_valid_uid = 1
first_valid_gid = 1
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A server that listens, and the folder that it serves."""

    port: int
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        """Return what INBOX_URL would be."""
        return f"imap://{USER}:{PASSWORD}@127.0.0.1:{self.port}/INBOX"

    def deliver(self, message: bytes) -> None:
        """Put a message into the folder."""
        mailbox.Maildir(self.folder, create=True).add(message)
        _own(self.folder)

    def unseen(self) -> int:
        """Return how many messages nobody has dealt with."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=5)
        client.login(USER, PASSWORD)
        client.select("INBOX")
        found = client.uid("SEARCH", "UNSEEN")[1][0]
        client.logout()
        return len(found.split())


def _account() -> pwd.struct_passwd:
    """Return whose mail it is: Dovecot gives nothing to root."""
    return pwd.getpwnam("nobody" if os.getuid() == 0 else getpass.getuser())


def _own(folder: Path) -> None:
    account = _account()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)


@contextmanager
def dovecot(folder: Path) -> Iterator[Dovecot]:
    """Yield a Dovecot that answers, and end it."""
    # Whoever serves the mail is let through to it.
    for path in (folder, *folder.parents[:3]):
        if path.owner() == getpass.getuser():
            path.chmod(path.stat().st_mode | 0o011)
    account, port = _account(), free_port()
    internal = pwd.getpwnam("dovecot") if os.getuid() == 0 else account
    told = _CONFIGURATION.format(
        folder=folder,
        user=internal.pw_name,
        group=grp.getgrgid(internal.pw_gid).gr_name,
        port=port,
        password=PASSWORD,
        uid=account.pw_uid,
        gid=account.pw_gid,
    )
    (folder / "dovecot.conf").write_text(told)
    mailbox.Maildir(folder / "mail", create=True)
    _own(folder / "mail")
    process = subprocess.Popen(["dovecot", "-F", "-c", folder / "dovecot.conf"])
    server = Dovecot(port, folder / "mail", process)
    try:
        _wait(server)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait(server: Dovecot) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            server.unseen()
        except (OSError, imaplib.IMAP4.error):
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
