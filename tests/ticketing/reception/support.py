"""An exchange that signs what it tells, and mail as a relay hands it over."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import httpx

from shared import clock
from shared.http import signed
from tests.ticketing.cases import Desk, z
from tests.ticketing.support import BASE

CALLER = "13812340001"  # the owner of the first dwelling


@dataclass
class Signer:
    """A connection of a test, and what it knows to sign with."""

    desk: Desk
    connection: dict[str, Any]

    @property
    def secret(self) -> bytes:
        return base64.b64decode(self.connection["secret"].removeprefix(signed.PREFIX))

    async def post(self, path: str, body: bytes, **how: Any) -> httpx.Response:
        """Send signed; ``secret``, ``at`` (Unix seconds), ``key`` and ``altered`` say what is wrong with it."""
        id, at = how.get("id", uuid4().hex), how.get("at", int(clock.wall().timestamp()))
        headers = {
            "webhook-id": id,
            "webhook-timestamp": str(at),
            "webhook-signature": signed.sign(how.get("secret", self.secret), id, at, body),
            "content-type": how.get("type", "application/json"),
        }
        return await self.desk.register.api.post(
            f"{BASE}{path}",
            params={"connection": how.get("key", self.connection["key"])},
            content=how.get("altered", body),
            headers=headers,
        )


async def connect(desk: Desk, kind: str = "pbx", **more: Any) -> dict[str, Any]:
    """Connect an exchange or a mailbox of the desk's community."""
    body = {"kind": kind, "name": "前台", "source": f"{kind}-cx", "community_id": str(desk.community.id), **more}
    answer = await desk.register.post("/connections", {k: v for k, v in body.items() if v is not None})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@dataclass
class Exchange(Signer):
    """A telephone exchange: tells what happens to calls."""

    clerk: UUID = field(default_factory=uuid4)

    def headers(self, role: str = "clerk") -> dict[str, str]:
        return self.desk.staff(role, self.clerk)

    async def sit(self, extension: str = "8001", headers: dict[str, str] | None = None) -> None:
        body = {"source": self.connection["source"], "extension": extension}
        answer = await self.desk.register.post("/calls/seat", body, headers or self.headers())
        assert answer.status_code == 200, answer.text

    async def try_tell(self, call: str, event: str, at: datetime, **more: Any) -> httpx.Response:
        how = {k: more.pop(k) for k in ("secret", "key", "id") if k in more}
        body = {"call_id": call, "event": event, "at": z(at), **more}
        return await self.post("/calls/events", json.dumps(body).encode(), **how)

    async def tell(self, call: str, event: str, at: datetime, **more: Any) -> dict[str, Any]:
        answer = await self.try_tell(call, event, at, **more)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def call(self, call: str, at: datetime, *, rings: int = 2, number: str = CALLER) -> dict[str, Any]:
        """A call that comes in and is answered at once; as it then stands."""
        await self.tell(call, "offered", at, number=number, extension="8001")
        told = await self.tell(call, "answered", at, extension="8001", rings=rings)
        return await self.get(told["id"])

    async def missed(self, call: str, begin: datetime, end: datetime, number: str = CALLER) -> dict[str, Any]:
        """A call that comes in and that nobody answers; as it then stands."""
        await self.tell(call, "offered", begin, number=number)
        told = await self.tell(call, "ended", end, rings=6)
        return await self.get(told["id"])

    async def get(self, id: str) -> dict[str, Any]:
        answer = await self.desk.register.get(f"/calls/{id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def returns(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.desk.register.get("/call-returns", **query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found
