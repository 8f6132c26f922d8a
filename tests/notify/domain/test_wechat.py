"""Messages to WeChat: the requests of its documentation, and values as it takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.notify.channels.providers import wechat_mini, wechat_service
from services.notify.channels.providers._wechat import LENGTHS, value
from services.notify.domain.channels import Outgoing, ProviderTemplate

VECTORS = Path(__file__).parent.parent / "vectors"


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def outgoing(request: dict[str, Any], key: str = "k") -> Outgoing:
    """A message of ours that should become this request: their keywords under names of ours."""
    names = {theirs: f"v{n}" for n, theirs in enumerate(request["data"])}
    return Outgoing(
        key=key,
        address=request["touser"],
        title="t",
        body="b",
        locale="zh",
        variables={ours: request["data"][theirs]["value"] for theirs, ours in names.items()},
        provider_template=ProviderTemplate(
            request["template_id"], "", [f"{theirs}={ours}" for theirs, ours in names.items()]
        ),
    )


def test_a_subscription_message_is_asked_for_as_in_wechats_example() -> None:
    wanted = vector("wechat_subscribe")["request"]
    given = wechat_mini.MiniSettings(page="index", state="developer")
    assert wechat_mini.request(outgoing(wanted), given) == wanted


def test_a_template_message_is_asked_for_as_in_wechats_example() -> None:
    wanted = vector("wechat_template")["request"]
    given = wechat_service.ServiceAccountSettings(
        link=wanted["url"],
        mini_app_id=wanted["miniprogram"]["appid"],
        mini_page=wanted["miniprogram"]["pagepath"],
    )
    assert wechat_service.request(outgoing(wanted, wanted["client_msg_id"]), given) == wanted


@pytest.mark.parametrize(("kind", "most"), sorted(vector("wechat_subscribe")["limits"].items()))
def test_values_are_cut_to_what_wechat_takes(kind: str, most: int) -> None:
    assert LENGTHS[kind] == most
    assert value(f"{kind}1", "字" * most) == "字" * most
    cut = value(f"{kind}12", "字" * (most + 1))
    assert len(cut) == most and cut.endswith("…")


def test_an_amount_has_neither_blanks_nor_commas_and_a_time_stays_whole() -> None:
    assert value("amount3", "1,213.42 元") == "1213.42元"
    assert value("time2", "2025年3月7日 09:10") == "2025年3月7日 09:10"


def test_a_parameter_may_have_another_name_at_the_provider() -> None:
    assert ProviderTemplate("c", "s", ["thing1=place", "due"]).pairs() == [("thing1", "place"), ("due", "due")]
