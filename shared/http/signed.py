"""Signatures over what comes in from outside, in the manner of Standard Webhooks.

`webhook-id`, `webhook-timestamp` (Unix seconds) and `webhook-signature` (`v1,` and base64 of HMAC-SHA-256 over
`id.timestamp.body`; several, by spaces, while a secret changes). Secrets are `whsec_` and base64, as everybody's
libraries for it want them.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

PREFIX: Final = "whsec_"
#: How far the sender's clock and the way here may take a message from now, either way.
TOLERANCE: Final = timedelta(minutes=5)
_BYTES: Final = 32
_LONGEST_ID: Final = 300
#: More signatures than anybody's change of secrets needs are work for nothing.
_MOST: Final = 5


def new_secret() -> bytes:
    """A secret as it is kept."""
    return secrets.token_bytes(_BYTES)


def as_text(secret: bytes) -> str:
    """A secret as its other holder is shown it."""
    return PREFIX + base64.b64encode(secret).decode()


def sign(secret: bytes, id: str, timestamp: int, body: bytes) -> str:
    """The signature of a message, as the header carries it."""
    mac = hmac.digest(secret, f"{id}.{timestamp}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(mac).decode()


def is_timely(headers: Mapping[str, str], now: datetime) -> bool:
    """Whether a message has an id, a time within the tolerance and a signature: known before its body is read."""
    id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not 1 <= len(id) <= _LONGEST_ID or not id.isascii() or not headers.get("webhook-signature"):
        return False
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        return False
    return abs(now.timestamp() - int(stamp)) <= TOLERANCE.total_seconds()


def is_genuine(headers: Mapping[str, str], body: bytes, known: Sequence[bytes], now: datetime) -> bool:
    """Whether one of the known secrets signed exactly this, and lately; compared in constant time."""
    if not is_timely(headers, now):
        return False
    shown = [_decoded(part) for part in headers["webhook-signature"].split(" ")[:_MOST]]
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    good = False
    for secret in known:
        mac = hmac.digest(secret, content, "sha256")
        for signature in shown:
            good |= hmac.compare_digest(mac, signature)
    return good


def _decoded(part: str) -> bytes:
    version, _, text = part.partition(",")
    if version != "v1":
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
