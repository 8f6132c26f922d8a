"""Payments: money counted once, to the right bills, never more than is open; the rest stands beside."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from uuid import UUID

import pytest

from shared.ids import uuid7
from tests.billing.village import Village, event, tell, yuan


@pytest.fixture
async def billed(village: Village) -> Village:
    """January and February billed: 200.00 each for the first unit, 187.00 each for the second."""
    await village.standard("2.00")
    for period in ("2025-01", "2025-02"):
        await village.bill(period)
    return village


async def open_amounts(village: Village, unit: UUID | None = None) -> list[str]:
    return [yuan(b["open"]) for b in await village.bills(unit_id=str(unit or village.first()))]


async def test_a_partial_payment_pays_the_oldest_bill_first(billed: Village) -> None:
    paid = await billed.pay("250.00", "2025-03-01")
    assert [yuan(a["amount"]) for a in paid["allocations"]] == ["200.00", "50.00"]
    assert await open_amounts(billed) == ["0.00", "150.00"]
    assert [b["state"] for b in await billed.bills(unit_id=str(billed.first()))] == ["paid", "partly_paid"]
    await billed.proven()


async def test_an_overpayment_stands_beside_and_pays_the_next_bill(billed: Village) -> None:
    paid = await billed.pay("450.00", "2025-02-28")
    assert yuan(paid["prepaid"]) == "50.00"
    account = await billed.get(f"accounts/{billed.first()}")
    assert (yuan(account["owed"]), yuan(account["prepayment"]), yuan(account["balance"])) == ("0.00", "50.00", "-50.00")
    run = await billed.bill("2025-03")
    assert yuan(run["prepaid_used"]) == "50.00"
    assert await open_amounts(billed) == ["0.00", "0.00", "150.00"]
    (march,) = await billed.bills(unit_id=str(billed.first()), period="2025-03")
    (money,) = (await billed.get(f"bills/{march['id']}"))["payments"]
    assert (money["payment_id"], money["value_date"]) == (paid["id"], "2025-02-28")
    after = await billed.get(f"payments/{paid['id']}")
    assert (yuan(after["prepaid"]), yuan(after["prepaid_open"])) == ("50.00", "0.00")
    await billed.proven()


async def test_money_goes_where_the_payer_says(billed: Village) -> None:
    bills = await billed.bills(unit_id=str(billed.first()))
    told = [{"bill_id": bills[1]["id"], "amount": {"amount": "120.00", "currency": "CNY"}}]
    paid = await billed.pay("130.00", "2025-03-01", allocations=told)
    assert await open_amounts(billed) == ["200.00", "80.00"]
    assert yuan(paid["prepaid"]) == "10.00"
    await billed.proven()


async def test_one_payment_for_the_bills_of_two_units(billed: Village) -> None:
    bills = await billed.bills(period="2025-01")
    told = [{"bill_id": b["id"], "amount": b["amount"]} for b in bills]
    body = billed.payment("387.00", "2025-03-01", allocations=told)
    del body["unit_id"]
    assert (await billed.post("payments", body)).status_code == 201
    assert [b["state"] for b in await billed.bills(period="2025-01")] == ["paid", "paid"]
    await billed.proven()


@pytest.mark.parametrize("months", [1, 2, 3, 4, 6])
async def test_a_payment_of_any_number_of_bills_leaves_the_books_agreeing(village: Village, months: int) -> None:
    await village.standard("2.00")
    for month in range(1, months + 1):
        await village.bill(f"2025-{month:02d}")
    paid = await village.pay(f"{200 * months + 7}.00", "2025-03-01", reference="ICBC-7")
    assert [yuan(a["amount"]) for a in paid["allocations"]] == ["200.00"] * months
    assert await village.get(f"payments/{paid['id']}") == paid
    account = await village.get(f"accounts/{village.first()}")
    assert (yuan(account["owed"]), yuan(account["prepayment"])) == ("0.00", "7.00")
    assert len(await village.feed("payment.allocated.v1")) == months
    await village.proven()


async def test_one_payer_of_two_units_pays_the_oldest_of_both(billed: Village) -> None:
    owner, second = list(billed.owners.values())[0], list(billed.units.values())[1]
    data = {"person_id": str(owner), "unit_id": str(second), "role": "payer", "since": "2025-03-01"}
    relation = event(billed.org, "relation.upserted.v1", uuid7(), data, community_id=billed.id)
    await tell(billed.world, billed.org, [relation])
    body = billed.payment("400.00", "2025-03-01", payer_id=str(owner))
    del body["unit_id"]
    assert (await billed.post("payments", body)).status_code == 201
    assert await open_amounts(billed) == ["0.00", "187.00"] or await open_amounts(billed) == ["0.00", "200.00"]
    assert [b["state"] for b in await billed.bills(period="2025-01")] == ["paid", "paid"]
    await billed.proven()


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ([("0", "200.01")], "allocations.0.amount"),
        ([("0", "100.00"), ("1", "200.01")], "allocations.1.amount"),
        ([("0", "10.00"), ("0", "10.00")], "allocations.1.bill_id"),
        ([("none", "10.00")], "allocations.0.bill_id"),
        ([("0", "200.00"), ("1", "199.00")], "allocations"),
        ([("0", "0.00")], "allocations.0.amount"),
    ],
)
async def test_what_cannot_be_allocated_is_refused_with_its_path(
    billed: Village, told: list[tuple[str, str]], path: str
) -> None:
    bills = await billed.bills(unit_id=str(billed.first()))
    ids = {"0": bills[0]["id"], "1": bills[1]["id"], "none": str(uuid7())}
    items = [{"bill_id": ids[key], "amount": {"amount": fen, "currency": "CNY"}} for key, fen in told]
    refused = await billed.post("payments", billed.payment("398.99", "2025-03-01", allocations=items))
    assert (refused.status_code, refused.json()["code"]) == (422, "billing.payment.invalid")
    assert [e["path"] for e in refused.json()["errors"]] == [path]
    assert await open_amounts(billed) == ["200.00", "200.00"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"value_date": "2025-04-02"}, "value_date"),
        ({"method": "barter"}, "method"),
        ({"amount": {"amount": "0.00", "currency": "CNY"}}, "amount.amount"),
        ({"amount": {"amount": "-5.00", "currency": "CNY"}}, "amount.amount"),
        ({"amount": {"amount": "5.00", "currency": "USD"}}, "amount.currency"),
        ({"paid_on": "2025-03-02"}, "paid_on"),
        ({"unit_id": None}, "unit_id"),
    ],
)
async def test_a_senseless_payment_is_malformed(billed: Village, change: dict[str, object], path: str) -> None:
    refused = await billed.post("payments", {**billed.payment("5.00", "2025-03-01"), **change})
    assert refused.status_code == 422
    assert [e["path"] for e in refused.json()["errors"]] == [path]


async def test_a_value_date_of_today_is_accepted_and_may_lie_far_back(billed: Village) -> None:
    await billed.pay("1.00", "2025-04-01")
    await billed.pay("1.00", "2019-01-01")


async def test_the_same_key_is_one_payment(billed: Village) -> None:
    body, key = billed.payment("50.00", "2025-03-01"), {"Idempotency-Key": "slip-17"}
    first, again = await billed.post("payments", body, key), await billed.post("payments", body, key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json() and again.headers["Idempotency-Replayed"] == "true"
    other = await billed.post("payments", billed.payment("51.00", "2025-03-01"), key)
    assert other.status_code == 409
    assert await open_amounts(billed) == ["150.00", "200.00"]


async def test_the_same_reference_and_content_is_the_first_payment(billed: Village) -> None:
    body = billed.payment("50.00", "2025-03-01", reference="ICBC-1")
    first, again = await billed.post("payments", body), await billed.post("payments", body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() and first.headers["Location"] == again.headers["Location"]
    assert await open_amounts(billed) == ["150.00", "200.00"]
    assert len(await billed.feed("payment.received.v1")) == 1


async def test_a_told_payment_repeated_by_reference_is_the_first_even_when_its_bill_is_paid(
    billed: Village,
) -> None:
    bill = (await billed.bills(unit_id=str(billed.first())))[0]
    body = billed.payment(
        "200.00", "2025-03-01", reference="ICBC-2", allocations=[{"bill_id": bill["id"], "amount": bill["amount"]}]
    )
    first, again = await billed.post("payments", body), await billed.post("payments", body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]


async def test_a_payment_that_was_reversed_is_not_taken_for_booked_when_it_is_told_again(billed: Village) -> None:
    body = billed.payment("50.00", "2025-03-01", reference="ICBC-3")
    first = (await billed.post("payments", body)).json()
    assert (await billed.post(f"payments/{first['id']}/reverse", {"reason": "退票"})).status_code == 200
    again = await billed.post("payments", body)
    assert (again.status_code, again.json()["code"]) == (409, "billing.payment.reversed")
    assert first["id"] in again.json()["detail"]
    # one that was moved stands where it belongs, so a repeat of it is that payment
    body = billed.payment("60.00", "2025-03-01", reference="ICBC-4")
    second = (await billed.post("payments", body)).json()
    to = {"unit_id": str(list(billed.units.values())[1]), "reason": "记错房号"}
    assert (await billed.post(f"payments/{second['id']}/move", to)).status_code == 200
    again = await billed.post("payments", body)
    assert (again.status_code, again.json()["id"]) == (201, second["id"])
    await billed.proven()


async def test_a_reference_used_for_another_payment_names_the_first(billed: Village) -> None:
    first = await billed.pay("50.00", "2025-03-01", reference="ICBC-1")
    refused = await billed.post("payments", billed.payment("60.00", "2025-03-01", reference="ICBC-1"))
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.payment.duplicate_reference")
    assert first["id"] in refused.json()["detail"]
    await billed.pay("60.00", "2025-03-01", reference="ICBC-1", method="wechat")  # another method, another series


async def test_many_clients_with_one_reference_and_different_keys_count_once(billed: Village) -> None:
    units = list(billed.units.values())
    bodies = [billed.payment("20.00", "2025-03-01", reference="ICBC-9") for _ in range(10)]
    bodies += [billed.payment("20.00", "2025-03-01", units[1], reference="ICBC-9") for _ in range(4)]
    answers = await asyncio.gather(
        *(billed.post("payments", body, {"Idempotency-Key": f"k{n}"}) for n, body in enumerate(bodies))
    )
    booked = {a.json()["id"] for a in answers if a.status_code == 201}
    assert len(booked) == 1 and {a.status_code for a in answers} <= {201, 409}
    assert len((await billed.get("payments", community_id=str(billed.id)))["items"]) == 1
    await billed.proven()


async def test_a_reference_taken_by_another_unit_at_the_same_moment_books_nothing_and_names_the_first(
    billed: Village,
) -> None:
    first, second = list(billed.units.values())
    for n in range(6):
        bodies = [billed.payment("5.00", "2025-03-01", unit, reference=f"R-{n}") for unit in (first, second)]
        answers = await asyncio.gather(*(billed.post("payments", body) for body in bodies))
        booked, refused = sorted(answers, key=lambda a: a.status_code)
        assert (booked.status_code, refused.status_code) == (201, 409), [a.text for a in answers]
        assert refused.json()["code"] == "billing.payment.duplicate_reference"
        assert booked.json()["id"] in refused.json()["detail"]
    assert len(await billed.feed("payment.received.v1")) == 6
    await billed.proven()


async def test_payments_at_once_never_pay_a_bill_twice(billed: Village) -> None:
    answers = await asyncio.gather(*(billed.post("payments", billed.payment("70.00", "2025-03-01")) for _ in range(12)))
    assert {a.status_code for a in answers} == {201}
    assert await open_amounts(billed) == ["0.00", "0.00"]
    account = await billed.get(f"accounts/{billed.first()}")
    assert yuan(account["prepayment"]) == "440.00"  # 12 x 70 less 400
    await billed.proven()


async def test_payments_during_a_billing_run_leave_the_books_agreeing(billed: Village) -> None:
    units = list(billed.units.values())
    await asyncio.gather(
        billed.bill("2025-03"),
        *(billed.post("payments", billed.payment("90.00", "2025-03-01", units[n % 2])) for n in range(14)),
    )
    await billed.world.drain(billed.org)
    for unit in units:
        account = await billed.get(f"accounts/{unit}")
        # Whatever came first, no unit owes and has a prepayment at once.
        assert "0.00" in (yuan(account["owed"]), yuan(account["prepayment"]))
    await billed.proven()


async def test_an_account_can_be_read_as_of_a_past_day(billed: Village) -> None:
    await billed.pay("450.00", "2025-03-01")
    unit = billed.first()
    assert yuan((await billed.get(f"accounts/{unit}", as_of="2025-03-31"))["owed"]) == "0.00"  # booked on 1 April
    now = await billed.get(f"accounts/{unit}", as_of="2025-04-01")
    assert (yuan(now["owed"]), yuan(now["prepayment"])) == ("0.00", "50.00")
    entries = (await billed.get(f"accounts/{unit}/entries"))["items"]
    assert sum(Decimal(yuan(e["amount"])) for e in entries if e["ledger"] == "receivable") == 0


async def test_events_of_a_payment_say_what_it_paid(billed: Village) -> None:
    paid = await billed.pay("250.00", "2025-03-31", paid_on="2025-03-30", payer_id=str(uuid7()))
    received, first, second = await billed.feed("payment.received.v1", "payment.allocated.v1")
    assert received["data"] == {
        "payment_id": paid["id"],
        "unit_id": str(billed.first()),
        "payer_id": paid["payer_id"],
        "amount_fen": 25000,
        "value_date": "2025-03-31",
        "method": "bank_transfer",
        "prepaid_fen": 0,
    }
    bill = (await billed.bills(unit_id=str(billed.first())))[0]
    assert first["subject"] == bill["id"] and first["seq"] == 2
    assert first["data"] == {
        "allocation_id": paid["allocations"][0]["allocation_id"],
        "payment_id": paid["id"],
        "bill_id": bill["id"],
        "unit_id": str(billed.first()),
        "fee_kind": "property",
        "due_date": "2025-01-25",
        "amount_fen": 20000,
        "value_date": "2025-03-31",
        "paid_on": "2025-03-30",
    }
    assert second["data"]["amount_fen"] == 5000


async def test_lists_of_payments_are_paged_and_filtered(billed: Village) -> None:
    for n in range(5):
        await billed.pay("1.00", f"2025-03-0{n + 1}")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await billed.get("payments", community_id=str(billed.id), limit=2, **cursor)
        seen += [p["value_date"] for p in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == [f"2025-03-0{n}" for n in (5, 4, 3, 2, 1)]
    some = await billed.get("payments", value_from="2025-03-02", value_to="2025-03-03")
    assert len(some["items"]) == 2


async def test_200_clients_paying_one_bill_with_the_same_and_with_different_keys_count_once(billed: Village) -> None:
    body = billed.payment("200.00", "2025-03-01", reference="ICBC-200")
    same = [billed.post("payments", body, {"Idempotency-Key": "one"}) for _ in range(100)]
    own = [billed.post("payments", body, {"Idempotency-Key": f"own-{n}"}) for n in range(100)]
    answers = await asyncio.gather(*same, *own)
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert len((await billed.get("payments", community_id=str(billed.id)))["items"]) == 1
    assert await open_amounts(billed) == ["0.00", "200.00"]
    assert len(await billed.feed("payment.received.v1")) == 1
    await billed.proven()
