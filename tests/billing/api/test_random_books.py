"""Random months of billing and paying: whatever the order, the books agree and no money is lost."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import UUID

import pytest

from tests.billing.village import Village, yuan

MONEY = (
    *("bill.issued.v1", "bill.credited.v1", "payment.received.v1", "payment.allocated.v1", "payment.corrected.v1"),
    *("refund.set_aside.v1", "payment.refunded.v1"),
)
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


async def _everything(village: Village) -> list[dict[str, Any]]:
    """All events of money, in order, however many pages they are."""
    await village.world.drain(village.org)
    found: list[dict[str, Any]] = []
    after = 0
    while True:
        params: dict[str, Any] = {"after": after, "types": ",".join(MONEY), "limit": 200}
        page = await village.api.get("/billing/v1/changes", params=params, headers=village.finance)
        items = page.json()["items"]
        if not items:
            return found
        found += items
        after = items[-1]["position"]


async def _move(village: Village, dice: random.Random) -> None:
    """Reverse a payment, move it to the other unit, or give back what it left: whatever of it can still be done."""
    found = (await village.get("payments", limit=200))["items"]
    if not found:
        return
    payment = dice.choice(found)
    act = dice.choice(["reverse", "move", "refund", "refund"])
    if act == "reverse":
        done = await village.post(f"payments/{payment['id']}/reverse", {"reason": "退票"})
        assert done.status_code in (200, 409), done.text
        return
    if act == "move":
        unit = dice.choice([str(u) for u in village.units.values()])
        done = await village.post(f"payments/{payment['id']}/move", {"unit_id": unit, "reason": "记错房号"})
        assert done.status_code in (200, 409), done.text
        return
    beside = fen(payment["prepaid_open"])
    if not beside:
        return
    amount = {"amount": f"{dice.randint(1, beside) / 100:.2f}"}
    body = {"amount": amount, "reason": "多缴", "method": "bank_transfer"}
    asked = await village.post(f"payments/{payment['id']}/refunds", body)
    assert asked.status_code in (201, 409), asked.text
    if asked.status_code == 409:
        return
    refund = asked.json()
    manager = village.world.token("cs_manager", village.org)
    decision = dice.choice(["approve", "approve", "approve", "refuse"])
    decided = await village.post(f"approvals/{refund['approval_id']}/{decision}", {"reason": "已核实"}, manager)
    assert decided.status_code == 200, decided.text
    end = dice.choice(["pay", "give-up", "wait"])
    if decision == "approve" and end != "wait":
        told = {"reference": f"T-{refund['id']}"} if end == "pay" else {"reason": "不退了"}
        assert (await village.post(f"refunds/{refund['id']}/{end}", told)).status_code == 200


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_acts_in_any_order_the_books_balance_and_the_feed_rebuilds_them(
    village: Village, seed: int
) -> None:
    """Bills, payments, refunds, reversals, moves, credits, waivers: nothing is allocated twice, and what the feed says
    alone gives each bill's open amount and each unit's prepayment."""
    dice = random.Random(1000 + seed)
    await village.standard("2.35")
    months, units = list(MONTHS), list(village.units.values())
    for _ in range(30):
        luck = dice.random()
        if months and luck < 0.15:
            await village.bill(months.pop(0))
        elif luck < 0.45:
            method = dice.choice(["cash", "bank_transfer", "pos"])
            day = f"2025-03-{dice.randint(1, 31):02d}"
            await village.pay(f"{dice.randint(1, 90_000) / 100:.2f}", day, dice.choice(units), method=method)
        elif luck < 0.75:
            await _move(village, dice)
        elif issued := await village.bills():
            await _correct(village, dice, dice.choice(issued))
        await village.proven()
    open_fen: dict[str, int] = {}
    beside: dict[str, int] = {}
    unit_of: dict[str, str] = {}
    for e in await _everything(village):
        data, payment = e["data"], e["data"].get("payment_id", "")
        if e["type"] == "bill.issued.v1":
            open_fen[e["subject"]] = data["amount_fen"]
        elif e["type"] == "bill.credited.v1":
            open_fen[e["subject"]] -= data["amount_fen"]
        elif e["type"] == "payment.received.v1":
            unit_of[payment], beside[payment] = data["unit_id"], beside.get(payment, 0) + data["amount_fen"]
        elif e["type"] == "payment.allocated.v1":
            open_fen[e["subject"]] -= data["amount_fen"]
            beside[payment] = beside.get(payment, 0) - data["amount_fen"]
        elif e["type"] in ("payment.corrected.v1", "refund.set_aside.v1"):
            beside[payment] -= data["amount_fen"]
    bills = await village.bills()
    assert open_fen == {b["id"]: fen(b["open"]) for b in bills}
    for b in bills:
        assert fen(b["amount"]) == fen(b["paid"]) + fen(b["credited"]) + fen(b["open"])
    for unit in units:
        account = await village.get(f"accounts/{unit}")
        assert sum(left for p, left in beside.items() if unit_of[p] == str(unit)) == fen(account["prepayment"])
        assert fen(account["owed"]) == sum(fen(b["open"]) for b in bills if b["unit_id"] == str(unit))
    assert all(left >= 0 for left in beside.values())


async def test_200_clients_pay_one_bill_with_the_same_and_with_different_keys_and_it_is_counted_once_each(
    village: Village,
) -> None:
    await village.standard("2.00")
    await village.bill("2025-01")
    body = village.payment("200.00", "2025-03-01", reference="ICBC-ONE")
    keys = [{"Idempotency-Key": "same" if n % 2 else f"key-{n}"} for n in range(100)]
    same = [village.post("payments", body, headers) for headers in keys]
    each = [
        village.post(
            "payments",
            village.payment("0.01", "2025-03-01", reference=f"ICBC-{n}"),
            {"Idempotency-Key": f"own-{n}"},
        )
        for n in range(100)
    ]
    answers = await asyncio.gather(*same, *each)
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers[:100]}) == 1
    assert len({a.json()["id"] for a in answers[100:]}) == 100
    (bill,) = await village.bills(unit_id=str(village.first()))
    assert yuan(bill["paid"]) == "200.00"
    account = await village.get(f"accounts/{village.first()}")
    assert (yuan(account["owed"]), yuan(account["prepayment"])) == ("0.00", "1.00")
    await village.proven()
