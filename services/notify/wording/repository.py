"""Versions of wordings in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.engine import Row

from services.notify.models import own_templates, template_versions
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

DRAFT, PUBLISHED = "draft", "published"


async def in_force(tx: Tx, templates: Collection[str]) -> Sequence[Row[Any]]:
    """The last published version of each of these templates that has one."""
    v = template_versions
    return await tx.rows(
        select(v.c.id, v.c.template, v.c.number, v.c.wordings)
        .ext(distinct_on(v.c.template))
        .where(v.c.org_id == tx.org_id, v.c.template.in_(templates), v.c.state == PUBLISHED)
        .order_by(v.c.template, v.c.number.desc())
    )


async def by_id(tx: Tx, version_id: UUID) -> Row[Any] | None:
    """One version, published or not."""
    v = template_versions
    return await tx.one_or_none(select(v).where(v.c.org_id == tx.org_id, v.c.id == version_id))


async def numbered(tx: Tx, template: str, number: int) -> Row[Any] | None:
    """One version of a template."""
    v = template_versions
    return await tx.one_or_none(
        select(v).where(v.c.org_id == tx.org_id, v.c.template == template, v.c.number == number)
    )


async def page(tx: Tx, template: str, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 versions of a template, the newest first."""
    v = template_versions
    query = select(v).where(v.c.org_id == tx.org_id, v.c.template == template).order_by(v.c.number.desc())
    if before is not None:
        query = query.where(v.c.number < before)
    return await tx.rows(query.limit(limit + 1))


async def draft(tx: Tx, template: str) -> Row[Any] | None:
    """The draft of a template, locked."""
    v = template_versions
    return await tx.one_or_none(
        select(v).where(v.c.org_id == tx.org_id, v.c.template == template, v.c.state == DRAFT).with_for_update()
    )


async def add(tx: Tx, template: str, wordings: Mapping[str, Any], written_by: UUID) -> UUID:
    """A draft, numbered after the last version; its id."""
    v = template_versions
    last = await tx.scalar(select(func.max(v.c.number)).where(v.c.org_id == tx.org_id, v.c.template == template))
    row = {
        "id": uuid7(),
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "template": template,
        "number": (last or 0) + 1,
        "state": DRAFT,
        "wordings": wordings,
        "written_by": written_by,
    }
    await insert_rows(tx, v, [row])
    return UUID(str(row["id"]))


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write a version anew; the caller has locked it."""
    v = template_versions
    await tx.execute(
        v.update()
        .where(v.c.org_id == tx.org_id, v.c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )


async def remove(tx: Tx, version_id: UUID) -> None:
    """Drop a draft."""
    v = template_versions
    await tx.execute(delete(v).where(v.c.org_id == tx.org_id, v.c.id == version_id, v.c.state == DRAFT))


async def own(tx: Tx, codes: Collection[str] | None) -> Sequence[Row[Any]]:
    """The organisation's own templates of these codes, or all that are not retired, by code."""
    o = own_templates
    query = select(o).where(o.c.org_id == tx.org_id).order_by(o.c.code)
    return await tx.rows(query.where(o.c.retired_at.is_(None) if codes is None else o.c.code.in_(codes)))


async def count_own(tx: Tx) -> int:
    """How many of them are not retired."""
    o = own_templates
    query = select(func.count()).select_from(o).where(o.c.org_id == tx.org_id, o.c.retired_at.is_(None))
    return int(await tx.scalar(query) or 0)


async def add_own(tx: Tx, values: Mapping[str, Any]) -> bool:
    """A new one; False where there is one of its code, also of another who adds it now."""
    row = {"org_id": tx.org_id, "id": uuid7(), "version": 1, "created_at": tx.now, "updated_at": tx.now, **values}
    added = await tx.rows(pg_insert(own_templates).values(row).on_conflict_do_nothing().returning(own_templates.c.id))
    return bool(added)


async def retire_own(tx: Tx, row: Row[Any]) -> None:
    """Mark one as no longer used."""
    o = own_templates
    await tx.execute(
        o.update()
        .where(o.c.org_id == tx.org_id, o.c.id == row.id)
        .values(retired_at=tx.now, version=o.c.version + 1, updated_at=tx.now)
    )
