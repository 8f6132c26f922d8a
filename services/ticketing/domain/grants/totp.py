"""Time-based one-time passwords (RFC 6238): HMAC-SHA-1, six digits, steps of 30 s, as every authenticator app has."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

STEP_SECONDS: Final = 30
DIGITS: Final = 6
#: Steps before and after the present one that count: clocks of phones are wrong by some seconds.
DRIFT: Final = 1


def step_of(now: datetime) -> int:
    """The number of the 30 s step that ``now`` lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, step: int) -> str:
    """The six digits of one step."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = struct.unpack_from(">I", digest, offset)[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: bytes, code: str, now: datetime, last_step: int | None) -> int | None:
    """The step whose code this is, or None. Steps up to ``last_step`` were used already and count no more."""
    present = step_of(now)
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        same = hmac.compare_digest(code_at(secret, step), code)  # all are computed: the time tells nothing
        if same and (last_step is None or step > last_step):
            found = step
    return found


def provisioning_uri(secret: bytes, account: str, issuer: str) -> str:
    """The ``otpauth://`` address behind the QR code that authenticator apps read."""
    label = quote(f"{issuer}:{account}")
    query = urlencode(
        {"secret": as_base32(secret), "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}, quote_via=quote
    )
    return f"otpauth://totp/{label}?{query}"


def as_base32(secret: bytes) -> str:
    """The secret as people type it."""
    return base64.b32encode(secret).decode().rstrip("=")
