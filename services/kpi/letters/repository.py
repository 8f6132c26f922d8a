"""Statements on letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.kpi import access
from services.kpi.models import letters, ref_communities
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def insert(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a letter."""
    await insert_rows(tx, letters, [row])


async def same(tx: Tx, template: str, community_id: UUID, subject_id: UUID, term: str) -> UUID | None:
    """The letter that the same person already has."""
    c = letters.c
    found: UUID | None = await tx.scalar(
        select(c.id).where(
            c.org_id == tx.org_id,
            c.template == template,
            c.community_id == community_id,
            c.subject_id == subject_id,
            c.term == term,
        )
    )
    return found


async def get(tx: Tx, letter_id: UUID) -> Row[Any] | None:
    """A letter with the org units above its community."""
    return await tx.one_or_none(
        select(letters, ref_communities.c.path, ref_communities.c.timezone)
        .join(
            ref_communities,
            (ref_communities.c.org_id == letters.c.org_id) & (ref_communities.c.id == letters.c.community_id),
        )
        .where(letters.c.org_id == tx.org_id, letters.c.id == letter_id)
    )


async def lock(tx: Tx, letter_id: UUID) -> None:
    """Let nobody else close, score or change this letter until the commit."""
    await tx.execute(
        select(letters.c.id).where(letters.c.org_id == tx.org_id, letters.c.id == letter_id).with_for_update()
    )


async def definition(tx: Tx, letter_id: UUID) -> Mapping[str, Any]:
    """The template of a letter as it was signed."""
    c = letters.c
    found: Mapping[str, Any] = await tx.scalar(select(c.definition).where(c.org_id == tx.org_id, c.id == letter_id))
    return found


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Letters within the caller's reach, the oldest first."""
    c = letters.c
    query = (
        select(letters, ref_communities.c.timezone)
        .join(
            ref_communities,
            (ref_communities.c.org_id == letters.c.org_id) & (ref_communities.c.id == letters.c.community_id),
        )
        .where(c.org_id == tx.org_id, *access.within_reach(tx, who, c.community_id))
    )
    for name, value in filters.items():
        if value is not None:
            query = query.where(c[name] == value)
    if after is not None:
        query = query.where(c.id > after)
    return await tx.rows(query.order_by(c.id).limit(limit))
