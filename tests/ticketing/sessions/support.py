"""Steps of sign-in that its tests share."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from services.ticketing.providers.senders._base import CodeMessage
from services.ticketing.sessions import senders
from services.ticketing.sessions.secrets import INSTALLATION
from shared.settings import ServiceSettings
from shared.worker import jobs
from tests.support.world import World
from tests.ticketing.support import BASE

PASSWORD = "Tr4ktor-Himbeere"


@dataclass
class Phones:
    """A code sender that keeps what it was given: the owners' phones."""

    code: str = "phones"
    development: bool = True
    messages: list[CodeMessage] = field(default_factory=list)

    async def send(self, settings: ServiceSettings, message: CodeMessage) -> None:
        self.messages.append(message)

    def last(self, phone: str) -> str:
        """The code that arrived last on a phone."""
        return next(m.code for m in reversed(self.messages) if m.phone == phone)

    def count(self, phone: str) -> int:
        """How many messages a phone received."""
        return sum(m.phone == phone for m in self.messages)


@dataclass
class Door:
    """Sign-in as apps use it, from a network of the test's choosing."""

    world: World
    phones: Phones

    def __post_init__(self) -> None:
        self.world.runtime("ticketing").state[senders.STATE] = self.phones

    def client(self, address: str = "203.0.113.7") -> httpx.AsyncClient:
        """A client of one network."""
        transport = httpx.ASGITransport(app=self.world.apps["ticketing"], client=(address, 1234))
        return httpx.AsyncClient(transport=transport, base_url="http://steward")

    async def post(
        self, path: str, body: Any, *, address: str = "203.0.113.7", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """POST below ``/ticketing/v1``."""
        async with self.client(address) as client:
            return await client.post(f"{BASE}{path}", json=body, headers=headers)

    async def work(self, *orgs: UUID) -> None:
        """Let the worker do the jobs of the installation and of these organisations."""
        for org in (INSTALLATION, *orgs):
            while await jobs.run_due(self.world.runtime("ticketing"), org):
                pass

    async def ask(self, phone: str, *, address: str = "203.0.113.7", **more: Any) -> httpx.Response:
        """Ask for a code and let it be sent."""
        answer = await self.post("/sessions/codes", {"phone": phone, **more}, address=address)
        await self.work()
        return answer

    async def by_code(self, phone: str, code: str, *, address: str = "203.0.113.7", **more: Any) -> httpx.Response:
        """Sign in by a phone's code."""
        return await self.post(
            "/sessions", {"grant": "phone_code", "phone": phone, "code": code, **more}, address=address
        )

    async def owner(self, phone: str, *, address: str = "203.0.113.7", **more: Any) -> dict[str, Any]:
        """An owner who signs in by a code; the answer."""
        asked = await self.ask(phone, address=address)
        assert asked.status_code == 202, asked.text
        answer = await self.by_code(phone, self.phones.last(phone), address=address, **more)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def by_password(
        self, login: str, password: str = PASSWORD, *, address: str = "203.0.113.7", **more: Any
    ) -> httpx.Response:
        """Sign in by a password."""
        return await self.post(
            "/sessions", {"grant": "password", "login": login, "password": password, **more}, address=address
        )

    async def employee(self, phone: str, password: str = PASSWORD, *, address: str = "203.0.113.7") -> None:
        """An employee sets a first password by a code sent to the phone."""
        await self.ask(phone, address=address)
        body = {"phone": phone, "code": self.phones.last(phone), "password": password}
        answer = await self.post("/credentials/password/by-code", body, address=address)
        assert answer.status_code == 200, answer.text

    async def refresh(self, token: str, *, key: str | None = None) -> httpx.Response:
        """Exchange a refresh token."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self.post("/sessions/refresh", {"refresh_token": token}, headers=headers)


def claims(access_token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    payload = access_token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def bearer(answer: dict[str, Any]) -> dict[str, str]:
    """Headers of somebody who signed in."""
    return {"Authorization": f"Bearer {answer['access_token']}"}
