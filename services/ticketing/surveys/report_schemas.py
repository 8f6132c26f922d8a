"""What results of surveys and the reports on them look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row as DbRow

from shared.http.schemas import Input, Output, UtcTime


class MeasureIn(Input):
    """A measure that the report proposes, who is to carry it out, and how the service desk helps them (C-126)."""

    department: Annotated[str, Field(min_length=1, max_length=80)]
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    support: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    due_on: date | None = None


class ReportIn(Input):
    """The analysis of a closed survey with at least one improvement measure (C-118)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "analysis": "维修时效得分最低，主要原因是夜间无人值班。",
                    "measures": [
                        {
                            "department": "工程部",
                            "text": "增设夜班维修岗",
                            "support": "客服部提供夜间报修时段统计",
                            "due_on": "2025-05-31",
                        }
                    ],
                }
            ]
        }
    )

    analysis: Annotated[str, Field(min_length=1, max_length=20_000)]
    measures: Annotated[list[MeasureIn], Field(min_length=1, max_length=50)]


class DecisionIn(Input):
    """What the general manager says to a report."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "同意，夜班岗位五月底前到位"}]})

    note: Annotated[str, Field(max_length=2000)] | None = None


class MeasureOut(Output):
    """A measure of a report."""

    department: str
    text: str
    support: str | None
    due_on: date | None


class ReportOut(Output):
    """The report on a survey: ``submitted``, ``returned`` or ``approved``."""

    id: UUID
    version: int
    survey_id: UUID
    state: str
    analysis: str
    measures: list[MeasureOut]
    submitted_by: UUID | None
    submitted_at: UtcTime
    decided_by: UUID | None
    decided_at: UtcTime | None
    note: str | None


class DimensionResultOut(Output):
    """One question: its counted answers, their mean to two decimals (null without any), how many are satisfied."""

    dimension: str
    answers: int
    mean: str | None
    satisfied: int


class ShareOut(Output):
    """So many of so many, and the percentage to two decimals; null of nothing."""

    numerator: int
    denominator: int
    percent: str | None


class RecallsOut(Output):
    """The households called back after the close, and what they said about the answer on record."""

    drawn: int
    agree: int
    differ: int
    not_reached: int
    differ_share: Annotated[ShareOut, Field(description="Of those reached, how many gave another answer")]


class FiguresOut(Output):
    """What counted answers say (C-120).

    ``coverage``: of the households occupied when the survey was issued (AMB-021). ``satisfied``: households whose mean
    is 80 or more (AMB-111). ``staff_entered``: answers typed in by staff, by phone or on paper; ``own_replaced``: of
    them those that came after an answer of the household's own.
    """

    scope_count: int
    answer_count: int
    coverage: ShareOut
    mean: str | None
    satisfied: ShareOut
    channels: dict[str, int]
    staff_entered: ShareOut
    own_replaced: int
    dimensions: list[DimensionResultOut]
    recalls: RecallsOut


class ResultsOut(FiguresOut):
    """The results of one survey, and how far it has come (C.13)."""

    survey_id: UUID
    type: str
    state: str
    stage: Annotated[
        str,
        Field(
            description="designed, collecting, closed, report_submitted, report_returned, approved_by_gm, "
            "improvements_assigned or improvements_verified"
        ),
    ]


class PlaceResultsOut(Output):
    """One survey within a roll-up."""

    survey_id: UUID
    community_id: UUID
    state: str
    scope_count: int
    answer_count: int
    mean: str | None


class RollUpOut(FiguresOut):
    """The surveys of a type and period of all communities under an org unit: sums of counts, never means of means."""

    org_unit_id: UUID
    period: str
    type: str
    surveys: list[PlaceResultsOut]


def report_out(row: DbRow[Any]) -> ReportOut:
    """A stored report as it is answered."""
    values = {name: getattr(row, name) for name in ReportOut.model_fields}
    values["measures"] = [MeasureOut(**{"support": None, **measure}) for measure in row.measures]
    return ReportOut(**values)
