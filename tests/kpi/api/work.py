"""One community with a clerk, a supervisor and a manager, and short ways to call kpi's registers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from shared.ids import uuid7
from tests.kpi.support import Feed
from tests.support.world import World


@dataclass
class Office:
    """People are told apart by role: one person each."""

    api: httpx.AsyncClient
    world: World
    org: UUID
    feed: Feed
    people: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    async def opened(cls, api: httpx.AsyncClient, world: World, org: UUID) -> Office:
        feed = Feed(world, org)
        feed.register()
        await feed.apply()
        return cls(api, world, org, feed)

    @property
    def community(self) -> str:
        return str(self.feed.community)

    def person(self, role: str) -> UUID:
        return self.people.setdefault(role, uuid7())

    def as_(self, role: str, **more: str) -> dict[str, str]:
        return {**self.world.token(role, self.org, sub=self.person(role)), **more}

    async def post(self, role: str, path: str, status: int = 200, **body: Any) -> dict[str, Any]:
        """A command, and the status it must have."""
        answer = await self.api.post(f"/kpi/v1/{path}", json=body, headers=self.as_(role))
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, path: str, role: str = "gm", **params: Any) -> Any:
        answer = await self.api.get(f"/kpi/v1/{path}", params=params, headers=self.as_(role))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def value(self, indicator: str, period: str) -> tuple[Any, Any, Any]:
        """State, numerator and denominator, once kpi has followed its own feed."""
        await self.world.drain(self.org)
        found = await self.get(f"indicators/{indicator}/value", period=period, community_id=self.community)
        return found["state"], found["numerator"], found["denominator"]

    async def told(self) -> list[tuple[str, dict[str, Any]]]:
        """The events of the organisation's registers, in order."""
        await self.world.drain(self.org)
        async with self.world.runtime("kpi").db.read(self.org) as tx:
            rows = await tx.raw.fetch(
                "SELECT o.type, o.data FROM kpi.outbox o JOIN kpi.feed f ON f.org_id = o.org_id AND f.id = o.id "
                "WHERE o.org_id = $1 ORDER BY f.position",
                self.org,
            )
        return [(row["type"], row["data"]) for row in rows]
