"""To whatever sends text messages in the house, by one signed POST (the signature of Standard Webhooks).

``{"to": "13812341234", "purpose": "code", "code": "123456", "language": "zh", "text": "…"}`` (``invite`` and ``reset``
may go to an e-mail address) to ``STEWARD_TICKETING_CODE_SENDER_URL`` with
``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``; any 2xx means that it is on its way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

import httpx
import orjson

from services.ticketing.providers.senders._base import CodeMessage, Sender
from shared.clock import wall
from shared.errors import OutcomeUnknown, Permanent, Retryable, Throttled
from shared.settings import ServiceSettings

TIMEOUTS: Final = httpx.Timeout(connect=2.0, read=8.0, write=5.0, pool=2.0)


@dataclass(frozen=True, slots=True)
class Http:
    """Posts a message."""

    code: str = "http"
    development: bool = False

    async def send(self, settings: ServiceSettings, message: CodeMessage) -> None:
        """Post it once. A repeat carries the same ``webhook-id``."""
        url: str = getattr(settings, "code_sender_url", "")
        secret: str = getattr(settings, "code_sender_secret", "")
        if not url or len(secret) < 24:
            raise Permanent("STEWARD_TICKETING_CODE_SENDER_URL and …_SECRET (24 characters or more) are wanted")
        body = orjson.dumps(
            {
                "to": message.phone,
                "purpose": message.purpose,
                "code": message.code,
                "language": message.language,
                "text": message.text,
            }
        )
        stamp = str(int(wall().timestamp()))
        signed = hmac.new(secret.encode(), f"{message.id}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": stamp,
            "webhook-signature": "v1," + base64.b64encode(signed).decode(),
        }
        try:
            async with httpx.AsyncClient(timeout=TIMEOUTS, trust_env=False) as client:
                answer = await client.post(url, content=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
            raise Retryable(type(problem).__name__) from problem
        except httpx.HTTPError as problem:
            raise OutcomeUnknown(type(problem).__name__) from problem
        if answer.status_code == 429:
            after = answer.headers.get("retry-after", "")
            raise Throttled(float(after) if after.isdigit() else 5.0)
        if answer.status_code >= 500:
            raise Retryable(f"HTTP {answer.status_code}")
        if answer.status_code >= 300:
            raise Permanent(f"HTTP {answer.status_code}")


SENDER: Final[Sender] = Http()
