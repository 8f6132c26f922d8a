"""WeCom's group robots (消息推送): the key in the address is all they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.notify.channels import robot
from services.notify.channels.providers._http import judge
from services.notify.channels.providers._robot import session_of
from services.notify.domain.channels import Example, Provider
from services.notify.domain.delivery import Outcome, Result

CODE: Final = "wecom_robot"
#: Twenty a minute; system busy.
BUSY: Final = frozenset({-1, 45009})
#: The robot was taken out of its group.
GONE: Final = frozenset({93000})


def classify(*, status: int, errcode: int | None = None, headers: Mapping[str, str] | None = None) -> Result:
    """What an answer means."""
    return judge(status=status, code=errcode, busy=BUSY, never=GONE, headers=headers)


EXAMPLES = (
    Example("taken", {"status": 200, "errcode": 0}, Outcome.SENT),
    Example("more than twenty a minute", {"status": 200, "errcode": 45009}, Outcome.THROTTLED),
    Example("the robot is gone", {"status": 200, "errcode": 93000}, Outcome.REFUSED),
    Example("something else of ours", {"status": 200, "errcode": 40058}, Outcome.ACCOUNT),
    Example("a gateway failed", {"status": 502}, Outcome.UNKNOWN),
)


def compose(text: str, secret: str, at: datetime) -> tuple[dict[str, str], dict[str, Any]]:
    """(query, body) of a call."""
    return {}, {"msgtype": "text", "text": {"content": text}}


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
