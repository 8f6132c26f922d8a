"""Moving the simulated clock: forward only, stopping where something is due, and waiting for quiet at each
stop.

Quiet is one look at the four schemas in one statement: no due timer, no event without its position, every
subscriber at the head of every feed it follows, no job ready or running. Effects, events and cursors are
committed together, so one such look is enough. A database that is being restarted is not quiet: it is asked
again.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from deploy.local.failures import NotReady, Unsuitable
from deploy.local.when import shown
from shared.settings import SERVICES

POLL_SECONDS = 0.02
_PATIENCE = 180.0
_STEP = timedelta(hours=1)


class Clockwork:
    """The clock of a running stack, given its state (`DataFolder.running()`). Use as `async with`.

    Raises Unsuitable for a stack on the real clock, NotReady when the stack does not come to rest.
    """

    def __init__(self, state: Mapping[str, Any], outside: Callable[[], int] = lambda: 0) -> None:
        """`outside` counts what is under way to the stack from elsewhere, such as a provider's reports."""
        from shared.clock import SimulatedClock

        file = state.get("simulated_clock")
        if not file:
            raise Unsuitable(
                "这个 Steward 使用真实时钟；请用 steward up --simulated-clock 启动。",
                "This Steward runs on the real clock; start one with `steward up --simulated-clock START`.",
            )
        self.clock = SimulatedClock(Path(file))
        self._url: str = state["urls"]["database"]
        self._follows: Mapping[str, Sequence[str]] = state.get("subscriptions") or {}
        self._connection: Any = None
        self._outside = outside
        self._quiet = _quiet_statement(self._follows)
        self._due = _due_statement()

    async def __aenter__(self) -> Self:
        await self._connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):  # the server may be gone, and so may we
            await self._connection.close(timeout=2)

    def now(self) -> datetime:
        """The business instant."""
        return self.clock.read()[0]

    def running(self) -> bool:
        """Whether the clock runs (it stands during `advance` and while a demonstration drives it)."""
        return self.clock.read()[1]

    async def advance(self, by: timedelta, step: timedelta = _STEP) -> datetime:
        """Move forward by a duration; see `to`."""
        return await self.to(self.now() + by, step)

    async def to(self, target: datetime, step: timedelta = _STEP) -> datetime:
        """Move forward to `target`, through every due time on the way, grouped within `step`; returns the new
        instant.

        Timers fire in the order of their due times, each with its own due time as `now`. The clock stands
        meanwhile and runs again afterwards if it ran before.
        """
        if target < self.now():
            raise Unsuitable(
                f"时钟只能向前：现在是 {shown(self.now())}。",
                f"The clock only goes forward; it is {shown(self.now())}.",
            )
        ran = self.running()
        self.clock.stand()
        try:
            await self.quiet()
            while (due := await self._next_due(target, step)) is not None:
                self.clock.set(due)
                await self.quiet()
            self.clock.set(max(target, self.now()))
            await self.quiet()
        finally:
            if ran:
                self.clock.run()
        return self.now()

    async def quiet(self, patience: float = _PATIENCE) -> None:
        """Wait until nothing is left to do at this instant; `patience` in machine seconds, then NotReady."""
        end = time.monotonic() + patience
        while True:
            waiting = await self.waiting()
            if not waiting:
                return
            if time.monotonic() > end:
                what = ", ".join(waiting)
                raise NotReady(
                    f"系统在 {patience:.0f} 秒内没有静下来：{what}。",
                    f"The stack did not come to rest within {patience:.0f} s; outstanding: {what}.",
                )
            await asyncio.sleep(POLL_SECONDS)

    async def waiting(self) -> list[str]:
        """What is still to do at this instant, in words; empty when quiet."""
        # Asked first: what arrived before that is in the database by now.
        if (coming := self._outside()) > 0:
            return [f"reports on their way ({coming})"]
        rows = await self._ask(self._quiet, self.now())
        return [f"{row['what']} ({row['n']})" for row in rows]

    async def _next_due(self, target: datetime, step: timedelta) -> datetime | None:
        """The last due time of the next group up to `target`: those within `step` of the first."""
        [[first]] = await self._ask(f"SELECT min(fire_at) {self._due}", self.now(), target)
        if first is None:
            return None
        limit = min(first + step, target)
        [[last]] = await self._ask(f"SELECT max(fire_at) {self._due}", self.now(), limit)
        found: datetime = last
        return found

    # --- the database

    async def _connect(self) -> None:
        import asyncpg

        # The administrator sees all organisations; this connection only reads.
        settings = {"application_name": "steward-clock"}
        self._connection = await asyncpg.connect(self._url, server_settings=settings, timeout=5)

    async def _ask(self, statement: str, *arguments: Any) -> Sequence[Any]:
        """Rows of a query, over a new connection where the old one is gone; NotReady when the server stays away."""
        from shared.db.database import is_connection_error

        end = time.monotonic() + _PATIENCE
        while True:
            try:
                if self._connection.is_closed():
                    await self._connect()
                rows: Sequence[Any] = await self._connection.fetch(statement, *arguments, timeout=30)
                return rows
            except Exception as error:
                if not is_connection_error(error):
                    raise
                if time.monotonic() > end:
                    raise NotReady(
                        f"数据库没有应答：{error}", f"The database did not answer: {error}"
                    ) from error
                self._connection.terminate()
                await asyncio.sleep(0.2)


def _due_statement() -> str:
    timers = " UNION ALL ".join(
        f"SELECT fire_at FROM {service}.timers WHERE state = 'pending' AND fire_at > $1 AND fire_at <= $2"
        for service in SERVICES
    )
    return f"FROM ({timers}) AS due"


def _quiet_statement(follows: Mapping[str, Sequence[str]]) -> str:
    parts = []
    for service in SERVICES:
        parts += [
            f"SELECT '{service} timers due' AS what, count(*) AS n FROM {service}.timers "
            "WHERE state = 'pending' AND fire_at <= $1",
            f"SELECT '{service} events without position', count(*) FROM {service}.feed WHERE position IS NULL",
            f"SELECT '{service} jobs', count(*) FROM {service}.jobs WHERE state IN ('ready', 'running')",
        ]
        for source in follows.get(service, ()):
            parts.append(
                f"SELECT '{service} behind {source}', count(*) FROM {source}.feed_heads h "
                f"LEFT JOIN {service}.cursors c ON c.org_id = h.org_id AND c.source = '{source}' "
                "WHERE coalesce(c.position, 0) < h.head"
            )
    return "SELECT what, n FROM (" + " UNION ALL ".join(parts) + ") AS work WHERE n > 0"
