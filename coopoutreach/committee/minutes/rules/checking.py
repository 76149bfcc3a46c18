"""What somebody types to check a PDF: a code, or the hash of a file."""

import re

_CODE = re.compile(r"[2-9A-HJ-NP-Z]{12}")
_HASH = re.compile(r"[0-9a-f]{64}")


def code_of(typed: str) -> str | None:
    """Return `K7QM-4T2W-9XDR` of a code as it was typed; None if it cannot be one."""
    code = re.sub(r"[^0-9A-Za-z]", "", typed).upper()
    return "-".join((code[:4], code[4:8], code[8:])) if _CODE.fullmatch(code) else None


def sha256_of(typed: str) -> str | None:
    """Return a SHA-256 in hexadecimal as it was typed or pasted; None if it cannot be one."""
    digits = re.sub(r"[\s:]", "", typed).lower()
    return digits if _HASH.fullmatch(digits) else None
