"""Statements on surveys; answering is a hot path of one look-up, one insert and one update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update

from services.ticketing.domain.register import ANSWERS_SURVEYS, DWELLING
from services.ticketing.models import (
    communities,
    relations,
    survey_answers,
    survey_reports,
    survey_scope,
    surveys,
    units,
)
from services.ticketing.register.repository import paged
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.http.paging import PageQuery

s = surveys.c
x = survey_scope.c


async def add(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store a new survey."""
    await insert_rows(tx, surveys, [{"version": 1, "created_at": tx.now, "updated_at": tx.now, **values}])


async def one(
    tx: Tx, id: UUID, conditions: Sequence[ColumnElement[bool]] = (), *, lock: bool = False
) -> Row[Any] | None:
    """One survey that fulfils the conditions; locked, it waits for answers under way and holds up later ones."""
    wanted = select(surveys).where(s.org_id == tx.org_id, s.id == id, *conditions)
    # FOR UPDATE, not FOR NO KEY UPDATE: it must not pass the FOR SHARE of an answer.
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write columns of a survey and its next version."""
    await tx.execute(
        update(surveys)
        .where(s.org_id == tx.org_id, s.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def households(tx: Tx, community_id: UUID, day: date) -> Sequence[UUID]:
    """The dwellings of a community that are occupied on a local day (AMB-021)."""
    u = units.c
    rows = await tx.rows(
        select(u.id)
        .where(
            u.org_id == tx.org_id,
            u.community_id == community_id,
            u.use == DWELLING,
            u.occupied_from <= day,
            or_(u.occupied_to.is_(None), u.occupied_to >= day),
        )
        .order_by(u.id)
    )
    return [row.id for row in rows]


async def freeze_scope(tx: Tx, survey_id: UUID, unit_ids: Sequence[UUID]) -> None:
    """Store the households asked."""
    await insert_rows(
        tx,
        survey_scope,
        [{"survey_id": survey_id, "unit_id": id, "answer_id": None, "answered_at": None} for id in unit_ids],
    )


async def to_answer(tx: Tx, survey_id: UUID, unit_id: UUID) -> Row[Any] | None:
    """All that deciding on an answer needs, in one look: survey, scope, and the community's zone.

    The survey row is locked shared: answers do not wait for each other, but a close waits for them and they for it, so
    that the number of answers it tells is the number there is.
    """
    return await tx.one_or_none(
        select(
            s.id,
            s.community_id,
            s.type,
            s.title,
            s.questions,
            s.opened_at,
            s.state,
            s.closes_at,
            s.dimensions,
            s.period,
            s.version,
            communities.c.timezone,
            x.unit_id.label("asked"),
        )
        .select_from(
            surveys.join(
                communities,
                and_(communities.c.org_id == s.org_id, communities.c.id == s.community_id),
            ).outerjoin(survey_scope, and_(x.org_id == s.org_id, x.survey_id == s.id, x.unit_id == unit_id))
        )
        .where(s.org_id == tx.org_id, s.id == survey_id)
        .with_for_update(read=True, of=surveys)
    )


async def may_answer(tx: Tx, person_id: UUID, unit_id: UUID, day: date) -> bool:
    """Whether a person's relation to a unit lets them answer surveys on a local day."""
    r = relations.c
    found = await tx.scalar(
        select(r.id)
        .where(
            r.org_id == tx.org_id,
            r.unit_id == unit_id,
            r.person_id == person_id,
            r.since <= day,
            or_(r.until.is_(None), r.until >= day),
            r.powers.contains([ANSWERS_SURVEYS]),
        )
        .limit(1)
    )
    return found is not None


async def lies_in(tx: Tx, unit_id: UUID, community_id: UUID) -> bool:
    """Whether a unit is one of a community."""
    u = units.c
    found = await tx.scalar(select(u.id).where(u.org_id == tx.org_id, u.id == unit_id, u.community_id == community_id))
    return found is not None


async def add_answer(tx: Tx, values: Mapping[str, Any]) -> bool:
    """Store an answer and let the household's scope row point at it, unless that names one given later.

    Two answers of one household queue on that row. Answers whether it counts.
    """
    # row: AMB-021 one answer per household: the last one given, however late it is typed in
    moved = await tx.execute(
        update(survey_scope)
        .where(
            x.org_id == tx.org_id,
            x.survey_id == values["survey_id"],
            x.unit_id == values["unit_id"],
            or_(x.answered_at.is_(None), x.answered_at <= values["answered_at"]),
        )
        .values(answer_id=values["id"], answered_at=values["answered_at"])
    )
    await tx.execute(insert(survey_answers).values(org_id=tx.org_id, **values))
    return bool(moved.rowcount)


async def counted(tx: Tx, survey_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Households with an answer, by survey."""
    if not survey_ids:
        return {}
    rows = await tx.rows(
        select(x.survey_id, func.count(x.answer_id).label("answers"))
        .where(x.org_id == tx.org_id, x.survey_id.in_(sorted(survey_ids)))
        .group_by(x.survey_id)
    )
    return {row.survey_id: row.answers for row in rows}


async def page(tx: Tx, conditions: Sequence[ColumnElement[bool]], page: PageQuery) -> Sequence[Row[Any]]:
    """Surveys in the order of their making."""
    return await tx.rows(paged(select(surveys).where(s.org_id == tx.org_id, *conditions), surveys, page))


async def answers(
    tx: Tx, survey_id: UUID, conditions: Sequence[ColumnElement[bool]], page: PageQuery
) -> Sequence[Row[Any]]:
    """All answers to a survey in the order they came, with whether each counts."""
    a = survey_answers.c
    wanted = (
        select(survey_answers, (a.id == x.answer_id).label("counted"))
        .select_from(
            survey_answers.join(
                survey_scope, and_(x.org_id == a.org_id, x.survey_id == a.survey_id, x.unit_id == a.unit_id)
            )
        )
        .where(a.org_id == tx.org_id, a.survey_id == survey_id, *conditions)
    )
    if page.after is not None:
        wanted = wanted.where(a.id > page.after.uuid())
    return await tx.rows(wanted.order_by(a.id).limit(page.limit + 1))


async def report(tx: Tx, survey_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """The report on a survey, if there is one."""
    r = survey_reports.c
    wanted = select(survey_reports).where(r.org_id == tx.org_id, r.survey_id == survey_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def add_report(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store a first report."""
    await insert_rows(tx, survey_reports, [{"version": 1, "created_at": tx.now, "updated_at": tx.now, **values}])


async def change_report(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write columns of a report and its next version."""
    r = survey_reports.c
    await tx.execute(
        update(survey_reports)
        .where(r.org_id == tx.org_id, r.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def answers_of_person(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Every answer that somebody gave, superseded ones too."""
    c = survey_answers.c
    return await tx.rows(select(survey_answers).where(c.org_id == tx.org_id, c.person_id == person_id).order_by(c.id))
