"""One's own inbox as it fills: server-sent events, a look a second for everybody of an organisation who listens.

Who listens holds no connection to the database and asks nothing by themselves: one listener an organisation looks for
what arrived for those who are there, and only they read. A message's place in the stream is made in wall time by
whoever writes it, so one that is committed a moment later may stand before one that was seen already: each look goes
back a little, and what was told is told again only after a reconnection within that moment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from services.notify.domain.account_errors import TooManyStreams
from services.notify.inbox import repository
from shared.clock import monotonic, wall
from shared.db.database import Database
from shared.http.watch import Bell, Listener, Watch
from shared.ids import uuid7_floor, uuid7_time
from shared.runtime import Runtime
from shared.settings import LIMITS

#: Seconds between two looks of an organisation's listener.
EVERY: Final = 1.0
KEEP_ALIVE: Final = 15.0
LONGEST: Final = 3600.0
#: How far a look goes back: no transaction that writes messages lasts as long, and one that rests half of it is ended.
BACK: Final = timedelta(milliseconds=2 * LIMITS.idle_in_transaction_ms)
#: How far back a reconnection goes.
FURTHEST: Final = timedelta(days=7)
#: Messages of one look; what is more follows at once.
AT_ONCE: Final = 100
#: Streams of one person, and of one process: each costs a few kilobytes and a socket.
OF_ONE: Final = 5
OF_ALL: Final = 5000


class InboxWatch(Watch):
    """Rings for people to whom something arrived."""

    name = "inbox"
    pause = EVERY

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.open = 0

    def admit(self, org: UUID, person: UUID) -> None:
        """Whether there is room for one more. Raises TooManyStreams (429)."""
        here = self._listeners.get(org)
        mine = 0 if here is None else len(here.bells.get(person, ()))
        if mine >= OF_ONE or self.open >= OF_ALL:
            raise TooManyStreams(retry_after=KEEP_ALIVE)

    @asynccontextmanager
    async def on(self, org: UUID, subject: UUID) -> AsyncIterator[Bell]:
        """A bell for one person; counted."""
        self.open += 1
        try:
            async with super().on(org, subject) as bell:
                yield bell
        finally:
            self.open -= 1

    async def look(self, org: UUID, here: Listener) -> Iterable[UUID]:
        """To whom of those who listen something arrived that was not seen in the last look."""
        since = uuid7_floor(wall() - BACK)
        async with self._db.read(org) as tx:
            found = await repository.arrived(tx, list(here.bells), since)
        before, here.seen = here.seen or (), {arrival for _, arrival in found}
        return {person for person, arrival in found if arrival not in before}


def watch_of(rt: Runtime) -> InboxWatch:
    """The watch of this process, which stops with it."""
    found: InboxWatch | None = rt.state.get("notify.inbox")
    if found is None:
        found = rt.state["notify.inbox"] = InboxWatch(rt.db)
        rt.closing.push_async_callback(found.close)
    return found


async def stream(
    watch: InboxWatch,
    db: Database,
    org: UUID,
    person: UUID,
    after: UUID | None,
    seconds: float,
    show: Callable[[Any], bytes],
) -> AsyncIterator[bytes]:
    """What arrives for a person after a place in the stream (without one: from now on), for so many seconds."""
    ends = monotonic() + min(seconds, LONGEST)
    now = wall()
    # A place is what a client says: none is ahead of us, and whoever was away for longer reads the inbox itself.
    place = min(max(after or uuid7_floor(now), uuid7_floor(now - FURTHEST)), uuid7_floor(now))
    told = set() if after is not None else {row.arrived_id async for row in _new(db, org, person, place)}
    yield b"retry: 3000\n\n"
    async with watch.on(org, person) as bell:
        while True:
            async for row in _new(db, org, person, place):
                if row.arrived_id not in told:
                    told.add(row.arrived_id)
                    place = max(place, row.arrived_id)
                    yield b"id: %s\nevent: message\ndata: %s\n\n" % (str(row.arrived_id).encode(), show(row))
            edge = uuid7_floor(uuid7_time(place) - BACK)
            told = {id for id in told if id >= edge}
            left = ends - monotonic()
            if left <= 0:
                return
            if not await bell.wait(min(KEEP_ALIVE, left)):
                yield b": still here\n\n"


async def _new(db: Database, org: UUID, person: UUID, place: UUID) -> AsyncIterator[Any]:
    """What stands after a place, and a little before it."""
    since = uuid7_floor(uuid7_time(place) - BACK)
    more = True
    while more:
        async with db.read(org) as tx:
            rows = await repository.after(tx, person, since, AT_ONCE)
        for row in rows:
            yield row
        more = len(rows) == AT_ONCE
        since = rows[-1].arrived_id if rows else since
