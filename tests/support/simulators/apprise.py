"""Two of the services that apprise reaches, as their documentation has them: ntfy (JSON) and Bark; with moods."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from deploy.simulators._server import remember


class NtfyAndBark:
    """`status`: this instead of taking it; `hang`: answers after so many seconds; `location`: sends its caller there;
    `endless`: an answer without an end. `taken` are the bodies taken."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.taken: list[dict[str, Any]] = []
        self.status = 0
        self.hang = 0.0
        self.location = ""
        self.endless = False
        self.app = Starlette(
            routes=[
                Route("/", self._ntfy, methods=["POST", "PUT"]),
                Route("/push", self._bark, methods=["POST"]),
                Route("/moved", self._moved, methods=["GET", "POST"]),
            ]
        )

    async def _ntfy(self, request: Request) -> Response:
        return await self._answer(request, {"id": "sPs71M8A2T", "event": "message"})

    async def _bark(self, request: Request) -> Response:
        return await self._answer(request, {"code": 200, "message": "success"})

    async def _moved(self, request: Request) -> Response:
        await remember(self, request)
        return JSONResponse({})

    async def _answer(self, request: Request, good: dict[str, Any]) -> Response:
        body = await remember(self, request)
        if self.location:
            return RedirectResponse(self.location, status_code=307)
        if self.hang:
            await asyncio.sleep(self.hang)
        if self.status:
            return JSONResponse({"error": "no"}, status_code=self.status, headers={"Retry-After": "90"})
        self.taken.append(body)
        if self.endless:
            return StreamingResponse(self._forever())
        return JSONResponse(good)

    async def _forever(self) -> Any:
        while True:
            yield b" " * 65536
            await asyncio.sleep(0)
