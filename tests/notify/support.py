"""What notify's tests need: a register and events as ticketing and billing would tell them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.notify.consumers import SUBSCRIPTIONS
from shared.contracts.envelope import Event
from shared.ids import uuid7
from shared.messaging import puller
from shared.runtime import Runtime

AT = datetime(2025, 3, 7, 1, 10, tzinfo=UTC)


class Feed:
    """Events of one organisation in order, applied by the code that applies pulled pages."""

    def __init__(self, rt: Runtime, org: UUID) -> None:
        self.rt = rt
        self.org = org
        self.community = uuid7()
        self.position = 0

    def event(
        self, type: str, subject: UUID, data: dict[str, Any], *, source: str = "ticketing", seq: int = 1
    ) -> Event:
        """The next event of the feed."""
        self.position += 1
        return Event(
            id=uuid7(),
            type=type,
            source=source,
            org_id=self.org,
            community_id=self.community,
            subject=subject,
            seq=seq,
            position=self.position,
            occurred_at=AT,
            recorded_at=AT,
            actor_id=None,
            trace_id="test",
            data=data,
        )

    async def apply(self, events: Iterable[Event], prepared: dict[str, Any] | None = None) -> None:
        """Apply events as the puller does, in one transaction."""
        by_source: dict[str, list[Event]] = {}
        for event in events:
            by_source.setdefault(event.source, []).append(event)
        for source, run in by_source.items():
            async with self.rt.db.tx(self.org) as tx:
                tx.prepared = prepared or {}
                await puller.apply(tx, source, SUBSCRIPTIONS[source], run)

    async def household(
        self,
        number: str = "1-101",
        *,
        email: str | None = None,
        phone: str | None = None,
        locale: str = "zh",
        name: str = "王小明",
    ) -> tuple[UUID, UUID]:
        """A unit with an owner: (unit, owner)."""
        unit, owner = uuid7(), uuid7()
        await self.apply(
            [
                self.event(
                    "community.upserted.v1",
                    self.community,
                    {"name": "翠湖花园", "path": [str(self.org)], "timezone": "Asia/Shanghai"},
                ),
                self.event("unit.upserted.v1", unit, {"number": number, "use": "dwelling", "area": "93.50"}),
                self.event("person.upserted.v1", owner, {"version": 1}),
                self.event(
                    "relation.upserted.v1",
                    uuid7(),
                    {
                        "person_id": str(owner),
                        "unit_id": str(unit),
                        "role": "owner",
                        "since": "2020-01-01",
                        "until": None,
                        "powers": [],
                    },
                ),
            ],
            prepared={"person.upserted.v1": {owner: {"name": name, "email": email, "phone": phone, "locale": locale}}},
        )
        return unit, owner

    def ticket(self, type: str, ticket: UUID, unit: UUID, reporter: UUID | None, **data: Any) -> Event:
        """An event of a repair."""
        return self.event(
            f"ticket.{type}.v1",
            ticket,
            {
                "number": "R20250307-0001",
                "kind": "repair",
                "unit_id": str(unit),
                "reporter_id": None if reporter is None else str(reporter),
                **data,
            },
        )

    def bills(self, homes: Sequence[tuple[UUID, UUID]]) -> list[Event]:
        """A bill for each (unit, owner)."""
        return [
            self.event(
                "bill.issued.v1",
                uuid7(),
                {
                    "bill_id": str(uuid7()),
                    "number": f"B202503-{n:06d}",
                    "unit_id": str(unit),
                    "payer_id": str(owner),
                    "fee_kind": "property",
                    "period": "2025-03",
                    "due_date": "2025-03-25",
                    "amount_fen": 21_342,
                    "standard": "property",
                },
                source="billing",
            )
            for n, (unit, owner) in enumerate(homes)
        ]

    def reminder(self, home: tuple[UUID, UUID], **variables: Any) -> Event:
        """What dunning asks for."""
        return self.event(
            "message.requested.v1",
            uuid7(),
            {
                "template": "bill.reminder",
                "person_id": str(home[1]),
                "unit_id": str(home[0]),
                "variables": {
                    "number": "B1",
                    "fee_kind": "property",
                    "due": "2025-03-25",
                    "amount": 21_342,
                    **variables,
                },
            },
            source="billing",
        )
