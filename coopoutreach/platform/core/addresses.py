"""E-mail addresses: the one rule of what is taken, kept and written to. Nothing is looked up.

What `read` returns, `messaging.mime` writes and `ics` puts into an invitation: decision 0030.
The library that knows the rules of domains is loaded when the first address needs it.
"""

import re
from importlib import import_module
from typing import Any

from coopoutreach.platform.core.text import clean_line

#: What mail servers take, RFC 5321 section 4.5.3.1.3, less the angle brackets.
LONGEST = 254
#: RFC 5321, 4.5.3.1.1.
LONGEST_LOCAL = 64
_WRONG = "El correo no es válido. Escríbalo como nombre@ejemplo.cl."
_BEYOND_ASCII = (
    "Antes de la arroba use solo letras sin tilde ni eñe, números y signos como punto o guion: "
    "hay servidores que no entregan correo a otras direcciones."
)
#: A dot-atom (RFC 5322, 3.2.3) at a domain in letters, digits and hyphens: what stands in a header,
#: in an SMTP command and in a calendar as it is.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_WRITABLE = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")


def read(text: str, *, own_network: bool = False) -> str:
    """Return the address that somebody typed, as it is kept and written to.

    A domain beyond ASCII becomes what the wire takes: `xn--pealolen-e3a.example` of
    `peñalolen.example`.

    :param own_network: take domains that exist inside a network alone, such as `correo.local`
    :raises ValueError: with a sentence that says what is wrong
    """
    given = clean_line(text)
    if not given:
        raise ValueError("Escriba el correo.")
    local, at, _ = given.rpartition("@")
    if len(given) > LONGEST:
        raise ValueError(f"El correo es muy largo: use a lo más {LONGEST} caracteres.")
    if at and not local.isascii():
        raise ValueError(_BEYOND_ASCII)
    if len(local) > LONGEST_LOCAL:
        raise ValueError(
            f"Antes de la arroba hay demasiado: use a lo más {LONGEST_LOCAL} caracteres."
        )
    address = _validated(given, own_network=own_network)
    if address is None or not can_be_written(address):
        raise ValueError(_WRONG)
    return address


def can_be_written(address: str) -> bool:
    """Return whether mail can be written to `address` as it stands."""
    local = address.rpartition("@")[0]
    fits = len(address) <= LONGEST and len(local) <= LONGEST_LOCAL
    return fits and _WRITABLE.fullmatch(address) is not None


def for_the_wire(address: str) -> str:
    """Return a kept `address` with its domain as the wire takes it; as it is where that cannot be.

    Rows of earlier versions have domains beyond ASCII.
    """
    if address.isascii():
        return address
    local, _, domain = address.rpartition("@")
    if not local or domain.isascii():
        return address
    # The domain is asked about alone: a local part beyond ASCII stays what it is.
    found = _validated(f"a@{domain}", own_network=True)
    return f"{local}@{found.rpartition('@')[2]}" if found else address


def shown(address: str) -> str:
    """Return `address` as people read it: its domain with the letters that it stands for."""
    local, _, domain = address.rpartition("@")
    if "xn--" not in domain.lower():
        return address
    try:
        found = _validate(f"a@{domain}", own_network=True)
    except ValueError:
        return address
    return f"{local}@{found.domain}"


def key(address: str) -> str:
    """Return an address as it is compared: lower case, its domain as the wire takes it."""
    return for_the_wire(address.strip()).lower()


def _validated(address: str, *, own_network: bool) -> str | None:
    if own_network and can_be_written(address):
        local, _, domain = address.rpartition("@")
        return f"{local}@{domain.lower()}"
    try:
        found = _validate(address, own_network=own_network)
    except ValueError:
        return None
    return f"{found.ascii_local_part}@{found.ascii_domain}"


def _validate(address: str, *, own_network: bool) -> Any:
    validator = import_module("email_validator")
    return validator.validate_email(
        address,
        allow_smtputf8=False,
        check_deliverability=False,
        strict=True,
        globally_deliverable=not own_network,
    )
