"""What else is charged than areas: parking spaces, meters, shared costs; and what a run would do, before it does it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from shared.ids import uuid7
from tests.billing.village import Village, event, tell, yuan
from tests.support.world import World

TIERS = {"tiers": [{"rate": "2.67", "up_to": "22"}, {"rate": "3.43"}]}


async def _made(village: Village, path: str, body: dict[str, Any]) -> Any:
    response = await village.post(path, {"community_id": str(village.id), **body})
    assert response.status_code in (200, 201), response.text
    return response.json()


async def _water(village: Village) -> None:
    await village.standard(code="water", name="水费", rule="metered", fee_kind="water", params=TIERS)
    for place, unit in enumerate(village.units.values()):
        meter = {"unit_id": str(unit), "code": f"W-{place}", "kind": "water", "installed_on": "2025-01-01"}
        await _made(village, "meters", meter)


def _read(code: str, period: str, reading: str) -> dict[str, str]:
    return {"code": code, "period": period, "reading": reading, "read_on": f"{period}-28"}


async def test_c072_each_parking_space_is_charged_for_the_days_it_is_held(village: Village) -> None:
    first, second = village.units.values()
    await village.standard(
        code="parking", name="停车费", rule="fixed", fee_kind="parking", params={"rate": "300"}
    )
    await _made(village, "parking-holdings", {"number": "A-01", "unit_id": str(first), "since": "2024-01-01"})
    await _made(village, "parking-holdings", {"number": "A-02", "unit_id": str(first), "since": "2024-01-01"})
    # Somebody else takes A-02 over on 15 February: the first one pays until the 14th.
    await _made(village, "parking-holdings", {"number": "A-02", "unit_id": str(second), "since": "2025-02-15"})
    await village.bill("2025-02", "parking")
    assert [(b["unit_id"], yuan(b["amount"]), b["fee_kind"]) for b in await village.bills()] == [
        (str(first), "450.00", "parking"),
        (str(second), "150.00", "parking"),
    ]
    await village.proven()


async def test_c063_c070_property_fee_and_service_fees_are_charged_side_by_side(village: Village) -> None:
    """C-063, C-070."""
    await village.standard("2.00")
    await village.bill("2025-01")
    await village.slip(8000, "2025-03-20T02:00:00Z")
    kinds = [b["fee_kind"] for b in await village.bills(unit_id=str(village.first()))]
    assert kinds == ["property", "service"]


async def test_a_space_is_held_by_one_unit_at_a_time(village: Village) -> None:
    first, second = village.units.values()
    body = {"number": "A-01", "unit_id": str(first), "since": "2025-01-01", "until": "2025-06-30"}
    held = await _made(village, "parking-holdings", body)
    clash = {"community_id": str(village.id), "number": "A-01", "unit_id": str(second), "since": "2025-06-30"}
    refused = await village.post("parking-holdings", clash)
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.parking.taken")
    ended = await village.post(f"parking-holdings/{held['id']}/end", {"until": "2025-06-29"})
    assert ended.json()["until"] == "2025-06-29"
    assert (await village.post("parking-holdings", clash)).status_code == 201
    late = await village.post(f"parking-holdings/{held['id']}/end", {"until": "2025-07-01"})
    assert late.status_code == 422
    assert (await village.post(f"parking-holdings/{uuid4()}/end", {"until": "2025-07-01"})).status_code == 404


async def test_c071_water_is_charged_by_tiers_and_a_missing_reading_is_made_up_for(village: Village) -> None:
    await _water(village)
    await _made(village, "meter-readings", {"items": [_read("W-0", "2025-01", "30")]})
    run = await village.bill("2025-01", "water")
    assert [(s["reason"], s["units"]) for s in run["skipped"]] == [("no_reading", 1)]
    assert yuan((await village.bills())[0]["amount"]) == "86.18"  # 22 x 2.67 + 8 x 3.43
    readings = [_read("W-0", "2025-02", "30"), _read("W-1", "2025-02", "44")]
    await _made(village, "meter-readings", {"items": readings})
    run = await village.bill("2025-02", "water")
    # The first used nothing; the second's 44 over two months are all in the first tier.
    assert [(s["reason"], s["units"]) for s in run["skipped"]] == [("no_amount", 1)]
    assert yuan((await village.bills())[-1]["amount"]) == "117.48"
    await village.proven()


async def test_wrong_readings_are_named_and_none_is_stored(village: Village) -> None:
    await _water(village)
    await _made(village, "meter-readings", {"items": [_read("W-0", "2025-01", "30")]})
    items = [_read("W-1", "2025-01", "5"), _read("W-0", "2025-02", "29"), _read("W-9", "2025-02", "1")]
    refused = await village.post("meter-readings", {"community_id": str(village.id), "items": items})
    assert refused.status_code == 422
    assert sorted(e["path"] for e in refused.json()["errors"]) == ["items.1.reading", "items.2.code"]
    again = await _made(village, "meter-readings", {"items": [items[0], _read("W-0", "2025-01", "30")]})
    assert again == {"stored": 1, "corrected": 0, "unchanged": 1}
    corrected = await _made(village, "meter-readings", {"items": [_read("W-0", "2025-01", "31")]})
    assert corrected == {"stored": 0, "corrected": 1, "unchanged": 0}


async def test_a_reading_that_was_billed_stands(village: Village) -> None:
    await _water(village)
    await _made(village, "meter-readings", {"items": [_read("W-0", "2025-01", "30")]})
    await village.bill("2025-01", "water")
    items = [_read("W-0", "2025-01", "20")]
    refused = await village.post("meter-readings", {"community_id": str(village.id), "items": items})
    assert [e["path"] for e in refused.json()["errors"]] == ["items.0.period"]


async def test_a_replaced_meter_is_charged_to_its_last_reading_and_the_new_one_from_its_first(
    village: Village,
) -> None:
    await _water(village)
    new = {
        "unit_id": str(village.first()),
        "code": "W-0b",
        "kind": "water",
        "start_reading": "3",
        "installed_on": "2025-01-20",
        "replaces": {"code": "W-0", "final_reading": "7"},
    }
    await _made(village, "meters", new)
    await _made(village, "meter-readings", {"items": [_read("W-0b", "2025-01", "8")]})
    await village.bill("2025-01", "water")
    (bill,) = await village.bills()
    lines = (await village.get(f"bills/{bill['id']}"))["lines"]
    assert [line["quantity"] for line in lines] == ["7", "5"]
    again = await village.post("meters", {"community_id": str(village.id), **new, "code": "W-0c"})
    assert [e["path"] for e in again.json()["errors"]] == ["replaces.code"]


@pytest.mark.parametrize(("by", "amounts"), [("count", ["50.01", "50.00"]), ("area", ["51.68", "48.33"])])
async def test_a_shared_cost_is_billed_to_the_fen(village: Village, by: str, amounts: list[str]) -> None:
    await village.standard(
        code="lift", name="电梯电费公摊", rule="shared_cost", fee_kind="shared", params={"by": by}
    )
    body = {"standard_code": "lift", "period": "2025-01", "total": {"amount": "100.01"}}
    cost = await _made(village, "shared-costs", body)
    assert (cost["total"], cost["units"]) == (cost["parts_total"], 2)
    # A unit that is told of after the split bears nothing of it.
    await tell(village.world, village.org, village.unit("50.00"))
    run = await village.bill("2025-01", "lift")
    assert sorted((yuan(b["amount"]) for b in await village.bills()), reverse=True) == amounts
    assert yuan(run["total"]) == "100.01"
    assert [(s["reason"], s["units"]) for s in run["skipped"]] == [("no_part", 1)]
    refused = await village.post("shared-costs", {"community_id": str(village.id), **body})
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.shared_cost.entered")


async def test_a_cost_of_a_standard_that_shares_nothing_is_malformed(village: Village) -> None:
    await village.standard()
    body = {"standard_code": "property", "period": "2025-01", "total": {"amount": "100.00"}}
    refused = await village.post("shared-costs", {"community_id": str(village.id), **body})
    assert (refused.status_code, refused.json()["code"]) == (422, "billing.shared_cost.invalid")


async def test_a_preview_says_what_the_run_then_does_and_stores_nothing(village: Village) -> None:
    await tell(village.world, village.org, village.unit("80.00", None))
    await village.standard("2.85")
    body = {"community_id": str(village.id), "period": "2025-01"}
    seen = (await village.post("billing-runs/preview", body)).json()
    assert await village.bills() == []
    assert (await village.get("billing-runs"))["items"] == []
    run = await village.bill("2025-01")
    for name in ("units", "billed", "skipped", "total"):
        assert seen[name] == run[name], name
    assert [b["amount"] for b in seen["bills"]] == [b["amount"] for b in await village.bills()]
    again = (await village.post("billing-runs/preview", body)).json()
    assert (again["billed"], yuan(again["total"])) == (0, "0.00")


async def test_after_a_sale_inside_the_month_each_owner_gets_a_bill(village: Village, world: World) -> None:
    unit, buyer = village.first(), uuid7()
    (old,) = [o for number, o in village.owners.items() if village.units[number] == unit]
    sold = {"person_id": str(old), "unit_id": str(unit), "role": "owner", "since": "2024-06-01", "until": "2025-01-10"}
    bought = {"person_id": str(buyer), "unit_id": str(unit), "role": "payer", "since": "2025-01-11"}
    await tell(
        world,
        village.org,
        [
            event(village.org, "relation.upserted.v1", uuid7(), data, community_id=village.id)
            for data in (sold, bought)
        ],
    )
    await village.standard("2.00")
    run = await village.bill("2025-01")
    bills = await village.bills(unit_id=str(unit))
    assert [(b["payer_id"], yuan(b["amount"])) for b in bills] == [(str(old), "64.52"), (str(buyer), "135.48")]
    assert run["billed"] == 2  # units
    assert (await village.bill("2025-01"))["billed"] == 0
    await village.proven()
