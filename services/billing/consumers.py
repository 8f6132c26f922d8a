"""What billing hears from ticketing: communities, units and who pays for them, copied run by run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select, update

from services.billing.dunning.steps import on_message
from services.billing.holds.service import on_tickets
from services.billing.models import bills, dunning_cases, payments, ref_communities, ref_relations, ref_units
from services.billing.personal.registry import HOLDERS
from services.billing.slips import service as slips
from shared.contracts.envelope import Event
from shared.db.helpers import upsert_rows
from shared.db.tx import Tx
from shared.personal.erasing import on_erased
from shared.runtime import Handler

_Row = dict[str, Any]


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _community(event: Event) -> _Row:
    return {
        "name": event.data["name"],
        "path": [UUID(unit) for unit in event.data["path"]],
        "timezone": event.data["timezone"],
    }


def _unit(event: Event) -> _Row:
    building = event.data.get("building_id")
    return {
        "community_id": event.community_id,
        "building_id": UUID(building) if building else None,
        "number": event.data["number"],
        "area": Decimal(event.data["area"]),
        "use": event.data["use"],
        "sold_on": _day(event.data.get("sold_on")),
    }


def _relation(event: Event) -> _Row:
    return {
        "community_id": event.community_id,
        "unit_id": UUID(event.data["unit_id"]),
        "person_id": UUID(event.data["person_id"]),
        "role": event.data["role"],
        "since": date.fromisoformat(event.data["since"]),
        "until": _day(event.data.get("until")),
        "powers": event.data.get("powers"),
    }


def _copy(table: Table, read: Callable[[Event], _Row]) -> Handler:
    """A handler that merges a run of events into a ref table: per subject only the last one counts."""

    async def handle(tx: Tx, events: Sequence[Event]) -> None:
        latest = {event.subject: event for event in events}
        rows = [{"id": event.subject, "seq": event.seq, **read(event)} for event in latest.values()]
        # Rows in one order, so that two merges of the same units cannot wait for each other.
        rows.sort(key=lambda row: row["id"])
        await upsert_rows(tx, table, rows, update=[name for name in rows[0] if name != "id"], newer="seq")

    return handle


async def on_merged(tx: Tx, events: Sequence[Event]) -> None:
    """Two rows of the register were one person: whoever paid or owed under the one does so under the other.

    Amounts, units and numbers stay; only who is named changes. Bills name whoever belonged to the unit, so they are
    found by it; a payment may name anybody.
    """
    for event in events:
        loser, survivor = event.subject, UUID(event.data["survivor_id"])
        homes = select(ref_relations.c.unit_id).where(
            ref_relations.c.org_id == tx.org_id, ref_relations.c.person_id.in_([loser, survivor])
        )
        owing = [dunning_cases.c.unit_id.in_(homes), dunning_cases.c.state == "open"]
        for table, narrowed in ((bills, [bills.c.unit_id.in_(homes)]), (payments, []), (dunning_cases, owing)):
            await tx.execute(
                update(table)
                .where(table.c.org_id == tx.org_id, table.c.payer_id == loser, *narrowed)
                .values(payer_id=survivor, version=table.c.version + 1, updated_at=tx.now)
            )
        await tx.execute(
            update(ref_relations)
            .where(ref_relations.c.org_id == tx.org_id, ref_relations.c.person_id == loser)
            .values(person_id=survivor)
        )
        tx.audit("payer.merged", "person", survivor, after={"merged": loser})


SUBSCRIPTIONS: Mapping[str, Mapping[str, Handler]] = {
    "ticketing": {
        "community.upserted.v1": _copy(ref_communities, _community),
        "unit.upserted.v1": _copy(ref_units, _unit),
        "relation.upserted.v1": _copy(ref_relations, _relation),
        "person.merged.v1": on_merged,
        "person.erased.v1": on_erased(HOLDERS),
        # A dispute holds the ladder only while its complaint is open.
        "ticket.closed.v1": on_tickets,
        "ticket.cancelled.v1": on_tickets,
        # What the owner confirmed is charged; what changes afterwards takes it back.
        "slip.confirmed.v1": slips.on_confirmed,
        "slip.changed.v1": slips.on_changed,
        "slip.voided.v1": slips.on_changed,
    },
    "notify": {
        "message.delivered.v1": on_message,
        "message.failed.v1": on_message,
    },
}
