"""WeChat's server API, as documented: jscode2session, stable_token, getuserphonenumber; subscription messages of a
mini-program, template messages of a service account and the code of its authorisation page."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.simulators._server import remember


class Wechat:
    """Login codes and phone codes are made by the test, good once, as ``wx.login`` and the phone button make them."""

    def __init__(self, appid: str = "wx0123456789abcdef", secret: str = "s3cret") -> None:
        self.appid, self.secret = appid, secret
        self.logins: dict[str, tuple[str, str | None]] = {}
        self.phones: dict[str, str] = {}
        self.used: set[str] = set()
        self.token = 0
        self.busy = False
        self.watermark = appid
        # what it does with messages: openid -> its own error code; the seconds after which it answers; a status
        self.refuses: dict[str, int] = {}
        self.hang = 0.0
        self.status = 0
        # what each reader allows of each template; None for those that follow a service account
        self.permits: dict[tuple[str, str], int] = {}
        self.taken: list[dict[str, Any]] = []
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.app = Starlette(
            routes=[
                Route("/sns/jscode2session", self._session, methods=["GET"]),
                Route("/cgi-bin/stable_token", self._token, methods=["POST"]),
                Route("/wxa/business/getuserphonenumber", self._phone, methods=["POST"]),
                Route("/sns/oauth2/access_token", self._page, methods=["GET"]),
                Route("/cgi-bin/message/subscribe/send", self._subscribe, methods=["POST"]),
                Route("/cgi-bin/message/template/send", self._template, methods=["POST"]),
            ]
        )

    def login(self, code: str, openid: str, unionid: str | None = None) -> str:
        """A login code of somebody."""
        self.logins[code] = openid, unionid
        return code

    def share(self, code: str, phone: str) -> str:
        """A phone code of somebody who shared their number."""
        self.phones[code] = phone
        return code

    async def _session(self, request: Request) -> JSONResponse:
        told = await remember(self, request)
        if self.busy:
            return JSONResponse({"errcode": -1, "errmsg": "system error"})
        if told.get("appid") != self.appid:
            return JSONResponse({"errcode": 40013, "errmsg": "invalid appid"})
        if told.get("secret") != self.secret:
            return JSONResponse({"errcode": 40125, "errmsg": "invalid appsecret"})
        code = told.get("js_code", "")
        if told.get("grant_type") != "authorization_code" or code not in self.logins:
            return JSONResponse({"errcode": 40029, "errmsg": "invalid code"})
        if code in self.used:
            return JSONResponse({"errcode": 40163, "errmsg": "code been used"})
        self.used.add(code)
        openid, unionid = self.logins[code]
        answer = {"openid": openid, "session_key": "HyVFkGl5F5OQWJZZaNzBBg=="}
        return JSONResponse(answer | ({"unionid": unionid} if unionid else {}))

    async def _token(self, request: Request) -> JSONResponse:
        told = await remember(self, request)
        if (told.get("appid"), told.get("secret")) != (self.appid, self.secret):
            return JSONResponse({"errcode": 40125, "errmsg": "invalid appsecret"})
        if told.get("grant_type") != "client_credential":
            return JSONResponse({"errcode": 40002, "errmsg": "invalid grant_type"})
        return JSONResponse({"access_token": f"TOKEN-{self.token}", "expires_in": 7200})

    async def _phone(self, request: Request) -> JSONResponse:
        told = await remember(self, request)
        if told.get("access_token") != f"TOKEN-{self.token}":
            return JSONResponse({"errcode": 40001, "errmsg": "invalid credential"})
        code = told.get("code", "")
        if code not in self.phones or code in self.used:
            return JSONResponse({"errcode": 40029, "errmsg": "invalid code"})
        self.used.add(code)
        phone = self.phones[code]
        info = {
            "phoneNumber": phone,
            "purePhoneNumber": phone,
            "countryCode": "86",
            "watermark": {"timestamp": 1637744274, "appid": self.watermark},
        }
        return JSONResponse({"errcode": 0, "errmsg": "ok", "phone_info": info})

    async def _page(self, request: Request) -> JSONResponse:
        told = await remember(self, request)
        code = told.get("code", "")
        if told.get("secret") != self.secret:
            return JSONResponse({"errcode": 40125, "errmsg": "invalid appsecret"})
        if code not in self.logins or code in self.used:
            return JSONResponse({"errcode": 40029, "errmsg": "invalid code"})
        self.used.add(code)
        answer = {"access_token": "PAGE", "expires_in": 7200, "refresh_token": "R", "scope": "snsapi_base"}
        return JSONResponse({**answer, "openid": self.logins[code][0]})

    async def _subscribe(self, request: Request) -> Response:
        told = await remember(self, request)
        key = (told.get("touser", ""), told.get("template_id", ""))
        refusal = self._refusal(told)
        if refusal is None and not self.permits.get(key):
            refusal = 43101
        if refusal is None:
            self.permits[key] -= 1
        return await self._answer(told, refusal, {})

    async def _template(self, request: Request) -> Response:
        told = await remember(self, request)
        return await self._answer(told, self._refusal(told), {"msgid": 200228332 + len(self.taken)})

    def _refusal(self, told: dict[str, Any]) -> int | None:
        if told.get("access_token") != f"TOKEN-{self.token}":
            return 40001
        if any(not set(value) == {"value"} or not value["value"] for value in told["data"].values()):
            return 47003
        return self.refuses.get(told["touser"])

    async def _answer(self, told: dict[str, Any], refusal: int | None, more: dict[str, Any]) -> Response:
        if refusal is None:
            self.taken.append(told)
        if self.hang:
            await asyncio.sleep(self.hang)
        if self.status:
            return PlainTextResponse("oops", status_code=self.status)
        if refusal is not None:
            return JSONResponse({"errcode": refusal, "errmsg": "refused"})
        return JSONResponse({"errcode": 0, "errmsg": "ok", **more})
