"""Messages to staff at WeCom, DingTalk and Feishu, and their group robots, as documented; with the moods they have."""

from __future__ import annotations

import asyncio
import hmac
import json
from base64 import b64encode
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deploy.simulators._server import remember


class Moody:
    """`refuses`: receiver, or robot's token -> its own code; `hang`: answers after so many seconds; `status`: this
    instead of an answer. `taken` are (receiver, text)."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.refuses: dict[str, int] = {}
        self.hang = 0.0
        self.status = 0
        self.token = 0
        self.taken: list[tuple[str, str]] = []
        self.app = Starlette(routes=self.routes())

    def routes(self) -> list[Route]:
        raise NotImplementedError

    async def answer(self, receiver: str, text: str, good: dict[str, Any], field: str, *, bad: int = 200) -> Response:
        """Take or refuse a message, in this mood."""
        refusal = self.refuses.get(receiver)
        if refusal is None:
            self.taken.append((receiver, text))
        if self.hang:
            await asyncio.sleep(self.hang)
        if self.status:
            return PlainTextResponse("oops", status_code=self.status)
        if refusal is not None:
            return JSONResponse({field: refusal, "errmsg": "refused", "msg": "refused"}, status_code=bad)
        return JSONResponse(good)


class WeComChat(Moody):
    """qyapi.weixin.qq.com: gettoken, message/send, webhook/send."""

    corp_id, secret, agent_id = "ww0123456789", "s3cret", 1000002

    def routes(self) -> list[Route]:
        return [
            Route("/cgi-bin/gettoken", self._token, methods=["GET"]),
            Route("/cgi-bin/message/send", self._send, methods=["POST"]),
            Route("/cgi-bin/webhook/send", self._robot, methods=["POST"]),
        ]

    async def _token(self, request: Request) -> Response:
        told = await remember(self, request)
        if (told.get("corpid"), told.get("corpsecret")) != (self.corp_id, self.secret):
            return JSONResponse({"errcode": 40001, "errmsg": "invalid credential"})
        answer = {"errcode": 0, "errmsg": "ok", "access_token": f"CORP-{self.token}", "expires_in": 7200}
        return JSONResponse(answer)

    async def _send(self, request: Request) -> Response:
        told = await remember(self, request)
        if told.get("access_token") != f"CORP-{self.token}":
            return JSONResponse({"errcode": 42001, "errmsg": "access_token expired"})
        if told.get("agentid") != self.agent_id or told.get("msgtype") != "text":
            return JSONResponse({"errcode": 40056, "errmsg": "invalid agentid"})
        good: dict[str, Any] = {"errcode": 0, "errmsg": "ok", "msgid": f"m{len(self.taken)}"}
        if told["touser"].startswith("left-"):
            return JSONResponse({**good, "invaliduser": told["touser"].lower()})
        return await self.answer(told["touser"], told["text"]["content"], good, "errcode")

    async def _robot(self, request: Request) -> Response:
        told = await remember(self, request)
        good = {"errcode": 0, "errmsg": "ok"}
        return await self.answer(told["key"], told["text"]["content"], good, "errcode")


class DingTalkChat(Moody):
    """oapi.dingtalk.com: gettoken, asyncsend_v2, robot/send with its signature."""

    app_key, secret, agent_id = "dingabcdef", "s3cret", 256
    robot_secret = "SEC8d9cdeb2"

    def routes(self) -> list[Route]:
        return [
            Route("/gettoken", self._token, methods=["GET"]),
            Route("/topapi/message/corpconversation/asyncsend_v2", self._send, methods=["POST"]),
            Route("/robot/send", self._robot, methods=["POST"]),
        ]

    async def _token(self, request: Request) -> Response:
        told = await remember(self, request)
        if (told.get("appkey"), told.get("appsecret")) != (self.app_key, self.secret):
            return JSONResponse({"errcode": 40089, "errmsg": "不合法的corpid或corpsecret"})
        answer = {"errcode": 0, "errmsg": "ok", "access_token": f"DING-{self.token}", "expires_in": 7200}
        return JSONResponse(answer)

    async def _send(self, request: Request) -> Response:
        told = await remember(self, request)
        if told.get("access_token") != f"DING-{self.token}":
            return JSONResponse({"errcode": 88, "sub_code": "40014", "sub_msg": "不合法的access_token"})
        good = {"errcode": 0, "errmsg": "ok", "task_id": 256271667526 + len(self.taken)}
        return await self.answer(told["userid_list"], told["msg"]["text"]["content"], good, "errcode")

    async def _robot(self, request: Request) -> Response:
        told = await remember(self, request)
        signed = f"{told.get('timestamp')}\n{self.robot_secret}"
        wanted = b64encode(hmac.digest(self.robot_secret.encode(), signed.encode(), "sha256")).decode()
        if told.get("sign") != wanted:
            return JSONResponse({"errcode": 310000, "errmsg": "sign not match"})
        good = {"errcode": 0, "errmsg": "ok"}
        return await self.answer(told["access_token"], told["text"]["content"], good, "errcode")


class FeishuChat(Moody):
    """open.feishu.cn: tenant_access_token, im/v1/messages, bot/v2/hook with its signature."""

    app_id, secret = "cli_abcdef", "s3cret"
    robot_secret = "xyz"

    def routes(self) -> list[Route]:
        return [
            Route("/open-apis/auth/v3/tenant_access_token/internal", self._token, methods=["POST"]),
            Route("/open-apis/im/v1/messages", self._send, methods=["POST"]),
            Route("/open-apis/bot/v2/hook/{token}", self._robot, methods=["POST"]),
        ]

    async def _token(self, request: Request) -> Response:
        told = await remember(self, request)
        if (told.get("app_id"), told.get("app_secret")) != (self.app_id, self.secret):
            return JSONResponse({"code": 10014, "msg": "app secret invalid"})
        return JSONResponse({"code": 0, "msg": "ok", "tenant_access_token": f"t-{self.token}", "expire": 7200})

    async def _send(self, request: Request) -> Response:
        told = await remember(self, request)
        if request.headers.get("authorization") != f"Bearer t-{self.token}":
            return JSONResponse({"code": 99991663, "msg": "Invalid access token"}, status_code=400)
        text = json.loads(told["content"])["text"]
        good = {"code": 0, "msg": "success", "data": {"message_id": f"om_{len(self.taken)}"}}
        return await self.answer(told["receive_id"], text, good, "code", bad=400)

    async def _robot(self, request: Request) -> Response:
        told = await remember(self, request)
        key = f"{told.get('timestamp')}\n{self.robot_secret}".encode()
        if told.get("sign") != b64encode(hmac.digest(key, b"", "sha256")).decode():
            return JSONResponse({"code": 19021, "msg": "sign match fail or timestamp is not within one hour"})
        good = {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}
        return await self.answer(request.path_params["token"], told["content"]["text"], good, "code")
