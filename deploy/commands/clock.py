"""`steward clock`: what time the simulated stack believes it is, and moving it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from deploy.local.clockwork import Clockwork
from deploy.local.folder import DataFolder
from deploy.local.when import duration, instant, shown


def now(data: Path) -> None:
    """Print the business instant, of a running stack on either clock."""
    from shared import clock

    state = DataFolder(data).running()
    print(shown(Clockwork(state).now() if state.get("simulated_clock") else clock.wall()))


def advance(data: Path, by: str, step: str) -> None:
    """Move forward by a duration such as 2h; prints the new instant."""

    async def move() -> None:
        async with Clockwork(DataFolder(data).running()) as clockwork:
            print(shown(await clockwork.advance(duration(by), duration(step))))

    asyncio.run(move())


def to(data: Path, target: str, step: str) -> None:
    """Move forward to an instant; prints it."""

    async def move() -> None:
        async with Clockwork(DataFolder(data).running()) as clockwork:
            print(shown(await clockwork.to(instant(target), duration(step))))

    asyncio.run(move())
