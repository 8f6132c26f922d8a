"""A community that billing has heard of, without ticketing: units, owners, and short ways to bill and pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import httpx

from services.billing.consumers import SUBSCRIPTIONS
from shared import clock
from shared.contracts.envelope import Event
from shared.ids import uuid7
from shared.messaging import puller
from tests.support.world import World

HANDLERS = SUBSCRIPTIONS["ticketing"]


def event(org: UUID, type_: str, subject: UUID, data: Mapping[str, Any], **more: Any) -> Event:
    """An event of ticketing as the feed would bring it."""
    values: dict[str, Any] = {
        "id": uuid7(),
        "type": type_,
        "source": "ticketing",
        "org_id": org,
        "community_id": None,
        "subject": subject,
        "seq": 1,
        "position": 1,
        "occurred_at": clock.now(),
        "recorded_at": clock.now(),
        "actor_id": None,
        "trace_id": "test",
        "data": data,
    }
    return Event(**{**values, **more})


async def tell(world: World, org: UUID, events: Sequence[Event]) -> None:
    """Apply events as the puller does."""
    async with world.runtime("billing").db.tx(org) as tx:
        await puller.apply(tx, "ticketing", HANDLERS, events)


async def cursor(world: World, org: UUID, *, position: int, head: int, silent_s: int = 0) -> None:
    """Set how far billing's copy is, and what it last heard of ticketing, so many seconds ago."""
    async with world.runtime("billing").db.tx(org) as tx:
        raw = tx.raw
        await raw.execute(
            "INSERT INTO billing.cursors (org_id, source, position, head_heard, heard_at) "
            "VALUES ($1, 'ticketing', $2, $3, $4::timestamptz - make_interval(secs => $5)) "
            "ON CONFLICT (org_id, source) DO UPDATE SET position = excluded.position, "
            "head_heard = excluded.head_heard, heard_at = excluded.heard_at",
            org,
            position,
            head,
            tx.wall,
            silent_s,
        )


@dataclass
class Village:
    """One community with its units (id by number) and owners (id by unit number)."""

    world: World
    org: UUID
    api: httpx.AsyncClient
    id: UUID = field(default_factory=uuid7)
    region: UUID = field(default_factory=uuid7)
    units: dict[str, UUID] = field(default_factory=dict)
    owners: dict[str, UUID] = field(default_factory=dict)

    @cached_property
    def finance(self) -> dict[str, str]:
        """Headers of somebody in finance who sees the whole organisation."""
        return self.world.token("finance", self.org)

    async def build(self, areas: Sequence[str], sold_on: str | None = "2024-06-01", use: str = "dwelling") -> Village:
        """Make the community with one unit per area, each with an owner."""
        path = [str(self.org), str(self.region)]
        events = [
            event(
                self.org,
                "community.upserted.v1",
                self.id,
                {"name": "桂花苑", "path": path, "timezone": "Asia/Shanghai"},
                community_id=self.id,
            )
        ]
        for area in areas:
            events += self.unit(area, sold_on, use)
        await tell(self.world, self.org, events)
        return self

    def unit(self, area: str, sold_on: str | None = "2024-06-01", use: str = "dwelling") -> list[Event]:
        """The events of one more unit and its owner."""
        number = f"1-{len(self.units) + 1:04d}"
        self.units[number], self.owners[number] = uuid7(), uuid7()
        return [
            event(
                self.org,
                "unit.upserted.v1",
                self.units[number],
                {"number": number, "building_id": None, "area": area, "use": use, "sold_on": sold_on},
                community_id=self.id,
            ),
            event(
                self.org,
                "relation.upserted.v1",
                uuid7(),
                {
                    "person_id": str(self.owners[number]),
                    "unit_id": str(self.units[number]),
                    "role": "owner",
                    "since": sold_on or "2024-01-01",
                    "until": None,
                },
                community_id=self.id,
            ),
        ]

    def first(self) -> UUID:
        """The first unit."""
        return next(iter(self.units.values()))

    async def post(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """POST to billing."""
        return await self.api.post(f"/billing/v1/{path}", json=body, headers={**self.finance, **(headers or {})})

    async def get(self, path: str, headers: Mapping[str, str] | None = None, **params: Any) -> Any:
        """GET from billing; the parsed body of a 200."""
        response = await self.api.get(f"/billing/v1/{path}", params=params or None, headers=headers or self.finance)
        assert response.status_code == 200, response.text
        return response.json()

    async def standard(self, rate: str = "2.00", start: str = "2025-01-01", **more: Any) -> httpx.Response:
        """Add a version of the property fee's standard."""
        body = {
            "community_id": str(self.id),
            "code": "property",
            "name": "物业服务费",
            "rule": "area",
            "fee_kind": "property",
            "effective_from": start,
            "params": {"rate": rate},
            "due_day": 25,
            **more,
        }
        return await self.post("charge-standards", body)

    async def bill(self, period: str, code: str = "property") -> dict[str, Any]:
        """Bill a month to its end; the run as it stands then."""
        body = {"community_id": str(self.id), "standard_code": code, "period": period}
        response = await self.post("billing-runs", body)
        assert response.status_code == 202, response.text
        await self.world.drain(self.org)
        run: dict[str, Any] = await self.get(f"billing-runs/{response.json()['id']}")
        assert run["state"] == "done" and run["balanced"] is True
        return run

    async def bills(self, **params: Any) -> list[dict[str, Any]]:
        """Bills of the community, the oldest first."""
        found = await self.get("bills", community_id=str(self.id), limit=200, **params)
        return list(reversed(found["items"]))

    def payment(self, amount: str, value_date: str, unit: UUID | None = None, **more: Any) -> dict[str, Any]:
        """The body of a payment of the first unit, unless told otherwise."""
        return {
            "community_id": str(self.id),
            "unit_id": str(unit or self.first()),
            "method": "bank_transfer",
            "amount": {"amount": amount, "currency": "CNY"},
            "value_date": value_date,
            **more,
        }

    async def slip(self, amount_fen: int, done_at: str, what: str = "confirmed", **more: Any) -> Event:
        """What ticketing says of a paid service slip of the first unit."""
        slip_id = more.pop("slip_id", None) or uuid7()
        data = {
            "kind": "repair",
            "number": "R20250320-0001",
            "unit_id": str(self.first()),
            "reporter_id": None,
            "ticket_id": str(uuid7()),
            "slip_id": str(slip_id),
            "slip_number": "YC202503-0001",
            "amount_fen": amount_fen,
            "done_at": done_at,
            **({"confirmed_at": done_at, "method": "app"} if what == "confirmed" else {}),
            **more,
        }
        told = event(self.org, f"slip.{what}.v1", UUID(data["ticket_id"]), data, community_id=self.id)
        await tell(self.world, self.org, [told])
        return told

    async def pay(self, amount: str, value_date: str, unit: UUID | None = None, **more: Any) -> dict[str, Any]:
        """Pay; the payment."""
        response = await self.post("payments", self.payment(amount, value_date, unit, **more))
        assert response.status_code == 201, response.text
        paid: dict[str, Any] = response.json()
        return paid

    async def rate(self, **params: Any) -> Any:
        """The collection rate of 2025-Q1."""
        return await self.get("collection-rates", **{"community_id": str(self.id), "period": "2025-Q1", **params})

    async def feed(self, *types: str) -> list[dict[str, Any]]:
        """Billing's events of these types, in order."""
        await self.world.drain(self.org)
        found = await self.api.get(
            "/billing/v1/changes", params={"after": 0, "types": ",".join(types), "limit": 200}, headers=self.finance
        )
        assert found.status_code == 200, found.text
        items: list[dict[str, Any]] = found.json()["items"]
        return items

    async def proven(self) -> None:
        """The books agree with each other: postings, accounts, bills, allocations and prepayments."""
        async with self.world.runtime("billing").db.read(self.org) as tx:
            raw = tx.raw
            unbalanced = await raw.fetch(
                "SELECT act_id FROM billing.postings WHERE org_id = $1 GROUP BY act_id HAVING sum(amount_fen) <> 0",
                self.org,
            )
            assert unbalanced == []
            wrong_bills = await raw.fetch(
                "SELECT b.id FROM billing.bills b JOIN billing.bill_balances o ON o.org_id = b.org_id AND o.id = b.id "
                "WHERE b.org_id = $1 AND (b.amount_fen - o.open_fen - o.credited_fen <> coalesce((SELECT sum("
                "a.amount_fen) FROM billing.allocations a WHERE a.org_id = b.org_id AND a.bill_id = b.id), 0) OR "
                "b.amount_fen <> coalesce((SELECT sum(l.amount_fen) FROM billing.bill_lines l WHERE "
                "l.org_id = b.org_id AND l.bill_id = b.id), 0) OR o.credited_fen <> coalesce((SELECT "
                "sum(c.amount_fen) FROM billing.credits c WHERE c.org_id = b.org_id AND c.bill_id = b.id AND "
                "c.state = 'applied'), 0))",
                self.org,
            )
            assert wrong_bills == []
            wrong_accounts = await raw.fetch(
                "SELECT a.unit_id FROM billing.accounts a WHERE a.org_id = $1 AND ("
                "a.receivable_fen <> coalesce((SELECT sum(o.open_fen) FROM billing.bill_balances o "
                "WHERE o.org_id = a.org_id AND o.unit_id = a.unit_id), 0) "
                "OR a.receivable_fen <> coalesce((SELECT sum(p.amount_fen) FROM billing.postings p "
                "WHERE p.org_id = a.org_id AND p.unit_id = a.unit_id AND p.ledger = 'receivable'), 0) "
                "OR a.prepaid_fen <> coalesce((SELECT sum(p.open_fen) FROM billing.prepayments p "
                "WHERE p.org_id = a.org_id AND p.unit_id = a.unit_id), 0) "
                "OR -a.prepaid_fen <> coalesce((SELECT sum(p.amount_fen) FROM billing.postings p "
                "WHERE p.org_id = a.org_id AND p.unit_id = a.unit_id AND p.ledger = 'prepayment'), 0))",
                self.org,
            )
            assert wrong_accounts == []
            cash = await raw.fetchrow(
                "SELECT (SELECT coalesce(sum(amount_fen), 0) FROM billing.postings WHERE org_id = $1 AND "
                "ledger = 'money' AND detail = 'cash') AS books, (SELECT coalesce(sum(amount_fen), 0) FROM "
                "billing.cash_entries WHERE org_id = $1) AS drawers",
                self.org,
            )
            assert cash["books"] == cash["drawers"]


def day(text: str) -> date:
    """A date from its text."""
    return date.fromisoformat(text)


def yuan(value: Mapping[str, str]) -> str:
    """The amount of money on the wire."""
    return value["amount"]
