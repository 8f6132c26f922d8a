"""DingTalk's group robots, their calls signed (加签): HMAC-SHA-256 of time and secret under the secret."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.notify.channels import robot
from services.notify.channels.providers._http import judge
from services.notify.channels.providers._robot import session_of
from services.notify.domain.channels import Example, Provider
from services.notify.domain.delivery import Outcome, Result

CODE: Final = "dingtalk_robot"
#: Twenty a minute; system busy.
BUSY: Final = frozenset({-1, 130101, 410100})
#: The group was dissolved, the robot is unknown or was stopped.
GONE: Final = frozenset({400013, 400101, 400102})


def classify(*, status: int, errcode: int | None = None, headers: Mapping[str, str] | None = None) -> Result:
    """What an answer means. 310000, a signature or a keyword that it does not take, is mended in its settings."""
    return judge(status=status, code=errcode, busy=BUSY, never=GONE, headers=headers)


EXAMPLES = (
    Example("taken", {"status": 200, "errcode": 0}, Outcome.SENT),
    Example("more than twenty a minute", {"status": 200, "errcode": 130101}, Outcome.THROTTLED),
    Example("the group was dissolved", {"status": 200, "errcode": 400013}, Outcome.REFUSED),
    Example("the signature is not right", {"status": 200, "errcode": 310000}, Outcome.ACCOUNT),
    Example("a gateway failed", {"status": 502}, Outcome.UNKNOWN),
)


def signature(millis: int, secret: str) -> str:
    """The signature of a call at so many milliseconds since 1970."""
    return b64encode(hmac.digest(secret.encode(), f"{millis}\n{secret}".encode(), "sha256")).decode()


def compose(text: str, secret: str, at: datetime) -> tuple[dict[str, str], dict[str, Any]]:
    """(query, body) of a call."""
    body = {"msgtype": "text", "text": {"content": text}}
    if not secret:
        return {}, body
    millis = (at - datetime.fromtimestamp(0, at.tzinfo)) // timedelta(milliseconds=1)
    return {"timestamp": str(millis), "sign": signature(millis, secret)}, body


def _judge(status: int, said: Mapping[str, Any], headers: Mapping[str, str]) -> Result:
    return classify(status=status, errcode=said.get("errcode"), headers=headers)


PROVIDER = Provider(
    code=CODE,
    channel="robot",
    enabled=lambda: robot.CHANNEL.enabled(),
    open=session_of(compose, _judge),
    classify=classify,
    address=CODE,
)
