"""Engineers on duty in the east of a company, and a community that they serve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from tests.ticketing.cases import Desk, z
from tests.ticketing.staff.support import Company
from tests.ticketing.support import BASE, Community, Register

NINE = datetime(2025, 3, 7, 1, tzinfo=UTC)  # 09:00 in Shanghai, a Friday


@dataclass
class Crew:
    """A company, its east community's desk, and engineers by name."""

    company: Company
    desk: Desk
    here: Community

    @property
    def register(self) -> Register:
        return self.company.register

    @classmethod
    async def ready(cls, register: Register) -> Crew:
        company = await Company.founded(register)
        here = await register.community("CX", unit="E")
        return cls(company, Desk(register, here), here)

    async def engineer(self, name: str, *skills: str, hours: tuple[float, float] = (8, 20)) -> UUID:
        """Hire somebody, give them skills, and roster them today in the east."""
        id = await self.company.hired(name, "engineer", "E")
        for skill in skills:
            duty = self.company.duty(name, skill, "skill", since=z(NINE - timedelta(days=30)))
            await self.company.done("/assignments", None, **duty)
        if hours[1] > hours[0]:
            midnight = NINE - timedelta(hours=9)
            row = {
                "external_id": name,
                "person": name,
                "org_unit": "E",
                "post": "maintenance",
                "starts_at": z(midnight + timedelta(hours=hours[0])),
                "ends_at": z(midnight + timedelta(hours=hours[1])),
            }
            answer = await self.register.bulk("shifts", [row], self.company.by("boss"))
            assert answer["errors"] == [], answer
        return id

    async def repair(self, category: str = "water", **more: Any) -> dict[str, Any]:
        return await self.desk.ticket("repair", fields={"category": category}, summary="厨房水管漏水", **more)

    async def send(self, path: str, by: str | None, **body: Any) -> httpx.Response:
        return await self.company.post(path, by, **body)

    async def give(self, ticket: dict[str, Any], by: str = "boss", **body: Any) -> dict[str, Any]:
        return await self.company.done(f"/tickets/{ticket['id']}/orders", by, **body)

    async def act(self, order: dict[str, Any], action: str, by: str, **body: Any) -> dict[str, Any]:
        return await self.company.done(f"/work-orders/{order['id']}/{action}", by, **body)

    async def try_(self, order: dict[str, Any], action: str, by: str, **body: Any) -> httpx.Response:
        return await self.company.post(f"/work-orders/{order['id']}/{action}", by, **body)

    async def orders(self, ticket: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.company.get(f"/tickets/{ticket['id']}/orders", "boss"))["items"]
        return found

    async def case(self, ticket: dict[str, Any]) -> dict[str, Any]:
        answer = await self.register.api.get(f"{BASE}/tickets/{ticket['id']}", headers=self.company.by("boss"))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def name(self, id: str | None) -> str | None:
        names = {str(id): name for name, id in self.company.people.items()}
        return None if id is None else names[id]
