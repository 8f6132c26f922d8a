"""Numbers people read (``R20250307-0012``), taken without making writers wait for each other's commits.

``Tx.number`` is gap-free and therefore queues all writers of an organisation on one row until each has committed:
right for receipts, too dear for the busiest write of the product. Here a process reserves numbers in a transaction of
its own, a block at a time: one number while things are calm, more under load. What a rolled back request or a
restarted process had reserved stays unused; a number is never given twice.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from shared import clock

LARGEST_BLOCK = 64
_CALM_SECONDS = 1.0
_MOST_COUNTERS = 1000


@dataclass(slots=True)
class _Block:
    next: int
    last: int
    size: int
    reserved_at: float


class Numbers:
    """The reserved numbers of one process. ``url`` is the app role's."""

    def __init__(self, url: str, schema: str) -> None:
        self._url = url
        self._schema = schema
        self._blocks: OrderedDict[tuple[UUID, str], _Block] = OrderedDict()
        self._lock = asyncio.Lock()
        self._connection: Any = None

    async def take(self, org_id: UUID, counter: str) -> int:
        """The next number of a counter; unique for ever, with gaps. Raises the driver's errors when the server is
        away."""
        block = self._blocks.get((org_id, counter))
        if block is None or block.next > block.last:
            block = await self._refill(org_id, counter)
        value = block.next
        block.next += 1
        return value

    async def _refill(self, org_id: UUID, counter: str) -> _Block:
        key = (org_id, counter)
        async with self._lock:
            block = self._blocks.get(key)
            if block is not None and block.next <= block.last:
                return block  # somebody else refilled it while this one waited
            at = clock.monotonic()
            busy = block is not None and at - block.reserved_at < _CALM_SECONDS
            size = min(block.size * 2, LARGEST_BLOCK) if busy and block is not None else 1
            last = await self._reserve(org_id, counter, size)
            fresh = _Block(last - size + 1, last, size, at)
            self._blocks[key] = fresh
            self._blocks.move_to_end(key)
            while len(self._blocks) > _MOST_COUNTERS:
                self._blocks.popitem(last=False)
            return fresh

    async def _reserve(self, org_id: UUID, counter: str, size: int) -> int:
        # A connection of its own: taking a second one from the pool while holding the first is how pools hang.
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url, timeout=5, command_timeout=5)
        try:
            # Not waiting for the disk is safe: a ticket's own commit, which does, comes later in the same log.
            await self._connection.execute(
                f"BEGIN; SET LOCAL synchronous_commit = off; SET LOCAL app.org = '{UUID(str(org_id))}'"
            )
            last: int = await self._connection.fetchval(
                f"INSERT INTO {self._schema}.counters (org_id, name, value) VALUES ($1, $2, $3) "
                "ON CONFLICT (org_id, name) DO UPDATE SET value = counters.value + excluded.value RETURNING value",
                org_id,
                counter,
                size,
            )
            await self._connection.execute("COMMIT")
        except BaseException:
            self._connection.terminate()
            self._connection = None
            raise
        return last

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.close(timeout=2)
