"""The dictionary of rates: each has one definition, and each agrees with the ledger to the fen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.billing.domain.rates import DEFINITIONS
from tests.billing.village import Village, yuan
from tests.support.world import Standing, World

OF_BILLS = [code for code, found in DEFINITIONS.items() if found.bills is not None]


@pytest.fixture
def now(standing: Callable[[datetime], Standing]) -> Standing:
    """The clock stands at noon of 10 April 2025 in Shanghai."""
    return standing(datetime(2025, 4, 10, 4, tzinfo=UTC))


@pytest.fixture
async def quarter(world: World, org: UUID, api: httpx.AsyncClient, now: Standing) -> Village:
    """Three units billed 200.00, 187.00 and 100.00 a month from December to March."""
    village = await Village(world, org, api).build(["100.00", "93.50", "50.00"])
    await village.standard("2.00", "2024-12-01")
    for period in ("2024-12", "2025-01", "2025-02", "2025-03"):
        await village.bill(period)
    return village


async def rate(village: Village, code: str, period: str = "2025-Q1", **params: Any) -> dict[str, Any]:
    """A rate with its ledger summed beside it."""
    query = {"community_id": str(village.id), "period": period, "prove": True, **params}
    found: dict[str, Any] = await village.get(f"rates/{code}", **query)
    if found["books"] is not None:
        assert found["books"]["reconciled"] is True
        assert found["books"]["ledger"] == found["books"]["open"]
    return found


async def credit(village: Village, bill: dict[str, Any], amount: str, kind: str) -> None:
    """Credit or waive a part of a bill, approved where somebody else has to agree."""
    body = {"kind": kind, "bill_id": bill["id"], "amount": {"amount": amount}, "reason": "面积登记有误"}
    asker = village.world.token("clerk", village.org)
    asked = await village.post("credits", body, asker)
    assert asked.status_code in (201, 202), asked.text
    if asked.json()["approval_id"] is not None:
        manager = village.world.token("cs_manager", village.org)
        done = await village.post(f"approvals/{asked.json()['approval_id']}/approve", {}, manager)
        assert done.status_code == 200, done.text


async def test_every_rate_says_what_it_divides_and_how_the_rest_is_treated(village: Village) -> None:
    found = await village.get("rates")
    assert {item["code"] for item in found["items"]} == set(DEFINITIONS)
    for item in found["items"]:
        for text in (item["title"], item["numerator"], item["denominator"], *item["treatment"].values()):
            assert text["zh"] and text["en"]
        if item["fee_kinds"]:
            assert {"prepayment", "waiver", "credit", "vacancy", "late_fee"} <= set(item["treatment"])
            assert "deposit" not in item["fee_kinds"]


async def test_by_amount_by_household_of_the_period_and_of_the_year(quarter: Village) -> None:
    first, second, _ = quarter.units.values()
    await quarter.pay("800.00", "2025-03-31", first)  # December to March, all of it
    await quarter.pay("187.00", "2025-03-31", second)  # December
    await quarter.pay("187.00", "2025-04-01", second)  # January, too late for the quarter
    amount = await rate(quarter, "current.amount")
    assert (amount["numerator"], amount["denominator"], amount["rate"]) == (60000, 146100, "41.07")
    assert yuan(amount["books"]["collected_later"]) == "187.00"
    households = await rate(quarter, "current.households")
    assert (households["numerator"], households["denominator"], households["rate"]) == (1, 3, "33.33")
    year = await rate(quarter, "cumulative.amount", "2025-02")
    assert (year["numerator"], year["denominator"]) == (0, 97400)  # nothing had come by the end of February
    assert (await rate(quarter, "cumulative.households", "2025-03"))["numerator"] == 1


async def test_a015_old_arrears_cleared_of_those_at_the_beginning(quarter: Village) -> None:
    first, second, third = quarter.units.values()
    await quarter.pay("150.00", "2024-12-30", first)  # before the quarter: no arrears of it
    await quarter.pay("50.00", "2025-02-01", first)
    await quarter.pay("100.00", "2025-03-31", second)
    await quarter.pay("50.00", "2025-04-01", third)
    found = await rate(quarter, "arrears.cleared")
    assert (found["numerator"], found["denominator"], found["rate"]) == (15000, 33700, "44.51")
    assert yuan(found["books"]["collected_later"]) == "50.00"


async def test_a_credit_lowers_the_denominator_and_a_waiver_does_not(quarter: Village) -> None:
    bill = (await quarter.bills(unit_id=str(quarter.first()), period="2025-01"))[0]
    await quarter.pay("200.00", "2024-12-20", quarter.first())
    await credit(quarter, bill, "40.00", "credit")
    found = await rate(quarter, "current.amount")
    assert found["denominator"] == 146100 - 4000
    await credit(quarter, bill, "60.00", "waiver")
    found = await rate(quarter, "current.amount")
    assert found["denominator"] == 146100 - 4000
    assert (yuan(found["books"]["credited"]), yuan(found["books"]["waived"])) == ("40.00", "60.00")
    older = await quarter.rate()
    assert (yuan(older["numerator"]), yuan(older["denominator"])) == ("0.00", "1421.00")
    evidence = await quarter.get("collection-rates/evidence", community_id=str(quarter.id), period="2025-Q1")
    assert sum(int(yuan(row["amount"]).replace(".", "")) for row in evidence["items"]) == 146100
    assert sum(int(yuan(row["credited"]).replace(".", "")) for row in evidence["items"]) == 4000


async def test_money_released_by_a_credit_is_a_prepayment_again(quarter: Village) -> None:
    first = quarter.first()
    bill = (await quarter.bills(unit_id=str(first), period="2025-03"))[0]
    await quarter.pay("800.00", "2025-03-31", first)
    await credit(quarter, bill, "200.00", "credit")
    households = await rate(quarter, "current.households", "2025-03")
    assert (households["numerator"], households["denominator"]) == (0, 2)  # nothing is left of the first one's bill
    found = await rate(quarter, "current.amount", "2025-03")
    assert (found["numerator"], found["denominator"]) == (0, 28700)
    await quarter.proven()


@pytest.mark.parametrize("code", OF_BILLS)
async def test_each_rate_agrees_with_the_ledger_after_payments_credits_and_reversals(
    quarter: Village, code: str
) -> None:
    first, second, third = quarter.units.values()
    paid = await quarter.pay("333.33", "2025-01-03", first)
    await quarter.pay("500.01", "2025-03-31", second)
    await quarter.pay("1000.00", "2025-04-02", third)  # more than is owed
    await credit(quarter, (await quarter.bills(unit_id=str(second), period="2025-02"))[0], "87.65", "credit")
    await credit(quarter, (await quarter.bills(unit_id=str(first), period="2024-12"))[0], "12.34", "waiver")
    undone = await quarter.post(f"payments/{paid['id']}/reverse", {"reason": "银行退票"})
    assert undone.status_code in (200, 201), undone.text
    for period in ("2025-Q1", "2025-03", "2025", "2024-12"):
        for basis in ("settled", "paid"):
            await rate(quarter, code, period, cash_basis=basis, fee_kinds=["property", "late_fee"])


async def test_only_the_fee_kinds_that_are_named_count(quarter: Village) -> None:
    await quarter.slip(8000, "2025-03-03T02:00:00Z")
    assert (await rate(quarter, "current.amount", "2025"))["denominator"] == 146100
    both = await rate(quarter, "current.amount", "2025", fee_kinds=["property", "service"])
    assert both["denominator"] == 154100


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("rates/current.amount", {"fee_kinds": "deposit"}, 422),
        ("rates/current.amount", {"period": "2025-Q5"}, 422),
        ("rates/dunning.coverage", {"period": "2025-Q1"}, 422),
        ("rates/by_mood", {}, 404),
        ("ageing", {"as_of": "2025-04-11"}, 422),
        ("ageing", {"as_of": "1820-01-01"}, 422),
        ("ageing/learned", {"as_of": "2025-04-11"}, 422),
    ],
)
async def test_what_no_rate_is_told_of_is_refused(
    quarter: Village, path: str, params: dict[str, str], status: int
) -> None:
    query = {"community_id": str(quarter.id), **({"period": "2025-Q1"} if "rates" in path else {}), **params}
    answer = await quarter.api.get(f"/billing/v1/{path}", params=query, headers=quarter.finance)
    assert answer.status_code == status, answer.text


async def ages(village: Village, **params: Any) -> dict[str, str]:
    """Amounts by bucket, the empty ones left out; their sum is the whole."""
    found = await village.get("ageing", community_id=str(village.id), **params)
    by = {item["bucket"]: yuan(item["amount"]) for item in found["buckets"] if item["bills"]}
    total = sum(int(text.replace(".", "")) for text in by.values())
    assert total == int(yuan(found["amount"]).replace(".", ""))
    return by


async def test_arrears_age_as_of_any_day_as_the_ledger_stood_then(quarter: Village, now: Standing) -> None:
    # Everything was booked on 10 April: before that day the ledger knew nothing.
    assert await ages(quarter, as_of="2025-04-09") == {}
    before = {"0-1": "487.00", "1-3": "974.00", "3-6": "487.00"}
    assert await ages(quarter) == before
    now.to(datetime(2025, 4, 26, 4, tzinfo=UTC))
    await quarter.pay("300.00", "2025-04-26")
    # The 25th's due dates are one full month overdue from the 26th on (F-086).
    assert await ages(quarter) == {"1-3": "974.00", "3-6": "674.00"}
    assert await ages(quarter, as_of="2025-04-26") == await ages(quarter)
    assert await ages(quarter, as_of="2025-04-25") == before
    whole = await quarter.get("ageing", community_id=str(quarter.id))
    assert (whole["households"], whole["bills"]) == (3, 11)


async def test_what_was_booked_since_a_day_tells_why_its_arrears_are_others_today(
    quarter: Village, now: Standing
) -> None:
    here = {"community_id": str(quarter.id), "as_of": "2025-04-10"}
    assert (await quarter.get("ageing/learned", **here))["items"] == []
    now.to(datetime(2025, 4, 26, 4, tzinfo=UTC))
    before = await quarter.get("ageing", **here)
    await quarter.pay("300.00", "2025-04-26")
    assert await quarter.get("ageing", **here) == before, "what was believed then stays what it was"
    found, cursor = [], {}
    while True:
        page = await quarter.get("ageing/learned", **here, limit=1, **cursor)
        found += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert {row["booked_on"] for row in found} == {"2025-04-26"}
    moved = sum(int(yuan(row["amount"]).replace(".", "")) for row in found)
    today = await quarter.get("ageing", community_id=str(quarter.id))
    assert moved == -30_000
    assert int(yuan(before["amount"]).replace(".", "")) + moved == int(yuan(today["amount"]).replace(".", ""))


async def test_c069_slips_and_notices_are_processed_when_they_were_in_time(quarter: Village, now: Standing) -> None:
    await quarter.slip(8000, "2025-04-09T02:00:00Z", slip_number="S-1")
    await quarter.slip(8000, "2025-03-20T02:00:00Z", slip_number="S-2")  # confirmed after its deduction run
    assert (await rate(quarter, "papers.processed", "2025-04"))["rate"] == "100.00"
    late = await rate(quarter, "papers.processed", "2025-03")
    assert (late["numerator"], late["denominator"], late["unit"]) == (0, 1, "papers")
    plan = {"community_id": str(quarter.id), "period": "2025-04"}
    supervisor = quarter.world.token("supervisor", quarter.org)
    assert (await quarter.post("dunning-plans", plan, supervisor)).status_code == 202
    await quarter.world.drain(quarter.org)
    case = (await quarter.get("dunning-cases", unit_id=str(quarter.first())))["items"][0]
    notice = {"case_id": case["id"], "kind": "notice", "due_on": "2025-04-20"}
    assert (await quarter.post("dunning-notices", notice, supervisor)).status_code == 201
    april = await rate(quarter, "papers.processed", "2025-04")
    assert (april["numerator"], april["denominator"], april["rate"]) == (1, 2, "50.00")
    coverage = await rate(quarter, "dunning.coverage", "2025-04")
    assert (coverage["numerator"], coverage["denominator"], coverage["unit"]) == (0, 3, "households")
