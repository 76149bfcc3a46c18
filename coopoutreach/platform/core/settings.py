"""What the operator decides: read once from the environment by `config.py`, then fixed."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from coopoutreach.platform.core.links import Links


@dataclass(frozen=True, slots=True)
class Limits:
    """How often somebody may try something, each as (times, seconds).

    Strict per e-mail address, generous per network address: a whole cooperative sits behind one.
    """

    sign_in_per_account: tuple[int, int] = (10, 300)
    sign_in_per_network: tuple[int, int] = (100, 300)
    sign_in_global: tuple[int, int] = (1000, 300)
    link_per_account: tuple[int, int] = (5, 3600)
    link_per_network: tuple[int, int] = (30, 3600)
    held_form_per_network: tuple[int, int] = (60, 3600)
    registration_per_network: tuple[int, int] = (60, 1200)
    registration_per_address: tuple[int, int] = (12, 86400)
    registration_global: tuple[int, int] = (2000, 3600)
    export_per_user: tuple[int, int] = (20, 86400)
    search_per_network: tuple[int, int] = (120, 60)
    data_request_per_network: tuple[int, int] = (20, 3600)
    data_request_per_address: tuple[int, int] = (3, 86400)
    data_copy_per_person: tuple[int, int] = (6, 86400)
    commitment_per_link: tuple[int, int] = (30, 3600)
    commitment_per_network: tuple[int, int] = (120, 3600)
    feed_per_address: tuple[int, int] = (60, 3600)
    verification_per_network: tuple[int, int] = (60, 600)


@dataclass(frozen=True, slots=True)
class Gathering:
    """How long changes of an event are gathered, or may be undone, before people are told.

    `GATHER_MINUTES` sets the first.
    """

    change: timedelta = timedelta(minutes=5)
    #: Of the link to join alone: people wait before a closed door.
    link: timedelta = timedelta(minutes=2)
    #: Within which a publication or a cancellation can be taken back.
    undo: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration. `base_url` has no slash at its end."""

    database_url: str
    secret_key: str
    base_url: str
    mail_url: str
    mail_from: str
    files_url: str
    instance: Path
    trusted_hosts: tuple[str, ...]
    secret_key_fallbacks: tuple[str, ...] = ()
    proxy_hops: int = 0
    metrics_token: str = ""
    #: Where answers to invitations and bounces arrive; empty: nothing is read.
    inbox_url: str = ""
    #: Whether calendars reply to an address of each person (`agenda+r-TOKEN@…`), which says who
    #: answers; None: where a mailbox is read. Set where answers come in by `mail receive`.
    reply_addresses: bool | None = None
    #: What our own mail server calls itself where it says who a sender is; empty: not believed.
    reply_authserv_id: str = ""
    demo_password: str = "demostracion"  # noqa: S105 (public: of the demonstration only)
    testing: bool = False
    limits: Limits = field(default_factory=Limits)
    gathering: Gathering = field(default_factory=Gathering)

    @property
    def links(self) -> Links:
        """Return the maker of addresses and tokens."""
        keys = tuple(key.encode() for key in self.secret_key_fallbacks)
        return Links(self.base_url, self.secret_key.encode(), keys)

    @property
    def own_files(self) -> tuple[Path, ...]:
        """Return the single files and folders that the application keeps on this machine."""
        database = self.database_url.partition(":///")[2]
        of_sqlite = self.database_url.startswith("sqlite")
        endings = ("", "-wal", "-shm", "-journal") if of_sqlite else ()
        return (
            self.instance,
            self.instance / "secret_key",
            self.instance / "erasures.txt",
            *(Path(database + ending) for ending in endings),
        )

    @property
    def own_folders(self) -> tuple[Path, ...]:
        """Return the folders in which all is the application's: uploads, and mails as files."""
        mail = self.mail_url.partition("file:")[2]
        return (Path(self.files_url), *([Path(mail)] if mail else []))

    @property
    def takes_replies(self) -> bool:
        """Return whether an address says whose answer comes to it."""
        return bool(self.inbox_url) if self.reply_addresses is None else self.reply_addresses

    @property
    def secure(self) -> bool:
        """Return whether the application is reached over HTTPS."""
        return self.base_url.startswith("https://")


_installed: list[Settings] = []


def install(settings: Settings) -> None:
    """Make `settings` those of this process; called once, at the edge that starts it."""
    _installed[:] = [settings]


def current() -> Settings:
    """Return the settings of this process.

    :raises LookupError: if the process was started without any
    """
    if not _installed:
        raise LookupError("No settings: call coopoutreach.platform.core.settings.install() first.")
    return _installed[0]
