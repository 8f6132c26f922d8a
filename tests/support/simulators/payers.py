"""The providers of money, as documented: they keep trades, sign with keys of their own, and check ours."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.billing.providers._keys import sign, signed
from services.billing.providers.alipay import content
from shared.clock import wall

CHINA = ZoneInfo("Asia/Shanghai")
API_KEY = "0123456789abcdef0123456789abcdef"


@cache
def keys(name: str) -> tuple[str, str]:
    """A private and a public key as PEM, one pair per name and run."""
    key = generate_private_key(65537, 2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def pay_accounts(wechat: str = "http://127.0.0.1:9", alipay: str = "http://127.0.0.1:9", **more: Any) -> str:
    """The setting of an installation with one account at each; by default nobody listens there."""
    common = {"private_key": keys("ours")[0], **more}
    return json.dumps(
        [
            {
                "id": "wx",
                "method": "wechat",
                "app_id": "wxapp",
                "merchant": "1900000001",
                "serial": "OURS",
                "provider_keys": {"THEIRS": keys("wechat")[1]},
                "api_key": API_KEY,
                "base_url": wechat,
                **common,
            },
            {
                "id": "ali",
                "method": "alipay",
                "app_id": "2021000000000001",
                "merchant": "2088000000000001",
                "provider_keys": {"alipay": keys("alipay")[1]},
                "base_url": alipay,
                **common,
            },
        ]
    )


@dataclass
class Trade:
    """A trade as the provider keeps it."""

    number: str
    fen: int
    state: str
    id: str = field(default_factory=lambda: f"T{secrets.token_hex(12)}")
    paid_at: datetime | None = None
    taken: int | None = None


@dataclass
class Back:
    """A refund as the provider keeps it."""

    number: str
    order: str
    fen: int
    total: int
    state: str = "PROCESSING"
    id: str = field(default_factory=lambda: f"R{secrets.token_hex(12)}")
    at: datetime | None = None


class WechatPay:
    """API v3: jsapi, the question, the close, refunds, and what it would POST to the notify_url."""

    def __init__(self) -> None:
        self.trades: dict[str, Trade] = {}
        self.down = False
        self.forged = False
        self.seen: list[tuple[str, str]] = []
        self.backs: dict[str, Back] = {}
        self.poor = False
        self.deaf = False  # what is sent does not arrive
        self.mute = False  # what is sent arrives and is done, and its answer is lost
        refunds = "/v3/refund/domestic/refunds"
        base = "/v3/pay/transactions"
        self.app = Starlette(
            routes=[
                Route(f"{base}/jsapi", self._begin, methods=["POST"]),
                Route(base + "/out-trade-no/{number}", self._ask, methods=["GET"]),
                Route(base + "/out-trade-no/{number}/close", self._close, methods=["POST"]),
                Route(refunds, self._refund, methods=["POST"]),
                Route(refunds + "/{number}", self._ask_refund, methods=["GET"]),
            ]
        )

    def pay(self, number: str, at: datetime, taken: int | None = None) -> Trade:
        """Somebody pays on their phone."""
        trade = self.trades[number]
        trade.state, trade.paid_at, trade.taken = "SUCCESS", at, taken
        return trade

    def notification(self, trade: Trade, *, id: str | None = None, **changes: Any) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the callback about a trade."""
        told = {**self._told(trade), **changes}
        return self._sealed(id or f"n-{trade.number}-{trade.state}", "TRANSACTION.SUCCESS", told)

    def back_notification(self, back: Back, **changes: Any) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the callback about a refund."""
        told = {**self._back_told(back), "mchid": "1900000001", "refund_status": back.state, **changes}
        del told["status"]
        return self._sealed(f"b-{back.number}-{back.state}", f"REFUND.{back.state}", told)

    def _sealed(self, id: str, kind: str, told: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        plain = json.dumps(told).encode()
        nonce = secrets.token_hex(6)
        sealed = AESGCM(API_KEY.encode()).encrypt(nonce.encode(), plain, b"transaction")
        body = {
            "id": id,
            "event_type": kind,
            "resource_type": "encrypt-resource",
            "resource": {
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": b64encode(sealed).decode(),
                "associated_data": "transaction",
                "nonce": nonce,
            },
        }
        text = json.dumps(body).encode()
        return text, self._headers(text)

    def _told(self, trade: Trade) -> dict[str, Any]:
        told: dict[str, Any] = {
            "appid": "wxapp",
            "mchid": "1900000001",
            "out_trade_no": trade.number,
            "trade_state": trade.state,
        }
        if trade.paid_at is not None:
            fen = trade.fen if trade.taken is None else trade.taken
            told |= {
                "transaction_id": trade.id,
                "success_time": trade.paid_at.astimezone(CHINA).isoformat(),
                "amount": {"total": fen, "payer_total": fen, "currency": "CNY"},
                "payer": {"openid": "openid-of-somebody"},
            }
        return told

    def _headers(self, body: bytes, *, age: int = 0) -> dict[str, str]:
        stamp, nonce = str(int(wall().timestamp()) - age), secrets.token_hex(8)
        key = keys("somebody else" if self.forged else "wechat")[0]
        return {
            "Wechatpay-Serial": "THEIRS",
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": sign(f"{stamp}\n{nonce}\n".encode() + body + b"\n", key),
        }

    def aged(self, body: bytes, age: int) -> dict[str, str]:
        """Headers of the same body, signed so many seconds ago."""
        return self._headers(body, age=age)

    async def _checked(self, request: Request) -> dict[str, Any]:
        """The body, if our signature is right; WeChat Pay would answer 401."""
        body = await request.body()
        self.seen.append((request.method, request.url.path))
        parts = dict(
            part.split("=", 1)
            for part in request.headers["authorization"].removeprefix("WECHATPAY2-SHA256-RSA2048 ").split(",")
        )
        told = {name: value.strip('"') for name, value in parts.items()}
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        message = f"{request.method}\n{path}\n{told['timestamp']}\n{told['nonce_str']}\n".encode() + body + b"\n"
        assert told["mchid"] == "1900000001" and told["serial_no"] == "OURS"
        assert signed(message, told["signature"], keys("ours")[1])
        return json.loads(body) if body else {}

    def _answer(self, found: Any, status: int = 200) -> Response:
        if self.down:
            return Response(status_code=503)
        text = b"" if found is None else json.dumps(found).encode()
        return Response(text, status_code=status, media_type="application/json", headers=self._headers(text))

    async def _begin(self, request: Request) -> Response:
        told = await self._checked(request)
        if told["payer"]["openid"] == "stranger":
            return self._answer({"code": "PARAM_ERROR", "message": "openid"}, 400)
        number = told["out_trade_no"]
        trade = self.trades.setdefault(number, Trade(number, told["amount"]["total"], "NOTPAY"))
        assert trade.fen == told["amount"]["total"]
        return self._answer({"prepay_id": f"wx{number}"})

    async def _ask(self, request: Request) -> Response:
        await self._checked(request)
        trade = self.trades.get(request.path_params["number"])
        if trade is None:
            return self._answer({"code": "ORDER_NOT_EXIST", "message": "-"}, 404)
        return self._answer(self._told(trade))

    async def _close(self, request: Request) -> Response:
        await self._checked(request)
        trade = self.trades.get(request.path_params["number"])
        if trade is not None and trade.state == "SUCCESS":
            return self._answer({"code": "ORDERPAID", "message": "-"}, 400)
        if trade is not None:
            trade.state = "CLOSED"
        return self._answer(None, 204)


    def _back_told(self, back: Back) -> dict[str, Any]:
        amount = {"total": back.total, "refund": back.fen, "payer_total": back.total, "payer_refund": back.fen}
        told: dict[str, Any] = {
            "out_refund_no": back.number,
            "out_trade_no": back.order,
            "refund_id": back.id,
            "status": back.state,
            "amount": {**amount, "currency": "CNY"},
        }
        return told | ({"success_time": back.at.astimezone(CHINA).isoformat()} if back.at else {})

    async def _refund(self, request: Request) -> Response:
        told = await self._checked(request)
        if self.deaf:
            return Response(status_code=503)
        if self.poor:
            return self._answer({"code": "NOT_ENOUGH", "message": "-"}, 403)
        trade, number, amount = self.trades[told["out_trade_no"]], told["out_refund_no"], told["amount"]
        given = sum(b.fen for b in self.backs.values() if b.order == trade.number and b.number != number)
        assert trade.state == "SUCCESS" and amount["total"] == trade.fen and given + amount["refund"] <= trade.fen
        back = self.backs.setdefault(number, Back(number, trade.number, amount["refund"], trade.fen))
        assert back.fen == amount["refund"]
        return Response(status_code=503) if self.mute else self._answer(self._back_told(back))

    async def _ask_refund(self, request: Request) -> Response:
        await self._checked(request)
        back = self.backs.get(request.path_params["number"])
        if back is None:
            return self._answer({"code": "RESOURCE_NOT_EXISTS", "message": "-"}, 404)
        return self._answer(self._back_told(back))


class Alipay:
    """The gateway: query, close and refunds; the page is opened by the payer's browser, and here by the test."""

    def __init__(self) -> None:
        self.trades: dict[str, Trade] = {}
        self.down = False
        self.backs: dict[str, Back] = {}
        self.poor = False
        self.deaf = False  # what is sent does not arrive
        self.mute = False  # what is sent arrives and is done, and its answer is lost
        self.app = Starlette(routes=[Route("/gateway.do", self._gateway, methods=["POST"])])

    def open(self, url: str) -> Trade:
        """Somebody opens the page: our signature must be right."""
        told = dict(parse_qsl(url.split("?", 1)[1]))
        assert signed(content(told), told["sign"], keys("ours")[1])
        biz = json.loads(told["biz_content"])
        whole, part = biz["total_amount"].split(".")
        number = biz["out_trade_no"]
        return self.trades.setdefault(number, Trade(number, int(whole) * 100 + int(part), "WAIT_BUYER_PAY"))

    def notification(self, trade: Trade, **changes: str) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the callback about a trade."""
        told = {
            "notify_time": _local(wall()),
            "notify_type": "trade_status_sync",
            "notify_id": f"n-{trade.number}-{trade.state}",
            "app_id": "2021000000000001",
            "seller_id": "2088000000000001",
            "out_trade_no": trade.number,
            "trade_no": trade.id,
            "trade_status": trade.state,
            "total_amount": f"{trade.fen / 100:.2f}",
            "gmt_payment": _local(trade.paid_at or wall()),
            "subject": "物业费用",
            "passback_params": "",
            **changes,
        }
        told["sign"] = sign(content(told), keys("alipay")[0])
        told["sign_type"] = "RSA2"
        return urlencode(told).encode(), {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}

    def back_notification(self, trade: Trade, back: Back) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the callback about a trade of which something was refunded."""
        fen = sum(b.fen for b in self.backs.values() if b.order == trade.number)
        more = {"refund_fee": f"{fen / 100:.2f}", "gmt_refund": _local(wall()), "out_biz_no": back.number}
        return self.notification(trade, notify_id=f"b-{back.number}", **more)

    async def _gateway(self, request: Request) -> Response:
        if self.down:
            return Response(status_code=502)
        told = {name: str(value) for name, value in (await request.form()).items()}
        assert signed(content(told), told["sign"], keys("ours")[1])
        number = json.loads(told["biz_content"])["out_trade_no"]
        trade = self.trades.get(number)
        found: dict[str, str]
        if trade is None:
            found = {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST"}
        elif "refund" in told["method"]:
            if self.deaf and told["method"] == "alipay.trade.refund":
                return Response(status_code=502)
            found = self._refund(told["method"], trade, json.loads(told["biz_content"]))
            if self.mute and told["method"] == "alipay.trade.refund":
                return Response(status_code=502)
        elif told["method"] == "alipay.trade.close":
            trade.state = "TRADE_CLOSED"
            found = {"code": "10000", "msg": "Success", "out_trade_no": number}
        else:
            found = {
                "code": "10000",
                "msg": "Success",
                "out_trade_no": number,
                "trade_no": trade.id,
                "trade_status": trade.state,
                "total_amount": f"{trade.fen / 100:.2f}",
                **({"send_pay_date": _local(trade.paid_at)} if trade.paid_at else {}),
            }
        text = json.dumps(found, ensure_ascii=False)
        signature = sign(text.encode(), keys("alipay")[0])
        name = told["method"].replace(".", "_") + "_response"
        return Response(f'{{"{name}":{text},"sign":"{signature}"}}', media_type="application/json")


    def _refund(self, method: str, trade: Trade, biz: dict[str, Any]) -> dict[str, str]:
        number, ok = biz["out_request_no"], {"code": "10000", "msg": "Success", "out_trade_no": trade.number}
        back = self.backs.get(number)
        if method == "alipay.trade.fastpay.refund.query":
            if back is None:
                return ok
            told = {"out_request_no": number, "refund_amount": f"{back.fen / 100:.2f}", "trade_no": trade.id}
            return {**ok, **told, **({"refund_status": "REFUND_SUCCESS"} if back.state == "SUCCESS" else {})}
        if self.poor:
            return {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH"}
        whole, part = biz["refund_amount"].split(".")
        fen = int(whole) * 100 + int(part)
        change = "N" if back else "Y"
        given = sum(b.fen for b in self.backs.values() if b.order == trade.number and b.number != number)
        assert trade.state == "TRADE_SUCCESS" and given + fen <= trade.fen
        self.backs.setdefault(number, Back(number, trade.number, fen, trade.fen, "SUCCESS"))
        total = f"{(given + fen) / 100:.2f}"
        return {**ok, "trade_no": trade.id, "refund_fee": total, "fund_change": change}


def _local(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
