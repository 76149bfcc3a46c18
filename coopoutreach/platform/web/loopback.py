"""Say whether a request comes from this very machine, and not through a proxy on it."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Request

#: What a proxy adds: a request that carries any of these comes from elsewhere.
_PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


def is_local(request: Request) -> bool:
    """Return whether `request` was made on this machine by somebody who sits at it."""
    if any(name in request.headers for name in _PROXY_HEADERS):
        return False
    return is_loopback(request.remote_addr or "")


def is_loopback(host: str) -> bool:
    """Return whether `host` names this machine for itself alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_loopback_url(url: str) -> bool:
    """Return whether `url` leads to this machine for itself alone."""
    return is_loopback(urlsplit(url).hostname or "")
