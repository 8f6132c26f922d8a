"""Everything that sign-in hashes or seals, under keys derived from the installation's master key, one per purpose."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.settings import ConfigurationError

#: The organisation of rows that belong to the installation itself: codes, limits and issuer keys exist before anybody
#: has said which organisation they belong to. No token is ever of this organisation, so that the policies hide the
#: issuer's keys from every ordinary transaction.
INSTALLATION: Final = UUID("00000000-0000-0000-0000-000000000001")

_NONCE: Final = 12


class Forged(Exception):
    """A sealed text or a token that this installation did not make."""


class Vault:
    """Keyed hashes and sealed texts. ``purpose`` separates them: what one makes, no other opens or equals."""

    def __init__(self, master: bytes) -> None:
        self._master = master
        self._keys: dict[str, bytes] = {}

    def _key(self, purpose: str) -> bytes:
        key = self._keys.get(purpose)
        if key is None:
            key = self._keys[purpose] = hmac.digest(self._master, f"sign-in:{purpose}".encode(), "sha256")
        return key

    def hash(self, purpose: str, *parts: str | bytes) -> bytes:
        """A keyed hash (HMAC-SHA-256) of parts that cannot run into each other."""
        mac = hmac.new(self._key(purpose), digestmod=hashlib.sha256)
        for part in parts:
            data = part.encode() if isinstance(part, str) else part
            mac.update(len(data).to_bytes(4, "big") + data)
        return mac.digest()

    def seal(self, purpose: str, plain: bytes) -> bytes:
        """Encrypt and authenticate (AES-256-GCM); the nonce stands in front."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._key(purpose)).encrypt(nonce, plain, purpose.encode())

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """What :meth:`seal` was given. Raises Forged."""
        try:
            return AESGCM(self._key(purpose)).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError) as problem:
            raise Forged(purpose) from problem

    def seal_text(self, purpose: str, value: Any) -> str:
        """A JSON value, sealed, as text for a token or a job's payload."""
        return to_text(self.seal(purpose, orjson.dumps(value)))

    def unseal_text(self, purpose: str, text: str) -> Any:
        """The value that :meth:`seal_text` sealed. Raises Forged."""
        return orjson.loads(self.unseal(purpose, from_text(text)))


@lru_cache(maxsize=8)
def vault(master_key: str) -> Vault:
    """The vault under this master key (hex). Raises ConfigurationError without one."""
    if not master_key:
        raise ConfigurationError("Set STEWARD_MASTER_KEY: without it nobody can sign in.")
    return Vault(bytes.fromhex(master_key))


def to_text(data: bytes) -> str:
    """Bytes as URL-safe text without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """The bytes of :func:`to_text`. Raises Forged."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as problem:
        raise Forged("text") from problem
