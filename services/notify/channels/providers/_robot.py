"""What robots have in common: an address with its secret, and a session that signs and posts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx

from services.notify.channels import robot
from services.notify.channels.providers._http import ask, body_of
from services.notify.channels.providers._text import text_of
from services.notify.domain.channels import Outgoing, Session
from services.notify.domain.delivery import Outcome, Result
from shared import clock


@dataclass(frozen=True)
class Target:
    """Where a robot is; `secret` where it wants its calls signed."""

    url: str
    secret: str

    @classmethod
    def read(cls, address: str) -> Target:
        """What was sealed of a robot."""
        told = json.loads(address)
        return cls(str(told["url"]), str(told.get("secret") or ""))


#: (text, secret, now) -> what is added to the query, and the body
Compose = Callable[[str, str, datetime], tuple[dict[str, str], dict[str, Any]]]
#: (status, said, headers) -> what it means
Judge = Callable[[int, Mapping[str, Any], Mapping[str, str]], Result]


class RobotSession:
    """One HTTP client for a batch."""

    def __init__(self, client: httpx.AsyncClient, compose: Compose, judge: Judge) -> None:
        self._client = client
        self._compose = compose
        self._judge = judge

    async def send(self, message: Outgoing) -> Result:
        """One attempt to one robot."""
        target = Target.read(message.address)
        query, body = self._compose(text_of(message), target.secret, clock.wall())
        url = httpx.URL(target.url)
        if not robot.settings().allows(url.scheme, url.host):
            return Result(Outcome.REFUSED, "host", "robots are not called at this host")
        answer = await ask(self._client, method="POST", url=url.copy_merge_params(query), json=body)
        if isinstance(answer, Result):
            return answer
        result = self._judge(answer.status_code, body_of(answer), answer.headers)
        return replace(result, gone=(message.address,)) if result.outcome is Outcome.REFUSED else result


def session_of(compose: Compose, judge: Judge) -> Callable[[], AbstractAsyncContextManager[Session]]:
    """How sessions of one kind of robot are opened."""

    @asynccontextmanager
    async def session() -> AsyncIterator[Session]:
        given = robot.settings()
        read, connect = given.read_timeout, given.connect_timeout
        timeout = httpx.Timeout(connect=connect, read=read, write=read, pool=connect)
        async with httpx.AsyncClient(timeout=timeout, follow_redirects=False) as client:
            yield RobotSession(client, compose, judge)

    return session
