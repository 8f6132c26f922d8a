"""WeChat Pay, API v3: JSAPI for the mini-program, the question after a trade, its end, and the signed callback."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.billing.domain.orders import GONE, PENDING, SUCCESS, Said
from services.billing.domain.refunds import DONE, NONE, TROUBLE, SaidBack
from services.billing.domain.refunds import GONE as GONE_BACK
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

#: Seconds by which a signature's time may differ from ours; WeChat Pay's own rule. Older ones are replays.
WINDOW: Final = 300
_CHINA: Final = ZoneInfo("Asia/Shanghai")
_STATES: Final = {
    "SUCCESS": SUCCESS,
    "REFUND": SUCCESS,  # paid first: the money came in, the refund is an act of its own
    "NOTPAY": PENDING,
    "USERPAYING": PENDING,
    "CLOSED": GONE,
    "REVOKED": GONE,
    "PAYERROR": GONE,
}
_BACK: Final = {
    "SUCCESS": DONE,
    "PROCESSING": PENDING_BACK,
    "CLOSED": GONE_BACK,
    "ABNORMAL": TROUBLE,  # the payer's card takes no money: the merchant gives it back by hand
}


async def start(account: Account, trade: Trade) -> dict[str, str]:
    """What ``wx.requestPayment`` takes. The same trade again is the same prepayment. Raises NoAnswer or Refused."""
    answer = await _call(
        account,
        "POST",
        "/v3/pay/transactions/jsapi",
        {
            "appid": account.app_id,
            "mchid": account.merchant,
            "description": trade.subject,
            "out_trade_no": trade.id.hex,
            "time_expire": trade.expires_at.astimezone(_CHINA).isoformat(timespec="seconds"),
            "notify_url": trade.notify_url,
            "amount": {"total": trade.amount_fen, "currency": "CNY"},
            "payer": {"openid": trade.payer},
        },
    )
    if answer.status_code != 200:
        raise Refused(_code(answer))
    package = f"prepay_id={_object(answer.content).get('prepay_id', '')}"
    stamp, nonce = str(int(wall().timestamp())), secrets.token_hex(16)
    message = f"{account.app_id}\n{stamp}\n{nonce}\n{package}\n"
    return {
        "appId": account.app_id,
        "timeStamp": stamp,
        "nonceStr": nonce,
        "package": package,
        "signType": "RSA",
        "paySign": sign(message.encode(), account.private_key),
    }


async def ask(account: Account, order_id: UUID) -> Word:
    """What became of a trade. One that WeChat Pay never heard of can still be started. Raises NoAnswer."""
    path = f"/v3/pay/transactions/out-trade-no/{order_id.hex}?mchid={account.merchant}"
    answer = await _call(account, "GET", path, None)
    if answer.status_code == 404:
        return Word(order_id, Said(PENDING), None, None)
    if answer.status_code != 200:
        raise NoAnswer(f"refused: {_code(answer)}")
    try:
        return _word(account, _object(answer.content), None)
    except NotTheirs as problem:
        raise NoAnswer(str(problem)) from problem


async def close(account: Account, order_id: UUID) -> None:
    """End a trade, so that nobody can pay it any more. Raises NoAnswer, also when it was paid meanwhile."""
    path = f"/v3/pay/transactions/out-trade-no/{order_id.hex}/close"
    answer = await _call(account, "POST", path, {"mchid": account.merchant})
    if answer.status_code not in (200, 204, 404):
        raise NoAnswer(f"refused: {_code(answer)}")


async def refund(account: Account, back: Back) -> BackWord:
    """Give money of a trade back; the same number again is the same refund. Raises NoAnswer or Refused."""
    body = {
        "out_trade_no": back.order_id.hex,
        "out_refund_no": back.id.hex,
        "notify_url": back.notify_url,
        "amount": {"refund": back.amount_fen, "total": back.total_fen, "currency": "CNY"},
    }
    answer = await _call(account, "POST", "/v3/refund/domestic/refunds", body)
    if answer.status_code != 200:
        raise Refused(_code(answer))
    return _answered(answer)


async def ask_refund(account: Account, back: Back) -> BackWord:
    """What became of a refund. Raises NoAnswer."""
    answer = await _call(account, "GET", f"/v3/refund/domestic/refunds/{back.id.hex}", None)
    if answer.status_code == 404:
        return BackWord(back.id, back.order_id, SaidBack(NONE), None, None)
    if answer.status_code != 200:
        raise NoAnswer(f"refused: {_code(answer)}")
    return _answered(answer)


def _answered(answer: httpx.Response) -> BackWord:
    try:
        told = _object(answer.content)
        return _back_word({**told, "refund_status": told.get("status")}, None)
    except NotTheirs as problem:
        raise NoAnswer(str(problem)) from problem


def back_said(told: Mapping[str, Any]) -> tuple[SaidBack, datetime | None]:
    """State, fen and time in what is said of a refund. Raises NotTheirs."""
    status = str(told.get("refund_status"))
    state = _BACK.get(status)
    amount = told.get("amount")
    if state is None or not isinstance(amount, dict):
        raise NotTheirs("unknown state of a refund")
    try:
        fen = int(amount["refund"]) if state == DONE else None
        at = datetime.fromisoformat(told["success_time"]) if told.get("success_time") else None
    except (KeyError, ValueError, TypeError) as problem:
        raise NotTheirs("not a refund of ours") from problem
    if amount.get("currency", "CNY") != "CNY":
        return SaidBack(TROUBLE, fen), at
    return SaidBack(state, fen), at


def _back_word(told: dict[str, Any], notification: str | None) -> BackWord:
    said, at = back_said(told)
    try:
        refund_id, order_id = UUID(hex=str(told["out_refund_no"])), UUID(hex=str(told["out_trade_no"]))
    except (KeyError, ValueError) as problem:
        raise NotTheirs("not a refund of ours") from problem
    trade = str(told.get("refund_id") or "")[:64] or None
    trouble = None if said.state in (DONE, PENDING_BACK) else str(told["refund_status"])
    return BackWord(refund_id, order_id, said, trade, at, notification, trouble)


def hear(account: Account, callback: Callback, at: datetime) -> Word | BackWord:
    """The word in a callback, whose signature is checked before anything in it is read. ``at`` is wall time.

    Raises:
        NotTheirs: not signed by a key we know, older than the window, or of another merchant or application.
    """
    _check(account, callback.headers, callback.body, at)
    told = _object(callback.body)
    sealed = told.get("resource")
    if not isinstance(sealed, dict) or sealed.get("algorithm") != "AEAD_AES_256_GCM":
        raise NotTheirs("no sealed resource")
    kind, notification = str(told.get("event_type", "")), str(told.get("id", ""))[:128]
    if kind.startswith("REFUND."):
        plain = opened(account.api_key, sealed)
        if not hmac.compare_digest(str(plain.get("mchid")).encode(), account.merchant.encode()):
            raise NotTheirs("another merchant")
        return _back_word(plain, notification)
    if not kind.startswith("TRANSACTION."):
        raise NotTheirs("neither about a transaction nor about a refund")
    return _word(account, opened(account.api_key, sealed), notification)


def opened(api_key: str, sealed: dict[str, Any]) -> dict[str, Any]:
    """A resource sealed with AES-256-GCM. Raises NotTheirs."""
    try:
        plain = AESGCM(api_key.encode()).decrypt(
            str(sealed["nonce"]).encode(),
            b64decode(str(sealed["ciphertext"])),
            str(sealed.get("associated_data") or "").encode(),
        )
    except (InvalidTag, ValueError, KeyError) as problem:
        raise NotTheirs("the resource cannot be opened") from problem
    return _object(plain)


def _check(account: Account, headers: Any, body: bytes, at: datetime) -> None:
    serial, stamp = headers.get("wechatpay-serial", ""), headers.get("wechatpay-timestamp", "")
    key = account.provider_keys.get(serial)
    if key is None:
        raise NotTheirs("unknown serial")
    if not (stamp.isascii() and stamp.isdigit()) or abs(at.timestamp() - int(stamp[:12])) > WINDOW:
        raise NotTheirs("outside the window")
    message = f"{stamp}\n{headers.get('wechatpay-nonce', '')}\n".encode() + body + b"\n"
    if not signed(message, headers.get("wechatpay-signature", ""), key):
        raise NotTheirs("wrong signature")


def _word(account: Account, told: dict[str, Any], notification: str | None) -> Word:
    same = hmac.compare_digest(str(told.get("mchid")).encode(), account.merchant.encode())
    if not same or told.get("appid") != account.app_id:
        raise NotTheirs("another merchant or application")
    state = _STATES.get(str(told.get("trade_state")))
    if state is None:
        raise NotTheirs("unknown state")
    try:
        order_id = UUID(hex=str(told["out_trade_no"]))
        amount = told.get("amount") or {}
        fen = int(amount["total"]) if state == SUCCESS else None
        paid_at = datetime.fromisoformat(told["success_time"]) if told.get("success_time") else None
    except (KeyError, ValueError, TypeError) as problem:
        raise NotTheirs("not a trade of ours") from problem
    said = Said(state, fen, str(amount.get("currency") or "CNY"))
    return Word(order_id, said, str(told.get("transaction_id") or "")[:64] or None, paid_at, notification)


async def _call(account: Account, method: str, path: str, body: dict[str, Any] | None) -> httpx.Response:
    """An answer whose own signature is right; what an impostor in between says is no answer."""
    content = b"" if body is None else orjson.dumps(body)
    stamp, nonce = str(int(wall().timestamp())), secrets.token_hex(16)
    message = f"{method}\n{path}\n{stamp}\n{nonce}\n".encode() + content + b"\n"
    token = (
        f'mchid="{account.merchant}",nonce_str="{nonce}",timestamp="{stamp}",serial_no="{account.serial}",'
        f'signature="{sign(message, account.private_key)}"'
    )
    headers = {"Authorization": f"WECHATPAY2-SHA256-RSA2048 {token}", "Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    answer = await call(method, account.url + path, content=content or None, headers=headers)
    if answer.status_code < 400:
        try:
            _check(account, answer.headers, answer.content, wall())
        except NotTheirs as problem:
            raise NoAnswer(f"the answer is not theirs: {problem}") from problem
    return answer


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except ValueError as problem:
        raise NotTheirs("not JSON") from problem
    if not isinstance(found, dict):
        raise NotTheirs("not an object")
    return found


def _code(answer: httpx.Response) -> str:
    try:
        return str(_object(answer.content).get("code", ""))[:40] or str(answer.status_code)
    except NotTheirs:
        return str(answer.status_code)


PROVIDER = Provider(
    *("wechat", start, ask, close, hear, refund, ask_refund), (204, "", "application/json"), needs_payer=True
)
