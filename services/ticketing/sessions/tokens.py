"""Refresh tokens: opaque to everybody else, they name their family and cannot be made up.

A forged or garbled token is told from a used one by its seal: only a token that was ours ends a family when it comes
back, so that nobody signs others out by guessing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.ticketing.sessions.secrets import Forged, Vault, from_text, to_text

_PURPOSE: Final = "refresh"
_BODY: Final = 16 + 16 + 4 + 16
_SEAL: Final = 32


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """Organisation, session, generation and a secret."""

    org_id: UUID
    session_id: UUID
    generation: int
    secret: bytes

    def text(self, vault: Vault) -> str:
        """As the client keeps it."""
        body = self._body()
        return to_text(body + vault.hash(_PURPOSE, body))

    def hash(self) -> bytes:
        """What is stored of it; 128 random bits need no key."""
        return hashlib.sha256(self._body()).digest()

    def _body(self) -> bytes:
        return self.org_id.bytes + self.session_id.bytes + self.generation.to_bytes(4, "big") + self.secret

    def successor(self, vault: Vault, retry_hash: bytes | None) -> RefreshToken:
        """The next generation. Under a retry key it is always the same one, so that a lost answer can be repeated."""
        secret = (
            secrets.token_bytes(16)
            if retry_hash is None
            else vault.hash("refresh-successor", self.hash(), retry_hash)[:16]
        )
        return RefreshToken(self.org_id, self.session_id, self.generation + 1, secret)


def first(org_id: UUID, session_id: UUID) -> RefreshToken:
    """The first token of a family."""
    return RefreshToken(org_id, session_id, 1, secrets.token_bytes(16))


def read(vault: Vault, text: str) -> RefreshToken:
    """The token that a client shows. Raises Forged unless this installation made it."""
    data = from_text(text)
    body, seal = data[:_BODY], data[_BODY:]
    if len(data) != _BODY + _SEAL or not hmac.compare_digest(seal, vault.hash(_PURPOSE, body)):
        raise Forged("refresh token")
    return RefreshToken(
        UUID(bytes=body[:16]), UUID(bytes=body[16:32]), int.from_bytes(body[32:36], "big"), body[36:]
    )
