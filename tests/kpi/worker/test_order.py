"""Whatever order events of different cases come in, however often a page is told, the numbers are the same; and what
communities have adds up to what their org units have.

Through the real consumers, over real facts. A source keeps the order of one subject's events; nothing else is promised.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.access import Community
from services.kpi.consumers import SUBSCRIPTIONS
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.numbers import exact
from services.kpi.domain.times import SHANGHAI
from services.kpi.facts import values
from shared.contracts.envelope import Event
from shared.ids import uuid7
from shared.messaging import puller
from shared.periods import Period
from tests.kpi.api.test_each_document import calls, complaint, dunned, fire, homes, repair, visits
from tests.kpi.support import Feed, local
from tests.support.world import World

PERIODS = [Period.parse(text) for text in ("2025-Q1", "2025-03", "2025")]


def everything(feed: Feed) -> list[Event]:
    """Cases of every kind that kpi judges, in and out of time."""
    feed.register()
    feed.quarter(scale=10)
    for act in (calls, visits, fire, dunned):
        act(feed)
    complaint(feed, late=True, major=True)
    complaint(feed, valid=False, called=False)
    repair(feed, timedelta(hours=2), accepted=False)
    repair(feed, timedelta(hours=25), accepted=True)
    homes(feed, 3, 4)
    told, feed.told = feed.told, []
    return told


def shuffled(told: list[Event], random: Random) -> list[Event]:
    """Another order that keeps that of each subject's events."""
    by_subject: dict[UUID, list[Event]] = {}
    for event in told:
        by_subject.setdefault(event.subject, []).append(event)
    order = [event.subject for event in told]
    random.shuffle(order)
    queues = {subject: iter(events) for subject, events in by_subject.items()}
    return [next(queues[subject]) for subject in order]


async def hand_over(world: World, org: UUID, told: list[Event], random: Random, again: float) -> None:
    """Page by page of any size, source by source as they happen to come; some pages more than once."""
    kpi = world.runtime("kpi")
    while told:
        size = random.randint(1, 60)
        page, told = told[:size], told[size:]
        for source in random.sample(("ticketing", "billing"), 2):
            events = [event for event in page if event.source == source]
            for _ in range(2 if random.random() < again else 1):
                async with kpi.db.tx(org) as tx:
                    await puller.apply(tx, source, SUBSCRIPTIONS[source], events)


async def numbers(world: World, org: UUID, communities: list[UUID]) -> list[Any]:
    """Every indicator of every community in some periods, with how its cases were used."""
    places = [Community(id_, "", [org], SHANGHAI) for id_ in communities]
    found: list[Any] = []
    async with world.runtime("kpi").db.tx(org) as tx:
        assert await tx.raw.fetchval("SELECT count(*) FROM kpi.parked_events WHERE org_id = $1", org) == 0
        for period in PERIODS:
            for place in places:
                known = await values.standing_values(tx, list(indicators()), [place], period)
                found.append(
                    {
                        code: (one.measurement.reading, dict(one.measurement.verdicts), dict(one.measurement.beside))
                        for code, one in known.items()
                    }
                )
    return found


@pytest.mark.parametrize("seed", range(2))
async def test_neither_order_nor_repetition_of_events_changes_a_number(world: World, org: UUID, seed: int) -> None:
    feed, random = Feed(world, org), Random(seed)
    told = everything(feed)
    await hand_over(world, org, list(told), random, again=0)
    expected = await numbers(world, org, [feed.community])
    assert sum(reading.measured for reading, _, _ in expected[0].values()) > 30
    other = await world.new_org()
    # The same events in another organisation: other order, other pages, half of the pages twice.
    anew = [Event(**{**_fields(event), "org_id": other}) for event in shuffled(told, random)]
    await hand_over(world, other, anew, random, again=0.5)
    found = await numbers(world, other, [feed.community])
    differing = [
        (code, before[code], after[code])
        for before, after in zip(expected, found, strict=True)
        for code in before
        if before[code] != after[code]
    ]
    assert differing == []


def _fields(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__dataclass_fields__}


async def test_what_communities_have_adds_up_to_what_their_org_units_have(
    world: World, org: UUID, api: httpx.AsyncClient
) -> None:
    """Two branches, five communities: each branch is the sum of its own, and the organisation that of both."""
    random = Random(7)
    branches = [uuid7(), uuid7()]
    under: dict[UUID, list[UUID]] = {branch: [] for branch in branches}
    admin = Feed(world, org)
    for branch in branches:
        unit = {"name": "分公司", "kind": "branch", "path": [str(org), str(branch)]}
        admin.tell("org_unit.upserted.v1", local(1, 1), unit, branch)
    await admin.apply()
    for n in range(5):
        feed, branch = Feed(world, org), branches[n % 2]
        feed.register(f"小区{n}", [branch])
        for _ in range(random.randint(1, 4)):
            complaint(feed, late=random.random() < 0.5, called=random.random() < 0.5)
            repair(feed, timedelta(hours=random.choice((2, 25))), accepted=random.random() < 0.5)
            feed.bill(random.randint(1, 10_000_000), "2025-01-31", [(random.randint(1, 100_000), "2025-01-20")])
        homes(feed, random.randint(0, 3), 4)
        calls(feed)
        await feed.apply()
        under[branch].append(feed.community)
    query, gm = {"period": "2025-Q1"}, world.token("gm", org)

    async def shares(code: str, **scope: str) -> tuple[Fraction, Fraction] | None:
        answer = await api.get(f"/kpi/v1/indicators/{code}/value", params={**query, **scope}, headers=gm)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        return None if told["state"] != "measured" else (exact(told["numerator"]), exact(told["denominator"] or "0"))

    def added(parts: list[Any]) -> Any:
        there = [part for part in parts if part is not None]
        return tuple(sum(column) for column in zip(*there, strict=True)) if there else None

    measured = 0
    for code in indicators():
        whole = await shares(code)
        parts = []
        for branch, communities in under.items():
            own = await shares(code, org_unit_id=str(branch))
            assert own == added([await shares(code, community_id=str(id_)) for id_ in communities]), code
            parts.append(own)
        assert whole == added(parts), code
        measured += whole is not None
    assert measured > 12
