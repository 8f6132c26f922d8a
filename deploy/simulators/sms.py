"""Aliyun's and Tencent Cloud's text-message services, as documented: SendSms of each, with the moods they have."""

from __future__ import annotations

import asyncio
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.simulators._server import remember


@dataclass
class Taken:
    """A message that went on to the network."""

    number: str
    template: str
    parameters: Any
    signature: str
    echo: str
    reference: str


@dataclass
class Moods:
    """What it does instead of taking a message. `codes`: number -> its own error code; `every_tenth` is refused;
    `hang`: it takes the message and answers after so many seconds; `fail_after`: it takes the message and answers
    500; `lose`: it answers that all is well and sends nothing; `throttle`: 429."""

    codes: dict[str, str] = field(default_factory=dict)
    every_tenth: str | None = None
    hang: float = 0.0
    fail_after: bool = False
    lose: bool = False
    throttle: int | None = None


class _Sms:
    """What both have in common."""

    def __init__(self, path: str = "/") -> None:
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.taken: list[Taken] = []
        self.calls = 0
        self.moods = Moods()
        self.app = Starlette(routes=[Route(path, self._send, methods=["POST"])])

    async def _send(self, request: Request) -> Response:
        told = await remember(self, request)
        self.calls += 1
        moods = self.moods
        if moods.throttle is not None:
            return JSONResponse({}, status_code=429, headers={"Retry-After": str(moods.throttle)})
        if (refusal := await self.faults(request)) is not None:
            return self.error(refusal)
        message = self.read(told)
        code = moods.codes.get(message.number)
        if moods.every_tenth and self.calls % 10 == 0:
            code = moods.every_tenth
        if code is not None:
            return self.refused(code, message)
        if not moods.lose:
            self.taken.append(message)
        if moods.hang:
            await asyncio.sleep(moods.hang)
        if moods.fail_after:
            return PlainTextResponse("oops", status_code=500)
        return self.accepted(message)

    async def faults(self, request: Request) -> str | None:
        raise NotImplementedError

    def read(self, told: dict[str, Any]) -> Taken:
        raise NotImplementedError

    def error(self, code: str) -> Response:
        raise NotImplementedError

    def refused(self, code: str, message: Taken) -> Response:
        raise NotImplementedError

    def accepted(self, message: Taken) -> Response:
        raise NotImplementedError


class AliyunSms(_Sms):
    """dysmsapi: parameters in the query, ACS3 in the header."""

    def __init__(self, key_id: str = "LTAI5t", secret: str = "s3cret") -> None:
        super().__init__()
        self.key_id, self.secret = key_id, secret

    async def faults(self, request: Request) -> str | None:
        head = request.headers
        given = head.get("authorization", "")
        parts = dict(p.split("=", 1) for p in given.removeprefix("ACS3-HMAC-SHA256 ").split(","))
        if parts.get("Credential") != self.key_id:
            return "InvalidAccessKeyId.NotFound"
        names = parts["SignedHeaders"].split(";")
        query = sorted(request.query_params.items())
        asked = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in query)
        shown = "".join(f"{n}:{head[n]}\n" for n in names)
        body = sha256(await request.body()).hexdigest()
        if head["x-acs-content-sha256"] != body or head["x-acs-action"] != "SendSms":
            return "InvalidParameter"
        canonical = "\n".join(("POST", "/", asked, shown, ";".join(names), body))
        signed = f"ACS3-HMAC-SHA256\n{sha256(canonical.encode()).hexdigest()}"
        wanted = hmac.digest(self.secret.encode(), signed.encode(), "sha256").hex()
        return None if hmac.compare_digest(wanted, parts["Signature"]) else "SignatureDoesNotMatch"

    def read(self, told: dict[str, Any]) -> Taken:
        return Taken(
            told["PhoneNumbers"],
            told["TemplateCode"],
            json.loads(told["TemplateParam"]),
            told["SignName"],
            told["OutId"],
            f"biz-{self.calls}-{told['OutId'][-12:]}",
        )

    def error(self, code: str) -> Response:
        return JSONResponse({"Code": code, "Message": code, "RequestId": "R"}, status_code=400)

    def refused(self, code: str, message: Taken) -> Response:
        return JSONResponse({"Code": code, "Message": code, "RequestId": "R"})

    def accepted(self, message: Taken) -> Response:
        return JSONResponse({"Code": "OK", "Message": "OK", "RequestId": "R", "BizId": message.reference})

    def report(self, message: Taken, *, arrived: bool = True) -> dict[str, Any]:
        """What it pushes about a message."""
        return {
            "phone_number": message.number,
            "send_time": "2025-03-07 09:00:00",
            "report_time": "2025-03-07 09:00:03",
            "success": arrived,
            "err_code": "DELIVERED" if arrived else "MOBILE_NOT_ON_SERVICE",
            "err_msg": "用户接收成功" if arrived else "停机",
            "sms_size": "1",
            "biz_id": message.reference,
            "out_id": message.echo,
        }


class TencentSms(_Sms):
    """sms.tencentcloudapi.com: JSON, TC3 in the header."""

    def __init__(self, secret_id: str = "AKID", secret: str = "s3cret") -> None:
        super().__init__()
        self.secret_id, self.secret = secret_id, secret

    async def faults(self, request: Request) -> str | None:
        head, payload = request.headers, await request.body()
        at = datetime.fromtimestamp(int(head["x-tc-timestamp"]), UTC)
        scope = f"{at:%Y-%m-%d}/sms/tc3_request"
        canonical = (
            f"POST\n/\n\ncontent-type:{head['content-type']}\nhost:{head['host']}\n\ncontent-type;host\n"
            f"{sha256(payload).hexdigest()}"
        )
        signed = f"TC3-HMAC-SHA256\n{head['x-tc-timestamp']}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
        key = f"TC3{self.secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        wanted = (
            f"TC3-HMAC-SHA256 Credential={self.secret_id}/{scope}, SignedHeaders=content-type;host, "
            f"Signature={hmac.digest(key, signed.encode(), 'sha256').hex()}"
        )
        return None if hmac.compare_digest(wanted, head["authorization"]) else "AuthFailure.SignatureFailure"

    def read(self, told: dict[str, Any]) -> Taken:
        return Taken(
            told["PhoneNumberSet"][0],
            told["TemplateId"],
            told["TemplateParamSet"],
            told["SignName"],
            told["SessionContext"],
            f"serial-{self.calls}-{told['SessionContext'][-12:]}",
        )

    def error(self, code: str) -> Response:
        return JSONResponse({"Response": {"Error": {"Code": code, "Message": code}, "RequestId": "R"}})

    def refused(self, code: str, message: Taken) -> Response:
        status = {"SerialNo": "", "PhoneNumber": message.number, "Fee": 0, "Code": code, "Message": code}
        return JSONResponse({"Response": {"SendStatusSet": [status], "RequestId": "R"}})

    def accepted(self, message: Taken) -> Response:
        status = {"SerialNo": message.reference, "PhoneNumber": message.number, "Fee": 1, "Code": "Ok", "Message": "ok"}
        return JSONResponse({"Response": {"SendStatusSet": [status], "RequestId": "R"}})

    def report(self, message: Taken, *, arrived: bool = True) -> dict[str, Any]:
        """What it calls back about a message: without what we gave along."""
        return {
            "user_receive_time": "2025-03-07 09:00:03",
            "nationcode": "86",
            "mobile": message.number,
            "report_status": "SUCCESS" if arrived else "FAIL",
            "errmsg": "DELIVRD" if arrived else "UNDELIV",
            "description": "用户短信送达成功" if arrived else "停机",
            "sid": message.reference,
        }
