"""What billing runs look like on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Month, Output, Text, UtcTime


class RunIn(Input):
    """Bill a community for a month. The same run again fills gaps only."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "0194a0c0-0000-7000-8000-000000000001",
                    "standard_code": "property",
                    "period": "2025-01",
                }
            ]
        },
    )

    community_id: UUID
    standard_code: Annotated[str, Field(min_length=1, max_length=40)] | None = Field(
        default=None, description="May be left out where the community has one standard only."
    )
    period: Month


class SkippedOut(Output):
    """Units that got no bill, and why."""

    reason: str
    text: Text
    units: int


class RegisterOut(Output):
    """The copy of the register the run used. `state`: current, or source_silent or unknown when ticketing
    could not be heard."""

    state: str
    position: int | None
    head: int | None


class RunOut(Output):
    """A run with its progress; `balanced` is the proof that bills and lines sum to the same, once done."""

    id: UUID
    community_id: UUID
    standard_id: UUID
    version_id: UUID
    period: str
    state: str
    units: int
    billed: int
    skipped: list[SkippedOut]
    total: MoneyModel
    lines_total: MoneyModel | None
    balanced: bool | None
    prepaid_used: MoneyModel
    register_copy: RegisterOut
    started_at: UtcTime
    finished_at: UtcTime | None


class PreviewLineOut(Output):
    """A line as it would be issued."""

    text: Text
    amount: MoneyModel


class PreviewBillOut(Output):
    """A bill as it would be issued."""

    unit_id: UUID
    payer_id: UUID | None
    amount: MoneyModel
    lines: list[PreviewLineOut]


class PreviewOut(Output):
    """What a run would do now: its sums, whom it would leave out, and the first bills in full. Nothing is stored."""

    community_id: UUID
    standard_id: UUID
    version_id: UUID
    period: str
    due_date: date
    units: int
    billed: int
    skipped: list[SkippedOut]
    total: MoneyModel
    bills: list[PreviewBillOut]
    register_copy: RegisterOut


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller wants of the list of runs; ``None`` = any."""

    community_id: UUID | None = None
    period: str | None = None
    state: str | None = None
    updated_after: datetime | None = None
