"""A payment undone, moved or given back: the books only grow, agree at every commit, and show the trace."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from tests.billing.village import Village, yuan


@pytest.fixture
async def billed(village: Village) -> Village:
    """January and February billed: 200.00 each for the first unit, 187.00 each for the second."""
    await village.standard("2.00")
    for period in ("2025-01", "2025-02"):
        await village.bill(period)
    return village


async def postings(village: Village) -> list[tuple[object, ...]]:
    async with village.world.runtime("billing").db.read(village.org) as tx:
        rows = await tx.raw.fetch("SELECT * FROM billing.postings WHERE org_id = $1 ORDER BY id", village.org)
    return [tuple(row) for row in rows]


async def owed(village: Village, unit: UUID | None = None) -> tuple[str, str]:
    account = await village.get(f"accounts/{unit or village.first()}")
    return yuan(account["owed"]), yuan(account["prepayment"])


async def test_a_reversal_opens_the_bills_again_and_only_adds(billed: Village) -> None:
    paid = await billed.pay("450.00", "2025-03-01", reference="ICBC-1")
    before = await postings(billed)
    done = await billed.post(f"payments/{paid['id']}/reverse", {"reason": "银行退票"})
    assert done.status_code == 200, done.text
    assert (done.json()["kind"], yuan(done.json()["amount"])) == ("reversed", "450.00")
    assert await owed(billed) == ("400.00", "0.00")
    assert (await postings(billed))[: len(before)] == before
    seen = await billed.get(f"payments/{paid['id']}")
    assert yuan(seen["amount"]) == "450.00" and seen["reference"] == "ICBC-1"
    assert [yuan(a["amount"]) for a in seen["allocations"]] == ["200.00", "200.00", "-200.00", "-200.00"]
    assert (await billed.get(f"payments/{paid['id']}/correction"))["id"] == done.json()["id"]
    (event,) = await billed.feed("payment.corrected.v1")
    assert (event["data"]["kind"], event["data"]["amount_fen"]) == ("reversed", 45000)
    seqs = [e["seq"] for e in await billed.feed("payment.allocated.v1")]
    assert sorted(seqs) == [2, 2, 3, 3]
    again = await billed.post(f"payments/{paid['id']}/reverse", {"reason": "再次"})
    assert (again.status_code, again.json()["code"]) == (409, "billing.payment.corrected")
    await billed.proven()


async def test_a_reversal_counts_in_no_rate_of_the_past(billed: Village) -> None:
    paid = await billed.pay("200.00", "2025-03-01")
    assert (await billed.rate())["numerator"]["amount"] == "200.00"
    await billed.post(f"payments/{paid['id']}/reverse", {"reason": "误记"})
    assert (await billed.rate())["numerator"]["amount"] == "0.00"


async def test_reopened_bills_are_paid_by_what_else_was_paid_in_advance(billed: Village) -> None:
    first = await billed.pay("400.00", "2025-03-01")
    await billed.pay("150.00", "2025-03-02")
    await billed.post(f"payments/{first['id']}/reverse", {"reason": "误记"})
    assert await owed(billed) == ("250.00", "0.00")
    await billed.proven()


async def test_a_payment_moves_to_the_right_unit_with_its_day_and_its_trace(billed: Village) -> None:
    right = list(billed.units.values())[1]
    paid = await billed.pay("450.00", "2025-03-01", reference="ICBC-7")
    done = await billed.post(f"payments/{paid['id']}/move", {"unit_id": str(right), "reason": "记错房号"})
    assert done.status_code == 200, done.text
    moved = await billed.get(f"payments/{done.json()['new_payment_id']}")
    assert (moved["unit_id"], moved["value_date"], yuan(moved["amount"])) == (str(right), "2025-03-01", "450.00")
    assert await owed(billed) == ("400.00", "0.00")
    assert await owed(billed, right) == ("0.00", "76.00")
    assert (await billed.get(f"payments/{paid['id']}/correction"))["new_payment_id"] == moved["id"]
    same = await billed.post("payments", billed.payment("450.00", "2025-03-01", reference="ICBC-7"))
    assert same.json()["id"] == paid["id"]  # the bank's line is counted once for ever
    back = await billed.post(f"payments/{moved['id']}/move", {"unit_id": str(billed.first()), "reason": "移回"})
    assert back.status_code == 200
    assert await owed(billed) == ("0.00", "50.00")
    await billed.proven()


async def test_where_a_payment_cannot_move(billed: Village) -> None:
    paid = await billed.pay("100.00", "2025-03-01")
    other = await Village(billed.world, billed.org, billed.api).build(["80.00"])
    for unit, status, code in (
        (billed.first(), 409, "billing.payment.same_unit"),
        (other.first(), 422, "billing.payment.invalid"),
        (uuid4(), 404, "billing.unit.unknown"),
    ):
        refused = await billed.post(f"payments/{paid['id']}/move", {"unit_id": str(unit), "reason": "-"})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert await owed(billed) == ("300.00", "0.00")


async def test_corrections_at_once_undo_a_payment_once(billed: Village) -> None:
    paid = await billed.pay("450.00", "2025-03-01")
    right = str(list(billed.units.values())[1])
    answers = await asyncio.gather(
        *(billed.post(f"payments/{paid['id']}/reverse", {"reason": str(n)}) for n in range(4)),
        *(billed.post(f"payments/{paid['id']}/move", {"unit_id": right, "reason": str(n)}) for n in range(4)),
        *(billed.post("payments", billed.payment("10.00", "2025-03-01")) for _ in range(4)),
    )
    assert sorted(a.status_code for a in answers[:8]) == [200, *[409] * 7]
    assert {a.status_code for a in answers[8:]} == {201}
    await billed.proven()
