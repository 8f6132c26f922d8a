"""Presence: records of gates and clocks in bulk, and one's own punches (C-144, C-146)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing.assignments.repository import lock_staff, org_unit
from services.ticketing.domain.rosters import LONGEST_STAY, Span
from services.ticketing.domain.staff_errors import PunchNotNow
from services.ticketing.errors import NoSuchOrgUnit, NoSuchStaff
from services.ticketing.models import org_units, presences, staff
from services.ticketing.people.repository import by_ids, staff_reach
from services.ticketing.register.bulk import Batch, Draft, Entity, Fault, store, unknown_reference
from services.ticketing.register.repository import by_references, locked
from services.ticketing.register.schemas import BulkOut
from services.ticketing.rosters import repository
from services.ticketing.rosters.judging import review
from services.ticketing.rosters.schemas import PunchIn
from services.ticketing.rosters.tables import PresenceIn, PresencesBulk
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7

PRESENCE = Entity("presence", presences, ("person_id", "org_unit_id", "in_at", "out_at", "at"), event=None)
#: The source of what people punch here themselves.
OWN = "punch"

AHEAD: Fault = ("in_at", "打卡时间不能晚于现在", "A punch cannot lie ahead")
OWN_ONLY: Fault = (
    "external_id",
    "来源 punch 保留给员工本人打卡，不能导入",
    "The source punch is kept for what staff punch themselves",
)


async def bulk_presences(tx: Tx, who: Principal, body: PresencesBulk) -> BulkOut:
    """Store presence records of staff within reach; what was judged already is judged again."""
    batch: Batch[PresenceIn] = Batch(body)
    people = await by_references(tx, staff, batch.source, {item.person for _, item in batch.rows})
    places = await by_references(tx, org_units, batch.source, {item.org_unit for _, item in batch.rows})
    seen = await by_ids(tx, staff, {row.id for row in people.values()}, staff_reach(tx, who))
    visible = {row.id for row in seen}
    await lock_staff(tx, visible)
    drafts: list[Draft] = []
    for index, item in batch.rows:
        person, place = people.get(item.person), places.get(item.org_unit)
        times = [at for at in (item.in_at, item.out_at) if at is not None]
        if batch.source == OWN:
            batch.refuse(index, item.external_id, OWN_ONLY)
        elif person is None or person.id not in visible:
            batch.refuse(index, item.external_id, unknown_reference("person", item.person))
        elif place is None or not who.sees(place.path):
            batch.refuse(index, item.external_id, unknown_reference("org_unit", item.org_unit))
        elif max(times) > tx.now:
            batch.refuse(index, item.external_id, AHEAD)
        else:
            values = {
                "person_id": person.id,
                "org_unit_id": place.id,
                "in_at": item.in_at,
                "out_at": item.out_at,
                "at": min(times),
            }
            drafts.append(Draft(index, item.external_id, values))
    known = await locked(tx, presences, batch.source, {draft.external_id for draft in drafts})

    def guard(row: DbRow[Any], draft: Draft) -> Fault | None:
        mine = row.external_id not in known or row.person_id in visible
        return None if mine else unknown_reference("external_id", draft.external_id)

    await store(tx, PRESENCE, batch, drafts, guard)
    changed = [c.values for c in (*batch.created, *batch.updated)]
    before = [c.before for c in batch.updated if c.before is not None]
    touched = [*changed, *before]
    people_touched, places_touched = ({values[key] for values in touched} for key in ("person_id", "org_unit_id"))
    await review(tx, people_touched, places_touched, [_span(v["in_at"], v["out_at"]) for v in touched])
    return batch.answer()


def _span(in_at: Any, out_at: Any) -> Span:
    start, end = in_at or out_at, out_at or in_at
    return Span(start, end if end > start else start + LONGEST_STAY)


async def punch(tx: Tx, who: Principal, body: PunchIn) -> DbRow[Any]:
    """One's own clock-in or clock-out now, in an org unit within reach.

    Out without in, or in twice, is kept as it is: the missing record is what shows.

    Raises:
        NoSuchOrgUnit, NoSuchStaff; PunchNotNow: before one's last punch.
    """
    place = await org_unit(tx, body.org_unit_id)
    if place is None or not who.sees(place.path):
        raise NoSuchOrgUnit()
    if not await lock_staff(tx, [who.sub]):
        raise NoSuchStaff()
    last = await repository.last_stay(tx, who.sub, body.org_unit_id)
    if last is not None and tx.now < max(at for at in (last.in_at, last.out_at) if at is not None):
        raise PunchNotNow()
    open_stay = last is not None and last.out_at is None and tx.now - last.at <= LONGEST_STAY
    if body.direction == "out" and open_stay and last is not None:
        id: UUID = last.id
        await repository.change(tx, presences, last, {"out_at": tx.now})
    else:
        id = uuid7()
        leaving = body.direction == "out"
        values = {
            "source": OWN,
            "external_id": str(id),
            "person_id": who.sub,
            "org_unit_id": body.org_unit_id,
            "in_at": None if leaving else tx.now,
            "out_at": tx.now if leaving else None,
            "at": tx.now,
        }
        id = await repository.insert(tx, presences, values)
    tx.audit("presence.punched", "presence", id, after={"direction": body.direction})
    row = await repository.one(tx, presences, id)
    assert row is not None  # stored above
    await review(tx, [who.sub], [body.org_unit_id], [_span(row.in_at, row.out_at)])
    return row
