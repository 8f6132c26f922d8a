"""Random months of billing and paying: whatever the order, the books agree and no money is lost."""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

import pytest

from tests.billing.village import Village, yuan

MONTHS = [f"2025-{m:02d}" for m in range(1, 5)]


def fen(value: dict[str, str]) -> int:
    """Money on the wire in fen."""
    whole, part = value["amount"].split(".")
    return int(whole) * 100 + int(part)


async def _correct(village: Village, dice: random.Random, bill: dict[str, Any]) -> None:
    """Credit, waive or supplement a bill; a decision of somebody else is made at once, or refused."""
    left = fen(bill["amount"]) - fen(bill["credited"])
    amount = {"amount": f"{dice.randint(1, max(1, left)) / 100:.2f}"}
    if not left or dice.random() < 0.3:
        more = {"bill_id": bill["id"], "amount": amount, "reason": "少收", "due_date": "2025-04-25"}
        assert (await village.post("supplementary-bills", more)).status_code == 201
        return
    asked = {"kind": dice.choice(["credit", "waiver"]), "bill_id": bill["id"], "amount": amount, "reason": "更正"}
    credit = (await village.post("credits", asked)).json()
    if credit["state"] == "pending":
        act = dice.choice(["approve", "refuse"])
        manager = village.world.token("cs_manager", village.org)
        decided = await village.post(f"approvals/{credit['approval_id']}/{act}", {"reason": "已核实"}, manager)
        assert decided.status_code == 200, decided.text


@pytest.mark.parametrize("seed", range(4))
async def test_bills_payments_and_what_is_left_always_agree(village: Village, seed: int) -> None:
    dice = random.Random(seed)
    await village.standard("2.35")
    months, paid = list(MONTHS), 0
    units = list(village.units.values())
    for _ in range(25):
        if months and dice.random() < 0.2:
            await village.bill(months.pop(0))
            continue
        unit, amount = dice.choice(units), dice.randint(1, 60_000)
        issued = await village.bills(unit_id=str(unit))
        if issued and dice.random() < 0.25:
            await _correct(village, dice, dice.choice(issued))
            continue
        told: dict[str, object] = {}
        open_bills = [b for b in await village.bills(unit_id=str(unit)) if b["state"] != "paid"]
        if open_bills and dice.random() < 0.3:
            bill = dice.choice(open_bills)
            part = dice.randint(1, min(amount, fen(bill["open"])))
            told["allocations"] = [{"bill_id": bill["id"], "amount": {"amount": f"{part / 100:.2f}"}}]
        await village.pay(f"{amount / 100:.2f}", f"2025-03-{dice.randint(1, 31):02d}", unit, **told)
        paid += amount
    await village.proven()
    bills = await village.bills()
    accounts = [await village.get(f"accounts/{unit}") for unit in units]
    assert sum(fen(b["paid"]) for b in bills) + sum(fen(a["prepayment"]) for a in accounts) == paid
    assert sum(fen(b["open"]) for b in bills) == sum(fen(a["owed"]) for a in accounts)
    allocated = await village.feed("payment.allocated.v1")
    assert sum(e["data"]["amount_fen"] for e in allocated) == sum(fen(b["paid"]) for b in bills)
    assert sum(fen(b["credited"]) for b in bills) == sum(
        e["data"]["amount_fen"] for e in await village.feed("bill.credited.v1")
    )
    for b in bills:
        assert fen(b["amount"]) == fen(b["paid"]) + fen(b["credited"]) + fen(b["open"])
    per_bill: dict[str, list[int]] = {}
    for e in await village.feed("payment.allocated.v1", "bill.credited.v1"):
        per_bill.setdefault(e["subject"], []).append(e["seq"])
    assert all(seqs == list(range(2, len(seqs) + 2)) for seqs in per_bill.values())


@pytest.mark.parametrize("seed", range(3))
async def test_the_order_of_payments_does_not_change_what_is_open(village: Village, seed: int) -> None:
    await village.standard("2.35")
    for month in MONTHS[:3]:
        await village.bill(month)
    amounts = ["100.00", "33.33", "250.01", "99.99"]
    random.Random(seed).shuffle(amounts)
    for amount in amounts:
        await village.pay(amount, "2025-03-01")
    open_now = [yuan(b["open"]) for b in await village.bills(unit_id=str(village.first()))]
    assert open_now == ["0.00", "0.00", "221.67"]


async def test_a_bill_and_its_events_rebuild_each_balance(village: Village) -> None:
    await village.standard("2.35")
    await village.pay("300.00", "2025-03-01")
    for month in MONTHS[:2]:
        await village.bill(month)
    await village.pay("80.00", "2025-03-02")
    open_fen: dict[UUID, int] = {}
    for e in await village.feed("bill.issued.v1", "payment.allocated.v1"):
        bill = UUID(e["subject"])
        if e["type"] == "bill.issued.v1":
            open_fen[bill] = e["data"]["amount_fen"]
        else:
            open_fen[bill] -= e["data"]["amount_fen"]
    assert open_fen == {UUID(b["id"]): fen(b["open"]) for b in await village.bills()}
