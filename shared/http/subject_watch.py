"""Waiting for news of one thing: whoever looks at a case hears of that case, and costs nothing while it rests.

The subjects of what is new in the feed are read once for all who wait, so that each reads again only when its own case
has moved.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from uuid import UUID

from shared.http.feed_watch import FeedWatch
from shared.http.watch import Listener, Watch
from shared.messaging import feed

if TYPE_CHECKING:
    from shared.db.database import Database

#: How long a listener looks for news before it asks whether anybody still waits, in seconds.
_ROUND: Final = 5.0


class SubjectWatch(Watch):
    """Rings the bells of subjects that events speak of."""

    name = "subject"

    def __init__(self, db: Database, heads: FeedWatch) -> None:
        super().__init__(db)
        self._heads = heads

    async def look(self, org: UUID, here: Listener) -> Iterable[UUID]:
        """What the events after the last look are about; the first one only learns where it starts."""
        if here.seen is None:
            async with self._db.read(org) as tx:
                here.seen = await feed.head(tx)
            return ()
        head = await self._heads.wait(org, here.seen, _ROUND)
        if head <= here.seen:
            return ()
        async with self._db.read(org) as tx:
            moved = await feed.subjects(tx, after=here.seen, until=head)
        here.seen = head
        return moved
