"""Billing runs: who is billed, by which rate, once only, whatever is repeated, interrupted or concurrent."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

import pytest

from services.billing.runs import service
from shared import clock
from shared.ids import uuid7
from tests.billing.village import Village, cursor, event, tell, yuan
from tests.support.world import World


async def test_a_run_bills_each_sold_unit_and_proves_its_sum(village: Village) -> None:
    await village.standard("2.85")
    run = await village.bill("2025-01")
    bills = await village.bills()
    assert [yuan(b["amount"]) for b in bills] == ["285.00", "266.48"]  # 93.50 x 2.85 = 266.475, half-up
    assert (run["units"], run["billed"], yuan(run["total"])) == (2, 2, "551.48")
    assert run["lines_total"] == run["total"]
    assert {b["due_date"] for b in bills} == {"2025-01-25"}
    assert {b["payer_id"] for b in bills} == {str(o) for o in village.owners.values()}
    assert [b["number"] for b in bills] == ["B202501-000001", "B202501-000002"]
    await village.proven()


async def test_a_bill_shows_the_line_that_recomputes_it(village: Village) -> None:
    await village.standard("2.85")
    await village.bill("2025-01")
    bill = await village.get(f"bills/{(await village.bills())[1]['id']}")
    (line,) = bill["lines"]
    assert (line["quantity"], line["rate"], line["share"], line["rule"], line["rule_version"]) == (
        "93.5",
        "2.85",
        "1",
        "area",
        1,
    )
    assert line["text"]["zh"] and line["text"]["en"]


async def test_a_new_rate_from_1_february_ends_the_old_one(village: Village) -> None:
    await village.standard("2.00")
    assert (await village.standard("2.50", "2025-02-01")).status_code == 201
    for period in ("2025-01", "2025-02"):
        await village.bill(period)
    assert [(b["period"], yuan(b["amount"])) for b in await village.bills(unit_id=str(village.first()))] == [
        ("2025-01", "200.00"),
        ("2025-02", "250.00"),
    ]
    found = await village.get("charge-standards", community_id=str(village.id))
    assert [(v["version"], v["effective_from"], v["effective_to"]) for v in found["items"]] == [
        (1, "2025-01-01", "2025-01-31"),
        (2, "2025-02-01", None),
    ]


@pytest.mark.parametrize("start", ["2025-01-01", "2024-12-01"])
async def test_an_overlapping_version_is_refused(village: Village, start: str) -> None:
    await village.standard()
    refused = await village.standard("3.00", start)
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.standard.overlap")


async def test_a_version_cannot_begin_in_a_period_already_billed(village: Village) -> None:
    await village.standard()
    await village.bill("2025-02")
    refused = await village.standard("3.00", "2025-02-01")
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.standard.already_billed")


async def test_two_versions_placed_at_once_never_overlap(village: Village) -> None:
    await village.standard()
    answers = await asyncio.gather(*(village.standard("3.00", "2025-02-01") for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]


async def test_a_repeated_run_fills_gaps_only(village: Village) -> None:
    await village.standard()
    first = await village.bill("2025-01")
    before = await village.bills()
    await tell(village.world, village.org, village.unit("50.00"))
    second = await village.bill("2025-01")
    assert second["id"] != first["id"]
    assert (second["billed"], yuan(second["total"])) == (1, "100.00")
    assert [(s["reason"], s["units"]) for s in second["skipped"]] == [("already_billed", 2)]
    assert (await village.bills())[:2] == before
    await village.proven()


async def test_an_interrupted_run_resumes_where_it_stopped(village: Village, world: World) -> None:
    await tell(world, village.org, [e for _ in range(5) for e in village.unit("10.00")])
    await village.standard()
    started = await village.post(
        "billing-runs", {"community_id": str(village.id), "standard_code": "property", "period": "2025-01"}
    )
    run_id = UUID(started.json()["id"])
    db = world.runtime("billing").db
    async with db.tx(village.org) as tx:
        assert await service.bill_chunk(tx, run_id, 3)
    with pytest.raises(RuntimeError, match="killed"):
        async with db.tx(village.org) as tx:
            await service.bill_chunk(tx, run_id, 3)
            raise RuntimeError("killed before the commit")
    half = await village.get(f"billing-runs/{run_id}")
    assert (half["state"], half["units"], half["billed"]) == ("running", 3, 3)
    await world.drain(village.org)  # the job is still there and takes it up
    done = await village.get(f"billing-runs/{run_id}")
    assert (done["state"], done["units"], done["billed"], done["balanced"]) == ("done", 7, 7, True)
    numbers = [b["number"] for b in await village.bills()]
    assert numbers == [f"B202501-{n:06d}" for n in range(1, 8)]  # no gaps: the killed chunk gave its numbers back
    await village.proven()


async def test_concurrent_runs_of_one_month_bill_once(village: Village, world: World) -> None:
    await tell(world, village.org, [e for _ in range(20) for e in village.unit("10.00")])
    await village.standard()
    body = {"community_id": str(village.id), "standard_code": "property", "period": "2025-01"}
    started = await asyncio.gather(*(village.post("billing-runs", body) for _ in range(4)))
    assert {s.status_code for s in started} == {202}
    ids = {UUID(s.json()["id"]) for s in started}
    assert len(ids) == 1  # an unfinished run is taken up again

    async def work() -> None:
        more = True
        while more:
            async with world.runtime("billing").db.tx(village.org) as tx:
                more = await service.bill_chunk(tx, next(iter(ids)), 4)

    await asyncio.gather(*(work() for _ in range(3)), world.drain(village.org))
    assert len(await village.bills()) == 22
    assert len(await village.feed("bill.issued.v1")) == 22
    await village.proven()


@pytest.mark.parametrize(
    ("sold_on", "use", "reason"),
    [(None, "dwelling", "not_sold"), ("2025-02-01", "dwelling", "not_sold"), ("2024-01-01", "parking", "other_use")],
)
async def test_units_not_charged_are_counted_with_their_reason(
    village: Village, sold_on: str | None, use: str, reason: str
) -> None:
    await tell(village.world, village.org, village.unit("80.00", sold_on, use))
    await village.standard()
    run = await village.bill("2025-01")
    assert run["billed"] == 2
    assert [(s["reason"], s["units"]) for s in run["skipped"]] == [(reason, 1)]


async def test_a_unit_sold_inside_the_month_is_charged_by_the_day(village: Village) -> None:
    await tell(village.world, village.org, village.unit("100.00", "2025-02-15"))
    await village.standard("2.00")
    await village.bill("2025-02")
    bill = (await village.bills())[-1]
    assert yuan(bill["amount"]) == "100.00"  # 14 of 28 days
    assert (await village.get(f"bills/{bill['id']}"))["lines"][0]["share"] == "1/2"


async def test_the_named_payer_is_billed_instead_of_the_owner(village: Village) -> None:
    payer = uuid7()
    data = {"person_id": str(payer), "unit_id": str(village.first()), "role": "payer", "since": "2024-07-01"}
    await tell(
        village.world,
        village.org,
        [event(village.org, "relation.upserted.v1", uuid7(), data, community_id=village.id)],
    )
    await village.standard()
    await village.bill("2025-01")
    (bill,) = await village.bills(unit_id=str(village.first()))
    assert bill["payer_id"] == str(payer)


async def test_a_run_is_refused_while_the_register_is_behind(village: Village) -> None:
    await village.standard()
    await cursor(village.world, village.org, position=10, head=12)
    body = {"community_id": str(village.id), "period": "2025-01"}
    refused = await village.post("billing-runs", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.register.behind")
    await cursor(village.world, village.org, position=12, head=12)
    run = await village.bill("2025-01")
    assert run["register_copy"] == {"state": "current", "position": 12, "head": 12}


async def test_with_ticketing_silent_it_bills_and_says_so(village: Village) -> None:
    await village.standard()
    await cursor(village.world, village.org, position=10, head=12, silent_s=120)
    run = await village.bill("2025-01")
    assert run["register_copy"] == {"state": "source_silent", "position": 10, "head": 12}
    assert run["billed"] == 2


async def test_a_copy_that_was_current_when_ticketing_fell_silent_is_not_called_current(village: Village) -> None:
    await village.standard()
    await cursor(village.world, village.org, position=12, head=12, silent_s=120)
    assert (await village.bill("2025-01"))["register_copy"]["state"] == "source_silent"
    async with village.world.runtime("billing").db.plain() as raw:
        await raw.execute(
            "INSERT INTO billing.heartbeats (process, beat_at, detail) VALUES ('test-worker', $1, $2)",
            clock.wall(),
            json.dumps({"heard": {"ticketing": clock.wall().isoformat()}}),
        )
    try:
        assert (await village.bill("2025-02"))["register_copy"]["state"] == "current"
    finally:
        async with village.world.runtime("billing").db.plain() as raw:
            await raw.execute("DELETE FROM billing.heartbeats WHERE process = 'test-worker'")


async def test_the_standard_may_be_left_out_where_there_is_one(village: Village) -> None:
    await village.standard()
    body = {"community_id": str(village.id), "period": "2025-01"}
    assert (await village.post("billing-runs", body)).status_code == 202
    await village.world.drain(village.org)
    await village.standard(code="lift", name="电梯费")
    refused = await village.post("billing-runs", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "billing.standard.ambiguous")


async def test_a_month_before_the_first_version_is_refused(village: Village) -> None:
    await village.standard()
    body = {"community_id": str(village.id), "standard_code": "property", "period": "2024-12"}
    refused = await village.post("billing-runs", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.standard.none_in_force")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"params": {"rate": "0"}}, "params"),
        ({"params": {}}, "params.rate"),
        ({"params": {"rate": "2.00", "discount": "0.1"}}, "params.discount"),
        ({"rule": "by_mood"}, "rule"),
        ({"fee_kind": "toll"}, "fee_kind"),
        ({"proration": "hour"}, "proration"),
        ({"effective_to": "2024-12-31"}, "effective_to"),
    ],
)
async def test_a_standard_that_makes_no_sense_is_malformed(
    village: Village, change: dict[str, object], path: str
) -> None:
    refused = await village.standard(**change)
    assert refused.status_code == 422
    assert [e["path"] for e in refused.json()["errors"]] == [path]


async def test_events_of_bills_say_all_that_others_need(village: Village) -> None:
    await village.standard()
    await village.bill("2025-01")
    first, _ = await village.feed("bill.issued.v1")
    bill = (await village.bills())[0]
    assert first["subject"] == bill["id"] and first["seq"] == 1 and first["community_id"] == str(village.id)
    assert first["data"] == {
        "bill_id": bill["id"],
        "number": "B202501-000001",
        "unit_id": bill["unit_id"],
        "payer_id": bill["payer_id"],
        "fee_kind": "property",
        "period": "2025-01",
        "due_date": "2025-01-25",
        "amount_fen": 20000,
        "standard": "property",
    }


async def test_the_ways_of_charging_are_listed_with_what_they_ask(village: Village) -> None:
    rules = {rule["code"]: rule for rule in await village.get("fee-rules")}
    assert rules["area"]["params"]["required"] == ["rate"]
