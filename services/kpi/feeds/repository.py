"""Statements on the feeds. They go to the driver directly: a region's history is a million rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.kpi.domain.feed_rows import FEEDS
from shared.db.tx import Tx

#: Rows per COPY: some ten megabytes at once, whatever the feed holds, and no transaction open while they are sent.
SLICE = 20_000
_COLUMNS = (
    "org_id, feed, position, key, community_id, from_on, until_on, live, deleted, doc, digest, meaning, numerator, "
    "denominator, written_at"
)


@dataclass(frozen=True, slots=True)
class Reach:
    """Which rows: of these communities (None: all) and of periods within these days (None: all)."""

    communities: Sequence[UUID] | None = None
    first: date | None = None
    last: date | None = None


async def heads(tx: Tx) -> dict[str, int]:
    """The last position of each feed; 0 where nothing was told yet."""
    rows = await tx.raw.fetch(
        f"SELECT name, value FROM {tx.schema}.counters WHERE org_id = $1 AND name = ANY($2::text[])",
        tx.org_id,
        [counter(feed) for feed in FEEDS],
    )
    known = {row["name"]: int(row["value"]) for row in rows}
    return {feed: known.get(counter(feed), 0) for feed in FEEDS}


def counter(feed: str) -> str:
    """The counter that gives a feed its positions: without gaps, in the order of the commits."""
    return f"feed.{feed}"


async def floor(tx: Tx, feed: str) -> int:
    """The position below which changes were cleared away."""
    found = await tx.raw.fetchval(
        f"SELECT floor FROM {tx.schema}.feed_floors WHERE org_id = $1 AND feed = $2", tx.org_id, feed
    )
    return int(found or 0)


async def standing(tx: Tx, feed: str, keys: Sequence[str]) -> dict[str, Any]:
    """What the live rows of these keys say, as hashes, and of where and when; tombstones are there too."""
    rows = await tx.raw.fetch(
        f"SELECT key, meaning, community_id, from_on, until_on, deleted FROM {tx.schema}.feed_changes "
        "WHERE org_id = $1 AND feed = $2 AND live AND key = ANY($3::text[])",
        tx.org_id,
        feed,
        list(keys),
    )
    return {row["key"]: row for row in rows}


async def docs(tx: Tx, feed: str, keys: Sequence[str]) -> Sequence[str]:
    """The live lines of these keys."""
    rows = await tx.raw.fetch(
        f"SELECT doc FROM {tx.schema}.feed_changes "
        "WHERE org_id = $1 AND feed = $2 AND live AND NOT deleted AND key = ANY($3::text[])",
        tx.org_id,
        feed,
        list(keys),
    )
    return [row["doc"] for row in rows]


async def of_letter(tx: Tx, feed: str, beginning: str) -> Sequence[str]:
    """The live lines whose keys begin so."""
    rows = await tx.raw.fetch(
        f"SELECT doc FROM {tx.schema}.feed_changes "
        "WHERE org_id = $1 AND feed = $2 AND live AND NOT deleted AND starts_with(key, $3)",
        tx.org_id,
        feed,
        beginning,
    )
    return [row["doc"] for row in rows]


async def retire(tx: Tx, feed: str, keys: Sequence[str]) -> None:
    """The live changes of these keys are the last ones no longer."""
    await tx.raw.execute(
        f"UPDATE {tx.schema}.feed_changes SET live = false "
        "WHERE org_id = $1 AND feed = $2 AND live AND key = ANY($3::text[])",
        tx.org_id,
        feed,
        list(keys),
    )


async def append(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add changes with their positions, pipelined by the driver."""
    names = _COLUMNS.split(", ")[1:]
    marks = ", ".join(f"${n}" for n in range(1, len(names) + 2))
    await tx.raw.executemany(
        f"INSERT INTO {tx.schema}.feed_changes ({_COLUMNS}) VALUES ({marks})",
        [(tx.org_id, *(row[name] for name in names)) for row in rows],
    )


def _where(tx: Tx, feed: str, after: int, until: int, reach: Reach, snapshot: bool) -> tuple[str, list[Any]]:
    arguments: list[Any] = [tx.org_id, feed, after, until]
    text = f"FROM {tx.schema}.feed_changes WHERE org_id = $1 AND feed = $2 AND position > $3 AND position <= $4"
    if snapshot:
        text += " AND live AND NOT deleted"
    return _reached(text, arguments, reach)


def _reached(text: str, arguments: list[Any], reach: Reach) -> tuple[str, list[Any]]:
    if reach.communities is not None:
        arguments.append(list(reach.communities))
        text += f" AND community_id = ANY(${len(arguments)}::uuid[])"
    if reach.first is not None and reach.last is not None:
        arguments += [reach.first, reach.last]
        text += f" AND from_on >= ${len(arguments) - 1} AND until_on <= ${len(arguments)}"
    return text, arguments


async def page(
    tx: Tx, feed: str, after: int, until: int, reach: Reach, *, snapshot: bool, limit: int
) -> Sequence[tuple[int, str]]:
    """Lines between two positions, in order; of a snapshot only those that stand."""
    where, arguments = _where(tx, feed, after, until, reach, snapshot)
    rows = await tx.raw.fetch(f"SELECT position, doc {where} ORDER BY position LIMIT {limit}", *arguments)
    return [(row["position"], row["doc"]) for row in rows]


async def lines(tx: Tx, feed: str, after: int, until: int, reach: Reach, *, snapshot: bool) -> AsyncIterator[bytes]:
    """The same as NDJSON: one slice, made and sent by Postgres as it lies there.

    As CSV of one column whose quote and delimiter are control characters: JSON has those escaped, so nothing is.
    """
    where, arguments = _where(tx, feed, after, until, reach, snapshot)
    parts: list[bytes] = []

    async def keep(data: bytes) -> None:
        parts.append(bytes(data))

    await tx.raw.copy_from_query(
        f"SELECT doc {where} ORDER BY position",
        *arguments,
        output=keep,
        format="csv",
        delimiter="\x02",
        quote="\x01",
        escape="\x01",
    )
    for part in parts:
        yield part


async def totals(tx: Tx, reach: Reach) -> Mapping[str, Any]:
    """Head, rows, sums and hash of each feed's standing rows: one statement, so that all are of one moment."""
    arguments: list[Any] = [tx.org_id, [counter(feed) for feed in FEEDS]]
    where, arguments = _reached("f.org_id = $1 AND f.live AND NOT f.deleted", arguments, reach)
    rows = await tx.raw.fetch(
        "SELECT c.name, c.value AS head, t.rows, t.numerator, t.denominator, t.hash "
        f"FROM {tx.schema}.counters c LEFT JOIN (SELECT feed, count(*) AS rows, sum(numerator) AS numerator, "
        "sum(denominator) AS denominator, encode(sha256(string_agg(digest, ''::bytea ORDER BY key)), 'hex') AS hash "
        f"FROM {tx.schema}.feed_changes f WHERE {where} GROUP BY feed) t ON 'feed.' || t.feed = c.name "
        "WHERE c.org_id = $1 AND c.name = ANY($2::text[])",
        *arguments,
    )
    return {row["name"].removeprefix("feed."): row for row in rows}


def exact(value: Any) -> Fraction:
    """A sum as the database gives it."""
    return Fraction(value)


async def clear(tx: Tx, before: datetime) -> Mapping[str, int]:
    """Drop superseded changes and tombstones written before a moment; the highest position dropped, by feed."""
    rows = await tx.raw.fetch(
        f"WITH gone AS (DELETE FROM {tx.schema}.feed_changes WHERE org_id = $1 AND written_at < $2 "
        "AND (NOT live OR deleted) RETURNING feed, position) SELECT feed, max(position) AS top FROM gone GROUP BY feed",
        tx.org_id,
        before,
    )
    return {row["feed"]: row["top"] for row in rows}


async def raise_floor(tx: Tx, feed: str, position: int) -> None:
    """Whoever stands below must start anew."""
    await tx.raw.execute(
        f"INSERT INTO {tx.schema}.feed_floors (org_id, feed, floor) VALUES ($1, $2, $3) "
        "ON CONFLICT (org_id, feed) DO UPDATE SET floor = greatest(feed_floors.floor, excluded.floor)",
        tx.org_id,
        feed,
        position,
    )


async def communities(tx: Tx, reach: Reach) -> Sequence[Any]:
    """The communities in reach: id, name and the company's own id."""
    arguments: list[Any] = [tx.org_id]
    narrow = ""
    if reach.communities is not None:
        arguments.append(list(reach.communities))
        narrow = " AND id = ANY($2::uuid[])"
    text = f"SELECT id, name, external_id FROM {tx.schema}.ref_communities WHERE org_id = $1{narrow} ORDER BY id"
    return list(await tx.raw.fetch(text, *arguments))


async def letters(tx: Tx, reach: Reach, period: str, cycle: str) -> Sequence[Any]:
    """The letters in reach that are appraised in this cycle, each with its scorecard of the period, if it has one."""
    arguments: list[Any] = [tx.org_id, period, cycle]
    narrow = ""
    if reach.communities is not None:
        arguments.append(list(reach.communities))
        narrow = " AND l.community_id = ANY($4::uuid[])"
    return list(
        await tx.raw.fetch(
            f"SELECT l.id, l.community_id, l.term, h.scorecard_id FROM {tx.schema}.letters l "
            f"LEFT JOIN {tx.schema}.scorecard_heads h ON h.org_id = l.org_id AND h.letter_id = l.id AND h.period = $2 "
            f"WHERE l.org_id = $1 AND l.definition ->> 'cycle' = $3{narrow} ORDER BY l.community_id, l.id",
            *arguments,
        )
    )
