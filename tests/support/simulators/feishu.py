"""Feishu's server API, as documented: authen/v2/oauth/token, authen/v1/user_info."""

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
    tenant_key: str
    mobile: str | None = None
    enterprise_email: str | None = None
    redirect_uri: str | None = None


class Feishu:
    """Codes are made by the test."""

    def __init__(self, client_id: str = "cli_abcdef", secret: str = "s3cret") -> None:
        self.client_id, self.secret = client_id, secret
        self.codes: dict[str, User] = {}
        self.tokens: dict[str, User] = {}
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.app = Starlette(
            routes=[
                Route("/open-apis/authen/v2/oauth/token", self._token, methods=["POST"]),
                Route("/open-apis/authen/v1/user_info", self._me, methods=["GET"]),
            ]
        )

    async def _token(self, request: Request) -> JSONResponse:
        told = await remember(self, request)
        if (told.get("client_id"), told.get("client_secret")) != (self.client_id, self.secret):
            return _refused(20002, "invalid_client", "The client secret is invalid.")
        user = self.codes.pop(told.get("code", ""), None)
        if user is None:
            return _refused(20003, "invalid_grant", "The authorization code is not found.")
        if told.get("redirect_uri") != user.redirect_uri:
            return _refused(20071, "invalid_grant", "The redirect_uri does not match.")
        token = f"eyJ-{user.union_id}"
        self.tokens[token] = user
        return JSONResponse({"code": 0, "access_token": token, "expires_in": 7200, "token_type": "Bearer", "scope": ""})

    async def _me(self, request: Request) -> JSONResponse:
        await remember(self, request)
        user = self.tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if user is None:
            return JSONResponse({"code": 20005, "msg": "invalid access token"}, 400)
        data = {
            "name": "陈文",
            "open_id": f"ou_{user.union_id}",
            "union_id": user.union_id,
            "tenant_key": user.tenant_key,
            "email": "private@example.net",
            "enterprise_email": user.enterprise_email,
            "mobile": f"+86{user.mobile}" if user.mobile else None,
        }
        return JSONResponse({"code": 0, "msg": "success", "data": data})


def _refused(code: int, error: str, description: str) -> JSONResponse:
    return JSONResponse({"code": code, "error": error, "error_description": description}, 400)
