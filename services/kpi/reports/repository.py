"""Statements on duties to report and on the reports themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.kpi import registers
from services.kpi.models import report_duties, reports
from shared.auth import Principal
from shared.db.tx import Tx
from shared.ids import uuid7


async def add_duty(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a duty."""
    return await registers.add(tx, report_duties, values)


async def known(tx: Tx, community_id: UUID, form: str) -> Row[Any] | None:
    """The duty of a community to hand in a form."""
    c = report_duties.c
    return await tx.one_or_none(
        select(c.id, c.version).where(c.org_id == tx.org_id, c.community_id == community_id, c.form == form)
    )


async def duty(tx: Tx, who: Principal | None, duty_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A duty within reach."""
    return await registers.get(tx, who, report_duties, duty_id, lock=lock)


async def change_duty(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> int:
    """Write a change of a locked duty."""
    return await registers.change(tx, report_duties, row, values)


async def duties(
    tx: Tx, who: Principal, filters: Mapping[str, Any], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Duties within reach."""
    return await registers.page(tx, who, report_duties, filters, after, limit)


async def open_report(tx: Tx, values: Mapping[str, Any]) -> UUID | None:
    """Store the report that is owed next, once; its id, or None where it was there already."""
    head = {"id": uuid7(), "version": 1, "created_at": tx.now, "updated_at": tx.now}
    found: UUID | None = await tx.scalar(
        pg_insert(reports)
        .values(org_id=tx.org_id, **head, **values)
        .on_conflict_do_nothing(index_elements=["org_id", "duty_id", "starts_on"])
        .returning(reports.c.id)
    )
    return found


async def get(tx: Tx, who: Principal | None, report_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A report within reach."""
    return await registers.get(tx, who, reports, report_id, lock=lock)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> int:
    """Write a change of a locked report."""
    return await registers.change(tx, reports, row, values)


async def owed_after(tx: Tx, duty_id: UUID, day: date) -> Sequence[Row[Any]]:
    """Reports of a duty that are due after a day and not handed in, locked."""
    c = reports.c
    return await tx.rows(
        select(reports)
        .where(c.org_id == tx.org_id, c.duty_id == duty_id, c.due_on > day, c.state == "due")
        .order_by(c.id)
        .with_for_update()
    )


async def page(
    tx: Tx,
    who: Principal,
    filters: Mapping[str, Any],
    due: tuple[date | None, date | None],
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Reports within reach, due between two days."""
    c = reports.c
    more = [c.due_on >= due[0]] if due[0] is not None else []
    more += [c.due_on <= due[1]] if due[1] is not None else []
    return await registers.page(tx, who, reports, filters, after, limit, *more)
