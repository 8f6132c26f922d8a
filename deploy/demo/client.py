"""The demo's hand on the gateway: many requests at once, each POST with a key of its own, repeated if
unanswered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

import httpx
import orjson

from deploy.local.failures import Failure

AT_ONCE = 24
REPEATS = 5


class Refused(Failure):
    """The system refused what the plan says is right: the demo cannot go on."""

    exit_code = 21


class Api:
    """One client for the whole demo. `requests` counts the calls, `on_answer` hears of each."""

    def __init__(self, gateway: str, on_answer: Callable[[], None] = lambda: None) -> None:
        self.gateway = gateway
        self.requests = 0
        self._on_answer = on_answer
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._run = uuid4().hex[:8]
        self._http = httpx.AsyncClient(
            base_url=gateway,
            timeout=httpx.Timeout(connect=5.0, read=60.0, write=10.0, pool=60.0),
            limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE, keepalive_expiry=60),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def get(self, path: str, token: str, params: Mapping[str, Any] | None = None) -> Any:
        """GET a path; the parsed answer. Raises Refused."""
        return await self._call("GET", path, token, None, None, params)

    async def post(self, path: str, token: str, body: Any, key: str) -> Any:
        """POST a body under an idempotency key; the parsed answer. Raises Refused."""
        return await self._call("POST", path, token, body, f"demo-{self._run}-{key}", None)

    async def together(self, calls: Iterable[Callable[[], Awaitable[Any]]]) -> list[Any]:
        """Run calls side by side; the first refusal ends all of them."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_awaited(call)) for call in calls]
        return [task.result() for task in tasks]

    async def _call(
        self,
        method: str,
        path: str,
        token: str,
        body: Any,
        key: str | None,
        params: Mapping[str, Any] | None,
    ) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        content = None if body is None else orjson.dumps(body, default=str)
        async with self._gate:
            response = await self._answered(method, path, headers, content, params)
        self.requests += 1
        self._on_answer()
        if response.status_code >= 400:
            said = response.text[:600]
            raise Refused(
                f"{method} {path} 被拒绝（{response.status_code}）：{said}",
                f"{method} {path} was refused ({response.status_code}): {said}",
            )
        return orjson.loads(response.content) if response.content else None

    async def _answered(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: bytes | None,
        params: Mapping[str, Any] | None,
    ) -> httpx.Response:
        """The answer, asking again when there was none: the key makes that safe."""
        for attempt in range(1, REPEATS + 1):
            try:
                response = await self._http.request(method, path, headers=headers, content=content, params=params)
            except httpx.TransportError as error:
                if attempt == REPEATS:
                    raise Refused(
                        f"{method} {path} 没有应答：{error!r}", f"{method} {path} was not answered: {error!r}"
                    ) from error
            else:
                if response.status_code not in (502, 503, 504) or attempt == REPEATS:
                    return response
            await asyncio.sleep(0.2 * attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")


async def _awaited(call: Callable[[], Awaitable[Any]]) -> Any:
    return await call()
