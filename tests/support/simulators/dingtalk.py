"""DingTalk's server API, as documented: oauth2/userAccessToken, contact/users/me."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from deploy.simulators._server import remember


@dataclass
class User:
    """Somebody with a code."""

    union_id: str
    corp_id: str
    mobile: str | None = None
    email: str | None = None


class DingTalk:
    """Codes are made by the test."""

    def __init__(self, client_id: str = "dingabcdef", secret: str = "s3cret") -> None:
        self.client_id, self.secret = client_id, secret
        self.codes: dict[str, User] = {}
        self.tokens: dict[str, User] = {}
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.app = Starlette(
            routes=[
                Route("/v1.0/oauth2/userAccessToken", self._token, methods=["POST"]),
                Route("/v1.0/contact/users/me", self._me, methods=["GET"]),
            ]
        )

    async def _token(self, request: Request) -> JSONResponse:
        told = await remember(self, request)
        if (told.get("clientId"), told.get("clientSecret")) != (self.client_id, self.secret):
            problem = {"code": "invalidClientIdOrSecret", "message": "无效的clientId或者clientSecret", "requestid": "1"}
            return JSONResponse(problem, 400)
        user = self.codes.pop(told.get("code", ""), None)
        if user is None or told.get("grantType") != "authorization_code":
            return JSONResponse({"code": "invalidParameter.authCode.notFound", "message": "", "requestid": "2"}, 400)
        token = f"user-{user.union_id}"
        self.tokens[token] = user
        answer = {"accessToken": token, "refreshToken": "r", "expireIn": 7200, "corpId": user.corp_id}
        return JSONResponse(answer)

    async def _me(self, request: Request) -> JSONResponse:
        await remember(self, request)
        user = self.tokens.get(request.headers.get("x-acs-dingtalk-access-token", ""))
        if user is None:
            return JSONResponse({"code": "InvalidAuthentication", "message": "", "requestid": "3"}, 400)
        answer = {"nick": "小陈", "avatarUrl": "", "openId": "o", "unionId": user.union_id, "stateCode": "86"}
        return JSONResponse(answer | ({"mobile": user.mobile} if user.mobile else {}) | {"email": user.email})
