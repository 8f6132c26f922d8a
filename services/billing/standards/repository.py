"""Statements on charge standards and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.billing.models import billing_runs, charge_standards, standard_versions
from shared.db.tx import Tx
from shared.ids import uuid7

s, v = charge_standards.c, standard_versions.c

_VERSION: Select[Any] = select(
    s.id,
    s.community_id,
    s.code,
    s.name,
    s.fee_kind,
    v.id.label("version_id"),
    v.number,
    v.rule,
    v.rule_version,
    v.params,
    v.uses,
    v.proration,
    v.due_day,
    v.effective_from,
    v.effective_to,
).select_from(standard_versions.join(charge_standards, and_(s.org_id == v.org_id, s.id == v.standard_id)))


async def lock_or_create(tx: Tx, community_id: UUID, code: str, name: str, fee_kind: str) -> Row[Any]:
    """The standard of that code, made if it is new, locked until the transaction ends.

    The lock is what keeps two versions from being placed on the same days, and a run from billing by a
    version that is being replaced.
    """
    await tx.execute(
        pg_insert(charge_standards)
        .values(
            org_id=tx.org_id,
            id=uuid7(),
            version=1,
            created_at=tx.now,
            updated_at=tx.now,
            community_id=community_id,
            code=code,
            name=name,
            fee_kind=fee_kind,
        )
        .on_conflict_do_nothing(index_elements=["org_id", "community_id", "code"])
    )
    row = await tx.one_or_none(
        select(s.id, s.fee_kind)
        .where(s.org_id == tx.org_id, s.community_id == community_id, s.code == code)
        .with_for_update()
    )
    assert row is not None  # inserted or found above, in this transaction
    return row


async def lock(tx: Tx, standard_id: UUID) -> None:
    """Lock one standard until the transaction ends."""
    await tx.one_or_none(select(s.id).where(s.org_id == tx.org_id, s.id == standard_id).with_for_update())


async def chain(tx: Tx, standard_id: UUID) -> Sequence[Row[Any]]:
    """All versions of a standard, oldest first."""
    return await tx.rows(_VERSION.where(v.org_id == tx.org_id, v.standard_id == standard_id).order_by(v.effective_from))


async def last_period_run(tx: Tx, standard_id: UUID) -> str | None:
    """The latest period (``2025-02``) for which a run of the standard was started, if any."""
    period: str | None = await tx.scalar(
        select(func.max(billing_runs.c.period)).where(
            billing_runs.c.org_id == tx.org_id, billing_runs.c.standard_id == standard_id
        )
    )
    return period


async def end_version(tx: Tx, version_id: UUID, last: date) -> None:
    """Give an open version its last day."""
    await tx.execute(
        update(standard_versions)
        .where(v.org_id == tx.org_id, v.id == version_id)
        .values(effective_to=last, version=standard_versions.c.version + 1, updated_at=tx.now)
    )


async def add_version(tx: Tx, standard_id: UUID, values: dict[str, Any]) -> UUID:
    """Store a version; returns its id."""
    version_id = uuid7()
    await tx.execute(
        insert(standard_versions).values(
            org_id=tx.org_id,
            id=version_id,
            version=1,
            created_at=tx.now,
            updated_at=tx.now,
            standard_id=standard_id,
            **values,
        )
    )
    return version_id


async def version(tx: Tx, version_id: UUID) -> Row[Any] | None:
    """One version with its standard."""
    return await tx.one_or_none(_VERSION.where(v.org_id == tx.org_id, v.id == version_id))


async def of_community(tx: Tx, community_id: UUID, code: str | None) -> Sequence[Row[Any]]:
    """The standards of a community, of one code or all (at most two are read to tell one from several)."""
    wanted = select(s.id, s.code, s.fee_kind).where(s.org_id == tx.org_id, s.community_id == community_id)
    if code is not None:
        wanted = wanted.where(s.code == code)
    return await tx.rows(wanted.order_by(s.code).limit(2))


async def page(tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Versions in the order they were made, after a version id."""
    wanted = _VERSION.where(v.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(v.id > after)
    return await tx.rows(wanted.order_by(v.id).limit(limit))
