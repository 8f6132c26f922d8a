"""WeChat's server API for mini-programs, as documented: jscode2session, stable_token, getuserphonenumber."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.support.simulators._server import remember


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
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.app = Starlette(
            routes=[
                Route("/sns/jscode2session", self._session, methods=["GET"]),
                Route("/cgi-bin/stable_token", self._token, methods=["POST"]),
                Route("/wxa/business/getuserphonenumber", self._phone, methods=["POST"]),
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
