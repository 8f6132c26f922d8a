"""Where a request comes from: its network, the device that signed in before, the session of its token."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import secrets
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from fastapi import Request

from services.ticketing.domain.grants.policy import DEVICE_LIFE
from services.ticketing.sessions.secrets import Forged, Vault, from_text, to_text

_NONCE: Final = 16
_STAMP: Final = 8


def network_of(request: Request) -> str:
    """What stands for the caller's network: the IPv4 address, or the /64 that one IPv6 subscriber has.

    The address is the one the server saw; behind the gateway uvicorn replaces it by the forwarded one, from trusted
    proxies alone (``FORWARDED_ALLOW_IPS``).
    """
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def device_token(vault: Vault, kind: str, key: bytes, now: datetime) -> str:
    """What a device keeps after a sign-in: it proves nothing but that this device signed in to this address before.

    It opens no account; it gives the device a lane of its own, in which strangers cannot use up its tries.
    """
    body = int(now.timestamp()).to_bytes(_STAMP, "big") + secrets.token_bytes(_NONCE)
    return to_text(body + vault.hash("device", kind, key, body))


def known_device(vault: Vault, token: str | None, kind: str, key: bytes, now: datetime) -> str | None:
    """The name of the device's lane, or None when the token is no (longer a) proof for this address."""
    if not token:
        return None
    try:
        data = from_text(token)
    except Forged:
        return None
    body, mac = data[: _STAMP + _NONCE], data[_STAMP + _NONCE :]
    if not hmac.compare_digest(mac, vault.hash("device", kind, key, body)):
        return None
    age = now - datetime.fromtimestamp(int.from_bytes(body[:_STAMP], "big"), tz=now.tzinfo)
    return body[_STAMP:].hex() if timedelta(0) <= age + timedelta(seconds=1) <= DEVICE_LIFE else None


def session_of(request: Request) -> UUID | None:
    """The session (``sid``) of the token that the route has verified; None for tokens outside any session."""
    payload = request.headers.get("authorization", "").rpartition(".")[0].rpartition(".")[2]
    claims: Any = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    found = claims.get("sid")
    return UUID(found) if isinstance(found, str) else None
