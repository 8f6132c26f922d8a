"""Statements on policies, their editions and who read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.kpi import access, registers
from services.kpi.models import policies, policy_editions, policy_readings
from shared.auth import Principal
from shared.db.tx import Tx


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a policy."""
    return await registers.add(tx, policies, values)


async def known(tx: Tx, community_id: UUID, code: str) -> UUID | None:
    """The policy of a community with this code."""
    c = policies.c
    found: UUID | None = await tx.scalar(
        select(c.id).where(c.org_id == tx.org_id, c.community_id == community_id, c.code == code)
    )
    return found


async def get(tx: Tx, who: Principal | None, policy_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A policy within reach."""
    return await registers.get(tx, who, policies, policy_id, lock=lock)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> int:
    """Write a change of a locked policy."""
    return await registers.change(tx, policies, row, values)


async def page(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Policies within reach."""
    return await registers.page(tx, who, policies, filters, after, limit)


async def add_edition(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store an edition."""
    return await registers.add(tx, policy_editions, values)


async def change_edition(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> int:
    """Write a change of an edition; its policy is locked."""
    return await registers.change(tx, policy_editions, row, values)


async def editions(tx: Tx, policy_id: UUID) -> Sequence[Row[Any]]:
    """All editions of a policy, the first one first, each with how many confirmed that they read it."""
    c, r = policy_editions.c, policy_readings.c
    read = (
        select(func.count())
        .select_from(policy_readings)
        .where(r.org_id == tx.org_id, r.edition_id == c.id)
        .scalar_subquery()
    )
    return await tx.rows(
        select(policy_editions, read.label("readers"))
        .where(c.org_id == tx.org_id, c.policy_id == policy_id)
        .order_by(c.edition)
    )


async def read(tx: Tx, edition_id: UUID, person_id: UUID) -> None:
    """Note that somebody has read an edition; the first time stands."""
    await tx.execute(
        pg_insert(policy_readings)
        .values(org_id=tx.org_id, edition_id=edition_id, person_id=person_id, read_at=tx.now)
        .on_conflict_do_nothing()
    )


async def readers(tx: Tx, edition_id: UUID) -> Sequence[Row[Any]]:
    """Who confirmed that they read an edition."""
    c = policy_readings.c
    return await tx.rows(
        select(c.person_id, c.read_at)
        .where(c.org_id == tx.org_id, c.edition_id == edition_id)
        .order_by(c.read_at, c.person_id)
        .limit(5000)
    )


async def areas(tx: Tx, who: Principal, community_id: UUID, today: Any) -> Sequence[Row[Any]]:
    """Of each area how many policies are in force, and how many of them should have been updated by now."""
    c = policies.c
    overdue = func.count().filter(c.update_due_on < today)
    return await tx.rows(
        select(c.area, func.count().label("in_force"), overdue.label("overdue"))
        .where(
            c.org_id == tx.org_id,
            c.community_id == community_id,
            c.edition > 0,
            *access.within_reach(tx, who, c.community_id),
        )
        .group_by(c.area)
    )
