"""Jiguang's and Getui's push services, as documented, with the moods they have."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.simulators._server import remember
from deploy.simulators.staff_chat import Moody
from shared.clock import wall


class Jiguang(Moody):
    """api.jpush.cn: v3/push."""

    app_key, secret = "7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"

    def routes(self) -> list[Route]:
        return [Route("/v3/push", self._push, methods=["POST"])]

    async def _push(self, request: Request) -> Response:
        told = await remember(self, request)
        wanted = f"Basic {b64encode(f'{self.app_key}:{self.secret}'.encode()).decode()}"
        if request.headers.get("authorization") != wanted:
            return _refused(1004, 401)
        [device] = told["audience"]["registration_id"]
        code = self.refuses.get(device)
        if code is not None:
            return _refused(code, 429 if code == 2002 else 400)
        good = {"sendno": "0", "msg_id": f"{18256757 + len(self.taken)}"}
        return await self.answer(device, told["notification"]["android"]["alert"], good, "code")


def _refused(code: int, status: int) -> Response:
    return JSONResponse({"error": {"code": code, "message": "refused"}}, status_code=status)


class Getui(Moody):
    """restapi.getui.com: auth, push/single/cid; it knows a repetition by its request_id."""

    app_id, app_key, secret = "app-1", "key-1", "master-1"

    def __init__(self) -> None:
        super().__init__()
        self.known: set[str] = set()

    def routes(self) -> list[Route]:
        return [
            Route("/v2/app-1/auth", self._auth, methods=["POST"]),
            Route("/v2/app-1/push/single/cid", self._push, methods=["POST"]),
        ]

    async def _auth(self, request: Request) -> Response:
        told = await remember(self, request)
        wanted = sha256(f"{self.app_key}{told['timestamp']}{self.secret}".encode()).hexdigest()
        if told["sign"] != wanted:
            return JSONResponse({"code": 20001, "msg": "sign is invalid"}, status_code=400)
        ends = str(int(wall().timestamp() * 1000) + 86_400_000)
        return JSONResponse({"code": 0, "msg": "success", "data": {"expire_time": ends, "token": f"g-{self.token}"}})

    async def _push(self, request: Request) -> Response:
        told: dict[str, Any] = await remember(self, request)
        if request.headers.get("token") != f"g-{self.token}":
            return JSONResponse({"code": 10001, "msg": "token error"}, status_code=401)
        [device] = told["audience"]["cid"]
        if self.refuses.get(device) == 20001:
            return JSONResponse({"code": 20001, "msg": "target user is invalid"}, status_code=400)
        good = {"code": 0, "msg": "success", "data": {f"RASS_{len(self.taken)}": {device: "successed_online"}}}
        if told["request_id"] in self.known:
            return JSONResponse(good)
        if device not in self.refuses:
            self.known.add(told["request_id"])
        return await self.answer(device, told["push_message"]["notification"]["body"], good, "code", bad=401)
