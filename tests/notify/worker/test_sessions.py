"""What is kept open to providers between jobs: one job a line, none for ever, and none after a job that broke off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.notify.domain.channels import Outgoing, Provider, Session
from services.notify.domain.delivery import Outcome, Result
from services.notify.sending.sessions import Sessions, sessions_of
from services.notify.worker import SERVICE
from shared.runtime import open_runtime
from tests.support.world import World


class Line:
    """A session that is open or not."""

    def __init__(self) -> None:
        self.open = True

    async def send(self, message: Outgoing) -> Result:
        """Taken."""
        return Result(Outcome.SENT)


class Lines:
    """A far side that knows its lines."""

    def __init__(self, code: str = "carrier") -> None:
        self.made: list[Line] = []
        self.provider = Provider(code, "sms", lambda: True, self._session)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        line = Line()
        self.made.append(line)
        try:
            yield line
        finally:
            line.open = False

    def open(self) -> list[bool]:
        """Which of them are open still."""
        return [line.open for line in self.made]


async def test_jobs_side_by_side_have_a_line_each_and_the_next_take_what_they_left() -> None:
    far, kept = Lines(), Sessions()
    async with kept.borrowed() as one, kept.borrowed() as other:
        assert await one.of(far.provider) is await one.of(far.provider)
        assert await one.of(far.provider) is not await other.of(far.provider)
    async with kept.borrowed() as one, kept.borrowed() as other:
        assert {await one.of(far.provider), await other.of(far.provider)} == set(far.made)
    assert far.open() == [True, True]
    await kept.close()
    assert far.open() == [False, False]


async def test_a_line_is_of_its_provider_alone() -> None:
    first, second, kept = Lines("first"), Lines("second"), Sessions()
    async with kept.borrowed() as job:
        await job.of(first.provider)
    async with kept.borrowed() as job:
        assert await job.of(second.provider) is second.made[0]
    await kept.close()


async def test_a_line_whose_job_broke_off_is_closed_and_never_used_again() -> None:
    far, kept = Lines(), Sessions()
    with pytest.raises(RuntimeError):
        async with kept.borrowed() as job:
            await job.of(far.provider)
            raise RuntimeError
    assert far.open() == [False]
    async with kept.borrowed() as job:
        assert await job.of(far.provider) is far.made[1]
    await kept.close()


async def test_what_rests_is_closed_after_a_while() -> None:
    far, kept = Lines(), Sessions(rest=0.05)
    async with kept.borrowed() as one, kept.borrowed() as other:
        await one.of(far.provider)
        await other.of(far.provider)
    async with asyncio.timeout(10):
        while any(far.open()):
            await asyncio.sleep(0.02)
    async with kept.borrowed() as job:
        assert (await job.of(far.provider)) is far.made[2]
    await kept.close()


async def test_a_process_that_ends_closes_its_lines(world: World) -> None:
    far = Lines()
    async with open_runtime(SERVICE, world.runtime("notify").settings) as rt:
        async with sessions_of(rt).borrowed() as job:
            await job.of(far.provider)
        assert far.open() == [True]
    assert far.open() == [False]
