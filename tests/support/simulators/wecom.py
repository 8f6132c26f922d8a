"""WeCom's server API, as documented: gettoken, auth/getuserinfo, auth/getuserdetail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from deploy.simulators._server import remember


@dataclass
class Member:
    """Somebody with a code: a member with what they agreed to show, or a stranger with an openid alone."""

    userid: str | None = None
    mobile: str = ""
    email: str = ""
    agreed: bool = True


class WeCom:
    """Codes are made by the test."""

    def __init__(self, corpid: str = "ww0123456789", secret: str = "s3cret") -> None:
        self.corpid, self.secret = corpid, secret
        self.codes: dict[str, Member] = {}
        self.token = 0
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.app = Starlette(
            routes=[
                Route("/cgi-bin/gettoken", self._token, methods=["GET"]),
                Route("/cgi-bin/auth/getuserinfo", self._info, methods=["GET"]),
                Route("/cgi-bin/auth/getuserdetail", self._detail, methods=["POST"]),
            ]
        )

    async def _token(self, request: Request) -> JSONResponse:
        told = await remember(self, request)
        if told.get("corpid") != self.corpid:
            return JSONResponse({"errcode": 40013, "errmsg": "invalid corpid"})
        if told.get("corpsecret") != self.secret:
            return JSONResponse({"errcode": 40001, "errmsg": "invalid credential"})
        answer = {"errcode": 0, "errmsg": "ok", "access_token": f"CORP-{self.token}", "expires_in": 7200}
        return JSONResponse(answer)

    async def _info(self, request: Request) -> JSONResponse:
        told = await remember(self, request)
        if told.get("access_token") != f"CORP-{self.token}":
            return JSONResponse({"errcode": 40014, "errmsg": "invalid access_token"})
        member = self.codes.pop(told.get("code", ""), None)
        if member is None:
            return JSONResponse({"errcode": 40029, "errmsg": "invalid code"})
        if member.userid is None:
            return JSONResponse({"errcode": 0, "errmsg": "ok", "openid": "o-stranger"})
        answer: dict[str, Any] = {"errcode": 0, "errmsg": "ok", "userid": member.userid}
        if member.agreed:
            ticket = f"ticket-{member.userid}"
            self.codes[ticket] = member
            answer["user_ticket"] = ticket
        return JSONResponse(answer)

    async def _detail(self, request: Request) -> JSONResponse:
        told = await remember(self, request)
        if told.get("access_token") != f"CORP-{self.token}":
            return JSONResponse({"errcode": 40014, "errmsg": "invalid access_token"})
        member = self.codes.pop(told.get("user_ticket", ""), None)
        if member is None:
            return JSONResponse({"errcode": 40068, "errmsg": "invalid tokenid"})
        answer = {
            "errcode": 0,
            "errmsg": "ok",
            "userid": member.userid,
            "gender": "1",
            "mobile": member.mobile,
            "email": "",
            "biz_mail": member.email,
        }
        return JSONResponse(answer)
