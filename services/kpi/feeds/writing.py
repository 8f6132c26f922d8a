"""Writing into the feeds: in the transaction of the value, as its last statements, at positions without gaps."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.kpi.domain.feed_rows import FEEDS, FeedRow, tombstone
from services.kpi.domain.numbers import Number, plain
from services.kpi.feeds import repository
from shared.db.tx import Tx


def tell(tx: Tx, rows: Sequence[FeedRow]) -> None:
    """Have these rows stand in their feeds when the transaction commits, and not otherwise."""
    if rows:
        tx.at_last(_write, rows)


async def _write(tx: Tx, rows: Sequence[FeedRow]) -> None:
    """Append what says something new. The counter's row is locked until the commit, so positions are in its order."""
    for feed in FEEDS:  # always in one order, so that two writers cannot wait for each other
        latest = {row.key: row for row in rows if row.feed == feed}
        if latest:
            await _write_feed(tx, feed, latest)


async def _write_feed(tx: Tx, feed: str, latest: dict[str, FeedRow]) -> None:
    # The lock comes first: what stands is compared with after everybody before us has committed.
    await tx.number(repository.counter(feed), 0)
    known = await repository.standing(tx, feed, list(latest))
    news: list[tuple[FeedRow, bool]] = []
    for key, row in sorted(latest.items()):
        stood = known.get(key)
        if stood is None:
            if not row.deleted:  # a tombstone for what was never told would tell of it
                news.append((row, True))
        elif bytes(stood["meaning"]) != row.meaning:
            if _moved(stood, row):  # whoever follows the old period alone must hear that it left
                place = (str(stood["community_id"]), stood["from_on"], stood["until_on"])
                news.append((tombstone(row.feed, key, *place, tx.now), False))
            news.append((row, True))
    if not news:
        return
    await repository.retire(tx, feed, [row.key for row, live in news if live and row.key in known])
    first = await tx.number(repository.counter(feed), len(news))
    await repository.append(tx, [_change(tx, row, live, first + n) for n, (row, live) in enumerate(news)])


def _moved(stood: Any, row: FeedRow) -> bool:
    before = (str(stood["community_id"]), stood["from_on"], stood["until_on"])
    return not stood["deleted"] and not row.deleted and before != (row.community_id, row.first, row.last)


def _change(tx: Tx, row: FeedRow, live: bool, position: int) -> dict[str, Any]:
    doc = row.doc
    return {
        "feed": row.feed,
        "position": position,
        "key": row.key,
        "community_id": UUID(row.community_id),
        "from_on": row.first,
        "until_on": row.last,
        "live": live,
        "deleted": row.deleted,
        "doc": doc,
        "digest": hashlib.sha256(doc.encode()).digest(),
        "meaning": row.meaning,
        "numerator": _decimal(row.numerator),
        "denominator": _decimal(row.denominator),
        "written_at": tx.now,
    }


def _decimal(value: Number) -> Decimal:
    """As the row itself shows it, so that a consumer's sum is the manifest's."""
    return Decimal(value) if isinstance(value, int) else Decimal(plain(Fraction(value)))
