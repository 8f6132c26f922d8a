"""Which case is a household's: its open one, whoever it was opened for; and what becomes of it when two people in the
register turn out to be one, so that nobody is dunned twice for one debt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, or_, select, update

from services.billing.domain.dunning import CASE_OPEN, CASE_SETTLED, UNDONE
from services.billing.dunning import repository
from services.billing.models import dunning_cases, dunning_steps
from shared.db.helpers import among
from shared.db.tx import Tx

MERGED = "merged"
c, s = dunning_cases.c, dunning_steps.c


async def cases_of(tx: Tx, unit_ids: Sequence[UUID], ids: Sequence[UUID]) -> dict[repository.Household, Row[Any]]:
    """The cases of these units by household, locked in the order of their ids: the open one, else that of ``ids``."""
    rows = await tx.rows(
        select(dunning_cases)
        .where(c.org_id == tx.org_id, or_(among(c.id, ids), among(c.unit_id, unit_ids) & (c.state == CASE_OPEN)))
        .order_by(c.id)
        .with_for_update()
    )
    found: dict[repository.Household, Row[Any]] = {}
    for row in sorted(rows, key=lambda row: row.state == CASE_OPEN):
        found[(row.unit_id, row.payer_id)] = row
    return found


async def follow(tx: Tx, loser: UUID, survivor: UUID) -> None:
    """Open cases of one person become another's, with the steps that wait; where that one has a case of the same unit
    already, the two are one from now on. The bills are the survivor's already, and the accounts need no lock: no
    money moves."""
    rows = await tx.rows(
        select(dunning_cases)
        .where(c.org_id == tx.org_id, c.payer_id.in_([loser, survivor]), c.state == CASE_OPEN)
        .order_by(c.id)
        .with_for_update()
    )
    kept = {row.unit_id: row for row in rows if row.payer_id == survivor}
    for row in rows:
        if row.payer_id != loser:
            continue
        twin = kept.get(row.unit_id)
        if twin is None:
            await repository.move_case(tx, row.id, {"payer_id": survivor})
            await tx.execute(
                update(dunning_steps)
                .where(s.org_id == tx.org_id, s.case_id == row.id, s.state.in_(UNDONE))
                .values(payer_id=survivor, version=s.version + 1, updated_at=tx.now)
            )
            continue
        await repository.cancel_undone(tx, row.id, MERGED)
        gone = {"state": CASE_SETTLED, "settled_at": tx.now, "amount_fen": 0, "bills": 0}
        await repository.move_case(tx, row.id, gone)
        await _grow(tx, twin)


async def _grow(tx: Tx, case: Row[Any]) -> None:
    """The case that stays owes what both owed."""
    zone = ZoneInfo(await repository.community_zone(tx, case.community_id) or "Asia/Shanghai")
    today: date = tx.now.astimezone(zone).date()
    debt = (await repository.overdue(tx, [case.unit_id], today)).get((case.unit_id, case.payer_id))
    if debt is not None:
        values = {"amount_fen": debt.amount_fen, "bills": debt.bills, "oldest_due": debt.oldest_due}
        await repository.move_case(tx, case.id, values)
