"""Receipts: numbered without a gap, one valid at a time, void but never deleted."""

from __future__ import annotations

import asyncio

import pytest

from tests.billing.village import Village, yuan


@pytest.fixture
async def billed(village: Village) -> Village:
    """January billed: 200.00 for the first unit."""
    await village.standard("2.00")
    await village.bill("2025-01")
    return village


async def test_numbers_have_no_gap_whatever_is_refused_or_at_once(billed: Village) -> None:
    paid = [await billed.pay("10.00", "2025-03-01") for _ in range(6)]
    answers = await asyncio.gather(*(billed.post(f"payments/{p['id']}/receipts", {}) for p in [*paid, *paid]))
    assert sorted(a.status_code for a in answers) == [201] * 6 + [409] * 6
    numbers = sorted(a.json()["number"] for a in answers if a.status_code == 201)
    assert numbers == [f"SJ2025-{n:06d}" for n in range(1, 7)]


async def test_a_void_receipt_keeps_its_number_and_makes_room_for_another(billed: Village) -> None:
    paid = await billed.pay("250.00", "2025-03-01")
    first = (await billed.post(f"payments/{paid['id']}/receipts", {})).json()
    again = await billed.post(f"payments/{paid['id']}/receipts", {})
    assert (again.status_code, again.json()["code"]) == (409, "billing.receipt.exists")
    stands = await billed.post(f"payments/{paid['id']}/reverse", {"reason": "误记"})
    assert (stands.status_code, stands.json()["code"]) == (409, "billing.payment.receipt_stands")
    stale = await billed.post(f"receipts/{first['id']}/void", {"reason": "有误"}, {"If-Match": '"7"'})
    assert stale.status_code == 412
    void = await billed.post(f"receipts/{first['id']}/void", {"reason": "有误"})
    assert (void.json()["state"], void.json()["number"]) == ("void", first["number"])
    assert (await billed.post(f"receipts/{first['id']}/void", {"reason": "有误"})).status_code == 409
    second = (await billed.post(f"payments/{paid['id']}/receipts", {})).json()
    assert second["number"] == "SJ2025-000002"
    listed = await billed.get("receipts", payment_id=paid["id"])
    assert [r["number"] for r in listed["items"]] == ["SJ2025-000002", "SJ2025-000001"]
    await billed.post(f"receipts/{second['id']}/void", {"reason": "误记"})
    assert (await billed.post(f"payments/{paid['id']}/reverse", {"reason": "误记"})).status_code == 200
    gone = await billed.post(f"payments/{paid['id']}/receipts", {})
    assert (gone.status_code, gone.json()["code"]) == (409, "billing.payment.corrected")


async def test_the_paper_says_what_was_paid_and_is_the_same_every_time(billed: Village) -> None:
    paid = await billed.pay("266.48", "2025-03-01", reference="ICBC-17")
    receipt = (await billed.post(f"payments/{paid['id']}/receipts", {})).json()
    assert yuan(receipt["amount"]) == "266.48"
    owner = billed.world.token("resident", billed.org, units=[billed.first()])
    path = f"/billing/v1/receipts/{receipt['id']}/pdf"
    first, second = [await billed.api.get(path, headers=owner) for _ in range(2)]
    assert first.status_code == 200 and first.content == second.content and first.content.startswith(b"%PDF")
    async with billed.world.runtime("billing").db.read(billed.org) as tx:
        content = await tx.raw.fetchval("SELECT content FROM billing.receipts WHERE org_id = $1", billed.org)
    for said in ("桂花苑", "1-0001", "贰佰陆拾陆元肆角捌分", "ICBC-17", "200.00", "66.48"):
        assert said in str(content)
    await billed.post(f"receipts/{receipt['id']}/void", {"reason": "有误"})
    assert (await billed.api.get(path, headers=owner)).content != first.content
    neighbour = billed.world.token("resident", billed.org, units=[list(billed.units.values())[1]])
    assert (await billed.api.get(path, headers=neighbour)).status_code == 404
