"""A post's day is told once it is over, gap or not, and where it counts (A-219, A-220)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tests.support.world import Standing
from tests.ticketing.rosters.test_rosters import desk, local, roster, shift
from tests.ticketing.staff.support import Company

Clock = Callable[[datetime], Standing]


async def test_a219_a220_each_day_is_told_with_the_community_that_its_org_unit_serves(
    company: Company, standing: Clock
) -> None:
    clock = standing(local(6))
    place = await company.register.community("E-1", unit="E")
    post = await desk(company)
    await roster(company, shift("ann", 8, 14), shift("bob", 14, 20))
    await company.done(f"/posts/{post['id']}/checks", "boss", day="2025-03-07")
    clock.to(local(20))
    await company.register.fire_timers()
    clock.to(local(20, 8))
    await company.register.fire_timers()
    told = await company.register.events("roster.gap.v1", "roster.checked.v1")
    assert {e["community_id"] for e in told} == {place.id}
    assert [(e["data"]["day"][-1], e["data"].get("minutes")) for e in told] == [("7", 0), ("7", None), ("8", 720)]


async def test_a_post_of_several_communities_counts_in_none_of_them(company: Company, standing: Clock) -> None:
    clock = standing(local(6))
    for code in ("E-1", "E-2"):
        await company.register.community(code, unit="E")
    await desk(company)
    clock.to(local(20))
    await company.register.fire_timers()
    (event,) = await company.register.events("roster.gap.v1")
    assert (event["community_id"], event["data"]["minutes"]) == (None, 720)
