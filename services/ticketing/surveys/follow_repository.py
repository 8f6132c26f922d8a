"""The statements of calls back and of measures. The survey's row is locked first by whoever draws or assigns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, and_, select, update

from services.ticketing.models import survey_answers, survey_measures, survey_recalls, survey_scope
from shared.db.helpers import insert_rows
from shared.db.tx import Tx


async def counted_answers(tx: Tx, survey_id: UUID) -> dict[UUID, Row[Any]]:
    """The answer that counts of each household: ``id, unit_id, entered_by``."""
    a, x = survey_answers.c, survey_scope.c
    rows = await tx.rows(
        select(a.id, a.unit_id, a.entered_by)
        .select_from(survey_scope.join(survey_answers, and_(a.org_id == x.org_id, a.id == x.answer_id)))
        .where(x.org_id == tx.org_id, x.survey_id == survey_id)
    )
    return {row.unit_id: row for row in rows}


async def of_survey(tx: Tx, table: Table, survey_id: UUID) -> Sequence[Row[Any]]:
    """Rows of a survey in the order of their making."""
    c = table.c
    return await tx.rows(select(table).where(c.org_id == tx.org_id, c.survey_id == survey_id).order_by(c.id))


async def one(tx: Tx, table: Table, survey_id: UUID, id: UUID) -> Row[Any] | None:
    """One row of a survey, held until the commit."""
    c = table.c
    return await tx.one_or_none(
        select(table).where(c.org_id == tx.org_id, c.survey_id == survey_id, c.id == id).with_for_update()
    )


async def add(tx: Tx, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new rows."""
    base = {"version": 1, "created_at": tx.now, "updated_at": tx.now}
    await insert_rows(tx, table, [{**base, **row} for row in rows])


async def change(tx: Tx, table: Table, row: Row[Any], values: Mapping[str, Any]) -> Row[Any]:
    """Write columns and the next version; the row after it."""
    c = table.c
    await tx.execute(
        update(table)
        .where(c.org_id == tx.org_id, c.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )
    found = await tx.one_or_none(select(table).where(c.org_id == tx.org_id, c.id == row.id))
    assert found is not None  # held since it was read
    return found


RECALLS, MEASURES = survey_recalls, survey_measures
