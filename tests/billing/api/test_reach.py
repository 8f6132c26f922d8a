"""Who sees what: other organisations, other communities and other people's dwellings do not exist (404)."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import event as listen

from shared.ids import uuid7
from tests.billing.village import Village, yuan
from tests.support.world import World


@pytest.fixture
async def billed(village: Village) -> Village:
    """January billed and partly paid."""
    await village.standard("2.00")
    await village.bill("2025-01")
    await village.pay("10.00", "2025-03-01")
    return village


async def paths(village: Village) -> list[str]:
    """One address of everything that can be read."""
    bill = (await village.bills(unit_id=str(village.first())))[0]
    payment = (await village.get("payments", community_id=str(village.id)))["items"][0]
    run = (await village.get("billing-runs", community_id=str(village.id)))["items"][0]
    standard = (await village.get("charge-standards", community_id=str(village.id)))["items"][0]
    return [
        f"bills/{bill['id']}",
        f"payments/{payment['id']}",
        f"accounts/{village.first()}",
        f"accounts/{village.first()}/entries",
        f"billing-runs/{run['id']}",
        f"charge-standards/{standard['id']}",
        f"collection-rates?community_id={village.id}&period=2025-Q1",
        f"collection-rates/evidence?community_id={village.id}&period=2025-Q1",
    ]


async def status(village: Village, path: str, headers: dict[str, str]) -> int:
    return (await village.api.get(f"/billing/v1/{path}", headers=headers)).status_code


async def test_another_organisation_finds_nothing(billed: Village, world: World) -> None:
    stranger = world.token("finance", await world.new_org())
    for path in await paths(billed):
        assert await status(billed, path, stranger) == 404, path
    for path in ("bills", "payments", "billing-runs", "charge-standards"):
        assert (await billed.get(path, stranger))["items"] == []


async def test_staff_of_another_region_find_nothing_and_those_of_this_one_do(billed: Village, world: World) -> None:
    other = world.token("finance", billed.org, units=[uuid7()])
    own = world.token("finance", billed.org, units=[billed.region])
    for path in await paths(billed):
        assert await status(billed, path, other) == 404, path
        assert await status(billed, path, own) == 200, path
    assert (await billed.get("bills", other))["items"] == []
    assert len((await billed.get("bills", own))["items"]) == 2
    nowhere = world.token("finance", billed.org, units=[])
    assert (await billed.get("bills", nowhere))["items"] == []


async def test_staff_of_another_region_can_neither_bill_nor_book(billed: Village, world: World) -> None:
    other = world.token("finance", billed.org, units=[uuid7()])
    run = {"community_id": str(billed.id), "standard_code": "property", "period": "2025-02"}
    assert (await billed.post("billing-runs", run, other)).status_code == 404
    assert (await billed.post("payments", billed.payment("1.00", "2025-03-01"), other)).status_code == 404
    refused = await billed.api.post(
        "/billing/v1/charge-standards",
        headers=other,
        json={
            "community_id": str(billed.id),
            "code": "x",
            "name": "x",
            "effective_from": "2025-01-01",
            "params": {"rate": "1"},
            "due_day": 1,
        },
    )
    assert refused.status_code == 404


async def test_residents_see_the_bills_of_their_own_dwelling_only(billed: Village, world: World) -> None:
    first, second = billed.units.values()
    resident = world.token("resident", billed.org, units=[first])
    bills = (await billed.get("bills", resident))["items"]
    assert {b["unit_id"] for b in bills} == {str(first)}
    assert yuan((await billed.get(f"accounts/{first}", resident))["owed"]) == "190.00"
    assert await status(billed, f"accounts/{second}", resident) == 404
    (others,) = await billed.bills(unit_id=str(second))
    assert await status(billed, f"bills/{others['id']}", resident) == 404
    assert (await billed.get("bills", resident, unit_id=str(second)))["items"] == []
    assert len((await billed.get("payments", resident))["items"]) == 1


async def test_a_unit_of_another_community_is_refused_in_a_payment(
    billed: Village, world: World, api: httpx.AsyncClient
) -> None:
    neighbour = await Village(world, billed.org, api).build(["80.00"])
    refused = await billed.post("payments", billed.payment("1.00", "2025-03-01", neighbour.first()))
    assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, ["unit_id"])
    bill = (await billed.bills())[0]
    told = [{"bill_id": bill["id"], "amount": {"amount": "1.00", "currency": "CNY"}}]
    body = neighbour.payment("1.00", "2025-03-01", allocations=told)
    refused = await neighbour.post("payments", body)
    assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, ["allocations.0.bill_id"])


@pytest.mark.parametrize(
    ("role", "path", "allowed"),
    [
        ("resident", "payments", False),
        ("engineer", "payments", False),
        ("clerk", "payments", True),
        ("clerk", "billing-runs", False),
        ("clerk", "charge-standards", False),
        ("supervisor", "billing-runs", True),
    ],
)
async def test_powers(billed: Village, world: World, role: str, path: str, allowed: bool) -> None:
    headers = world.token(role, billed.org)
    body: dict[str, object] = billed.payment("1.00", "2025-03-01")
    if path == "billing-runs":
        body = {"community_id": str(billed.id), "standard_code": "property", "period": "2025-01"}
    answer = await billed.post(path, body, headers)
    assert (answer.status_code in (201, 202)) is allowed
    assert allowed or answer.status_code == 403


async def test_without_a_token_nothing_is_said(billed: Village) -> None:
    assert (await billed.api.get("/billing/v1/bills")).status_code == 401


async def test_a_page_of_bills_takes_the_same_number_of_queries_as_one_bill(billed: Village, world: World) -> None:
    counted: list[str] = []

    def count(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("SELECT"):  # a writer may still be waking the worker beside us
            counted.append(statement)

    engine = world.runtime("billing").db.app.sync_engine
    listen.listen(engine, "before_cursor_execute", count)
    try:
        numbers = []
        for limit in (1, 2):
            counted.clear()
            await billed.get("bills", limit=limit)
            numbers.append(len(counted))
    finally:
        listen.remove(engine, "before_cursor_execute", count)
    assert numbers[0] == numbers[1] <= 3


async def test_the_feed_shows_staff_their_region_and_residents_their_dwelling(billed: Village, world: World) -> None:
    first = billed.first()
    for headers, seen in (
        (world.token("clerk", billed.org, units=[billed.region]), 2),
        (world.token("clerk", billed.org, units=[uuid7()]), 0),
        (world.token("resident", billed.org, units=[first]), 1),
    ):
        await world.drain(billed.org)
        found = await billed.get("changes", headers, after=0, types="bill.issued.v1")
        assert len(found["items"]) == seen
