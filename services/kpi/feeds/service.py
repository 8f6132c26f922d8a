"""Pulling the feeds: where a caller stands, what has changed since, and what it must hold in the end."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kpi import access
from services.kpi.domain.feed_rows import FEEDS, Feed
from services.kpi.domain.numbers import plain
from services.kpi.errors import FeedCursorGone
from services.kpi.feeds import repository
from services.kpi.feeds.publishing import reach_of
from services.kpi.feeds.repository import SLICE, Reach
from services.kpi.feeds.schemas import Communities, CommunityState, FeedTotals, ManifestOut
from shared.auth import Principal
from shared.db.database import Database
from shared.db.tx import Tx
from shared.periods import Period

#: `123`: changes above 123. `s500-123`: in a snapshot of what stood at 500, rows above 123.
CURSOR = r"^(s\d{1,18}-)?\d{1,18}$"
_CURSOR = re.compile(r"(?:s(\d+)-)?(\d+)")
_CYCLES = {1: "month", 3: "quarter", 6: "half", 12: "year"}
EMPTY = hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True)
class Pull:
    """One request for a feed: from where, up to where, of what."""

    feed: Feed
    after: int
    until: int
    snapshot: bool
    reach: Reach

    def etag(self, *form: object) -> str:
        """The same as long as nothing was written: a repeat is answered by 304."""
        told = (self.feed, self.after, self.until, self.snapshot, self.reach, *form)
        return f'W/"{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"'

    def cursor(self, position: int | None = None) -> str:
        """Where to go on: after a row on the way, or, without one, when this pull is done."""
        if position is None or position >= self.until:
            return str(self.until)
        return f"s{self.until}-{position}" if self.snapshot else str(position)


async def start(
    tx: Tx, who: Principal, feed: Feed, after: str | None, period: str | None, org_unit: UUID | None, restart: str
) -> Pull:
    """Where a pull begins and ends. Raises FeedCursorGone, NoSuchOrgUnit."""
    within = await reach(tx, who, period, org_unit)
    head = (await repository.heads(tx))[feed]
    if after is None:
        return Pull(feed, 0, head, True, within)
    found = _CURSOR.fullmatch(after)
    assert found is not None  # the router lets nothing else in
    position, stood = int(found[2]), int(found[1] or found[2])
    # Above the head stands who pulled from a database that was restored since.
    if (stood < await repository.floor(tx, feed) and (found[1] or position)) or max(stood, position) > head:
        raise FeedCursorGone(restart)
    if found[1]:
        return Pull(feed, position, stood, True, within)
    return Pull(feed, position, head, position == 0, within)


async def reach(tx: Tx, who: Principal, period: str | None, org_unit: UUID | None) -> Reach:
    """What the caller may see of what it asked for. Raises NoSuchOrgUnit."""
    communities = await access.reached(tx, who, org_unit)
    return reach_of(communities, None if period is None else Period.parse(period))


async def page(tx: Tx, pull: Pull, limit: int) -> tuple[list[str], str | None, str]:
    """The next lines, the cursor of the page after them (None: that was all), and where to go on later."""
    rows = await repository.page(
        tx, pull.feed, pull.after, pull.until, pull.reach, snapshot=pull.snapshot, limit=limit + 1
    )
    if len(rows) <= limit:
        return [doc for _, doc in rows], None, pull.cursor()
    following = pull.cursor(rows[limit - 1][0])
    return [doc for _, doc in rows[:limit]], following, following


async def lines(db: Database, org_id: UUID, pull: Pull) -> AsyncIterator[bytes]:
    """All lines of a pull as NDJSON, slice by slice: each in a short transaction, none while they are sent."""
    for low in range(pull.after, pull.until, SLICE):
        parts = []
        async with db.read(org_id) as tx:
            high = min(low + SLICE, pull.until)
            async for part in repository.lines(tx, pull.feed, low, high, pull.reach, snapshot=pull.snapshot):
                parts.append(part)
        for part in parts:
            yield part


async def gzipped(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same, packed while it streams."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    async for part in parts:
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()


async def manifest(tx: Tx, who: Principal, period: str | None, org_unit: UUID | None) -> ManifestOut:
    """What a consumer must hold. Raises NoSuchOrgUnit."""
    within = await reach(tx, who, period, org_unit)
    found = await repository.totals(tx, within)
    return ManifestOut(
        period=period,
        org_unit=org_unit,
        computed_at=tx.now,
        communities=None if period is None else await _communities(tx, within, Period.parse(period)),
        feeds={feed: _totals(found.get(feed)) for feed in FEEDS},
    )


def _totals(row: Any) -> FeedTotals:
    if row is None or row["rows"] is None:
        head = 0 if row is None else row["head"]
        return FeedTotals(after=str(head), rows=0, numerator="0", denominator="0", hash=EMPTY)
    return FeedTotals(
        after=str(row["head"]),
        rows=row["rows"],
        numerator=plain(repository.exact(row["numerator"])),
        denominator=plain(repository.exact(row["denominator"])),
        hash=row["hash"],
    )


async def _communities(tx: Tx, within: Reach, period: Period) -> Communities:
    known = await repository.communities(tx, within)
    letters: dict[UUID, list[bool]] = {}
    for letter in await repository.letters(tx, within, str(period), _CYCLES[period.months]):
        term = Period.parse(letter["term"])
        if term.start <= period.start and period.end <= term.end:
            letters.setdefault(letter["community_id"], []).append(letter["scorecard_id"] is not None)
    missing = [
        CommunityState(
            community_id=row["id"],
            external_id=row["external_id"],
            name=row["name"],
            state="open" if row["id"] in letters else "without_letter",
        )
        for row in known
        if not all(letters.get(row["id"], [False]))
    ]
    without = sum(state.state == "without_letter" for state in missing)
    return Communities(
        expected=len(known),
        closed=len(known) - len(missing),
        open=len(missing) - without,
        without_letter=without,
        missing=missing,
    )


async def standing(tx: Tx, pull: Pull) -> AsyncIterator[str]:
    """The rows of a snapshot, page by page."""
    position = pull.after
    while True:
        rows = await repository.page(tx, pull.feed, position, pull.until, pull.reach, snapshot=True, limit=1000)
        for position, doc in rows:  # noqa: B007  # the last one is where the next page begins
            yield doc
        if len(rows) < 1000:
            return
