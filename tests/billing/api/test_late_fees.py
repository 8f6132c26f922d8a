"""Late fees through the API: entered, billed by themselves, and taken back when the past was different."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.billing.latefees import service
from tests.billing.village import Village, yuan


async def _overdue(village: Village) -> dict[str, Any]:
    """January's bill of 1,000.00, due on the 25th, with late fees of 0.05 % a day."""
    await village.standard("10.00")
    terms = {"daily_rate": "0.0005", "grace_days": 0, "cap": "100"}
    added = await village.standard(code="late", name="违约金", rule="late_fee", fee_kind="late_fee", params=terms)
    assert added.status_code == 201, added.text
    await village.bill("2025-01")
    return (await village.bills(unit_id=str(village.first())))[0]


async def _run(village: Village, until: str) -> None:
    body = {"community_id": str(village.id), "standard_code": "late", "until": until}
    response = await village.post("late-fee-runs", body)
    assert response.status_code == 202, response.text
    await village.world.drain(village.org)
    await village.proven()


async def _fees(village: Village) -> list[dict[str, Any]]:
    return await village.bills(fee_kind="late_fee", unit_id=str(village.first()))


async def test_a_late_fee_is_a_bill_of_its_own_and_the_overdue_bill_stays(village: Village) -> None:
    bill = await _overdue(village)
    await _run(village, "2025-01-31")
    await _run(village, "2025-01-31")  # again: nothing is added
    (fee,) = await _fees(village)
    assert (yuan(fee["amount"]), fee["source"], fee["source_id"]) == ("3.00", "late_fee", bill["id"])
    assert await village.get(f"bills/{bill['id']}") == await village.get(f"bills/{bill['id']}")
    await _run(village, "2025-02-28")
    assert [yuan(f["amount"]) for f in await _fees(village)] == ["3.00", "14.00"]
    entries = (await village.get("late-fees", bill_id=bill["id"]))["items"]
    assert [(e["first_on"], e["last_on"], e["days"], yuan(e["amount"])) for e in entries] == [
        ("2025-01-26", "2025-01-31", 6, "3.00"),
        ("2025-02-01", "2025-02-28", 28, "14.00"),
    ]


async def test_a_payment_that_turns_out_to_have_come_earlier_takes_its_fee_back(village: Village) -> None:
    bill = await _overdue(village)
    await _run(village, "2025-02-28")
    told = [{"bill_id": bill["id"], "amount": {"amount": "1000.00"}}]
    await village.pay("1000.00", "2025-01-28", allocations=told)
    await _run(village, "2025-02-28")
    entries = (await village.get("late-fees", bill_id=bill["id"]))["items"]
    assert [yuan(e["amount"]) for e in entries] == ["3.00", "14.00", "-3.00", "-14.00", "1.00"]
    (fee,) = await _fees(village)
    assert (yuan(fee["amount"]), yuan(fee["credited"]), yuan(fee["open"])) == ("17.00", "16.00", "1.00")
    await _run(village, "2025-03-31")
    assert len(await _fees(village)) == 1


async def test_a_fee_paid_after_the_principal_is_still_owed(village: Village) -> None:
    bill = await _overdue(village)
    told = [{"bill_id": bill["id"], "amount": {"amount": "1000.00"}}]
    await village.pay("1000.00", "2025-02-05", allocations=told)
    await _run(village, "2025-02-28")
    (fee,) = await _fees(village)
    assert yuan(fee["open"]) == "5.00"  # 26 January to 4 February


async def test_a_dispute_stops_the_fee_and_a_waiver_lowers_it(village: Village) -> None:
    bill = await _overdue(village)
    await _run(village, "2025-01-31")
    held = await village.post("late-fee-holds", {"bill_id": bill["id"], "since": "2025-01-29", "reason": "面积争议"})
    assert held.status_code == 201
    await _run(village, "2025-02-28")
    (fee,) = await _fees(village)
    assert (yuan(fee["open"]), yuan(fee["credited"])) == ("1.50", "1.50")
    ended = await village.post(f"late-fee-holds/{held.json()['id']}/end", {"until": "2025-02-18"})
    assert ended.json()["until"] == "2025-02-18"
    waiver = {"kind": "credit", "bill_id": bill["id"], "amount": {"amount": "200.00"}, "reason": "更正"}
    assert (await village.post("credits", waiver)).json()["state"] == "applied"
    await _run(village, "2025-02-28")
    # 800.00 x 0.05 % for 26 to 28 January and 19 to 28 February.
    assert sum(Decimal(yuan(f["open"])) for f in await _fees(village)) == Decimal("5.20")


async def test_late_fee_terms_are_no_matter_of_billing_runs(village: Village) -> None:
    await _overdue(village)
    body = {"community_id": str(village.id), "standard_code": "late", "period": "2025-01"}
    refused = await village.post("billing-runs", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.run.late_fee")
    run = {"community_id": str(village.id), "standard_code": "property", "until": "2025-03-31"}
    other = await village.post("late-fee-runs", run)
    assert [e["path"] for e in other.json()["errors"]] == ["standard_code"]
    future = await village.post("late-fee-runs", {**run, "standard_code": "late", "until": "2025-04-02"})
    assert [e["path"] for e in future.json()["errors"]] == ["until"]


async def test_a_run_shows_its_progress_and_a_killed_one_goes_on_where_it_stopped(village: Village) -> None:
    await _overdue(village)
    body = {"community_id": str(village.id), "standard_code": "late", "until": "2025-01-31"}
    started = (await village.post("late-fee-runs", body)).json()
    assert (started["state"], started["bills"], started["finished_at"]) == ("queued", 0, None)
    run_id, db = UUID(started["id"]), village.world.runtime("billing").db
    async with db.tx(village.org) as tx:
        assert await service.charge_chunk(tx, run_id, 1)
    with pytest.raises(RuntimeError, match="killed"):
        async with db.tx(village.org) as tx:
            await service.charge_chunk(tx, run_id, 1)
            raise RuntimeError("killed before the commit")
    half = await village.get(f"late-fee-runs/{run_id}")
    assert (half["state"], half["bills"], half["changed"], yuan(half["charged"])) == ("running", 1, 1, "3.00")
    await village.world.drain(village.org)
    done = await village.get(f"late-fee-runs/{run_id}")
    assert (done["state"], done["bills"], done["changed"], yuan(done["charged"])) == ("done", 2, 2, "5.81")
    await _run(village, "2025-01-31")
    again = (await village.get("late-fee-runs", community_id=str(village.id)))["items"]
    assert [(run["bills"], run["changed"], yuan(run["charged"])) for run in again] == [(2, 0, "0.00"), (2, 2, "5.81")]
    assert await village.get(f"late-fee-runs/{run_id}") == done


async def test_a_run_outside_ones_scope_is_unknown(village: Village) -> None:
    await _overdue(village)
    await _run(village, "2025-01-31")
    (run,) = (await village.get("late-fee-runs"))["items"]
    narrow = village.world.token("finance", village.org, units=[UUID(int=7)])
    refused = await village.api.get(f"/billing/v1/late-fee-runs/{run['id']}", headers=narrow)
    assert (refused.status_code, refused.json()["code"]) == (404, "billing.run.unknown")
    assert (await village.get("late-fee-runs", narrow))["items"] == []
