"""What the counted answers of surveys add up to, in the database: one statement per question, however many surveys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Row, and_, cast, func, literal, select

from services.ticketing.domain.survey_types import QUARTERLY
from services.ticketing.domain.surveys import DRAFT
from services.ticketing.models import (
    communities,
    org_units,
    survey_answers,
    survey_measures,
    survey_recalls,
    survey_reports,
    survey_scope,
    surveys,
)
from shared.db.tx import Tx

a = survey_answers.c
x = survey_scope.c


def _marks() -> tuple[Any, ColumnElement[int]]:
    each = func.jsonb_each_text(a.marks).table_valued("key", "value", name="mark").lateral()
    return each, cast(each.c.value, Integer)


def _counted() -> Any:
    return survey_scope.join(survey_answers, and_(a.org_id == x.org_id, a.id == x.answer_id))


async def by_dimension(tx: Tx, survey_ids: Sequence[UUID], satisfied_from: int) -> Sequence[Row[Any]]:
    """``survey_id, dimension, answers, total, satisfied`` of the counted answers."""
    each, mark = _marks()
    return await tx.rows(
        select(
            x.survey_id,
            each.c.key.label("dimension"),
            func.count().label("answers"),
            func.sum(mark).label("total"),
            func.count().filter(mark >= satisfied_from).label("satisfied"),
        )
        .select_from(_counted().join(each, literal(True)))
        .where(x.org_id == tx.org_id, x.survey_id.in_(sorted(survey_ids)))
        .group_by(x.survey_id, each.c.key)
    )


async def by_channel(tx: Tx, survey_ids: Sequence[UUID], satisfied_from: int) -> Sequence[Row[Any]]:
    """``channel, households, satisfied, entered, replaced`` of the counted answers.

    A household is satisfied when the mean of its marks is; the comparison is of whole numbers.
    """
    each, mark = _marks()
    per = (
        select(
            a.id,
            a.survey_id,
            a.unit_id,
            func.coalesce(a.channel, "app").label("channel"),
            a.entered_by,
            (func.sum(mark) >= satisfied_from * func.count()).label("happy"),
        )
        .select_from(_counted().join(each, literal(True)))
        .where(x.org_id == tx.org_id, x.survey_id.in_(sorted(survey_ids)))
        .group_by(a.org_id, a.id, a.survey_id, a.unit_id, a.channel, a.entered_by)
        .subquery()
    )
    own = survey_answers.alias("own")
    replaced = (
        select(own.c.id)
        .where(
            own.c.org_id == tx.org_id,
            own.c.survey_id == per.c.survey_id,
            own.c.unit_id == per.c.unit_id,
            own.c.entered_by.is_(None),
        )
        .exists()
    )
    entered = per.c.entered_by.is_not(None)
    return await tx.rows(
        select(
            per.c.channel,
            func.count().label("households"),
            func.count().filter(per.c.happy).label("satisfied"),
            func.count().filter(entered).label("entered"),
            func.count().filter(and_(entered, replaced)).label("replaced"),
        ).group_by(per.c.channel)
    )


async def recalls(tx: Tx, survey_ids: Sequence[UUID]) -> dict[str | None, int]:
    """Households called back, by what they said; None: still to be called."""
    c = survey_recalls.c
    rows = await tx.rows(
        select(c.result, func.count().label("households"))
        .where(c.org_id == tx.org_id, c.survey_id.in_(sorted(survey_ids)))
        .group_by(c.result)
    )
    return {row.result: row.households for row in rows}


async def standing(tx: Tx, survey_id: UUID) -> tuple[str | None, int, list[str]]:
    """The state of a survey's report, how many measures it has, and the states of those assigned."""
    r, m = survey_reports.c, survey_measures.c
    report = await tx.one_or_none(
        select(r.state, func.jsonb_array_length(r.measures).label("measures")).where(
            r.org_id == tx.org_id, r.survey_id == survey_id
        )
    )
    states = await tx.rows(select(m.state).where(m.org_id == tx.org_id, m.survey_id == survey_id))
    if report is None:
        return None, 0, []
    return report.state, report.measures, [row.state for row in states]


async def under(
    tx: Tx, org_unit_id: UUID, period: str, type: str, reach: Sequence[ColumnElement[bool]]
) -> Sequence[Row[Any]]:
    """Surveys of a type and period, issued in the communities below an org unit, within the caller's reach."""
    s, c = surveys.c, communities.c
    return await tx.rows(
        select(s.id, s.community_id, s.state, s.scope_count, s.dimensions)
        .select_from(surveys.join(communities, and_(c.org_id == s.org_id, c.id == s.community_id)))
        .where(
            s.org_id == tx.org_id,
            s.period == period,
            s.state != DRAFT,
            func.coalesce(s.type, QUARTERLY) == type,
            c.path.contains([org_unit_id]),
            *reach,
        )
        .order_by(s.id)
    )


async def org_unit_path(tx: Tx, org_unit_id: UUID) -> Sequence[UUID] | None:
    """The org units from the organisation down to this one, or None."""
    path: Sequence[UUID] | None = await tx.scalar(
        select(org_units.c.path).where(org_units.c.org_id == tx.org_id, org_units.c.id == org_unit_id)
    )
    return path
