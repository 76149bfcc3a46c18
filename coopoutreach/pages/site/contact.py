"""What the site says of itself to robots and to those who report faults, and whom to write to."""

from datetime import datetime, timedelta
from email.utils import parseaddr

from coopoutreach.platform.core.settings import Settings

#: Feeds and pages are open to all; links that carry somebody's token are nobody's to list.
ROBOTS = """User-agent: *
Allow: /
Disallow: /inscripciones/
Disallow: /invitaciones/
Disallow: /privacidad/solicitudes/
Disallow: /correo/
Disallow: /ingresar
Disallow: /panel
"""

#: RFC 9116, 2.5.5: less than a year ahead, so that nobody trusts an address left behind.
_GOOD_FOR = timedelta(days=180)


def address(settings: Settings) -> str:
    """Return the federation's address for whoever has a question."""
    return parseaddr(settings.mail_from)[1]


def security_text(settings: Settings, *, now: datetime) -> str:
    """Return `security.txt`; it expires at the end of a day half a year ahead."""
    expires = f"{now + _GOOD_FOR:%Y-%m-%d}T00:00:00Z"
    lines = (
        f"Contact: mailto:{address(settings)}",
        f"Expires: {expires}",
        "Preferred-Languages: es, en",
        f"Canonical: {settings.links.to('/.well-known/security.txt')}",
    )
    return "\n".join(lines) + "\n"
