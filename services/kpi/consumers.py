"""What kpi hears: the register, copied, and everything the families of cases watch, folded and judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from services.kpi.domain.proposals import EVENTS
from services.kpi.facts.service import apply_events, watching
from services.kpi.models import ref_communities, ref_org_units, ref_units
from services.kpi.observations.proposing import on_proposed
from services.kpi.personal.registry import HOLDERS
from shared.contracts.envelope import Event
from shared.db.helpers import upsert_rows
from shared.db.tx import Tx
from shared.personal.erasing import on_erased
from shared.runtime import Handler

_Row = dict[str, Any]


def _org_unit(event: Event) -> _Row:
    data = event.data
    return {"name": data["name"], "kind": data["kind"], "path": [UUID(unit) for unit in data["path"]]}


def _community(event: Event) -> _Row:
    data = event.data
    return {
        "name": data["name"],
        "path": [UUID(unit) for unit in data["path"]],
        "timezone": data["timezone"],
        "external_id": data.get("external_id"),
    }


def _unit(event: Event) -> _Row:
    return {"community_id": event.community_id, "number": event.data["number"]}


def _copy(table: Table, read: Callable[[Event], _Row]) -> Handler:
    """A handler that merges a run of events into a ref table: per subject only the last one counts."""

    async def handle(tx: Tx, events: Sequence[Event]) -> None:
        latest = {event.subject: event for event in events}
        rows = [{"id": event.subject, "seq": event.seq, **read(event)} for event in latest.values()]
        # Rows in one order, so that two merges of the same units cannot wait for each other.
        rows.sort(key=lambda row: row["id"])
        await upsert_rows(tx, table, rows, update=[name for name in rows[0] if name != "id"], newer="seq")

    return handle


async def on_events(tx: Tx, events: Sequence[Event]) -> None:
    """A run of whatever kpi judges. Types come mixed, for those of one case alternate."""
    await apply_events(tx, events)


SUBSCRIPTIONS: Mapping[str, Mapping[str, Handler]] = {
    "ticketing": {
        "org_unit.upserted.v1": _copy(ref_org_units, _org_unit),
        "community.upserted.v1": _copy(ref_communities, _community),
        "unit.upserted.v1": _copy(ref_units, _unit),
        "person.erased.v1": on_erased(HOLDERS),
        **dict.fromkeys(sorted(watching()["ticketing"]), on_events),
        **dict.fromkeys(EVENTS, on_proposed),
    },
    "billing": dict.fromkeys(sorted(watching()["billing"]), on_events),
    # Its own registers: tasks, reports and the like are cases as those of its peers are.
    "kpi": dict.fromkeys(sorted(watching()["kpi"]), on_events),
}
