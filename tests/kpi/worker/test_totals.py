"""Values that the database adds are those that the cases give one by one, whatever the period and the indicator."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.kpi.access import Community
from services.kpi.domain.catalogue import indicators
from services.kpi.facts import values
from shared.ids import uuid7
from shared.periods import Period
from tests.kpi.support import Feed, local
from tests.support.world import World

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("period", ["2025-Q1", "2025-01", "2025-03", "2024-Q4", "2025"])
async def test_what_the_database_adds_is_what_the_cases_give(world: World, org: UUID, period: str) -> None:
    """AMB-098, AMB-109, AMB-113: hazards left over from before; cases inside their limit; files never checked,
    checked twice and on the day they came on the register, and checked without an entry there; a question nobody put
    (AMB-008)."""
    feed, other = Feed(world, org), Feed(world, org)
    feed.quarter(scale=200)
    feed.complaint(local(3, 31, 23, 30), responds_after=timedelta(minutes=5), mark=90)
    feed.check(local(2, 20), [(uuid7(), True, True)])
    late = [uuid7() for _ in range(4)]
    feed.check(local(2, 10), [(late[0], True, False)])
    feed.files(late, local(2, 20))
    feed.check(local(2, 20, 15), [(late[1], True, True), (late[2], False, True)])
    feed.check(local(2, 20, 16), [(late[1], False, True)])
    other.register("另一小区")
    other.files([uuid7() for _ in range(3)], local(2, 1))
    other.complaint(local(3, 2), responds_after=timedelta(minutes=5), mark=None)
    for n in range(12):
        found = local(1, 5) + timedelta(days=7 * n) - timedelta(days=30 * (n % 3))
        done = found + timedelta(days=5 * n) if n % 4 else None
        feed.hazard(found, done, level=("1_leak", "1", "2", "3")[n % 4], party=("company", "user")[n % 2])
    other.hazard(local(1, 2), None, level="2")
    for one in (feed, other):
        await one.apply()
    places, at = [Community(one.community, "", [org], ZONE) for one in (feed, other)], Period.parse(period)
    async with world.runtime("kpi").db.tx(org) as tx:
        summed = await values.sums(tx, None, places, at, everywhere=True)
        for place in places:
            expected = await values.standing_values(tx, list(indicators()), [place], at)
            assert summed[place.id] == {code: value.measurement.reading for code, value in expected.items()}
            codes = [*list(indicators())[::2], "archive.update.monthly.rate"]
            some = await values.sums(tx, codes, [place], at)
            assert some == {place.id: {code: summed[place.id][code] for code in codes}}
