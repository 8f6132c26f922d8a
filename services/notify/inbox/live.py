"""One's own inbox as it fills: server-sent events, a look a second for everybody of an organisation who listens.

Who listens holds no connection to the database and asks nothing by themselves: one listener an organisation looks for
what arrived for those who are there, and only they read. A message's place in the stream is made in wall time by
whoever writes it, so one that is committed a moment later may stand before one that was seen already: each look goes
back a little, and what was told is told again only after a reconnection within that moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from services.notify.domain.account_errors import TooManyStreams
from services.notify.inbox import repository
from shared.clock import monotonic, wall
from shared.db.database import Database
from shared.http.subject_watch import Bell
from shared.ids import uuid7_floor, uuid7_time

log = structlog.get_logger(__name__)

#: Seconds between two looks of an organisation's listener.
EVERY: Final = 1.0
KEEP_ALIVE: Final = 15.0
LONGEST: Final = 3600.0
#: How far a look goes back: no transaction that writes messages lasts as long.
BACK: Final = timedelta(seconds=10)
#: How far back a reconnection goes.
FURTHEST: Final = timedelta(days=7)
#: Messages of one look; what is more follows at once.
AT_ONCE: Final = 100
#: Streams of one person, and of one process: each costs a few kilobytes and a socket.
OF_ONE: Final = 5
OF_ALL: Final = 5000


@dataclass
class _Listener:
    bells: dict[UUID, set[Bell]] = field(default_factory=dict)
    seen: dict[UUID, None] = field(default_factory=dict)
    task: asyncio.Task[None] | None = None


class InboxWatch:
    """Rings for people to whom something arrived."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._listeners: dict[UUID, _Listener] = {}
        self.open = 0

    def admit(self, org: UUID, person: UUID) -> None:
        """Whether there is room for one more. Raises TooManyStreams (429)."""
        here = self._listeners.get(org)
        mine = 0 if here is None else len(here.bells.get(person, ()))
        if mine >= OF_ONE or self.open >= OF_ALL:
            raise TooManyStreams(retry_after=KEEP_ALIVE)

    @asynccontextmanager
    async def on(self, org: UUID, person: UUID) -> AsyncIterator[Bell]:
        """A bell for one person, taken down at the end."""
        here = self._listeners.setdefault(org, _Listener())
        mine = here.bells.setdefault(person, set())
        bell = Bell()
        mine.add(bell)
        self.open += 1
        if here.task is None:
            here.task = asyncio.create_task(self._listen(org, here), name=f"inbox-watch-{org}")
        try:
            yield bell
        finally:
            self.open -= 1
            mine.discard(bell)
            if not mine:
                here.bells.pop(person, None)

    async def _listen(self, org: UUID, here: _Listener) -> None:
        while here.bells:
            try:
                since = uuid7_floor(wall() - BACK)
                async with self._db.read(org) as tx:
                    found = await repository.arrived(tx, list(here.bells), since)
                fresh = [(person, arrival) for person, arrival in found if arrival not in here.seen]
                here.seen = dict.fromkeys(arrival for _, arrival in found)
                for person in {person for person, _ in fresh}:
                    for bell in here.bells.get(person, ()):
                        bell.ring()
            except Exception as problem:  # the database may be away for a moment
                log.warning("inbox.watch.failed", problem=type(problem).__name__)
            await asyncio.sleep(EVERY)
        # No await since the last look at the bells: whoever comes now starts a listener anew.
        if self._listeners.get(org) is here:
            del self._listeners[org]


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
