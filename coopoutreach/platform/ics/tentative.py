"""Rewrite a kept VEVENT for somebody who only waits for a place: it takes up none of their time."""

from coopoutreach.platform.ics import text

#: Line as it is kept -> line as it is for who waits (RFC 5545, 3.8.1.11 and 3.8.2.7).
_LINES = {
    "STATUS:CONFIRMED": "STATUS:TENTATIVE",
    "TRANSP:OPAQUE": "TRANSP:TRANSPARENT",
    "X-MICROSOFT-CDO-BUSYSTATUS:BUSY": "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
}
_SUMMARY = "SUMMARY:"


def tentative(kept: bytes, *, mark: str) -> bytes:
    """Return the VEVENT as tentative, its title after `mark`: the same bytes for the same ones."""
    unfolded = kept.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    return b"".join(text.fold(_line(line, text.escape_text(f"{mark}x")[:-1])) for line in unfolded)


def _line(line: str, mark: str) -> str:
    if line.startswith(_SUMMARY):
        return f"{_SUMMARY}{mark}{line.removeprefix(_SUMMARY)}"
    return _LINES.get(line, line)
