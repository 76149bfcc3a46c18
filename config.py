"""Settings from the environment, read once, at start. What is missing gets a safe default."""

import os
import secrets
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from coopoutreach.platform.core import addresses
from coopoutreach.platform.core.db import driver_url
from coopoutreach.platform.core.settings import Gathering, Settings

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: Shorter keys are refused: 32 bytes is what HMAC-SHA-256 is worth.
SHORTEST_KEY = 32
#: What MAIL_FROM may have before its `@`: `+r-` and a secret of 26 letters follow in answers.
LONGEST_SENDER = addresses.LONGEST_LOCAL - 30


class Misconfigured(RuntimeError):
    """The environment asks for something unsafe or impossible; the sentence says what."""


def load(environ: "os._Environ[str] | dict[str, str]" = os.environ) -> Settings:
    """Return the settings that the environment gives.

    :raises Misconfigured: when a value is unsafe or cannot be understood
    """
    instance = Path(environ.get("INSTANCE_PATH") or Path.cwd() / "instance").absolute()
    host, port = environ.get("HOST", "127.0.0.1"), environ.get("PORT", "8000")
    base_url = (environ.get("BASE_URL") or f"http://{host}:{port}").rstrip("/")
    name = urlsplit(base_url).hostname
    if not name:
        raise Misconfigured(f"BASE_URL={base_url!r} no es una dirección como https://ejemplo.cl.")
    trusted = environ.get("TRUSTED_HOSTS", "")
    hosts = [h.strip() for h in trusted.split(",") if h.strip()] or [name, "127.0.0.1", "localhost"]
    return Settings(
        database_url=driver_url(
            environ.get("DATABASE_URL") or f"sqlite:///{instance / 'coopoutreach.sqlite3'}"
        ),
        secret_key=_secret_key(environ.get("SECRET_KEY"), instance),
        secret_key_fallbacks=tuple(
            filter(None, environ.get("SECRET_KEY_FALLBACKS", "").split(","))
        ),
        base_url=base_url,
        mail_url=environ.get("MAIL_URL") or f"file:{instance / 'mail'}",
        mail_from=_mailbox(environ.get("MAIL_FROM") or f"FECRECOOP <agenda@{_mail_domain(name)}>"),
        files_url=environ.get("FILES_URL") or str(instance / "files"),
        instance=instance,
        trusted_hosts=tuple(hosts),
        proxy_hops=_number(environ, "PROXY_HOPS", 0),
        metrics_token=environ.get("METRICS_TOKEN", ""),
        inbox_url=_inbox_url(environ.get("INBOX_URL", "")),
        reply_addresses=_reply_addresses(environ.get("REPLY_ADDRESSES", "")),
        reply_authserv_id=environ.get("REPLY_AUTHSERV_ID", "").strip().lower(),
        demo_password=environ.get("DEMO_PASSWORD") or "demostracion",
        gathering=Gathering(change=timedelta(minutes=_number(environ, "GATHER_MINUTES", 5))),
    )


def _secret_key(given: str | None, instance: Path) -> str:
    if given:
        if len(given) < SHORTEST_KEY:
            raise Misconfigured(f"SECRET_KEY necesita al menos {SHORTEST_KEY} caracteres.")
        return given
    path = instance / "secret_key"
    if path.exists():
        return path.read_text().strip()
    instance.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(48)
    # Made with its mode, so that nobody else can read it at any moment.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key)
    return key


def _inbox_url(given: str) -> str:
    """Return where mail arrives; a password must not travel where others can read it."""
    if not given:
        return ""
    parts = urlsplit(given)
    if parts.scheme not in ("imaps", "imap") or not (parts.hostname and parts.username):
        raise Misconfigured("INBOX_URL tiene la forma imaps://usuario:clave@servidor/carpeta.")
    if parts.scheme == "imap" and parts.hostname not in _LOOPBACK:
        raise Misconfigured("INBOX_URL: imap:// sirve solo en esta misma máquina; use imaps://.")
    return given


def _reply_addresses(given: str) -> bool | None:
    """Return whether calendars reply to an address of each person; None: if a mailbox is read."""
    known = {"": None, "plus": True, "none": False}
    wanted = given.strip().lower()
    if wanted not in known:
        raise Misconfigured(f"REPLY_ADDRESSES={given!r} es plus o none.")
    return known[wanted]


def _mailbox(given: str) -> str:
    """Return the mailbox that mail comes from, fit to be written."""
    own = parseaddr(given)[1]
    try:
        address = addresses.read(own, own_network=True)
    except ValueError as problem:
        raise Misconfigured(f"MAIL_FROM={given!r}: {problem}") from None
    if len(address.rpartition("@")[0]) > LONGEST_SENDER:
        # What answers are sent to is this address with a secret in it: `agenda+r.SECRETO@…`.
        raise Misconfigured(
            f"MAIL_FROM: use a lo más {LONGEST_SENDER} caracteres antes de la arroba."
        )
    return given.replace(own, address)


def _mail_domain(host: str) -> str:
    return host if "." in host and not host.replace(".", "").isdigit() else "fecrecoop.example"


def _number(environ: "os._Environ[str] | dict[str, str]", name: str, default: int) -> int:
    value = environ.get(name, "")
    if not value:
        return default
    if not value.isdigit():
        raise Misconfigured(f"{name}={value!r} no es un número entero.")
    return int(value)
