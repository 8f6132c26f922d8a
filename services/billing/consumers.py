"""What billing hears from ticketing: communities, units and who pays for them, copied run by run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from services.billing.dunning.steps import on_message
from services.billing.holds.service import on_tickets
from services.billing.models import ref_communities, ref_relations, ref_units
from services.billing.personal.merging import on_merged
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
