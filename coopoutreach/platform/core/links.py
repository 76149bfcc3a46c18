"""Addresses of pages and the tokens inside them, without a web request.

A token is `HMAC-SHA-256(key, purpose | id | nonce)`: nothing is stored but the nonce, so that a
reminder can repeat a link and one link can be revoked by a new nonce.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

#: 20 bytes of the MAC: 160 bits, above the 128 that a bearer secret needs.
_MAC_BYTES = 20


@dataclass(frozen=True, slots=True)
class Links:
    """Where the application is reached, and the key its links are signed with."""

    base_url: str
    key: bytes
    fallback_keys: tuple[bytes, ...] = ()

    def to(self, path: str) -> str:
        """Return the absolute address of `path`, which begins with a slash."""
        return self.base_url + path

    def token(self, purpose: str, identifier: str, nonce: str) -> str:
        """Return the token that opens `identifier` for `purpose`, as `<identifier>.<mac>`."""
        return f"{identifier}.{_mac(self.key, purpose, identifier, nonce)}"

    def matches(self, token: str, purpose: str, *, nonce: str) -> bool:
        """Return whether `token` was made for `purpose` with `nonce`, by this or an older key."""
        identifier, _, given = token.partition(".")
        keys = (self.key, *self.fallback_keys)
        return any(
            hmac.compare_digest(given.encode(), _mac(key, purpose, identifier, nonce).encode())
            for key in keys
        )


def identifier_of(token: str) -> str:
    """Return which thing a token speaks of; whether it may is for `matches` to say."""
    return token.partition(".")[0]


def new_nonce() -> str:
    """Return a fresh nonce of 96 random bits."""
    return secrets.token_urlsafe(12)


def new_public_id() -> str:
    """Return a fresh identifier of 128 random bits for addresses."""
    return secrets.token_urlsafe(16).replace("-", "_")


def new_reply_token() -> str:
    """Return a fresh secret of 80 random bits for a mail address: lower case, which mail keeps."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret, in hexadecimal: what is stored of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _mac(key: bytes, purpose: str, identifier: str, nonce: str) -> str:
    message = f"{purpose}\x1f{identifier}\x1f{nonce}".encode()
    mac = hmac.new(key, message, hashlib.sha256).digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
