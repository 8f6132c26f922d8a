"""Shifts in bulk: a roster whose rows each stand or fall by themselves (E-046, C-147, D-086)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing.assignments.repository import lock_staff
from services.ticketing.domain.rosters import AROUND, LONGEST_SHIFT, Span, conflicts
from services.ticketing.domain.staff_errors import NoSuchShift
from services.ticketing.models import org_units, shifts, staff
from services.ticketing.people.repository import by_ids, staff_reach
from services.ticketing.register.bulk import Batch, Draft, Entity, Fault, store, unknown_reference
from services.ticketing.register.repository import by_references, locked
from services.ticketing.register.schemas import BulkOut
from services.ticketing.rosters import repository
from services.ticketing.rosters.judging import JUDGE, bar_span, review, span_of
from services.ticketing.rosters.tables import ShiftIn, ShiftsBulk
from shared.auth import Principal
from shared.db.tx import Tx

SHIFT = Entity(
    "shift", shifts, ("person_id", "org_unit_id", "post", "starts_at", "ends_at", "cancelled_at"), event=None
)

CONFLICT: Fault = ("starts_at", "与此人的另一班次重叠", "This overlaps another shift of the same person")
ON_LEAVE: Fault = ("starts_at", "此人在该时段已获批请假", "This person has approved leave in that time")
BARRED: Fault = (
    "person",
    "此人处于停岗期（如考试不合格），不得排班",
    "This person is barred from the roster in that time, such as for a failed examination",
)
GONE: Fault = ("person", "此人已离职", "This person has left")
ORDER: Fault = (
    "ends_at",
    "下班应晚于上班，且一个班次不超过 24 小时",
    "Should lie after starts_at, and a shift lasts at most 24 hours",
)


async def bulk_shifts(tx: Tx, who: Principal, body: ShiftsBulk) -> BulkOut:
    """Store shifts of staff within reach; conflicts, approved leave and bars refuse their row.

    The people's rows are locked first: leave approved or another roster stored at the same time waits.
    """
    batch: Batch[ShiftIn] = Batch(body)
    people = await by_references(tx, staff, batch.source, {item.person for _, item in batch.rows})
    places = await by_references(tx, org_units, batch.source, {item.org_unit for _, item in batch.rows})
    seen = await by_ids(tx, staff, {row.id for row in people.values()}, staff_reach(tx, who))
    visible = {row.id for row in seen}
    crew = await lock_staff(tx, visible)
    drafts: list[Draft] = []
    for index, item in batch.rows:
        person, place = people.get(item.person), places.get(item.org_unit)
        if person is None or person.id not in visible:
            batch.refuse(index, item.external_id, unknown_reference("person", item.person))
        elif place is None or not who.sees(place.path):
            batch.refuse(index, item.external_id, unknown_reference("org_unit", item.org_unit))
        elif not item.starts_at < item.ends_at <= item.starts_at + LONGEST_SHIFT:
            batch.refuse(index, item.external_id, ORDER)
        else:
            values = {
                "person_id": person.id,
                "org_unit_id": place.id,
                "post": item.post,
                "starts_at": item.starts_at,
                "ends_at": item.ends_at,
                "cancelled_at": None,
            }
            drafts.append(Draft(index, item.external_id, values))
    known = await locked(tx, shifts, batch.source, {draft.external_id for draft in drafts})
    drafts = await _allowed(tx, batch, drafts, crew)
    theirs = await _hidden(tx, who, known)

    def guard(row: DbRow[Any], draft: Draft) -> Fault | None:
        return unknown_reference("external_id", draft.external_id) if row.org_unit_id in theirs else None

    await store(tx, SHIFT, batch, drafts, guard)
    changed = [*batch.created, *batch.updated]
    spans = [Span(c.values["starts_at"], c.values["ends_at"]) for c in changed]
    spans += [Span(c.before["starts_at"], c.before["ends_at"]) for c in batch.updated if c.before is not None]
    for change in changed:
        tx.set_timer(JUDGE, change.id, max(tx.now, change.values["ends_at"] + AROUND))
    before = [c.before for c in batch.updated if c.before is not None]
    touched = {v["person_id"] for v in (*(c.values for c in changed), *before)}
    where = {v["org_unit_id"] for v in (*(c.values for c in changed), *before)}
    await review(tx, touched, where, [span for span in spans if span.start <= tx.now])
    return batch.answer()


async def _hidden(tx: Tx, who: Principal, known: dict[str, DbRow[Any]]) -> set[UUID]:
    """Org units of stored shifts that the caller does not see: their shifts are not theirs to move."""
    ids = {row.org_unit_id for row in known.values()}
    rows = await by_ids(tx, org_units, ids, ()) if ids else []
    return {row.id for row in rows if not who.sees(row.path)}


async def _allowed(
    tx: Tx, batch: Batch[ShiftIn], drafts: list[Draft], crew: dict[UUID, DbRow[Any]]
) -> list[Draft]:
    """The drafts that nothing forbids; the others are refused."""
    if not drafts:
        return []
    people = {draft.values["person_id"] for draft in drafts}
    whole = Span(min(d.values["starts_at"] for d in drafts), max(d.values["ends_at"] for d in drafts))
    free = await repository.leaves_of(tx, people, whole, ["approved"])
    barred = await repository.bars_of(tx, people, whole)
    kept = []
    for draft in drafts:
        person, span = draft.values["person_id"], Span(draft.values["starts_at"], draft.values["ends_at"])
        fault: Fault | None = None
        if crew[person].left_at is not None and crew[person].left_at < span.end:
            fault = GONE
        elif any(bar.person_id == person and bar_span(bar, span).meets(span) for bar in barred):
            # row: D-086 a failed examinee is not put on the roster
            fault = BARRED
        elif any(row.person_id == person and span_of(row).meets(span) for row in free):
            # row: C-145 approved leave is kept free
            fault = ON_LEAVE
        if fault is None:
            kept.append(draft)
        else:
            batch.refuse(draft.index, draft.external_id, fault)
    return await _without_conflicts(tx, batch, kept, people, whole)


async def _without_conflicts(
    tx: Tx, batch: Batch[ShiftIn], drafts: list[Draft], people: set[UUID], whole: Span
) -> list[Draft]:
    stored = await repository.shifts_of(tx, people, whole)
    refused: set[str] = set()
    for person in people:
        mine = {
            row.external_id if row.source == batch.source else f"{row.source}\n{row.external_id}": span_of(row)
            for row in stored
            if row.person_id == person
        }
        wanted = {
            d.external_id: Span(d.values["starts_at"], d.values["ends_at"])
            for d in drafts
            if d.values["person_id"] == person
        }
        refused |= conflicts(mine, wanted)
    for draft in drafts:
        if draft.external_id in refused:
            batch.refuse(draft.index, draft.external_id, CONFLICT)
    return [draft for draft in drafts if draft.external_id not in refused]


async def cancel(tx: Tx, who: Principal, id: UUID, reason: str) -> DbRow[Any]:
    """Take a shift off the roster; again is no error. Raises NoSuchShift."""
    seen = await find(tx, who, id)
    await lock_staff(tx, [seen.person_id])
    row = await repository.one(tx, shifts, id, lock=True)
    assert row is not None  # shifts are not deleted while anybody looks at them
    if row.cancelled_at is None:
        await repository.change(tx, shifts, row, {"cancelled_at": tx.now})
        tx.audit("shift.cancelled", "shift", id, after={"reason": reason})
        tx.cancel_timer(JUDGE, id)
        if row.starts_at <= tx.now:
            tx.set_timer(JUDGE, id, tx.now)
            await review(tx, [row.person_id], [row.org_unit_id], [span_of(row)])
    return await find(tx, who, id)


async def find(tx: Tx, who: Principal, id: UUID) -> DbRow[Any]:
    """A shift in an org unit within reach, or one's own. Raises NoSuchShift."""
    row = await repository.one(tx, shifts, id)
    if row is not None and row.person_id != who.sub:
        places = await by_ids(tx, org_units, [row.org_unit_id], ())
        row = row if places and who.sees(places[0].path) else None
    if row is None:
        raise NoSuchShift()
    return row
