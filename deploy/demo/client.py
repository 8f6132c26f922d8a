"""The demo's hand on the gateway: many requests at once, each POST with a key of its own, repeated if
unanswered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import orjson

from deploy.demo.wire import Answer, NoAnswer, Wire
from deploy.local.failures import Failure

AT_ONCE = 24
PATIENCE = 10.0
LONGEST_PAUSE = 1.0


class Refused(Failure):
    """The system refused what the plan says is right: the demo cannot go on."""

    exit_code = 21


class Api:
    """One client for the whole demo. `requests` counts the calls, `on_answer` hears of each.

    A request that gets no answer is repeated, under its key, for `patience` seconds; `repeats` counts those.
    """

    def __init__(
        self, gateway: str, on_answer: Callable[[], None] = lambda: None, *, patience: float = PATIENCE
    ) -> None:
        self.gateway = gateway
        self.requests = 0
        self.repeats = 0
        self._patience = patience
        self._on_answer = on_answer
        self._run = uuid4().hex[:8]
        self._wire = Wire(gateway, AT_ONCE)

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

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
        headers = {"Authorization": f"Bearer {token}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = orjson.dumps(body, default=str)
        target = f"{path}?{urlencode(params)}" if params else path
        answer = await self._answered(method, target, headers, content)
        self.requests += 1
        self._on_answer()
        if answer.status >= 400:
            said = answer.body.decode(errors="replace")[:600]
            raise Refused(
                f"{method} {path} 被拒绝（{answer.status}）：{said}",
                f"{method} {path} was refused ({answer.status}): {said}",
            )
        return orjson.loads(answer.body) if answer.body else None

    async def _answered(self, method: str, target: str, headers: Mapping[str, str], content: bytes | None) -> Answer:
        """The answer, asking again when there was none: the key makes that safe."""
        end = time.monotonic() + self._patience
        pause = 0.2
        while True:
            try:
                answer = await self._wire.ask(method, target, headers, content)
            except NoAnswer as error:
                if time.monotonic() > end:
                    raise Refused(
                        f"{method} {target} 没有应答：{error}", f"{method} {target} was not answered: {error}"
                    ) from error
            else:
                if answer.status not in (502, 503, 504) or time.monotonic() > end:
                    return answer
            self.repeats += 1
            await asyncio.sleep(pause)
            pause = min(pause + 0.2, LONGEST_PAUSE)


async def _awaited(call: Callable[[], Awaitable[Any]]) -> Any:
    return await call()
