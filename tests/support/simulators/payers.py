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


class WechatPay:
    """API v3: jsapi, the question, the close, and what it would POST to the notify_url."""

    def __init__(self) -> None:
        self.trades: dict[str, Trade] = {}
        self.down = False
        self.forged = False
        self.seen: list[tuple[str, str]] = []
        base = "/v3/pay/transactions"
        self.app = Starlette(
            routes=[
                Route(f"{base}/jsapi", self._begin, methods=["POST"]),
                Route(base + "/out-trade-no/{number}", self._ask, methods=["GET"]),
                Route(base + "/out-trade-no/{number}/close", self._close, methods=["POST"]),
            ]
        )

    def pay(self, number: str, at: datetime, taken: int | None = None) -> Trade:
        """Somebody pays on their phone."""
        trade = self.trades[number]
        trade.state, trade.paid_at, trade.taken = "SUCCESS", at, taken
        return trade

    def notification(self, trade: Trade, *, id: str | None = None, **changes: Any) -> tuple[bytes, dict[str, str]]:
        """Body and headers of the callback about a trade."""
        plain = json.dumps({**self._told(trade), **changes}).encode()
        nonce = secrets.token_hex(6)
        sealed = AESGCM(API_KEY.encode()).encrypt(nonce.encode(), plain, b"transaction")
        body = {
            "id": id or f"n-{trade.number}-{trade.state}",
            "event_type": "TRANSACTION.SUCCESS",
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


class Alipay:
    """The gateway: query and close; the page is opened by the payer's browser, and here by the test."""

    def __init__(self) -> None:
        self.trades: dict[str, Trade] = {}
        self.down = False
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


def _local(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
