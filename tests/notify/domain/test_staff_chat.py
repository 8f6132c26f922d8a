"""Requests to work accounts, robots and telephones: shaped, and signed, as the providers describe them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.notify.channels import dingtalk, feishu, robot, wecom
from services.notify.channels.providers import dingtalk_robot, feishu_robot, getui, jiguang, wecom_robot
from services.notify.channels.providers._devices import each
from services.notify.channels.providers._text import MOST, text_of
from services.notify.domain.channels import Outgoing
from services.notify.domain.delivery import Outcome, Result
from tests.notify.domain.test_wechat import vector

MESSAGE = Outgoing(key="0195a1b2-0000-7000-8000-000000000001", address="u1", title="标题", body="正文", locale="zh")
AT = datetime(2025, 3, 7, 1, 10, tzinfo=UTC)


def shape(value: Any) -> Any:
    """The names and types of a request, whatever it says."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) else type(value).__name__


def within(given: Any, described: Any) -> bool:
    """Whether a request has nothing that is not described, and everything of the described types."""
    if isinstance(given, dict):
        return isinstance(described, dict) and all(
            name in described and within(inner, described[name]) for name, inner in given.items()
        )
    return bool(given == described)


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("wecom", wecom.request(MESSAGE, 1000002)),
        ("dingtalk", dingtalk.request(MESSAGE, 256)),
        ("feishu", feishu.request(MESSAGE)),
        ("wecom_robot", wecom_robot.compose("t", "", AT)[1]),
        ("dingtalk_robot", dingtalk_robot.compose("t", "s", AT)[1]),
        ("feishu_robot", feishu_robot.compose("t", "s", AT)[1]),
    ],
)
def test_requests_are_shaped_as_their_providers_describe_them(name: str, request_: dict[str, Any]) -> None:
    assert within(shape(request_), shape(vector("staff_chat")[name]))


def test_pushes_are_shaped_as_their_providers_describe_them() -> None:
    given = vector("push")
    assert within(shape(jiguang.request(MESSAGE, "d", production=False)), shape(given["jiguang"]["request"]))
    asked = getui.request(MESSAGE, "d")
    assert within(shape(asked), shape(given["getui"]["request"]))
    assert 10 <= len(asked["request_id"]) <= 32
    assert getui.request(MESSAGE, "d") == asked != getui.request(MESSAGE, "e")


def test_feishus_content_is_json_in_json() -> None:
    assert json.loads(feishu.request(MESSAGE)["content"]) == {"text": "标题\n正文"}


def test_robots_are_called_with_the_signature_of_the_documented_steps() -> None:
    given = vector("staff_chat")["signatures"]
    ding, fei = given["dingtalk_robot"], given["feishu_robot"]
    assert dingtalk_robot.signature(ding["at"], ding["secret"]) == ding["sign"]
    assert feishu_robot.signature(fei["at"], fei["secret"]) == fei["sign"]
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ding["at"])
    assert dingtalk_robot.compose("t", ding["secret"], at)[0] == {"timestamp": str(ding["at"]), "sign": ding["sign"]}
    at = datetime.fromtimestamp(fei["at"], UTC)
    body = feishu_robot.compose("t", fei["secret"], at)[1]
    assert (body["timestamp"], body["sign"]) == (str(fei["at"]), fei["sign"])
    assert dingtalk_robot.compose("t", "", at)[0] == {} and "sign" not in feishu_robot.compose("t", "", at)[1]


def test_pushes_are_authorised_as_in_the_aggregators_examples() -> None:
    given = vector("push")
    jig, get = given["jiguang"], given["getui"]
    assert jiguang.authorisation(jig["app_key"], jig["master_secret"]) == jig["authorization"]
    assert getui.signature(get["app_key"], get["millis"], get["master_secret"]) == get["sign"]


def test_a_long_text_is_cut_between_characters() -> None:
    cut = text_of(Outgoing(key="k", address="u", title="标题", body="字" * 2000, locale="zh"))
    assert len(cut.encode()) <= MOST and cut.endswith("字…")


@pytest.mark.parametrize(
    ("scheme", "host", "allowed"),
    [
        ("https", "oapi.dingtalk.com", True),
        ("http", "oapi.dingtalk.com", False),
        ("http", "127.0.0.1", True),
        ("https", "127.0.0.1", False),
        ("https", "169.254.169.254", False),
        ("https", "oapi.dingtalk.com.evil.example", False),
        ("https", "", False),
    ],
)
def test_robots_are_called_at_named_hosts_alone(scheme: str, host: str, allowed: bool) -> None:
    given = robot.RobotSettings(hosts="oapi.dingtalk.com, http://127.0.0.1")
    assert given.allows(scheme, host) is allowed
    assert not robot.RobotSettings().allows(scheme, host)


@pytest.mark.parametrize(
    ("outcomes", "counts"),
    [
        ("refused sent", Outcome.SENT),
        ("throttled sent unknown", Outcome.SENT),
        ("unknown throttled", Outcome.UNKNOWN),
        ("refused throttled", Outcome.THROTTLED),
        ("refused refused", Outcome.REFUSED),
    ],
)
async def test_a_person_is_told_once_one_of_their_devices_has_it(outcomes: str, counts: Outcome) -> None:
    said = [Result(Outcome(o), gone=(o,) if o == "refused" else ()) for o in outcomes.split()]
    results = iter(said)

    async def send(device: str) -> Result:
        return next(results)

    found = await each("\n".join("abc"[: len(said)]), send)
    assert found.outcome is counts
    assert len(found.gone) == outcomes.split().count("refused")
