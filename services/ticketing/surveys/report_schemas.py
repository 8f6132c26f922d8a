"""What results of surveys and the reports on them look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row as DbRow

from shared.http.schemas import Input, Output, UtcTime


class MeasureIn(Input):
    """A measure that the report proposes, and who is to carry it out."""

    department: Annotated[str, Field(min_length=1, max_length=80)]
    text: Annotated[str, Field(min_length=1, max_length=1000)]
    due_on: date | None = None


class ReportIn(Input):
    """The analysis of a closed survey with at least one improvement measure (C-118)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "analysis": "维修时效得分最低，主要原因是夜间无人值班。",
                    "measures": [{"department": "工程部", "text": "增设夜班维修岗", "due_on": "2025-05-31"}],
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


class ResultsOut(Output):
    """What the counted answers say: coverage as two whole numbers, and the mean over all marks (C-120, AMB-020)."""

    survey_id: UUID
    state: str
    scope_count: int
    answer_count: int
    mean: str | None
    dimensions: list[DimensionResultOut]


def report_out(row: DbRow[Any]) -> ReportOut:
    """A stored report as it is answered."""
    values = {name: getattr(row, name) for name in ReportOut.model_fields}
    values["measures"] = [MeasureOut(**measure) for measure in row.measures]
    return ReportOut(**values)
