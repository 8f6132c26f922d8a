"""What a day adds costs the same however many years lie behind it: statements and blocks of an update are counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.kpi.models import metadata
from services.kpi.scorecards import provisional
from shared.ids import uuid7
from tests.kpi.api.support import letter
from tests.kpi.support import Feed, local
from tests.support.world import Standing, World
from tests.ticketing.finding.growth import Cost, Meter, quiet

#: Tables that grow with the years: nothing may read one of them from beginning to end.
GROWING = ("cases", "facts", "facts_current", "feed_changes", "outbox", "feed")
#: An index of many rows is one page deeper than one of few: one block more for each row looked up in it.
DEEPER = 1.5
_PIECES = {
    "cases": {"subject": "'y' || n || t.subject", "last_on": "t.last_on - 500 - n::int % 1400"},
    "facts": {
        "id": "(lpad(to_hex($4::bigint + n), 12, '0') || '7' || substr(md5(n || t.id::text), 1, 3) "
        "|| '8' || substr(md5(t.id::text || n), 1, 15))::uuid",
        "subject": "'y' || n || t.subject",
        "on_date": "t.on_date - 100 - n::int % 1400",
    },
    "facts_current": {"subject": "'y' || n || t.subject", "on_date": "t.on_date - 100 - n::int % 1400"},
    "feed_changes": {"position": "t.position - 100000000 - n * 1000", "key": "'y' || n || t.key"},
}


@pytest.fixture
async def admin(world: World) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(world.admin_url)
    await quiet(connection, True, "kpi")
    yield connection
    await quiet(connection, False, "kpi")
    await connection.close()


async def check_again(admin: asyncpg.Connection, org: UUID, times: int) -> None:
    """Let the files of a check have been checked as often before, spread over the four years before."""
    for name in ("facts", "facts_current"):
        table = metadata.tables[f"kpi.{name}"]
        names, new = [column.name for column in table.columns], _PIECES[name]
        await admin.execute(
            f"INSERT INTO {table.fullname} ({', '.join(names)}) "
            f"SELECT {', '.join(new.get(column, f't.{column}') for column in names)} "
            f"FROM {table.fullname} t, generate_series(1, $2::bigint) n WHERE t.org_id = $1 "
            "AND t.group_key IS NOT NULL AND t.verdict <> 'never_checked' AND t.on_date = $3::date AND $4::bigint > 0",
            *(org, times, local(3, 5).date(), int(local(2, 1).timestamp() * 1000)),
            timeout=600,
        )


async def grow(admin: asyncpg.Connection, org: UUID, seed: str, start: int, end: int) -> None:
    """Let there be copies of a case with all its facts and feed rows, spread over the four years before."""
    for name, new in _PIECES.items():
        table = metadata.tables[f"kpi.{name}"]
        names = [column.name for column in table.columns]
        only = "t.key LIKE '%' || $5 || '%'" if name == "feed_changes" else "t.subject = $5"
        await admin.execute(
            f"INSERT INTO {table.fullname} ({', '.join(names)}) "
            f"SELECT {', '.join(new.get(column, f't.{column}') for column in names)} "
            f"FROM {table.fullname} t, generate_series($2::bigint, $3::bigint) n "
            f"WHERE t.org_id = $1 AND {only} AND $4::bigint > 0",
            *(org, start, end, int(local(1, 1).timestamp() * 1000), seed),
            timeout=600,
        )
    for name in GROWING:
        await admin.execute(f"VACUUM ANALYZE kpi.{name}", timeout=600)


async def costs(
    world: World, api: httpx.AsyncClient, feed: Feed, signed: dict[str, Any], meter: Meter
) -> dict[str, Cost]:
    """A page of mixed events, the value they change, and the night's card."""
    org = feed.org

    async def page() -> None:
        for minute in range(5):
            feed.complaint(local(3, 7, 9, minute), responds_after=timedelta(minutes=minute), mark=90)
            feed.bill(10_000, "2025-03-31", [(10_000, "2025-03-07")])
        await feed.apply()

    async def value() -> None:
        path = "/kpi/v1/indicators/complaint.handling.timeliness.rate/value"
        query = {"period": "2025-Q1", "community_id": str(feed.community)}
        answer = await api.get(path, params=query, headers=world.token("gm", org))
        assert answer.status_code == 200, answer.text

    async def night() -> None:
        async with world.runtime("kpi").db.tx(org) as tx:
            await provisional.refresh(tx, UUID(signed["id"]))

    acts = {"page": page, "value": value, "night": night}
    return {name: await meter.cost(act, times=3, warm=7) for name, act in acts.items()}


@pytest.mark.parametrize(("few", "many"), [(1_000, 10_000), pytest.param(5_000, 200_000, marks=pytest.mark.full)])
async def test_a_days_update_costs_the_same_after_months_and_after_years(
    world: World,
    api: httpx.AsyncClient,
    admin: asyncpg.Connection,
    standing: Callable[[datetime], Standing],
    few: int,
    many: int,
) -> None:
    standing(local(3, 20))
    org = await world.new_org()
    meter = Meter(world.runtime("kpi"), admin, GROWING)
    found = []
    try:
        for size in (few, many):
            # A community of its own for each length, so that the quarter itself is as long in both.
            feed = Feed(world, org if size == few else await world.new_org())
            feed.register()
            seed = feed.complaint(local(3, 3), responds_after=timedelta(minutes=5), mark=90)
            await feed.apply()
            files = [uuid7() for _ in range(5)]
            feed.files(files, local(1, 2))
            feed.check(local(3, 5), [(id_, True, True) for id_ in files])
            await feed.apply()
            # Defined by the parties otherwise than by default, so that its cases are judged anew each night.
            signed = await letter(api, world, feed, parameters={"satisfied_from": "70"})
            async with world.runtime("kpi").db.tx(feed.org) as tx:
                await provisional.refresh(tx, UUID(signed["id"]))
            await check_again(admin, feed.org, size // 10)
            await grow(admin, feed.org, str(seed), 1, size)
            found.append(await costs(world, api, feed, signed, meter))
    finally:
        meter.close()
        for name in GROWING:
            await admin.execute(f"DELETE FROM kpi.{name} WHERE org_id = $1", org)
    short, long = found
    assert {name: cost.read_through for name, cost in long.items()} == dict.fromkeys(long, ())
    assert {name: cost.statements for name, cost in long.items()} == {
        name: cost.statements for name, cost in short.items()
    }
    print({name: (short[name].blocks, cost.blocks) for name, cost in long.items()})
    for name, cost in long.items():
        assert cost.blocks <= DEEPER * short[name].blocks, (name, short[name], cost)
