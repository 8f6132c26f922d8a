"""Statements on frozen scorecards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, any_, select
from sqlalchemy.dialects.postgresql import distinct_on

from services.kpi import access
from services.kpi.models import (
    facts,
    letters,
    metadata,
    ref_communities,
    ref_units,
    scorecard_heads,
    scorecard_items,
    scorecards,
)
from shared.auth import Principal
from shared.db.helpers import insert_rows, upsert_rows
from shared.db.tx import Tx

_HEAD = ("scorecard_id", "revision")


async def head(tx: Tx, letter_id: UUID, period: str) -> Row[Any] | None:
    """The scorecard that stands for a letter and period, locked against a second freeze."""
    c = scorecard_heads.c
    return await tx.one_or_none(
        select(scorecard_heads)
        .where(c.org_id == tx.org_id, c.letter_id == letter_id, c.period == period)
        .with_for_update()
    )


async def standing_of(tx: Tx, letter_id: UUID, period: str) -> UUID | None:
    """The id of the scorecard that stands for a letter and period, for whoever only reads."""
    c = scorecard_heads.c
    found: UUID | None = await tx.scalar(
        select(c.scorecard_id).where(c.org_id == tx.org_id, c.letter_id == letter_id, c.period == period)
    )
    return found


async def put_head(tx: Tx, row: Mapping[str, Any], *, first: bool) -> None:
    """Make a scorecard the one that stands. The first one is inserted, so that two freezes at once cannot both win."""
    if first:
        await insert_rows(tx, scorecard_heads, [row])
    else:
        await upsert_rows(tx, scorecard_heads, [row], keys=("org_id", "letter_id", "period"), update=_HEAD)


async def insert(tx: Tx, card: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> None:
    """Store a scorecard with its items."""
    await insert_rows(tx, scorecards, [card])
    await insert_rows(tx, scorecard_items, items)


async def earlier_readings(
    tx: Tx, community_id: UUID, template: str, periods: Sequence[str]
) -> dict[str, dict[str, Mapping[str, Any]]]:
    """The exact readings of the scorecards that stand for earlier periods, by period and indicator."""
    h, i = scorecard_heads.c, scorecard_items.c
    rows = await tx.rows(
        select(h.period, i.indicator, i.reading)
        .join(scorecard_items, and_(i.org_id == h.org_id, i.scorecard_id == h.scorecard_id))
        .where(h.org_id == tx.org_id, h.community_id == community_id, h.template == template, h.period.in_(periods))
    )
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.period, {})[row.indicator] = row.reading
    return found


async def stood(tx: Tx, letter_ids: Sequence[UUID], periods: Sequence[str], moment: datetime) -> Sequence[Row[Any]]:
    """The scorecards that stood for letters and periods at a past moment: of each the last one frozen by then."""
    c = scorecards.c
    return await tx.rows(
        select(scorecards)
        .ext(distinct_on(c.letter_id, c.period))
        .where(
            c.org_id == tx.org_id,
            c.letter_id.in_(list(letter_ids)),
            c.period.in_(list(periods)),
            c.frozen_at <= moment,
        )
        .order_by(c.letter_id, c.period, c.revision.desc())
    )


async def letters_like(tx: Tx, community_id: UUID, template: str) -> Sequence[UUID]:
    """The letters of a community by one template."""
    c = letters.c
    rows = await tx.rows(
        select(c.id).where(c.org_id == tx.org_id, c.community_id == community_id, c.template == template)
    )
    return [row.id for row in rows]


async def readings_of(tx: Tx, cards: Mapping[UUID, str]) -> dict[str, dict[str, Mapping[str, Any]]]:
    """The exact readings of scorecards (id -> period), by period and indicator."""
    i = scorecard_items.c
    rows = await tx.rows(
        select(i.scorecard_id, i.indicator, i.reading).where(i.org_id == tx.org_id, i.scorecard_id.in_(list(cards)))
    )
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(cards[row.scorecard_id], {})[row.indicator] = row.reading
    return found


async def get(tx: Tx, scorecard_id: UUID) -> Row[Any] | None:
    """A scorecard with the org units above its community."""
    c = scorecards.c
    return await tx.one_or_none(
        select(scorecards, ref_communities.c.path, ref_communities.c.timezone)
        .join(ref_communities, and_(ref_communities.c.org_id == c.org_id, ref_communities.c.id == c.community_id))
        .where(c.org_id == tx.org_id, c.id == scorecard_id)
    )


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Scorecards within reach, the latest first, each with whether it still stands."""
    c, h = scorecards.c, scorecard_heads.c
    query = (
        select(scorecards, h.scorecard_id.label("standing_id"))
        .join(
            scorecard_heads, and_(h.org_id == c.org_id, h.letter_id == c.letter_id, h.period == c.period), isouter=True
        )
        .where(c.org_id == tx.org_id, *access.within_reach(tx, who, c.community_id))
    )
    for name, value in filters.items():
        if value is not None:
            query = query.where(c[name] == value)
    if after is not None:
        query = query.where(c.id < after)
    return await tx.rows(query.order_by(c.id.desc()).limit(limit))


async def items(tx: Tx, scorecard_id: UUID, indicator: str | None = None) -> Sequence[Row[Any]]:
    """The items of a scorecard in the order of the letter."""
    i = scorecard_items.c
    query = select(scorecard_items).where(i.org_id == tx.org_id, i.scorecard_id == scorecard_id)
    if indicator is not None:
        query = query.where(i.indicator == indicator)
    return await tx.rows(query.order_by(i.place))


async def unit_numbers(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What people call the units of some cases."""
    if not ids:
        return {}
    c = ref_units.c
    rows = await tx.rows(select(c.id, c.number).where(c.org_id == tx.org_id, c.id.in_(ids)))
    return {row.id: row.number for row in rows}


async def lags(tx: Tx) -> Sequence[Row[Any]]:
    """The sources whose feed was heard of further than it was applied."""
    c = metadata.tables["kpi.cursors"].c
    return await tx.rows(
        select(c.source, c.position, c.head_heard).where(c.org_id == tx.org_id, c.head_heard > c.position)
    )


async def parked(tx: Tx) -> int:
    """How many events wait unapplied."""
    c = metadata.tables["kpi.parked_events"].c
    return len(await tx.rows(select(c.id).where(c.org_id == tx.org_id)))


async def pinning(tx: Tx, letter_ids: Sequence[UUID], indicator: str, subject: str) -> Sequence[Row[Any]]:
    """The standing scorecards of letters that pin any version of a case, by any definition, in one order."""
    h, i, f = scorecard_heads.c, scorecard_items.c, facts.c
    return await tx.rows(
        select(scorecard_heads)
        .distinct()
        .join(scorecard_items, and_(i.org_id == h.org_id, i.scorecard_id == h.scorecard_id, i.indicator == indicator))
        .join(facts, and_(f.org_id == h.org_id, f.indicator == i.stored_as, f.subject == subject))
        .where(h.org_id == tx.org_id, h.letter_id.in_(list(letter_ids)), f.id == any_(i.fact_ids))
        .order_by(h.letter_id, h.period)
    )
