"""Alipay, open platform with RSA2: the page of a mobile browser, the question after a trade, its end, the callback."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from services.billing.domain.orders import GONE, PENDING, SUCCESS, Said
from services.billing.domain.refunds import DONE, NONE, SaidBack
from services.billing.domain.refunds import PENDING as PENDING_BACK
from services.billing.providers._config import Account
from services.billing.providers._http import call
from services.billing.providers._keys import sign, signed
from services.billing.providers._said import (
    Back,
    BackWord,
    Callback,
    NoAnswer,
    NotTheirs,
    Provider,
    Refused,
    Trade,
    Word,
)
from shared.clock import wall
from shared.money import Money

#: Alipay repeats a notification for 25 hours, with its first time in it; what is older is a replay.
WINDOW: Final = timedelta(hours=26)
_CHINA: Final = ZoneInfo("Asia/Shanghai")
_PATH: Final = "/gateway.do"
#: Refusals after which Alipay wants the same request again; whether it was done is not known.
_TRY_AGAIN: Final = frozenset({"ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "isp.unknow-error"})
_STATES: Final = {
    "TRADE_SUCCESS": SUCCESS,
    "TRADE_FINISHED": SUCCESS,
    "WAIT_BUYER_PAY": PENDING,
    "TRADE_CLOSED": GONE,
}


def content(parameters: Mapping[str, str], *, without: tuple[str, ...] = ("sign",)) -> bytes:
    """What is signed: ``k=v`` joined by ``&`` in the order of the names, empty values left out."""
    kept = sorted((k, v) for k, v in parameters.items() if k not in without and v != "")
    return "&".join(f"{k}={v}" for k, v in kept).encode()


def _request(account: Account, method: str, biz: Mapping[str, str], **more: str) -> dict[str, str]:
    parameters = {
        "app_id": account.app_id,
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": _local(wall()),
        "version": "1.0",
        "biz_content": orjson.dumps(dict(biz)).decode(),
        **more,
    }
    return {**parameters, "sign": sign(content(parameters), account.private_key)}


async def start(account: Account, trade: Trade) -> dict[str, str]:
    """The address of the page to pay on. Signed here; nothing is sent."""
    biz = {
        "out_trade_no": trade.id.hex,
        "total_amount": str(Money(trade.amount_fen)),
        "subject": trade.subject,
        "product_code": "QUICK_WAP_WAY",
        "time_expire": _local(trade.expires_at),
        "seller_id": account.merchant,
    }
    parameters = _request(account, "alipay.trade.wap.pay", biz, notify_url=trade.notify_url)
    return {"url": f"{account.url}{_PATH}?{urlencode(parameters)}"}


async def ask(account: Account, order_id: UUID) -> Word:
    """What became of a trade. One that Alipay never heard of can still be started. Raises NoAnswer."""
    told = await _call(account, "alipay.trade.query", order_id)
    if told.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
        return Word(order_id, Said(PENDING), None, None)
    if told.get("code") != "10000":
        raise NoAnswer(f"refused: {str(told.get('sub_code'))[:40]}")
    try:
        return _word({**told, "gmt_payment": told.get("send_pay_date", "")}, None)
    except NotTheirs as problem:
        raise NoAnswer(str(problem)) from problem


async def close(account: Account, order_id: UUID) -> None:
    """End a trade, so that nobody can pay it any more. Raises NoAnswer, also when it was paid meanwhile."""
    told = await _call(account, "alipay.trade.close", order_id)
    if told.get("code") != "10000" and told.get("sub_code") != "ACQ.TRADE_NOT_EXIST":
        raise NoAnswer(f"refused: {str(told.get('sub_code'))[:40]}")


def hear(account: Account, callback: Callback, at: datetime) -> Word | BackWord:
    """The word in a callback, whose signature is checked before anything in it is used. ``at`` is wall time.

    Raises:
        NotTheirs: not signed by a key we know, older than the window, or of another merchant or application.
    """
    try:
        pairs = parse_qsl(callback.body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=100)
    except ValueError as problem:
        raise NotTheirs("not a form") from problem
    told = dict(pairs)
    if len(told) < len(pairs):
        raise NotTheirs("a name stands twice")  # what was signed and what is read could differ
    message = content(told, without=("sign", "sign_type"))
    if told.get("sign_type") != "RSA2" or not _theirs(account, message, told.get("sign", "")):
        raise NotTheirs("wrong signature")
    if abs(at - _instant(told.get("notify_time", ""))) > WINDOW:
        raise NotTheirs("outside the window")
    same = hmac.compare_digest(told.get("seller_id", "").encode(), account.merchant.encode())
    if not same or told.get("app_id") != account.app_id:
        raise NotTheirs("another merchant or application")
    if told.get("out_biz_no") and told.get("gmt_refund"):
        # Its amounts are those of all refunds of the trade: it only says that there is something to ask for.
        return BackWord(
            *(_number(told["out_biz_no"]), _number(told.get("out_trade_no", "")), SaidBack(PENDING_BACK)),
            *(None, None, told.get("notify_id", "")[:128]),
        )
    return _word(told, told.get("notify_id", "")[:128])


def _number(text: str) -> UUID:
    try:
        return UUID(hex=text)
    except ValueError as problem:
        raise NotTheirs("not a refund of ours") from problem


async def refund(account: Account, back: Back) -> BackWord:
    """Give money of a trade back; the same number again is the same refund. Raises NoAnswer or Refused."""
    biz = {"refund_amount": str(Money(back.amount_fen)), "out_request_no": back.id.hex, "refund_reason": "退款"}
    told = await _call(account, "alipay.trade.refund", back.order_id, **biz)
    if told.get("code") != "10000":
        reason = str(told.get("sub_code"))[:40]
        if reason in _TRY_AGAIN or told.get("code") == "20000":
            raise NoAnswer(reason)
        raise Refused(reason)
    done = told.get("fund_change") == "Y"
    said = SaidBack(DONE, back.amount_fen) if done else SaidBack(PENDING_BACK)
    return BackWord(back.id, back.order_id, said, str(told.get("trade_no") or "")[:64] or None, None)


async def ask_refund(account: Account, back: Back) -> BackWord:
    """What became of a refund. Raises NoAnswer."""
    told = await _call(account, "alipay.trade.fastpay.refund.query", back.order_id, out_request_no=back.id.hex)
    if told.get("code") != "10000" and told.get("sub_code") != "ACQ.TRADE_NOT_EXIST":
        raise NoAnswer(f"refused: {str(told.get('sub_code'))[:40]}")
    try:
        said, at = back_said(told)
    except NotTheirs as problem:
        raise NoAnswer(str(problem)) from problem
    return BackWord(back.id, back.order_id, said, str(told.get("trade_no") or "")[:64] or None, at)


def back_said(told: Mapping[str, Any]) -> tuple[SaidBack, datetime | None]:
    """State, fen and time in the answer to a question after a refund: without its state and amount it was never
    received, or failed. Raises NotTheirs."""
    if not told.get("refund_amount") and not told.get("refund_status"):
        return SaidBack(NONE), None
    if told.get("refund_status") != "REFUND_SUCCESS":
        return SaidBack(PENDING_BACK), None
    try:
        fen = Money.parse(str(told["refund_amount"])).fen
    except (KeyError, ValueError) as problem:
        raise NotTheirs("no amount") from problem
    return SaidBack(DONE, fen), _instant(str(told["gmt_refund_pay"])) if told.get("gmt_refund_pay") else None


def _theirs(account: Account, message: bytes, signature: str) -> bool:
    return any(signed(message, signature, key) for key in account.provider_keys.values())


def _word(told: Mapping[str, Any], notification: str | None) -> Word:
    state = _STATES.get(str(told.get("trade_status")))
    if state is None:
        raise NotTheirs("unknown state")
    try:
        order_id = UUID(hex=str(told["out_trade_no"]))
        fen = Money.parse(str(told["total_amount"])).fen if state == SUCCESS else None
        paid_at = _instant(str(told["gmt_payment"])) if told.get("gmt_payment") else None
    except (KeyError, ValueError) as problem:
        raise NotTheirs("not a trade of ours") from problem
    return Word(order_id, Said(state, fen), str(told.get("trade_no") or "")[:64] or None, paid_at, notification)


async def _call(account: Account, method: str, order_id: UUID, **biz: str) -> dict[str, Any]:
    parameters = _request(account, method, {"out_trade_no": order_id.hex, **biz})
    answer = await call("POST", account.url + _PATH, form=parameters)
    name = method.replace(".", "_") + "_response"
    # The signature covers the object exactly as it was sent, so it is cut out of the text, not written anew.
    text = answer.text
    found = re.fullmatch(rf'\s*\{{\s*"{name}"\s*:\s*(\{{.*\}})\s*,\s*"sign"\s*:\s*"([^"]+)".*\}}\s*', text, re.DOTALL)
    if answer.status_code != 200 or found is None or not _theirs(account, found[1].encode(), found[2]):
        raise NoAnswer("the answer is not theirs")
    told = orjson.loads(found[1])
    assert isinstance(told, dict)  # it begins with a brace
    return told


def _local(at: datetime) -> str:
    return at.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_CHINA)
    except ValueError as problem:
        raise NotTheirs("no time") from problem


PROVIDER = Provider(
    *("alipay", start, ask, close, hear, refund, ask_refund), (200, "success", "text/plain"), needs_payer=False
)
