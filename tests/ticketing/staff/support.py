"""A company of two branches with people to appoint, by the public API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from tests.ticketing.cases import z
from tests.ticketing.support import BASE, Register

__all__ = ["Company", "z"]


@dataclass
class Company:
    """Two branches; members of staff by the names that tests use."""

    register: Register
    east: UUID
    west: UUID
    people: dict[str, UUID] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    homes: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    async def founded(cls, register: Register) -> Company:
        east, west = await register.stored(
            "org-units", [{"external_id": code, "name": code, "kind": "branch", "parent": None} for code in "EW"]
        )
        company = cls(register, east, west)
        for name, role, unit in (
            ("boss", "supervisor", "E"),
            ("manager", "cs_manager", "E"),
            ("pm", "project_manager", "E"),
            ("ann", "clerk", "E"),
            ("bob", "clerk", "E"),
            ("wes", "clerk", "W"),
            ("west_boss", "supervisor", "W"),
        ):
            await company.hired(name, role, unit)
        return company

    async def hired(self, name: str, role: str, unit: str, **more: Any) -> UUID:
        row = {"external_id": name, "name": f"员工{name}", "roles": [role], "units": [unit], **more}
        (id,) = await self.register.stored("staff", [row])
        self.people[name], self.roles[name] = id, role
        self.homes[name] = self.east if unit == "E" else self.west
        return id

    def by(self, name: str) -> dict[str, str]:
        """Headers of somebody as their token was made when they were hired."""
        return self.register.world.token(
            self.roles[name], self.register.org, units=[self.homes[name]], sub=self.people[name]
        )

    async def post(self, path: str, by: str | None, **body: Any) -> httpx.Response:
        headers = self.register.admin() if by is None else self.by(by)
        return await self.register.api.post(f"{BASE}{path}", json=body, headers=headers)

    async def done(self, path: str, by: str | None, **body: Any) -> dict[str, Any]:
        answer = await self.post(path, by, **body)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refused(self, path: str, by: str | None, status: int, problem: str, /, **body: Any) -> dict[str, Any]:
        answer = await self.post(path, by, **body)
        assert (answer.status_code, answer.json()["code"]) == (status, problem), answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, path: str, by: str | None = None, **query: Any) -> Any:
        headers = None if by is None else self.by(by)
        answer = await self.register.get(path, headers, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def duty(self, name: str, code: str, kind: str = "designation", **more: Any) -> dict[str, Any]:
        """The body of an assignment in the east."""
        return {
            "person_id": str(self.people[name]),
            "org_unit_id": str(more.pop("unit", self.east)),
            "kind": kind,
            "code": code,
            "reason": "工作需要",
            **more,
        }

    async def roles_of(self, name: str) -> tuple[list[str], set[str]]:
        found = await self.get(f"/staff/{self.people[name]}")
        return found["roles"], set(found["units"])
