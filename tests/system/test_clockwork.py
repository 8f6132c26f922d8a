"""Moving the simulated clock over real tables: where it stops, what it waits for, and that it never goes
back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.local.clockwork import Clockwork
from deploy.local.failures import NotReady, Unsuitable
from deploy.local.when import duration, instant, shown
from shared.clock import SimulatedClock
from shared.ids import uuid7
from tests.support.servers import Servers, own_database

START = datetime(2025, 3, 1, 0, 0, tzinfo=UTC)
TIMER = (
    "INSERT INTO ticketing.timers (org_id, id, kind, subject_id, fire_at, state, attempts, payload, request_id) "
    "VALUES ($1, $2, 'test', $2, $3, 'pending', 0, '{}', '')"
)


class Bench:
    """A clock, the tables of the run's database, and a stand-in for the worker that fires what is due."""

    def __init__(self, clockwork: Clockwork, connection: Any) -> None:
        self.clockwork = clockwork
        self.connection = connection
        self.org = uuid7()
        self.fired: list[tuple[datetime, datetime]] = []

    async def timer(self, at: datetime) -> None:
        await self.connection.execute(TIMER, self.org, uuid7(), at)

    async def worker(self) -> None:
        """Fires in the order of due times and notes (due, the clock's instant); a due time of 09:00 sets
        another."""
        while True:
            due = await self.connection.fetch(
                "DELETE FROM ticketing.timers WHERE org_id = $1 AND fire_at <= $2 RETURNING fire_at",
                self.org,
                self.clockwork.now(),
            )
            self.fired += sorted((row["fire_at"], self.clockwork.now()) for row in due)
            await asyncio.sleep(0.005)


@pytest.fixture
async def bench(servers: Servers, tmp_path: Path) -> AsyncIterator[Bench]:
    SimulatedClock.create(tmp_path / "clock", START).stand()
    # Quiet is said of a whole database, and other tests leave work behind in theirs.
    database = await own_database(servers)
    connection = await asyncpg.connect(database)
    state = {
        "simulated_clock": str(tmp_path / "clock"),
        "urls": {"database": database},
        "subscriptions": {"billing": ["ticketing"], "kpi": ["ticketing", "billing"]},
    }
    async with Clockwork(state) as clockwork:
        found = Bench(clockwork, connection)
        yield found
    await connection.close()


@asynccontextmanager
async def working(bench: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(bench.worker())
    try:
        yield
    finally:
        task.cancel()


async def test_advance_stops_at_due_times_grouped_within_the_step(bench: Bench) -> None:
    """09:00, 09:40 and 10:00 are one stop of an hour, at the last of them; 14:00 is the next."""
    for hours in (9.0, 9.0 + 2 / 3, 10.0, 14.0):
        await bench.timer(START + timedelta(hours=hours))
    async with working(bench):
        assert await bench.clockwork.to(START + timedelta(days=1)) == START + timedelta(days=1)
    assert [due for due, _ in bench.fired] == sorted(due for due, _ in bench.fired)
    assert {at for _, at in bench.fired} == {START + timedelta(hours=10), START + timedelta(hours=14)}


async def test_a_step_of_nothing_stops_at_each(bench: Bench) -> None:
    for minutes in (10, 20, 30):
        await bench.timer(START + timedelta(minutes=minutes))
    async with working(bench):
        await bench.clockwork.to(START + timedelta(hours=1), timedelta())
    assert [due for due, _ in bench.fired] == [at for _, at in bench.fired]


async def test_what_lies_beyond_the_target_stays(bench: Bench) -> None:
    await bench.timer(START + timedelta(hours=3))
    async with working(bench):
        await bench.clockwork.advance(timedelta(hours=2))
    assert bench.fired == []


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("INSERT INTO ticketing.feed (org_id, id) VALUES ($1, $1)", "without position"),
        (
            "INSERT INTO ticketing.jobs (org_id, id, kind, payload, state, run_at, attempts, request_id) "
            "VALUES ($1, $1, 'send', '{}', 'running', '2025-01-01Z', 1, '')",
            "jobs",
        ),
        ("INSERT INTO ticketing.feed_heads (org_id, head) VALUES ($1, 3)", "behind ticketing"),
    ],
)
async def test_it_is_not_quiet_while_something_is_under_way(bench: Bench, statement: str, word: str) -> None:
    await bench.connection.execute(statement, bench.org)
    with pytest.raises(NotReady, match=word):
        await bench.clockwork.quiet(patience=0.1)


async def test_it_is_quiet_when_every_follower_is_at_the_head(bench: Bench) -> None:
    await bench.connection.execute("INSERT INTO ticketing.feed_heads (org_id, head) VALUES ($1, 3)", bench.org)
    for service in ("billing", "kpi"):
        assert await bench.clockwork.waiting() != []
        await bench.connection.execute(
            f"INSERT INTO {service}.cursors (org_id, source, position, head_heard, heard_at) "
            "VALUES ($1, 'ticketing', 3, 3, '2025-01-01Z')",
            bench.org,
        )
    await bench.clockwork.quiet(patience=1)


async def test_the_clock_never_goes_back_and_stands_or_runs_as_before(bench: Bench) -> None:
    with pytest.raises(Unsuitable):
        await bench.clockwork.to(START - timedelta(seconds=1))
    bench.clockwork.clock.run()
    await bench.clockwork.advance(timedelta(hours=1))
    assert bench.clockwork.running()
    assert bench.clockwork.now() >= START + timedelta(hours=1)


def test_a_stack_on_the_real_clock_is_not_moved() -> None:
    with pytest.raises(Unsuitable):
        Clockwork({"simulated_clock": None, "urls": {"database": ""}})


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-01-01", "2024-12-31T16:00:00Z"),
        ("2025-01-01T08:30", "2025-01-01T00:30:00Z"),
        ("2025-01-01T08:30Z", "2025-01-01T08:30:00Z"),
    ],
)
def test_instants_without_a_zone_are_local(text: str, at: str) -> None:
    assert shown(instant(text)) == at


@pytest.mark.parametrize(("text", "minutes"), [("2h", 120), ("90m", 90), ("1d", 1440), ("1h30m", 90), ("120s", 2)])
def test_durations(text: str, minutes: int) -> None:
    assert duration(text) == timedelta(minutes=minutes)
