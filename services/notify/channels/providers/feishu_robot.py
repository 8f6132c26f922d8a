"""Feishu's group robots, their calls signed (签名校验): HMAC-SHA-256 of nothing under time and secret."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.notify.channels import robot
from services.notify.channels.providers._http import judge
from services.notify.channels.providers._robot import session_of
from services.notify.domain.channels import Example, Provider
from services.notify.domain.delivery import Outcome, Result

CODE: Final = "feishu_robot"
#: Five a second, a hundred a minute.
BUSY: Final = frozenset({11232, 11233})
#: The robot's token is none (any more).
GONE: Final = frozenset({19001})


def classify(*, status: int, code: int | None = None, headers: Mapping[str, str] | None = None) -> Result:
    """What an answer means. 19021, 19022 and 19024 (signature, address, keyword) are mended in its settings."""
    return judge(status=status, code=code, busy=BUSY, never=GONE, headers=headers)


EXAMPLES = (
    Example("taken", {"status": 200, "code": 0}, Outcome.SENT),
    Example("too often", {"status": 200, "code": 11232}, Outcome.THROTTLED),
    Example("the robot is gone", {"status": 200, "code": 19001}, Outcome.REFUSED),
    Example("the signature is not right", {"status": 200, "code": 19021}, Outcome.ACCOUNT),
    Example("a gateway failed", {"status": 502}, Outcome.UNKNOWN),
)


def signature(seconds: int, secret: str) -> str:
    """The signature of a call at so many seconds since 1970."""
    return b64encode(hmac.digest(f"{seconds}\n{secret}".encode(), b"", "sha256")).decode()


def compose(text: str, secret: str, at: datetime) -> tuple[dict[str, str], dict[str, Any]]:
    """(query, body) of a call."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if not secret:
        return {}, body
    seconds = int(at.timestamp())
    return {}, {"timestamp": str(seconds), "sign": signature(seconds, secret), **body}


def _judge(status: int, said: Mapping[str, Any], headers: Mapping[str, str]) -> Result:
    # Old robots answer with StatusCode.
    return classify(status=status, code=said.get("code", said.get("StatusCode")), headers=headers)


PROVIDER = Provider(
    code=CODE,
    channel="robot",
    enabled=lambda: robot.CHANNEL.enabled(),
    open=session_of(compose, _judge),
    classify=classify,
    address=CODE,
)
