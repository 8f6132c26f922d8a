"""Money stops the ladder in the very transaction that books it: nobody is called about a bill that is paid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing.domain.dunning import CASE_SETTLED, UNDONE, Debt, Policy, still_owed
from services.billing.domain.dunning_contacts import KEPT
from services.billing.dunning import repository
from services.billing.holds import repository as holds
from services.billing.holds.timers import HOLD_DUE
from shared.db.tx import Tx

PAID = "paid"


async def money_came(tx: Tx, unit_ids: Iterable[UUID], today: date) -> None:
    """Cancel what the money made pointless. The units' accounts are locked and their bills' balances written.

    A debt paid in full settles the case; a part keeps what the rest still calls for.
    """
    cases = await repository.open_cases_of(tx, sorted(set(unit_ids)))
    if not cases:
        return
    left = await repository.overdue(tx, [case.unit_id for case in cases], today)
    for case in cases:
        debt = left.get((case.unit_id, case.payer_id))
        if debt is None:
            await _settle(tx, case)
        elif (debt.amount_fen, debt.oldest_due) != (case.amount_fen, case.oldest_due):
            await _keep_rest(tx, case, debt)


async def _settle(tx: Tx, case: Row[Any]) -> None:
    # row: C-065 what is paid is cleared, and nobody is dunned for it any more
    await repository.cancel_undone(tx, case.id, PAID)
    if case.hold_id is not None:
        tx.cancel_timer(HOLD_DUE, case.hold_id)
        await holds.move(tx, case.hold_id, {"state": KEPT, "ended_at": tx.now, "ended_cause": PAID})
    await repository.move_case(
        tx,
        case.id,
        {
            "state": CASE_SETTLED,
            "settled_at": tx.now,
            "amount_fen": 0,
            "bills": 0,
            "hold_id": None,
            "demand_term_on": None,
            "packet_id": None,
        },
    )
    tx.audit("dunning_case.settled", "dunning_case", case.id, before={"amount_fen": case.amount_fen})


async def _keep_rest(tx: Tx, case: Row[Any], debt: Debt) -> None:
    values = {"amount_fen": debt.amount_fen, "bills": debt.bills, "oldest_due": debt.oldest_due}
    await repository.move_case(tx, case.id, values)
    if debt.oldest_due == case.oldest_due:
        return
    row = await repository.policy(tx, case.community_id)
    policy = Policy() if row is None else Policy(**row.params)
    gone = [
        step.id
        for step in await repository.steps_of_case(tx, case.id, UNDONE)
        if not still_owed(step.kind, step.last_on, debt.oldest_due, policy)
    ]
    await repository.move_steps(tx, gone, {"state": "cancelled", "cause": PAID})
