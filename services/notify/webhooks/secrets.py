"""Webhook secrets, sealed under a key of their own that is made of the installation's master key."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any, Final

from shared.db.audit import seal, unseal

_PURPOSE: Final = b"notify webhook"


def _key(master_key: str) -> bytes:
    return hmac.digest(bytes.fromhex(master_key), _PURPOSE, "sha256")


def sealed(master_key: str, secret: bytes) -> bytes:
    """A secret as it is kept."""
    return seal(_key(master_key), secret)


def secrets_of(master_key: str, row: Any, now: datetime) -> list[bytes]:
    """The secrets that sign now, the present one first, and for a while the one before.

    Raises `cryptography.exceptions.InvalidTag` under another master key.
    """
    kept = [row.secret]
    if row.previous_secret is not None and row.previous_until is not None and row.previous_until > now:
        kept.append(row.previous_secret)
    return [unseal(_key(master_key), bytes(one)) for one in kept]
