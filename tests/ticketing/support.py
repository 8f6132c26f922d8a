"""Steps that tests of ticketing share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from services.ticketing.models import metadata
from shared import clock
from shared.timers import firing
from tests.support.world import World

BASE = "/ticketing/v1"
outbox = metadata.tables["ticketing.outbox"]
audit = metadata.tables["ticketing.audit"]


@dataclass
class Community:
    """A community of a test: ids by what the tests call them."""

    id: UUID
    units: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)


@dataclass
class Register:
    """The register of one organisation, through its API."""

    world: World
    api: httpx.AsyncClient
    org: UUID

    def admin(self) -> dict[str, str]:
        """Headers of an administrator of the whole organisation."""
        return self.world.token("admin", self.org)

    async def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        """POST as an administrator unless told otherwise."""
        return await self.api.post(f"{BASE}{path}", json=body, headers=headers or self.admin())

    async def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        """GET as an administrator unless told otherwise."""
        return await self.api.get(f"{BASE}{path}", params=query, headers=headers or self.admin())

    async def bulk(
        self, resource: str, items: Sequence[Any], headers: dict[str, str] | None = None, source: str = "erp"
    ) -> dict[str, Any]:
        """A bulk import that must be answered 200; its body."""
        answer = await self.post(f"/{resource}/bulk", {"source": source, "items": list(items)}, headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def stored(self, resource: str, items: Sequence[Any]) -> list[UUID]:
        """Import rows that must all be good; their ids in order."""
        answer = await self.bulk(resource, items)
        assert answer["errors"] == [], answer["errors"]
        return [UUID(item["id"]) for item in answer["items"]]

    async def community(
        self, code: str, *, dwellings: int = 4, occupied: int = 3, unit: str | None = None
    ) -> Community:
        """A community, one building, dwellings, and an owner for each; ``occupied`` of them lived in since 2020."""
        (id,) = await self.stored("communities", [{"external_id": code, "name": code, "org_unit": unit}])
        await self.stored("buildings", [{"external_id": f"{code}-1", "community": code, "name": "1幢"}])
        units = await self.stored(
            "units",
            [
                {
                    "external_id": f"{code}-1-{n}",
                    "community": code,
                    "building": f"{code}-1",
                    "number": f"1-{n}01",
                    "area": "93.50",
                    "occupied_from": "2020-06-01" if n <= occupied else None,
                }
                for n in range(1, dwellings + 1)
            ],
        )
        people = await self.stored(
            "people",
            [
                {"external_id": f"{code}-P{n}", "name": f"张{n}伟", "phone": f"1381234{n:04d}"}
                for n in range(1, dwellings + 1)
            ],
        )
        await self.stored(
            "relations",
            [
                {
                    "external_id": f"{code}-R{n}",
                    "person": f"{code}-P{n}",
                    "unit": f"{code}-1-{n}",
                    "role": "owner",
                    "since": "2019-06-01",
                }
                for n in range(1, dwellings + 1)
            ],
        )
        return Community(id, units, people)

    def resident(self, community: Community, n: int) -> dict[str, str]:
        """Headers of the owner of the n-th dwelling (from 0)."""
        return self.world.token("resident", self.org, units=[community.units[n]], sub=community.people[n])

    def staff(self, role: str, units: Iterable[UUID]) -> dict[str, str]:
        """Headers of a member of staff who sees these org units only."""
        return self.world.token(role, self.org, units=units)

    async def events(self, *types: str) -> list[dict[str, Any]]:
        """All events of the organisation so far, of these types, in the order of their making."""
        async with self.world.runtime("ticketing").db.read(self.org) as tx:
            rows = await tx.rows(select(outbox).where(outbox.c.org_id == self.org).order_by(outbox.c.id))
        return [dict(row._mapping) for row in rows if not types or row.type in types]

    async def audits(self, entity: str) -> list[dict[str, Any]]:
        """All audit entries of an entity's kind."""
        async with self.world.runtime("ticketing").db.read(self.org) as tx:
            rows = await tx.rows(
                select(audit).where(audit.c.org_id == self.org, audit.c.entity == entity).order_by(audit.c.id)
            )
        return [dict(row._mapping) for row in rows]

    async def fire_timers(self) -> None:
        """Fire what is due by the business clock, and what those timers set to by then."""
        while await firing.fire_due(self.world.runtime("ticketing"), self.org, clock.now()):
            pass
