"""Issued bills never change: credits, waivers, supplements, slips and deposits stand beside them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.billing.village import Village, yuan
from tests.support.world import Standing


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


async def _billed(village: Village) -> dict[str, Any]:
    await village.standard("2.85")
    await village.bill("2025-01")
    return (await village.bills(unit_id=str(village.first())))[0]


async def _credit(village: Village, bill: dict[str, Any], amount: str, kind: str = "credit") -> Any:
    body = {"kind": kind, "bill_id": bill["id"], "amount": money(amount), "reason": "面积录入有误"}
    response = await village.post("credits", body)
    assert response.status_code == 201, response.text
    return response.json()


async def _decide(village: Village, approval: str, act: str, role: str = "cs_manager", **more: Any) -> Any:
    headers = village.world.token(role, village.org, **more)
    return await village.post(f"approvals/{approval}/{act}", {"reason": "已核实"}, headers)


async def test_a_small_credit_is_booked_at_once_and_the_bill_stays_as_it_was_issued(village: Village) -> None:
    bill = await _billed(village)
    credit = await _credit(village, bill, "35.00")
    assert (credit["state"], credit["approval_id"]) == ("applied", None)
    after = await village.get(f"bills/{bill['id']}")
    assert {name: yuan(after[name]) for name in ("amount", "paid", "credited", "open")} == {
        "amount": "285.00",
        "paid": "0.00",
        "credited": "35.00",
        "open": "250.00",
    }
    assert (after["state"], after["lines"][0]["amount"]) == ("open", after["amount"])
    await village.pay("250.00", "2025-03-01")
    assert (await village.get(f"bills/{bill['id']}"))["state"] == "paid"
    await village.proven()


@pytest.mark.parametrize(("kind", "amount"), [("credit", "200.01"), ("waiver", "0.01")])
async def test_a_large_credit_and_any_waiver_wait_for_somebody_else(
    village: Village, kind: str, amount: str
) -> None:
    bill = await _billed(village)
    credit = await _credit(village, bill, amount, kind)
    assert credit["state"] == "pending"
    assert yuan((await village.get(f"bills/{bill['id']}"))["open"]) == "285.00"
    own = await village.post(f"approvals/{credit['approval_id']}/approve", {})
    assert (own.status_code, own.json()["code"]) == (403, "approval.request.own")
    assert (await _decide(village, credit["approval_id"], "approve")).status_code == 200
    assert yuan((await village.get(f"bills/{bill['id']}"))["credited"]) == amount
    assert (await _decide(village, credit["approval_id"], "approve")).status_code == 409
    assert (await village.get("credits", bill_id=bill["id"]))["items"][0]["state"] == "applied"
    await village.proven()


async def test_credits_in_small_steps_come_to_an_approval_all_the_same(village: Village) -> None:
    bill = await _billed(village)
    assert (await _credit(village, bill, "150.00"))["state"] == "applied"
    assert (await _credit(village, bill, "50.01"))["state"] == "pending"


async def test_a_refused_or_forgotten_credit_changes_nothing(village: Village, now: Standing) -> None:
    bill = await _billed(village)
    refused = await _credit(village, bill, "100.00", "waiver")
    assert (await _decide(village, refused["approval_id"], "refuse")).status_code == 200
    forgotten = await _credit(village, bill, "100.00", "waiver")
    now.by(timedelta(days=14))
    await village.world.drain(village.org)
    states = {c["id"]: c["state"] for c in (await village.get("credits"))["items"]}
    assert states == {refused["id"]: "refused", forgotten["id"]: "refused"}
    assert yuan((await village.get(f"bills/{bill['id']}"))["open"]) == "285.00"
    await village.proven()


async def test_credit_of_a_paid_bill_sets_its_money_free_for_the_next_one(village: Village) -> None:
    bill = await _billed(village)
    await village.pay("285.00", "2025-03-01")
    await _credit(village, bill, "100.00")
    account = await village.get(f"accounts/{village.first()}")
    assert (yuan(account["owed"]), yuan(account["prepayment"])) == ("0.00", "100.00")
    await village.bill("2025-02")
    february = (await village.bills(unit_id=str(village.first())))[1]
    assert (yuan(february["paid"]), february["state"]) == ("100.00", "partly_paid")
    events = await village.feed("payment.allocated.v1")
    assert [e["data"]["amount_fen"] for e in events] == [28500, -10000, 10000]
    await village.proven()


async def test_never_more_is_credited_than_was_billed(village: Village) -> None:
    bill = await _billed(village)
    body = {"kind": "credit", "bill_id": bill["id"], "amount": money("285.01"), "reason": "更正"}
    refused = await village.post("credits", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.credit.too_much")
    one = await _credit(village, bill, "200.00", "waiver")
    two = await _credit(village, bill, "200.00", "waiver")
    answers = await asyncio.gather(*(_decide(village, c["approval_id"], "approve") for c in (one, two)))
    assert sorted(a.status_code for a in answers) == [200, 409]
    assert yuan((await village.get(f"bills/{bill['id']}"))["open"]) == "85.00"
    await village.proven()


async def test_nobody_decides_or_reads_requests_of_another_part_of_the_organisation(village: Village) -> None:
    bill = await _billed(village)
    credit = await _credit(village, bill, "100.00", "waiver")
    elsewhere = await _decide(village, credit["approval_id"], "approve", units=[uuid4()])
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "billing.approval.unknown")
    there = village.world.token("cs_manager", village.org, units=[uuid4()])
    assert (await village.get("approvals", there))["items"] == []
    here = village.world.token("cs_manager", village.org, units=[village.region])
    assert [a["subject_id"] for a in (await village.get("approvals", here))["items"]] == [credit["id"]]


async def test_what_was_charged_too_little_comes_as_a_bill_that_names_the_first(village: Village) -> None:
    bill = await _billed(village)
    body = {"bill_id": bill["id"], "amount": money("12.00"), "reason": "面积差", "due_date": "2025-04-25"}
    issued = (await village.post("supplementary-bills", body)).json()
    more = await village.get(f"bills/{issued['bill_id']}")
    assert (yuan(more["amount"]), more["source"], more["source_id"]) == ("12.00", "supplementary", bill["id"])
    assert (more["fee_kind"], more["payer_id"], more["run_id"]) == ("property", bill["payer_id"], None)
    assert await village.get(f"bills/{bill['id']}") == {**bill, **(await village.get(f"bills/{bill['id']}"))}
    await village.proven()


async def test_a_vacancy_counts_once_somebody_else_agreed(village: Village) -> None:
    await village.standard("2.00")
    body = {
        "unit_id": str(village.first()),
        "since": "2025-02-15",
        "until": "2025-12-31",
        "percent": 70,
        "reason": "空置",
    }
    asked = await village.post("vacancies", body)
    assert (asked.status_code, asked.json()["state"]) == (201, "pending")
    clash = await village.post("vacancies", {**body, "since": "2025-12-31", "until": "2026-01-31"})
    assert (clash.status_code, clash.json()["code"]) == (409, "billing.vacancy.overlap")
    await village.bill("2025-01")
    (waiting,) = (await village.get("approvals", state="pending"))["items"]
    assert (await _decide(village, waiting["id"], "approve")).status_code == 200
    await village.bill("2025-02")
    bills = await village.bills(unit_id=str(village.first()))
    assert [yuan(b["amount"]) for b in bills] == ["200.00", "170.00"]  # 14 of 28 days at 70 %
    await village.proven()


async def test_a_deposit_is_held_and_goes_back(village: Village) -> None:
    body = {
        "unit_id": str(village.first()),
        "purpose": "装修押金",
        "amount": money("2000.00"),
        "due_date": "2025-04-10",
    }
    deposit = (await village.post("deposits", body)).json()
    path = f"deposits/{deposit['bill_id']}"
    back = {"amount": money("500.00"), "method": "cash"}
    early = await village.post(f"{path}/return", back)
    assert (early.status_code, early.json()["code"]) == (409, "billing.deposit.too_much")
    await village.pay("2000.00", "2025-04-01")
    drawer = {"community_id": str(village.id), "float": money("500.00")}
    assert (await village.post("cash-shifts", drawer)).status_code == 201
    assert (await village.post(f"{path}/return", back)).status_code == 200
    rest = {"amount": money("1500.00"), "method": "bank_transfer", "reference": "R-1"}
    answers = await asyncio.gather(*(village.post(f"{path}/return", rest) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    found = await village.get(path)
    assert (yuan(found["paid"]), yuan(found["returned"]), yuan(found["held"])) == ("2000.00", "2000.00", "0.00")
    async with village.world.runtime("billing").db.read(village.org) as tx:
        raw = tx.raw
        rows = await raw.fetch(
            "SELECT ledger, sum(amount_fen)::bigint AS fen FROM billing.postings WHERE org_id = $1 GROUP BY ledger",
            village.org,
        )
    assert {row["ledger"]: row["fen"] for row in rows} == {"receivable": 0, "deposit": 0, "money": 0}
    await village.proven()


async def test_any_amount_of_money_stands_on_a_line(village: Village) -> None:
    """The price of a line is the whole amount, and was cut off at ten thousand million."""
    body = {
        "unit_id": str(village.first()),
        "purpose": "装修押金",
        "amount": money("9999999999999.99"),
        "due_date": "2025-04-10",
    }
    asked = await village.post("deposits", body)
    assert asked.status_code == 201, asked.text
    found = await village.get(f"deposits/{asked.json()['bill_id']}")
    assert yuan(found["amount"]) == "9999999999999.99"
    await village.proven()


async def test_corrections_of_what_one_does_not_see_are_unknown(village: Village) -> None:
    bill = await _billed(village)
    other = village.world.token("finance", village.org, units=[uuid4()])
    for path, body in (
        ("credits", {"kind": "credit", "bill_id": bill["id"], "amount": money("1.00"), "reason": "x"}),
        ("supplementary-bills", {"bill_id": bill["id"], "amount": money("1"), "reason": "x", "due_date": "2025-04-25"}),
    ):
        refused = await village.post(path, body, other)
        assert (refused.status_code, refused.json()["code"]) == (404, "billing.bill.unknown")
    no_deposit = await village.post(f"deposits/{bill['id']}/return", {"amount": money("1"), "method": "cash"})
    assert no_deposit.status_code == 404
