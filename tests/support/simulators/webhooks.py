"""A receiver of webhooks: takes them, checks their signatures as the specification has it, answers as told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.http import signed


@dataclass
class Taken:
    """One request: its headers and its body, to the byte."""

    headers: dict[str, str]
    body: bytes
    path: str

    def genuine(self, *secrets: bytes) -> bool:
        """Whether one of these secrets signed it, at the time it says."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        return signed.is_genuine(self.headers, self.body, secrets, at)


class Receiver:
    """`status`: what it answers; `location`: where it would send a redirect; `hang`: seconds before it answers."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.status = 204
        self.location: str | None = None
        self.hang = 0.0
        self.app = Starlette(routes=[Route("/{path:path}", self._take, methods=["POST", "GET"])])

    async def _take(self, request: Request) -> Response:
        headers: dict[str, Any] = dict(request.headers)
        self.taken.append(Taken(headers, await request.body(), request.url.path))
        await asyncio.sleep(self.hang)
        more = {} if self.location is None else {"Location": self.location}
        return Response(status_code=self.status, headers=more)
