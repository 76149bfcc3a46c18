"""Purposes that need somebody's consent, and the words in which it is asked for."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network


class Purpose(StrEnum):
    """What a consent is for: one purpose each."""

    PHOTOS = "photos"
    DIETARY = "dietary"
    ACCESS = "access"
    NEWSLETTER = "newsletter"


class Channel(StrEnum):
    """How a consent was given or withdrawn."""

    REGISTRATION = "registration"
    OWN_PAGE = "own-page"
    #: A colleague who registers others says that the person agreed.
    REGISTRAR = "registrar"
    #: A member of staff, on behalf of somebody who asked by other means.
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of the words in which a consent is asked for."""

    purpose: Purpose
    version: str
    text: str

    @property
    def id(self) -> str:
        """What a form sends back to say which words were read: `photos-1`."""
        return f"{self.purpose.value}-{self.version}"

    @property
    def hash(self) -> str:
        """The SHA-256 of the words, in hexadecimal."""
        return hash_of(self.text)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a consent covers: a purpose, of one event alone or (None) of whatever event."""

    purpose: Purpose
    event_id: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """How a consent came or went: by which channel, from which network address."""

    channel: Channel
    address: str = ""

    @property
    def network(self) -> str:
        """The network of the address: all of it that is kept."""
        return network_of(self.address)


#: All the words there ever were, the newest of each purpose last. Whoever changes words adds a
#: version: what somebody agreed to stays as they read it.
WORDINGS = (
    Wording(
        Purpose.PHOTOS,
        "1",
        "Acepto que FECRECOOP use fotos y videos de esta charla en los que aparezco, en su sitio "
        "y en sus informes. Puedo retirar esta autorización cuando quiera en la página de mi "
        "inscripción.",
    ),
    Wording(
        Purpose.DIETARY,
        "1",
        "Acepto que FECRECOOP use lo que escribo aquí solo para la comida de esta charla. "
        "Lo elimina 30 días después, o antes si retiro esta autorización.",
    ),
    Wording(
        Purpose.ACCESS,
        "1",
        "Acepto que FECRECOOP use lo que escribo aquí solo para que pueda participar en esta "
        "charla. Lo elimina 30 días después, o antes si retiro esta autorización.",
    ),
    Wording(
        Purpose.NEWSLETTER,
        "1",
        "Acepto recibir por correo el boletín de FECRECOOP. Puedo dejar de recibirlo cuando "
        "quiera, con el enlace que trae cada correo.",
    ),
)
#: What each purpose is called where one looks at what somebody agreed to.
PURPOSE_NAMES = {
    Purpose.PHOTOS: "Uso de fotos y videos",
    Purpose.DIETARY: "Alimentación",
    Purpose.ACCESS: "Accesibilidad",
    Purpose.NEWSLETTER: "Boletín por correo",
}
CHANNEL_NAMES = {
    Channel.REGISTRATION: "En el formulario de inscripción",
    Channel.OWN_PAGE: "En la página de su inscripción",
    Channel.REGISTRAR: "Por quien le inscribió",
    Channel.STAFF: "A través de la coordinación",
}


def in_force(purpose: Purpose) -> Wording:
    """Return the words in which a purpose's consent is asked for today."""
    return next(wording for wording in reversed(WORDINGS) if wording.purpose is purpose)


def agrees(purpose: Purpose, text_id: str) -> bool:
    """Return whether `text_id` is that of the words in force: what a ticked box must send."""
    return text_id == in_force(purpose).id


def hash_of(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def network_of(address: str) -> str:
    """Return the /24 of an IPv4 address or the /48 of an IPv6 one; nothing for what is neither."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    length = 24 if parsed.version == 4 else 48  # noqa: PLR2004 (the Internet Protocol's versions)
    return str(ip_network((parsed.packed, length), strict=False))
