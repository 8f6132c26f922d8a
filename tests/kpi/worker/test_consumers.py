"""Events into facts on real Postgres: in runs, once, with every version kept, and whatever the page size."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from services.kpi.models import cases, facts, facts_current
from tests.kpi.support import Feed, local, z
from tests.support.world import World

HANDLING = "complaint.handling.timeliness.rate"


async def value(
    api: httpx.AsyncClient, world: World, feed: Feed, code: str, period: str = "2025-Q1", **query: str
) -> dict[str, Any]:
    params = {"period": period, "community_id": str(feed.community), **query}
    answer = await api.get(f"/kpi/v1/indicators/{code}/value", params=params, headers=world.token("qa", feed.org))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def counted(world: World, org: UUID, table: Any, *where: Any) -> int:
    async with world.runtime("kpi").db.read(org) as tx:
        found: int = await tx.scalar(select(func.count()).select_from(table).where(table.c.org_id == org, *where))
        return found


@pytest.mark.parametrize("page", [1000, 7, 1])
async def test_values_do_not_depend_on_how_the_feed_is_cut_into_pages(
    api: httpx.AsyncClient, world: World, org: UUID, page: int
) -> None:
    feed = Feed(world, org)
    feed.register()
    feed.complaint(local(3, 7), responds_after=timedelta(minutes=10), mark=90)
    feed.complaint(local(3, 8), responds_after=timedelta(minutes=11), mark=70, by_call=True)
    feed.bill(10_000, "2025-01-31", [(4_000, "2025-02-01"), (1_000, "2025-04-01")], prepaid=500)
    await feed.apply(page)
    handling = await value(api, world, feed, HANDLING)
    assert (handling["numerator"], handling["denominator"], handling["cases"]) == ("1", "2", {"met": 1, "late": 1})
    rating = await value(api, world, feed, "complaint.resolution.satisfaction.rate")
    assert (rating["numerator"], rating["denominator"]) == ("1", "2")
    money = await value(api, world, feed, "fee.collection.quarter.rate")
    assert (money["numerator"], money["denominator"], money["value"]) == ("40", "100", "40.00")
    assert money["beside"] == {"credited_after_quarter": "10", "prepayment": "5"}


async def test_a_fact_that_does_not_change_leaves_no_version(world: World, org: UUID) -> None:
    feed = Feed(world, org)
    feed.register()
    feed.complaint(local(3, 7), responds_after=timedelta(minutes=5), mark=90)
    await feed.apply()
    versions = await counted(world, org, facts, facts.c.indicator == HANDLING)
    standing = await counted(world, org, facts_current, facts_current.c.indicator == HANDLING)
    assert standing == 1
    # created, responded, planned, handler named; clock events tell nothing that the acts did not
    assert versions <= 6


async def test_as_of_a_past_moment_answers_what_could_be_known_then(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed = Feed(world, org)
    feed.register()
    feed.complaint(local(3, 7, 9), responds_after=timedelta(minutes=11), mark=None)
    await feed.apply()
    states = {}
    for minute in (0, 9, 10, 30):
        moment = z(local(3, 7, 9, minute))
        states[minute] = (await value(api, world, feed, HANDLING, as_of=moment))["cases"]
    assert states == {0: {"within_limit": 1}, 9: {"within_limit": 1}, 10: {"late": 1}, 30: {"late": 1}}


async def test_an_emergency_leaves_no_case(world: World, org: UUID) -> None:
    feed = Feed(world, org)
    feed.register()
    base = {"kind": "emergency", "number": "R1", "unit_id": None, "reporter_id": None}
    feed.tell(
        "ticket.created.v1", local(3, 7), {**base, "urgency": "normal", "received_at": z(local(3, 7)), "clocks": []}
    )
    feed.tell("revisit.done.v1", local(3, 7), {"revisit_id": "x", "ticket_id": "y", "outcome": "reached", "rating": 90})
    await feed.apply()
    assert await counted(world, org, cases) == 0


async def test_an_event_that_makes_no_sense_is_parked_and_the_rest_goes_on(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed = Feed(world, org)
    feed.register()
    feed.complaint(local(3, 7), responds_after=timedelta(minutes=5), mark=90)
    broken = {
        "kind": "complaint",
        "number": "C",
        "unit_id": None,
        "reporter_id": None,
        "received_at": "soon",
        "clocks": [],
    }
    feed.tell("ticket.created.v1", local(3, 7), broken)
    feed.complaint(local(3, 8), responds_after=timedelta(minutes=5), mark=90)
    await feed.apply()
    assert (await value(api, world, feed, HANDLING))["denominator"] == "2"
    async with world.runtime("kpi").db.read(org) as tx:
        assert await tx.raw.fetchval("SELECT count(*) FROM kpi.parked_events WHERE org_id = $1", org) == 1


async def test_a_bill_heard_before_its_community_still_counts(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    feed = Feed(world, org)
    feed.bill(10_000, "2025-01-31", [(10_000, "2025-01-20")])
    await feed.apply()
    feed.register()
    await feed.apply()
    assert (await value(api, world, feed, "fee.collection.quarter.rate"))["value"] == "100.00"


async def test_values_add_up_over_an_org_unit_and_stop_at_its_walls(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    first, second = Feed(world, org), Feed(world, org)
    for feed, paid in ((first, 10_000), (second, 5_000)):
        feed.register()
        feed.bill(10_000, "2025-01-31", [(paid, "2025-01-20")])
        await feed.apply()
    query = {"period": "2025-Q1"}
    path = "/kpi/v1/indicators/fee.collection.quarter.rate/value"
    whole = await api.get(path, params=query, headers=world.token("gm", org))
    assert whole.json()["value"] == "75.00"
    elsewhere = world.token("gm", org, units=[UUID(int=5)])
    assert (await api.get(path, params=query, headers=elsewhere)).status_code == 404
    scoped = {**query, "community_id": str(first.community)}
    assert (await api.get(path, params=scoped, headers=elsewhere)).status_code == 404
    stranger = world.token("gm", await world.new_org())
    assert (await api.get(path, params=scoped, headers=stranger)).status_code == 404
