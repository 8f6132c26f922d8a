"""What surveys say: one survey, or all of a type and period below an org unit; sums of counts, rounded once (C-120)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.ticketing.domain.survey_types import QUARTERLY
from services.ticketing.domain.surveys import DRAFT, SATISFIED_FROM, mean, share, stage
from services.ticketing.errors import NoSuchOrgUnit, NoSuchSurvey
from services.ticketing.surveys import repository, results_repository, service
from services.ticketing.surveys.report_schemas import (
    DimensionResultOut,
    PlaceResultsOut,
    RecallsOut,
    ResultsOut,
    RollUpOut,
    ShareOut,
)
from shared.auth import Principal
from shared.db.tx import Tx


async def results(tx: Tx, who: Principal, survey_id: UUID) -> ResultsOut:
    """What the answers counted so far say, question by question.

    Raises:
        NoSuchSurvey: unknown, outside the caller's reach, or not issued yet.
    """
    row = await service.survey(tx, who, survey_id)
    if row.state == DRAFT:
        raise NoSuchSurvey()
    figures = await _figures(tx, [row], row.scope_count)
    report_state, wanted, assigned = await results_repository.standing(tx, survey_id)
    return ResultsOut(
        survey_id=survey_id,
        type=row.type or QUARTERLY,
        state=row.state,
        stage=stage(row.state, report_state, wanted, assigned),
        **figures,
    )


async def roll_up(tx: Tx, who: Principal, org_unit_id: UUID, period: str, type: str) -> RollUpOut:
    """The surveys of a type and period of all communities under an org unit.

    Raises:
        NoSuchOrgUnit: unknown, or outside the caller's reach.
    """
    path = await results_repository.org_unit_path(tx, org_unit_id)
    if path is None or not who.sees(path):
        raise NoSuchOrgUnit()
    rows = await results_repository.under(tx, org_unit_id, period, type, service.reach(tx, who))
    totals = await _totals(tx, [row.id for row in rows])
    counts = await repository.counted(tx, [row.id for row in rows])
    places = [
        PlaceResultsOut(
            survey_id=row.id,
            community_id=row.community_id,
            state=row.state,
            scope_count=row.scope_count,
            answer_count=counts.get(row.id, 0),
            mean=_mean(*totals.get(row.id, (0, 0))),
        )
        for row in rows
    ]
    figures = await _figures(tx, rows, sum(row.scope_count for row in rows))
    return RollUpOut(org_unit_id=org_unit_id, period=period, type=type, surveys=places, **figures)


async def _totals(tx: Tx, ids: Sequence[UUID]) -> Mapping[UUID, tuple[int, int]]:
    found: dict[UUID, tuple[int, int]] = {}
    for mark in await results_repository.by_dimension(tx, ids, SATISFIED_FROM) if ids else ():
        total, answers = found.get(mark.survey_id, (0, 0))
        found[mark.survey_id] = (total + mark.total, answers + mark.answers)
    return found


async def _figures(tx: Tx, rows: Sequence[Any], scope: int) -> dict[str, Any]:
    ids = [row.id for row in rows]
    marks: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    # row: AMB-111 satisfied from 80 on, by question and by the mean of a household's marks
    for mark in await results_repository.by_dimension(tx, ids, SATISFIED_FROM) if ids else ():
        sums = marks[mark.dimension]
        for place, value in enumerate((mark.answers, mark.total, mark.satisfied)):
            sums[place] += value
    ways = await results_repository.by_channel(tx, ids, SATISFIED_FROM) if ids else ()
    answers = sum(way.households for way in ways)
    codes = dict.fromkeys(code for row in rows for code in row.dimensions)
    return {
        "scope_count": scope,
        "answer_count": answers,
        # row: C-120, AMB-021 coverage is of the households occupied when the survey was issued
        "coverage": _share(answers, scope),
        "mean": _mean(sum(m[1] for m in marks.values()), sum(m[0] for m in marks.values())),
        "satisfied": _share(sum(way.satisfied for way in ways), answers),
        "channels": {way.channel: way.households for way in sorted(ways, key=lambda way: str(way.channel))},
        "staff_entered": _share(sum(way.entered for way in ways), answers),
        "own_replaced": sum(way.replaced for way in ways),
        "dimensions": [
            DimensionResultOut(
                dimension=code,
                answers=marks[code][0],
                mean=_mean(marks[code][1], marks[code][0]),
                satisfied=marks[code][2],
            )
            for code in codes
        ],
        "recalls": await _recalls(tx, ids),
    }


async def _recalls(tx: Tx, ids: Sequence[UUID]) -> RecallsOut:
    found = await results_repository.recalls(tx, ids) if ids else {}
    agree, differ = found.get("agree", 0), found.get("differ", 0)
    return RecallsOut(
        drawn=sum(found.values()),
        agree=agree,
        differ=differ,
        not_reached=found.get("not_reached", 0),
        differ_share=_share(differ, agree + differ),
    )


def _share(part: int, whole: int) -> ShareOut:
    percent = share(part, whole)
    return ShareOut(numerator=part, denominator=whole, percent=None if percent is None else f"{percent:.2f}")


def _mean(total: int, count: int) -> str | None:
    found = mean(total, count)
    return None if found is None else f"{found:.2f}"
