"""A service desk for tests: takes tickets in and carries commands out, by the public API."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select

from services.ticketing.models import metadata
from tests.ticketing.support import BASE, Community, Register

timers = metadata.tables["ticketing.timers"]
NOON = datetime(2025, 3, 7, 1, 0, 0, tzinfo=UTC)  # a Friday, 09:00:00 in Shanghai
M, H, S = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=1)


def z(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass
class Desk:
    """Staff of one organisation at work on tickets of one community."""

    register: Register
    community: Community
    engineer: UUID = field(default_factory=uuid4)
    caller: UUID = field(default_factory=uuid4)

    def staff(self, role: str = "clerk", sub: UUID | None = None) -> dict[str, str]:
        return self.register.world.token(role, self.register.org, sub=sub)

    def owner(self, n: int = 0) -> dict[str, str]:
        return self.register.resident(self.community, n)

    async def intake(self, kind: str = "complaint", n: int = 0, **more: Any) -> httpx.Response:
        headers = more.pop("headers", None) or self.staff()
        body = {
            "community_id": str(self.community.id),
            "unit_id": str(self.community.units[n]),
            "kind": kind,
            "summary": "电梯噪音很大",
            **more,
        }
        return await self.register.api.post(f"{BASE}/tickets", json=body, headers=headers)

    async def ticket(self, kind: str = "complaint", n: int = 0, **more: Any) -> dict[str, Any]:
        answer = await self.intake(kind, n, **more)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def try_(
        self, ticket: dict[str, Any] | str, action: str, headers: dict[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        id = ticket if isinstance(ticket, str) else ticket["id"]
        return await self.register.api.post(
            f"{BASE}/tickets/{id}/{action}", json=body, headers=headers or self.staff("supervisor")
        )

    async def do(
        self, ticket: dict[str, Any] | str, action: str, headers: dict[str, str] | None = None, **body: Any
    ) -> dict[str, Any]:
        answer = await self.try_(ticket, action, headers, **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def handled(self, **more: Any) -> dict[str, Any]:
        """A complaint answered, planned and handled by the engineer, all at the present instant."""
        ticket = await self.ticket(**more)
        await self.do(ticket, "respond")
        await self.do(ticket, "dispatch", assignee_id=str(self.engineer))
        await self.do(ticket, "plan", text="更换导靴")
        return await self.do(ticket, "complete", result="已更换")

    async def clocks(self, ticket: dict[str, Any]) -> dict[str, dict[str, Any]]:
        answer = await self.register.get(f"/tickets/{ticket['id']}/clocks")
        assert answer.status_code == 200, answer.text
        return {c["clock"]: c for c in answer.json()["items"]}

    async def states(self, ticket: dict[str, Any]) -> dict[str, str]:
        return {code: c["state"] for code, c in (await self.clocks(ticket)).items()}

    async def entries(self, ticket: dict[str, Any], headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
        answer = await self.register.get(f"/tickets/{ticket['id']}/entries", headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def types(self) -> list[str]:
        return [e["type"] for e in await self.register.events() if e["type"].split(".")[0] in CASES]

    async def timers(self) -> dict[str, datetime]:
        """Pending timers of the organisation, by kind."""
        async with self.register.world.runtime("ticketing").db.read(self.register.org) as tx:
            rows = await tx.rows(
                select(timers).where(timers.c.org_id == self.register.org, timers.c.state == "pending")
            )
        return {row.kind: row.fire_at for row in rows}

    async def due_call(self, ticket: dict[str, Any]) -> dict[str, Any]:
        answer = await self.register.get("/revisits", ticket_id=ticket["id"], state="due")
        assert answer.status_code == 200, answer.text
        (found,) = answer.json()["items"]
        return dict(found)

    async def call(
        self, revisit: dict[str, Any], outcome: str = "reached", headers: dict[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        return await self.register.api.post(
            f"{BASE}/revisits/{revisit['id']}/attempts",
            json={"outcome": outcome, **body},
            headers=headers or self.staff("clerk", self.caller),
        )


CASES = {"ticket", "clock", "revisit"}
