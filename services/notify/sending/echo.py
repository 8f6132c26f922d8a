"""What we give a provider along with a message and get back with its receipt: which delivery of which
organisation, signed, so that nobody can make up a receipt, whatever they know of the callback's address."""

from __future__ import annotations

import hmac
from hashlib import sha256
from uuid import UUID

_PURPOSE = b"notify receipt"


def _mark(key: str, org_id: UUID, delivery_id: UUID) -> str:
    own = hmac.digest(bytes.fromhex(key), _PURPOSE, sha256)
    return hmac.digest(own, org_id.bytes + delivery_id.bytes, sha256).hex()[:32]


def echo_of(key: str, org_id: UUID, delivery_id: UUID) -> str:
    """The echo of a delivery, 98 characters; empty without a key, and then no receipt of it is believed."""
    return f"{org_id.hex}.{delivery_id.hex}.{_mark(key, org_id, delivery_id)}" if key else ""


def read_echo(key: str, echo: str) -> tuple[UUID, UUID] | None:
    """(organisation, delivery) of an echo that we made; None for any other."""
    try:
        org, delivery, mark = echo.split(".")
        org_id, delivery_id = UUID(hex=org), UUID(hex=delivery)
    except ValueError:
        return None
    if not key or not hmac.compare_digest(mark.encode(), _mark(key, org_id, delivery_id).encode()):
        return None
    return org_id, delivery_id
