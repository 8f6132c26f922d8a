"""The collection rate over real bills and payments: F-048, A-218, B-072, AMB-016, AMB-114."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from services.billing.domain.collection import Billed, Credited, collection_rate
from tests.billing.village import Village, day, yuan
from tests.support.world import Standing, World


@pytest.fixture
async def quarter(village: Village) -> Village:
    """Three months billed: 200 + 250 + 250 for the first unit, 187 + 233.75 + 233.75 for the second."""
    await village.standard("2.00")
    await village.standard("2.50", "2025-02-01")
    for period in ("2025-01", "2025-02", "2025-03"):
        await village.bill(period)
    return village


async def test_money_by_31_march_counts_and_money_of_1_april_stands_beside(quarter: Village) -> None:
    await quarter.pay("300.00", "2025-03-31")
    await quarter.pay("100.00", "2025-04-01")
    rate = await quarter.rate()
    assert yuan(rate["denominator"]) == "1354.50"
    assert yuan(rate["numerator"]) == "300.00"
    assert rate["rate"] == "22.15"
    assert yuan(rate["beside"]["later"]) == "100.00"
    assert rate["bills"] == 6


async def test_an_overpayment_stands_beside_as_prepayment(quarter: Village) -> None:
    await quarter.pay("1000.00", "2025-03-31")
    rate = await quarter.rate()
    assert (yuan(rate["numerator"]), yuan(rate["beside"]["overpaid"])) == ("700.00", "300.00")


async def test_an_earlier_prepayment_counts_by_its_own_value_date(village: Village) -> None:
    await village.pay("150.00", "2024-12-20")
    await village.standard("2.00")
    await village.bill("2025-01")
    assert yuan((await village.rate())["numerator"]) == "150.00"
    assert yuan((await village.rate(reading="literal"))["numerator"]) == "0.00"


async def test_settled_counts_the_value_date_and_paid_the_payers_day(quarter: Village) -> None:
    await quarter.pay("100.00", "2025-04-01", paid_on="2025-03-31")
    assert yuan((await quarter.rate())["numerator"]) == "0.00"
    assert yuan((await quarter.rate(cash_basis="paid"))["numerator"]) == "100.00"


async def test_money_for_bills_of_another_quarter_is_listed_beside(quarter: Village) -> None:
    await quarter.standard("1.00", "2024-12-01", code="arrears", effective_to="2024-12-31")
    await quarter.bill("2024-12", "arrears")
    await quarter.pay("120.00", "2025-02-10")  # 100.00 for December, 20.00 for January
    rate = await quarter.rate()
    assert (yuan(rate["numerator"]), yuan(rate["beside"]["other_bills"])) == ("20.00", "100.00")
    assert yuan((await quarter.rate(reading="literal"))["numerator"]) == "120.00"


async def test_the_evidence_lists_each_bill_with_what_counted(quarter: Village) -> None:
    await quarter.pay("300.00", "2025-03-31")
    await quarter.pay("400.00", "2025-04-01")
    rate = await quarter.rate()
    path = rate["evidence"].removeprefix("/billing/v1/")
    rows = (await quarter.get(path))["items"]
    assert len(rows) == 6
    assert sum(round(float(yuan(r["collected"])) * 100) for r in rows) == 30000
    assert sum(round(float(yuan(r["later"])) * 100) for r in rows) == 40000
    partly = await quarter.get(f"{path}&state=partly_collected")
    assert [(yuan(r["collected"]), yuan(r["later"])) for r in partly["items"]] == [("100.00", "150.00")]
    paged = await quarter.get(f"{path}&limit=4")
    rest = await quarter.get(f"{path}&limit=4&cursor={paged['next']}")
    assert [r["number"] for r in paged["items"] + rest["items"]] == [r["number"] for r in rows]


async def test_the_database_sums_what_the_domain_would(quarter: Village) -> None:
    for amount, value in (("33.33", "2025-01-03"), ("500.00", "2025-03-31"), ("450.00", "2025-04-01")):
        await quarter.pay(amount, value)
    bills = await quarter.bills()
    due = {b["id"]: day(b["due_date"]) for b in bills}
    money = [
        Credited(due[e["data"]["bill_id"]], day(e["data"]["value_date"]), e["data"]["amount_fen"])
        for e in await quarter.feed("payment.allocated.v1")
    ]
    billed = [Billed(day(b["due_date"]), round(float(yuan(b["amount"])) * 100)) for b in bills]
    expected = collection_rate(day("2025-01-01"), day("2025-04-01"), billed, money)
    rate = await quarter.rate()
    assert yuan(rate["numerator"]) == f"{expected.numerator_fen / 100:.2f}"
    assert yuan(rate["denominator"]) == f"{expected.denominator_fen / 100:.2f}"
    assert rate["rate"] == expected.percent


async def test_b_072_the_close_is_written_down_and_later_entries_show_beside_it(
    world: World, org: UUID, api: httpx.AsyncClient, standing: Callable[[datetime], Standing]
) -> None:
    now = standing(datetime(2025, 3, 20, 2, tzinfo=UTC))
    village = await Village(world, org, api).build(["100.00"])
    await village.standard("2.00")
    await village.bill("2025-03")
    await village.pay("50.00", "2025-03-19")
    now.to(datetime(2025, 3, 31, 15, 59, 59, tzinfo=UTC))  # one second to midnight in Shanghai
    await world.drain(org)
    assert (await village.rate())["at_close"] is None
    now.to(datetime(2025, 4, 1, 2, tzinfo=UTC))
    await world.drain(org)
    await village.pay("30.00", "2025-03-31")  # credited in time, entered a day late
    rate = await village.rate()
    assert rate["at_close"]["closed_at"] == "2025-03-31T16:00:00Z"
    assert (yuan(rate["at_close"]["numerator"]), yuan(rate["numerator"])) == ("50.00", "80.00")
    assert yuan(rate["at_close"]["denominator"]) == "200.00"


async def test_nothing_due_has_no_rate(village: Village) -> None:
    rate = await village.rate()
    assert (rate["rate"], yuan(rate["denominator"])) == (None, "0.00")


@pytest.mark.parametrize(
    ("period", "fee_kind"),
    [
        ("2025", "property"),
        ("2025-H1", "property"),
        ("2025-Q5", "property"),
        ("spring", "property"),
        ("2025-Q1", "toll"),
    ],
)
async def test_a_rate_is_of_a_natural_quarter_and_a_known_fee(village: Village, period: str, fee_kind: str) -> None:
    refused = await village.api.get(
        "/billing/v1/collection-rates",
        params={"community_id": str(village.id), "period": period, "fee_kind": fee_kind},
        headers=village.finance,
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "billing.collection_rate.invalid")
