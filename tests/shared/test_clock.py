"""The two clocks: business time that can be simulated, and the machine's that cannot."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared import clock
from shared.clock import SimulatedClock

START = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_clock() -> Iterator[None]:
    before = clock.simulated()
    yield
    clock.use_simulated(before.path if before else None)


@pytest.fixture
def simulated(tmp_path: Path) -> SimulatedClock:
    made = SimulatedClock.create(tmp_path / "clock", START)
    made.stand()
    return made


def test_both_clocks_are_aware_utc() -> None:
    clock.use_simulated(None)
    assert clock.now().utcoffset() == clock.wall().utcoffset() == timedelta(0)
    assert abs(clock.now() - clock.wall()) < timedelta(seconds=5)


def test_a_standing_clock_stands_and_is_set_forward_only(simulated: SimulatedClock) -> None:
    at = simulated.now()
    assert at == simulated.now() and at - START < timedelta(seconds=5)
    simulated.set(START + timedelta(days=30))
    assert simulated.read() == (START + timedelta(days=30), False)
    with pytest.raises(ValueError, match="does not go back"):
        simulated.set(START)


def test_a_running_clock_goes_on_from_where_it_was_set(simulated: SimulatedClock) -> None:
    simulated.set(START + timedelta(days=1))
    simulated.run()
    first, running = simulated.read()
    later = simulated.now()
    assert running and START + timedelta(days=1) <= first <= later < START + timedelta(days=1, minutes=1)


def test_business_time_is_simulated_and_the_walls_time_is_not(simulated: SimulatedClock) -> None:
    clock.use_simulated(simulated.path)
    simulated.set(datetime(2025, 3, 31, 15, 59, 59, tzinfo=UTC))
    assert clock.now() == datetime(2025, 3, 31, 15, 59, 59, tzinfo=UTC)
    assert clock.wall() > datetime(2026, 1, 1, tzinfo=UTC)
    clock.use_simulated(None)
    assert clock.simulated() is None


def test_creating_twice_keeps_the_first_clock(simulated: SimulatedClock) -> None:
    again = SimulatedClock.create(simulated.path, START + timedelta(days=99))
    assert again.now() == simulated.now()


def test_a_clock_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SimulatedClock(tmp_path / "none")


def test_the_environment_names_the_clock_and_is_read_when_first_asked(simulated: SimulatedClock) -> None:
    simulated.set(datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC))
    told = subprocess.run(
        [sys.executable, "-c", "from shared import clock; print(clock.now().isoformat())"],
        env={**os.environ, "STEWARD_SIMULATED_CLOCK": str(simulated.path)},
        capture_output=True, text=True, check=True,
    )
    assert told.stdout.strip() == "2025-02-03T04:05:06+00:00"


def _watch(path: str, stop: object, found: multiprocessing.Queue[str]) -> None:
    mine, last, torn = SimulatedClock(path), START, 0
    while not stop.is_set():  # type: ignore[attr-defined]
        at = mine.now()
        torn += at < last or at.microsecond != 0
        last = at
    found.put(f"{torn} torn, last {last.isoformat()}")


def test_other_processes_see_every_step_and_never_half_of_one(simulated: SimulatedClock) -> None:
    simulated.set(START + timedelta(minutes=1))  # a whole second, as all that follow
    context = multiprocessing.get_context("fork")
    stop, found = context.Event(), context.Queue()
    watcher = context.Process(target=_watch, args=(str(simulated.path), stop, found))
    watcher.start()
    for step in range(20_000):
        simulated.set(START + timedelta(minutes=1, seconds=step * 977))
    end = simulated.now()
    stop.set()
    told = found.get(timeout=20)
    watcher.join(20)
    assert told.startswith("0 torn") and datetime.fromisoformat(told.rpartition(" ")[2]) <= end


def test_a_writer_that_died_half_way_stops_nobody(simulated: SimulatedClock) -> None:
    simulated._map[0] |= 1  # the mark of an unfinished write
    assert simulated.now() - START < timedelta(seconds=5)
    simulated._store(clock._micros(START + timedelta(days=2)), False)
    assert simulated._map[0] % 2 == 0
    assert simulated.now() == START + timedelta(days=2)


def test_reading_business_time_is_cheap(simulated: SimulatedClock) -> None:
    clock.use_simulated(simulated.path)
    began = clock.monotonic()
    for _ in range(10_000):
        clock.now()
    assert clock.monotonic() - began < 1.0  # some 2 µs each; a slow machine may take fifty times as long
