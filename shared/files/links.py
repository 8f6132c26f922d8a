"""Links that let whoever holds them read one file for ten minutes, and nothing else.

Browsers and mini-programs load pictures without a token, so the link is the permission: signed over everything in it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from shared.files.errors import LinkExpired, LinkInvalid
from shared.settings import ConfigurationError

LIFETIME: Final = timedelta(minutes=10)


class Links:
    """Signs and checks links with the installation's link key (32 bytes as hex)."""

    def __init__(self, key: str) -> None:
        if len(key) < 32:
            raise ConfigurationError("STEWARD_LINK_KEY is not set: `steward keys` prints one (64 hex digits).")
        self._key = hashlib.sha256(b"file links\n" + bytes.fromhex(key)).digest()

    def query(self, org_id: UUID, file_id: UUID, variant: str, now: datetime) -> str:
        """The query string of a link that is good until ten minutes after ``now`` (machine time)."""
        expires = int((now + LIFETIME).timestamp())
        signature = self._sign(org_id, file_id, variant, expires)
        return urlencode({"org": str(org_id), "variant": variant, "expires": expires, "signature": signature})

    def check(
        self, org_id: UUID, file_id: UUID, variant: str, expires: int, signature: str, now: datetime
    ) -> timedelta:
        """How long the link is still good. Raises LinkInvalid when anything in it was altered, LinkExpired."""
        if not hmac.compare_digest(self._sign(org_id, file_id, variant, expires).encode(), signature.encode()):
            raise LinkInvalid
        left = expires - now.timestamp()
        if left <= 0:
            raise LinkExpired
        return timedelta(seconds=left)

    def _sign(self, org_id: UUID, file_id: UUID, variant: str, expires: int) -> str:
        message = f"{org_id}\n{file_id}\n{variant}\n{expires}".encode()
        digest = hmac.new(self._key, message, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
