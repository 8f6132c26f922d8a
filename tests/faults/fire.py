"""When a killer strikes: at seeded moments of the play, half of them among requests, half while the clock moves.

Moments are counted in the play's own steps and not in seconds, so that a faster machine is hit as hard.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from shared.faults import POINTS
from tests.faults.killer import API, POSTGRES, REDIS, SESSION, WORKER, Killer

#: Fifty in all.
STRIKES = {WORKER: 14, API: 12, SESSION: 10, POSTGRES: 8, REDIS: 6}
#: That many while the register is entered, each within this many answers.
EARLY, EARLY_WITHIN = 4, 28
_LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Moment:
    """After `answers` answers of a part of the play, or at the `stop`-th stop of the clock; then `pause` seconds."""

    part: str
    count: float
    pause: float


def moments(seed: int, number: int, stops: int) -> list[Moment]:
    """As many moments as there are strikes, by a seed."""
    random = Random(f"moments {seed}")
    late = number - EARLY
    found = [Moment("register", random.randrange(2, EARLY_WITHIN), random.random() * 0.3) for _ in range(EARLY)]
    found += [Moment("answers", random.uniform(0.01, 0.98), random.random() * 0.3) for _ in range(late // 2)]
    chosen = random.sample(range(1, stops - 1), late - late // 2)
    found += [Moment("stop", stop, random.random()) for stop in chosen]
    return found


class Fire:
    """Takes the place of the demo's progress bar, and so hears of each answer and each stop."""

    def __init__(self, killer: Killer | None, faults: Path, seed: int, stops: int) -> None:
        self.killer = killer
        self.faults = faults
        self.seconds: dict[str, float] = {}
        self._seed = seed
        self._stops = stops
        self._answers = 0
        self._registered: int | None = None
        self._expected = 0
        self._stop = -1

    # --- what the player calls

    def say(self, sentence: str) -> None:
        """A new stop, or another part of the play."""
        if self._registered is not None:
            self._stop += 1

    def expect(self, requests: int) -> None:
        """The register is in; that many requests follow."""
        self._registered, self._expected = self._answers, requests

    def advance(self) -> None:
        """An answer."""
        self._answers += 1

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Machine seconds of a part."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            yield
        finally:
            self.seconds[part] = round(self.seconds.get(part, 0.0) + loop.time() - began, 1)

    # --- what the killer does

    async def burn(self) -> None:
        """Strike at all moments, each kind as often as STRIKES says, and arm each named point once."""
        assert self.killer is not None
        random = Random(f"strikes {self._seed}")
        kinds = [kind for kind, times in STRIKES.items() for _ in range(times)]
        random.shuffle(kinds)
        acts: list[Callable[[], Awaitable[None]]] = [lambda kind=kind: self.killer.strike(kind) for kind in kinds]  # type: ignore[misc,union-attr]
        at = moments(self._seed, len(acts), self._stops)
        acts += [lambda point=point: self._arm(point) for point in POINTS]  # type: ignore[misc]
        at += [Moment("answers", random.uniform(0.05, 0.8), 0.0) for _ in POINTS]
        async with asyncio.TaskGroup() as group:
            for moment, act in zip(at, acts, strict=True):
                group.create_task(self._wait_and(moment, act))

    async def _wait_and(self, moment: Moment, act: Callable[[], Awaitable[None]]) -> None:
        while not self._reached(moment):
            await asyncio.sleep(_LOOK_SECONDS)
        await asyncio.sleep(moment.pause)
        await act()

    def _reached(self, moment: Moment) -> bool:
        if moment.part == "register":
            return self._answers >= moment.count
        if self._registered is None:
            return False
        if moment.part == "answers":
            return self._answers - self._registered >= moment.count * self._expected
        return self._stop >= moment.count

    async def _arm(self, point: str) -> None:
        (self.faults / point).touch()
