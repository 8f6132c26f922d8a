"""Checking a table of opening balances, issuing a bill for each row, and undoing it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.bills.issue import OPENING, Single, issue, line, payer_on
from services.billing.corrections import service as corrections
from services.billing.credits import service as credits
from services.billing.domain import openings as rules
from services.billing.domain.vocabulary import FEE_KINDS
from services.billing.errors import NoSuchCommunity
from services.billing.models import opening_imports
from services.billing.opening_errors import NoSuchOpening, OpeningNotNow, OpeningPaid
from services.billing.openings import repository
from services.billing.openings.prepaid import take_over
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.runtime import Job, Runtime

ISSUE_JOB, UNDO_JOB = "opening_import.issue", "opening_import.undo"
CHUNK = 50
_UNDONE = "撤销期初导入 / opening balances undone"
_MEANWHILE = {
    "sheet": "",
    "row": 0,
    "column": None,
    "cell": None,
    "zh": "另一份导入或账单刚刚占用了相同的账期，请重新检查。",
    "en": "another import or bill took one of these periods just now: check the file again",
}


async def begin(
    rt: Runtime, who: Principal, community_id: UUID, cutover: date | None, mode: str, data: bytes, request_id: str
) -> Row[Any]:
    """Check a table, and with ``mode`` all and no fault have its bills issued.

    The file is read in a thread, outside of any transaction; what was billed meanwhile is looked for again.

    Raises:
        NoSuchCommunity: outside the caller's scope. HeadingMissing, TableUnreadable, TableBomb, TableTooLarge.
    """
    # Imported when a table comes: readers of workbooks weigh on every process else.
    from services.billing.openings import parsing

    async with rt.db.read(who.org, actor_id=who.sub) as tx:
        community = await access.community(tx, who, community_id)
        day = cutover or tx.now.astimezone(community.zone).date()
        units = await repository.units_of(tx, community_id)
        known = await repository.billed(tx, community_id, day)
    found = await asyncio.to_thread(parsing.parse, data, units, known, day)
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id) as tx:
        await access.lock_community(tx, community_id)
        again = await repository.billed(tx, community_id, day)
        clash = any((debt.unit_id, debt.fee_kind, debt.period) in again for debt in found.debts)
        good = not found.faults and not clash
        state = rules.REFUSED if not good else rules.RUNNING if mode == "all" and found.debts else rules.CHECKED
        import_id = uuid7()
        values = {
            "id": import_id,
            "community_id": community_id,
            "state": state,
            "cutover_on": day,
            "rows": found.rows,
            "amount_fen": sum(debt.amount_fen for debt in found.debts),
            "faults": [*parsing.stored_faults(found.faults), *([_MEANWHILE] if clash else [])],
            "bad_rows": found.bad_rows,
            "asked_by": who.sub,
        }
        await repository.add(tx, values, found.debts if state == rules.RUNNING else [])
        told = {"rows": found.rows, "faults": len(found.faults), "state": state}
        tx.audit("opening_import.begun", "opening_import", import_id, after=told)
        if state == rules.RUNNING:
            tx.enqueue(ISSUE_JOB, {"import_id": str(import_id)})
        return await get(tx, who, import_id)


async def get(tx: Tx, who: Principal, import_id: UUID, *, lock: bool = False) -> Row[Any]:
    """An import within the caller's scope. Raises NoSuchOpening."""
    row = await repository.get(tx, import_id, lock=lock)
    if row is None:
        raise NoSuchOpening()
    try:
        await access.community(tx, who, row.community_id)
    except NoSuchCommunity:
        raise NoSuchOpening() from None
    return row


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Imports within the caller's scope, the latest first."""
    c = opening_imports.c
    conditions = access.within_reach(tx, who, c.id, c.community_id)
    conditions += [c.community_id == community_id] if community_id is not None else []
    return await repository.page(tx, conditions, before, limit)


async def undo(tx: Tx, who: Principal, import_id: UUID) -> Row[Any]:
    """Have all bills of an import credited in full, while nobody paid on them.

    Raises:
        NoSuchOpening. OpeningNotNow: not done, or undone before. OpeningPaid: a bill was paid on or credited.
    """
    row = await get(tx, who, import_id, lock=True)
    if row.state != rules.DONE:
        raise OpeningNotNow(state=row.state)
    touched = await repository.touched(tx, import_id) + len(await repository.taken_over(tx, import_id, used=True))
    if touched:
        raise OpeningPaid(bills=touched)
    await repository.change(tx, row, state=rules.UNDOING)
    tx.audit("opening_import.undone", "opening_import", import_id)
    tx.enqueue(UNDO_JOB, {"import_id": str(import_id)})
    return await get(tx, who, import_id)


async def issue_all(rt: Runtime, job: Job) -> None:
    """Issue the bills of an import, a short transaction at a time; after a death it goes on where it was."""
    await _chunks(rt, job, issue_chunk)


async def undo_all(rt: Runtime, job: Job) -> None:
    """Credit the bills of an import, a short transaction at a time."""
    await _chunks(rt, job, undo_chunk)


async def _chunks(rt: Runtime, job: Job, step: Any) -> None:
    import_id, more = UUID(str(job.payload["import_id"])), True
    while more:
        async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
            more = await step(tx, import_id)


async def issue_chunk(tx: Tx, import_id: UUID) -> bool:
    """Issue the next bills of an import; False when all are there."""
    row = await repository.get(tx, import_id, lock=True)
    if row is None or row.state != rules.RUNNING:
        return False
    community = await access.known(tx, row.community_id)
    rows = await repository.to_issue(tx, import_id, CHUNK)
    for item in rows:
        payer = await payer_on(tx, item.unit_id, item.due_date)
        if item.fee_kind == rules.PREPAID:
            told = (f"{import_id}-{item.row}", item.unit_id, payer, item.due_date, item.amount_fen)
            await repository.issued(tx, import_id, item.row, await take_over(tx, community, *told))
            continue
        name = FEE_KINDS[item.fee_kind]
        text = line(f"期初{name['zh']} {item.period}", f"Opening balance: {name['en']} {item.period}", item.amount_fen)
        single = Single(
            item.unit_id, payer, item.fee_kind, item.due_date, [text], OPENING, import_id, period=item.period
        )
        await repository.issued(tx, import_id, item.row, await issue(tx, community, single))
    state = row.state if rows else rules.DONE
    await repository.change(tx, row, issued=row.issued + len(rows), state=state)
    return bool(rows)


async def undo_chunk(tx: Tx, import_id: UUID) -> bool:
    """Credit the next bills of an import; False when all are."""
    row = await repository.get(tx, import_id, lock=True)
    if row is None or row.state != rules.UNDOING:
        return False
    rows = await repository.to_undo(tx, import_id, CHUNK)
    for item in rows:
        await credits.correct(tx, item.id, item.left, _UNDONE)
    money = [] if rows else (await repository.taken_over(tx, import_id, used=False))[:CHUNK]
    for payment_id in money:
        await corrections.take_back(tx, payment_id, _UNDONE)
    if not rows and not money:
        await repository.change(tx, row, state=rules.UNDONE)
    return bool(rows or money)
