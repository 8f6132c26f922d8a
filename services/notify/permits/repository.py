"""Permits in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.notify.models import permits, provider_templates
from shared.db.tx import Tx
from shared.ids import uuid7


def _free(tx: Tx) -> list[ColumnElement[bool]]:
    p = permits
    return [p.c.org_id == tx.org_id, p.c.delivery_id.is_(None), p.c.void_at.is_(None)]


async def hold(tx: Tx, delivery_id: UUID, person_id: UUID, provider: str, template: str) -> bool:
    """Hold a person's oldest free permit for a delivery, unless it holds one already; whether it does now."""
    p = permits
    held = await tx.scalar(select(p.c.id).where(p.c.org_id == tx.org_id, p.c.delivery_id == delivery_id))
    if held is not None:
        return True
    free = await tx.scalar(
        select(p.c.id)
        .where(*_free(tx), p.c.person_id == person_id, p.c.provider == provider, p.c.template == template)
        .order_by(p.c.id)
        .limit(1)
        # Another sender holds the locked ones in this very moment.
        .with_for_update(skip_locked=True)
    )
    if free is None:
        return False
    await tx.execute(
        update(p)
        .where(p.c.org_id == tx.org_id, p.c.id == free)
        .values(delivery_id=delivery_id, version=p.c.version + 1, updated_at=tx.now)
    )
    return True


async def use(tx: Tx, delivery_id: UUID) -> None:
    """The delivery's permit is used up."""
    await _set(tx, delivery_id, used_at=tx.wall)


async def give_back(tx: Tx, delivery_id: UUID) -> None:
    """The delivery did not use its permit."""
    await _set(tx, delivery_id, delivery_id=None)


async def void(tx: Tx, delivery_id: UUID) -> None:
    """The provider takes nothing from this person with this template any more: their unused permits are void."""
    p = permits
    held = await tx.one_or_none(
        select(p.c.person_id, p.c.provider, p.c.template).where(p.c.org_id == tx.org_id, p.c.delivery_id == delivery_id)
    )
    if held is None:
        return
    await tx.execute(
        update(p)
        .where(
            p.c.org_id == tx.org_id,
            p.c.person_id == held.person_id,
            p.c.provider == held.provider,
            p.c.template == held.template,
            p.c.used_at.is_(None),
            p.c.void_at.is_(None),
        )
        .values(void_at=tx.wall, version=p.c.version + 1, updated_at=tx.now)
    )


async def _set(tx: Tx, held_by: UUID, **values: Any) -> None:
    p = permits
    await tx.execute(
        update(p)
        .where(p.c.org_id == tx.org_id, p.c.delivery_id == held_by, p.c.used_at.is_(None))
        .values(version=p.c.version + 1, updated_at=tx.now, **values)
    )


async def asked_for(tx: Tx, provider: str) -> Sequence[Row[Any]]:
    """The provider's templates that may be sent, with the templates of ours that use them."""
    t = provider_templates
    return await tx.rows(
        select(t.c.code, func.array_agg(t.c.template.distinct()).label("messages"))
        .where(t.c.org_id == tx.org_id, t.c.provider == provider, t.c.state == "approved")
        .group_by(t.c.code)
        .order_by(t.c.code)
    )


async def left(tx: Tx, person_id: UUID, provider: str) -> dict[str, int]:
    """How many permits a person has left, by the provider's template."""
    p = permits
    rows = await tx.rows(
        select(p.c.template, func.count().label("n"))
        .where(*_free(tx), p.c.person_id == person_id, p.c.provider == provider)
        .group_by(p.c.template)
    )
    return {row.template: row.n for row in rows}


async def add(tx: Tx, person_id: UUID, provider: str, templates: Collection[str], report_id: UUID) -> None:
    """Add a permit of each of these templates; what this report said before is there already."""
    rows = [
        {
            "org_id": tx.org_id,
            "id": uuid7(),
            "version": 1,
            "created_at": tx.now,
            "updated_at": tx.now,
            "person_id": person_id,
            "provider": provider,
            "template": template,
            "report_id": report_id,
        }
        for template in sorted(templates)
    ]
    if rows:
        await tx.execute(pg_insert(permits).on_conflict_do_nothing(), rows)
