"""Call records in bulk, as an exchange's own list or a table has them: the same effect as its events, once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import community, zone_of
from services.ticketing.calls.recording import HOME_ZONE, Line, Told, record
from services.ticketing.calls.schemas import CallRecordIn, CallRecordsBulk
from services.ticketing.connections import repository as connections
from services.ticketing.domain.calls import Call
from services.ticketing.domain.inbound_errors import CallTimesCross
from services.ticketing.models import calls, staff
from services.ticketing.register.bulk import Batch, Change, unknown_reference
from services.ticketing.register.repository import by_references, locked
from services.ticketing.register.schemas import BulkOut
from shared.auth import Principal
from shared.db.tx import Tx

CROSSED = (
    "offered_at",
    "通话时间前后矛盾，请核对呼入、接听与结束时间",
    "The times of the call contradict each other",
)


async def bulk_calls(tx: Tx, who: Principal, body: CallRecordsBulk) -> BulkOut:
    """Record calls of one connected exchange; a record that contradicts itself is refused, the others are stored."""
    batch: Batch[CallRecordIn] = Batch(body)
    connection = await connections.by_source(tx, who, batch.source)
    clerks = await by_references(tx, staff, batch.source, {i.clerk for _, i in batch.rows if i.clerk is not None})
    line = await _line(tx, who, connection) if connection is not None else None
    known = await locked(tx, calls, batch.source, {item.external_id for _, item in batch.rows})
    # In one order, so that two imports of the same calls wait for each other and never cross.
    for index, item in sorted(batch.rows, key=lambda pair: pair[1].external_id):
        clerk: UUID | None = clerks[item.clerk].id if item.clerk in clerks else None
        if line is None:
            batch.refuse(index, item.external_id, unknown_reference("external_id", batch.source))
        elif item.clerk is not None and clerk is None:
            batch.refuse(index, item.external_id, unknown_reference("clerk", item.clerk))
        else:
            await _store(tx, line, batch, index, item, clerk, known.get(item.external_id))
    return batch.answer()


async def _line(tx: Tx, who: Principal, connection: Row[Any]) -> Line:
    zone = zone_of(HOME_ZONE)
    if connection.community_id is not None:
        zone = (await community(tx, who, connection.community_id)).zone
    return Line(connection.source, connection.org_unit_id, connection.community_id, zone)


async def _store(
    tx: Tx,
    line: Line,
    batch: Batch[CallRecordIn],
    index: int,
    item: CallRecordIn,
    clerk: UUID | None,
    known: Row[Any] | None,
) -> None:
    call = Call(item.direction, item.offered_at, item.rings, item.answered_at, item.ended_at)
    try:
        async with tx.savepoint():
            row = await record(tx, line, Told(item.external_id, call, item.number, item.extension, clerk))
    except CallTimesCross:
        batch.refuse(index, item.external_id, CROSSED)
        return
    batch.ids[item.external_id] = row.id
    change = Change(row.id, row.version, {}, None)
    if known is None:
        batch.created.append(change)
    elif row.version > known.version:
        batch.updated.append(change)
