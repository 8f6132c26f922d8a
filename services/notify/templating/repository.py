"""Providers' templates in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Row

from services.notify.models import provider_templates
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7

APPROVED = "approved"


async def approved(tx: Tx, providers: Collection[str], templates: Collection[str]) -> Sequence[Row[Any]]:
    """Those of these providers' templates that may be sent."""
    t = provider_templates
    return await tx.rows(
        select(t.c.provider, t.c.template, t.c.locale, t.c.code, t.c.signature, t.c.parameters).where(
            t.c.org_id == tx.org_id,
            t.c.provider.in_(providers),
            t.c.template.in_(templates),
            # An unapproved template never sends: providers fine it, and the text may be wrong.
            t.c.state == APPROVED,
        )
    )


async def of_template(tx: Tx, template: str) -> Sequence[Row[Any]]:
    """A template at all its providers."""
    t = provider_templates
    return await tx.rows(
        select(t).where(t.c.org_id == tx.org_id, t.c.template == template).order_by(t.c.provider, t.c.locale)
    )


async def one(tx: Tx, provider: str, template: str, locale: str) -> Row[Any] | None:
    """A template at one provider, locked."""
    t = provider_templates
    return await tx.one_or_none(
        select(t)
        .where(t.c.org_id == tx.org_id, t.c.provider == provider, t.c.template == template, t.c.locale == locale)
        .with_for_update()
    )


async def add(tx: Tx, values: dict[str, Any]) -> UUID:
    """A new one; its id."""
    row = {"id": uuid7(), "version": 1, "created_at": tx.now, "updated_at": tx.now, **values}
    await insert_rows(tx, provider_templates, [row])
    found: UUID = row["id"]
    return found


async def change(tx: Tx, row_id: UUID, version: int, values: dict[str, Any]) -> None:
    """Write one anew, as the version after `version`."""
    t = provider_templates
    await tx.execute(
        t.update()
        .where(t.c.org_id == tx.org_id, t.c.id == row_id)
        .values(version=version + 1, updated_at=tx.now, **values)
    )
