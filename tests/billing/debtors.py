"""A community in arrears: bills of January and February 2025, unpaid, and short ways through a month's ladder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.billing.consumers import SUBSCRIPTIONS
from shared.messaging import puller
from tests.billing.village import Village, event
from tests.shared.files import samples
from tests.support.world import Standing


def local(text: str) -> datetime:
    """A local time of Shanghai, such as ``2025-03-12 10:00``."""
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


class Debtors:
    """The village with its clock, seen by a clerk and a supervisor."""

    def __init__(self, village: Village, now: Standing) -> None:
        self.village, self.now = village, now
        self.clerk_id = uuid4()
        self.clerk = village.world.token("clerk", village.org, sub=self.clerk_id)
        self.supervisor = village.world.token("supervisor", village.org)

    async def bill(self, *periods: str) -> Debtors:
        """Bill months; each is due on its 25th."""
        await self.village.standard()
        for period in periods:
            await self.village.bill(period)
        return self

    async def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        """POST; the parsed body of a success."""
        answer = await self.village.post(path, body, headers or self.clerk)
        assert answer.status_code in (200, 201, 202), answer.text
        return answer.json()

    async def refused(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> str:
        """POST; the code of the refusal."""
        answer = await self.village.post(path, body, headers or self.clerk)
        assert answer.status_code in (404, 409, 422), answer.text
        code: str = answer.json()["code"]
        return code

    async def plan(self, period: str) -> dict[str, Any]:
        """Make a month's plan to its end."""
        body = {"community_id": str(self.village.id), "period": period}
        made = await self.post("dunning-plans", body, self.supervisor)
        await self.drain()
        found: dict[str, Any] = await self.village.get(f"dunning-plans/{made['id']}")
        assert found["state"] == "done"
        return found

    async def to(self, text: str) -> None:
        """Move the clock and let everything due happen."""
        self.now.to(local(text))
        await self.drain()

    async def drain(self) -> None:
        await self.village.world.drain(self.village.org)

    async def steps(self, unit: UUID | None = None, **wanted: Any) -> dict[str, dict[str, Any]]:
        """Steps of a unit (the first) by kind."""
        found = await self.village.get("dunning-steps", community_id=str(self.village.id), limit=200, **wanted)
        return {s["kind"]: s for s in found["items"] if s["unit_id"] == str(unit or self.village.first())}

    async def case(self, unit: UUID | None = None) -> dict[str, Any]:
        """The case of a unit (the first)."""
        found = await self.village.get("dunning-cases", unit_id=str(unit or self.village.first()))
        case: dict[str, Any] = found["items"][0]
        return case

    async def prove(self, notice_id: str, data: bytes | None = None, name: str = "回执.jpg") -> httpx.Response:
        """Upload a proof of a notice's service."""
        files = {"file": (name, samples.photo() if data is None else data, "image/jpeg")}
        path = f"/billing/v1/dunning-notices/{notice_id}/proofs"
        return await self.village.api.post(path, files=files, headers=self.clerk)

    async def report(self, period: str) -> dict[str, Any]:
        """The month's report."""
        found: dict[str, Any] = await self.village.get(
            "dunning-reports", community_id=str(self.village.id), period=period
        )
        return found

    async def told(self, outcome: str, step_id: str) -> None:
        """Notify says what became of a step's message."""
        org, world = self.village.org, self.village.world
        async with world.runtime("billing").db.read(org) as tx:
            cause = await tx.raw.fetchval(
                "SELECT id FROM billing.outbox WHERE org_id = $1 AND subject = $2 AND type = 'message.requested.v1' "
                "ORDER BY id DESC LIMIT 1",
                org,
                UUID(step_id),
            )
        message = uuid4()
        data = {"message_id": str(message), "cause_id": str(cause), "channel": "sms"}
        said = event(org, f"message.{outcome}.v1", message, data, source="notify")
        async with world.runtime("billing").db.tx(org) as tx:
            await puller.apply(tx, "notify", SUBSCRIPTIONS["notify"], [said])

    async def ticket_closed(self, ticket: UUID) -> None:
        """Ticketing says that a complaint is closed."""
        org = self.village.org
        async with self.village.world.runtime("billing").db.tx(org) as tx:
            said = event(org, "ticket.closed.v1", ticket, {})
            await puller.apply(tx, "ticketing", SUBSCRIPTIONS["ticketing"], [said])

    async def hold(self, **more: Any) -> dict[str, Any]:
        """Ask for a hold of the first unit's case and have it approved."""
        case = await self.case()
        body = {"reason": "业主对电梯费用有异议", "evidence": "投诉工单", **more}
        asked = await self.post(f"dunning-cases/{case['id']}/holds", body)
        decided: dict[str, Any] = await self.post(
            f"dunning-holds/{asked['id']}/decision", {"approve": True}, self.supervisor
        )
        return decided
