"""What a request costs does not grow with the years: the same statements and blocks among few cases and among many."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared import clock
from shared.messaging import feed, sequencer
from shared.runtime import Runtime
from shared.timers import firing
from tests.support.world import World
from tests.ticketing.cases import Desk
from tests.ticketing.conftest import new_org
from tests.ticketing.finding.growth import Cost, Meter, Years, quiet
from tests.ticketing.support import Register

#: An index of a million rows is one page deeper than one of ten thousand: one block more for each row looked up in it.
DEEPER = 1.5
#: A page of promises takes whole those that are due at the same moment, which differ between the halves.
DEEPEST = {"promises": 2.5}
DUE = 20


@pytest.fixture
async def admin(world: World) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(world.admin_url)
    await quiet(connection, True)
    yield connection
    await quiet(connection, False)
    await connection.close()


@pytest.fixture
async def settled(world: World) -> Desk:
    assert world.client is not None
    register = Register(world, world.client, await new_org(world))
    return Desk(register, await register.community("G", dwellings=4))


async def stamp_all(rt: Runtime) -> None:
    """Give all waiting events their position: a worker never lets most of a feed wait, other tests do."""
    for org in await sequencer.organisations_waiting(rt.db):
        while await sequencer.stamp(rt.db, org):
            pass


async def costs(desk: Desk, meter: Meter, admin: asyncpg.Connection) -> dict[str, Cost]:
    """What people and the worker do all day, each measured."""
    register, rt = desk.register, meter.rt
    opened = [await desk.ticket(summary="水箱渗水") for _ in range(60)]
    await register.world.drain(register.org, timers=False)
    one = opened[-1]["id"]
    head = await admin.fetchval("SELECT head FROM ticketing.feed_heads WHERE org_id = $1", register.org)
    turns = itertools.count()

    async def get(path: str, **query: Any) -> None:
        answer = await register.get(path, desk.staff("supervisor"), **query)
        assert answer.status_code == 200, answer.text
        assert answer.json().get("items") != []

    async def respond() -> None:
        await desk.do(opened[next(turns)], "respond", note="已致电")

    async def make_due() -> None:
        ids = [UUID((await desk.ticket())["id"]) for _ in range(DUE)]
        await admin.execute(
            "UPDATE ticketing.timers SET fire_at = $3 WHERE org_id = $1 AND subject_id = ANY($2::uuid[]) "
            "AND kind = 'complaint.response'",
            *(register.org, ids, clock.now() - timedelta(seconds=1)),
        )

    async def fire() -> None:
        assert register.org in await firing.organisations_due(rt, clock.now())
        assert await firing.fire_due(rt, register.org, clock.now()) == DUE

    async def follow() -> None:
        async with meter.rt.db.read(register.org) as tx:
            assert await feed.read(tx, after=head - 50, types=["ticket.created.v1"], limit=20)

    async def stamp() -> None:
        assert register.org in await sequencer.organisations_waiting(rt.db)
        assert await sequencer.stamp(rt.db, register.org) is not None

    turn: dict[str, tuple[Callable[[], Awaitable[object]], dict[str, Any]]] = {
        "list": (lambda: get("/tickets", limit=50, clocks="true"), {}),
        "list of words": (lambda: get("/tickets", limit=50, q="水箱渗水"), {}),
        "ticket": (lambda: get(f"/tickets/{one}"), {}),
        "clocks": (lambda: get(f"/tickets/{one}/clocks"), {}),
        "entries": (lambda: get(f"/tickets/{one}/entries"), {}),
        "promises": (lambda: get("/promises", limit=50), {}),
        "search": (lambda: get("/search", q="水箱渗水", types="ticket"), {}),
        "intake": (lambda: desk.ticket(), {}),
        "command": (respond, {}),
        "timers": (fire, {"warm": 1, "times": 1, "before": make_due}),
        "feed": (follow, {}),
        "sequencer": (stamp, {"warm": 1, "times": 1, "before": lambda: desk.ticket()}),
    }
    return {name: await meter.cost(act, **options) for name, (act, options) in turn.items()}


@pytest.mark.parametrize(
    ("few", "many"), [(4_000, 40_000), pytest.param(10_000, 1_000_000, marks=pytest.mark.full)]
)
async def test_a_request_costs_the_same_among_few_cases_and_among_many(
    world: World, settled: Desk, admin: asyncpg.Connection, few: int, many: int
) -> None:
    desk = settled
    first = await desk.ticket()
    await world.drain(desk.register.org, timers=False)
    years = Years(admin, desk.register.org, UUID(first["id"]))
    meter = Meter(world.runtime("ticketing"), admin)
    await stamp_all(meter.rt)
    try:
        await years.crowd()
        await years.grow(few)
        before = await costs(desk, meter, admin)
        await years.grow(many)
        after = await costs(desk, meter, admin)
    finally:
        meter.close()
        await years.forget()
    told = {name: [before[name].statements, after[name].statements, before[name].blocks, after[name].blocks]
            for name in before}  # fmt: skip
    print(json.dumps({"few": few, "many": many, "statements, blocks": told}))
    for name, cost in after.items():
        assert cost.read_through == (), (name, cost)
        assert cost.statements == before[name].statements, (name, before[name], cost)
        assert cost.blocks <= before[name].blocks * DEEPEST.get(name, DEEPER) + 8, (name, before[name], cost)
