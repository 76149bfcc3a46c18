"""What the pages about private calendars show: names, addresses, pictures of addresses."""

from dataclasses import dataclass
from importlib import import_module
from urllib.parse import quote, urlsplit

from coopoutreach.calendars.feeds import rendering
from coopoutreach.calendars.feeds.models import FeedAddress
from coopoutreach.calendars.feeds.rules import PURPOSE, Scope, Selection
from coopoutreach.platform.core import settings, spanish

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_WHAT = {
    Scope.PERSON: "Sus charlas y reuniones, con el enlace para conectarse, y el día en que vence "
    "cada compromiso suyo.",
    Scope.COOPERATIVE: "Las charlas en que hay personas de su cooperativa.",
    Scope.SELECTION: "Charlas públicas, con o sin inscripción.",
    Scope.TABLE: "Las reuniones de la mesa, cuando se convocan. Deja de servir si usted deja "
    "su cargo.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A private calendar as its subscriber sees it."""

    public_id: str
    name: str
    what: str
    url: str
    #: Percent-encoded, for the address of a provider's page.
    encoded: str
    encoded_name: str
    #: A sentence.
    used: str
    #: Whether no other machine can reach the address.
    local: bool
    is_selection: bool


def shown(address: FeedAddress) -> Shown:
    """Return a private calendar as its subscriber sees it."""
    name = rendering.name_of(
        address.scope,
        selection=Selection(tuple(address.regions), tuple(address.formats)),
        of=address.of,
    )
    url = url_of(address)
    parts = urlsplit(url)
    return Shown(
        public_id=address.public_id,
        name=name,
        what=_WHAT[address.scope],
        url=url,
        encoded=quote(url, safe=""),
        encoded_name=quote(name),
        used=used(address),
        local=parts.hostname in _LOOPBACK or parts.scheme != "https",
        is_selection=address.scope is Scope.SELECTION,
    )


def url_of(address: FeedAddress) -> str:
    """Return the secret address of a private calendar."""
    links = settings.current().links
    token = links.token(PURPOSE, address.public_id, address.nonce)
    return links.to(f"/calendario/privado/{token}.ics")


def used(address: FeedAddress) -> str:
    """Return when a program asked for the calendar last, and which."""
    if address.last_used_at is None:
        return "Ningún programa lo ha leído todavía."
    when = spanish.wall(address.last_used_at)
    by = f", por {address.last_program}" if address.last_program else ""
    return f"Leído por última vez el {spanish.day(when)}, cerca de las {spanish.clock(when)}{by}."


def picture(url: str) -> str:
    """Return a QR code of the address, as an address of a picture itself."""
    # Loaded late: only the page of one calendar needs it.
    made: str = (
        import_module("segno")
        .make(url, error="m", micro=False)
        .svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
    )
    return made
