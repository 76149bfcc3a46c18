"""Listen with the embedded server, so that slow clients hold nobody up."""

import errno
import resource
import sys

from flask import Flask
from waitress import create_server
from waitress.server import BaseWSGIServer

#: Requests that are answered at once; the ninth waits for one of them.
THREADS = 8
#: Of a request: more than any upload, and the server hangs up without asking the application.
MOST_BODY_BYTES = 64 * 1024 * 1024
#: Whoever sends slowly, or nothing, holds a connection and no thread: as many may do so. With so
#: many open nobody else is let in, until one of them is closed.
CONNECTIONS = 2000
#: A connection on which nothing comes for so long is closed; looked at this often.
SLOWEST_SECONDS, LOOK_SECONDS = 20, 5
#: Files that are open besides connections: the database's, the log, what is sent.
OTHER_FILES = 200
#: How long a thread keeps the interpreter while others wait for it.
SWITCH_SECONDS = 0.0005

_WHY = {
    errno.EADDRINUSE: "ya está en uso",
    errno.EACCES: "no está permitida para esta cuenta",
    errno.EADDRNOTAVAIL: "no es de esta máquina",
}


class CannotListen(OSError):
    """The address cannot be listened on; the message is a sentence in Spanish."""


def listen(app: Flask, *, host: str, port: int) -> BaseWSGIServer:
    """Return a server of `app` that listens; its `run()` serves.

    :raises CannotListen: where the address is taken, not ours, or not allowed
    """
    _allow_connections()
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            # Nobody outside needs to know what runs behind.
            ident="",
            # What proxies say is read in one place, by `security.py`, which knows how many of
            # them there are; what they sent is left for `loopback.py` to see.
            clear_untrusted_proxy_headers=False,
            # Who sends a file that is too large gets our page; who sends a disk full, nothing.
            max_request_body_size=MOST_BODY_BYTES,
            connection_limit=CONNECTIONS,
            channel_timeout=SLOWEST_SECONDS,
            cleanup_interval=LOOK_SECONDS,
            # select() knows no more than 1024 files.
            asyncore_use_poll=True,
        )
    except (OSError, ValueError) as problem:
        why = _WHY.get(getattr(problem, "errno", None) or 0, "no se puede usar")
        raise CannotListen(
            f"La dirección {host}:{port} {why}. Elija otra con HOST y PORT."
        ) from problem
    # Whoever holds the database's one writer waits for the interpreter at each statement: five
    # milliseconds a turn, the default, would be most of a registration.
    sys.setswitchinterval(SWITCH_SECONDS)
    return server


def _allow_connections() -> None:
    """Let this process have as many files open as it may have connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
