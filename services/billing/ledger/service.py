"""What every allocation of money causes: rows, events, and the sums of the accounts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.billing.domain import ledger as rules
from services.billing.domain.allocation import Prepaid, apply_prepaid
from services.billing.dunning.stopping import money_came
from services.billing.ledger import repository
from services.billing.ledger.repository import Account, Allocation, Bill
from shared.db.tx import Tx
from shared.ids import uuid7


def announce(tx: Tx, community_id: UUID, allocations: Sequence[Allocation]) -> None:
    """One ``payment.allocated.v1`` per allocation; its value date is that of the payment's money."""
    seen: Counter[UUID] = Counter()
    for a in allocations:
        seen[a.bill.id] += 1
        tx.emit(
            "payment.allocated.v1",
            subject=a.bill.id,
            seq=a.bill.version + seen[a.bill.id],
            community_id=community_id,
            data={
                "allocation_id": str(a.id),
                "payment_id": str(a.payment_id),
                "bill_id": str(a.bill.id),
                "unit_id": str(a.bill.unit_id),
                "fee_kind": a.bill.fee_kind,
                "due_date": a.bill.due_date.isoformat(),
                "amount_fen": a.amount_fen,
                "value_date": a.value_date.isoformat(),
                "paid_on": a.paid_on.isoformat(),
            },
        )


async def use_prepayments(tx: Tx, community_id: UUID, accounts: Mapping[UUID, Account], booked_on: date) -> int:
    """Pay the open bills of these locked accounts out of their prepayments; returns the fen used.

    Called when bills were issued. The caller saves the accounts, whose sums are changed here.
    """
    units = [unit for unit, account in accounts.items() if account.prepaid_fen > 0]
    if not units:
        return 0
    credits = {p.id: p for p in await repository.open_prepayments(tx, units)}
    bills: defaultdict[UUID, dict[UUID, Bill]] = defaultdict(dict)
    for bill in await repository.open_bills(tx, units):
        bills[bill.unit_id][bill.id] = bill
    allocations: list[Allocation] = []
    acts = []
    used: Counter[UUID] = Counter()
    for unit in units:
        prepaid = [Prepaid(p.id, p.value_date, p.open_fen) for p in credits.values() if p.unit_id == unit]
        for item in apply_prepaid(prepaid, list(bills[unit].values())):
            source, bill = credits[item.prepaid_id], bills[unit][item.bill_id]
            allocation = Allocation(
                uuid7(), source.payment_id, bill, source.value_date, source.paid_on, item.amount_fen
            )
            allocations.append(allocation)
            used[source.id] += item.amount_fen
            acts.append(
                (
                    "prepayment_used",
                    allocation.id,
                    rules.prepayment_applied(unit, bill.id, bill.fee_kind, item.amount_fen),
                )
            )
            accounts[unit].prepaid_fen -= item.amount_fen
            accounts[unit].receivable_fen -= item.amount_fen
    if allocations:
        await repository.add_allocations(tx, community_id, allocations)
        await repository.use_prepayments(tx, used.items())
        await repository.post(tx, community_id, booked_on, acts)
        announce(tx, community_id, allocations)
        await money_came(tx, units, booked_on)
    return sum(used.values())
