"""What direct debits look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, Text, UtcTime

FeeKind = Annotated[str, Field(min_length=1, max_length=40)]
LineState = Literal["sent", "accepted", "refused", "booked"]


class MandateIn(Input):
    """An agreement of a unit's payer that the bank collects; with `declined` that they do not want one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "unit_id": "0194a0c0-0000-7000-8000-000000000002",
                    "payer_id": "0194a0c0-0000-7000-8000-000000000003",
                    "bank": "工商银行",
                    "account": "6222020200112230017",
                    "holder": "王芳",
                    "since": "2025-03-01",
                }
            ]
        },
    )

    unit_id: UUID
    payer_id: UUID
    since: date
    declined: bool = False
    bank: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    account: Annotated[str, Field(pattern=r"^[0-9]{8,32}$")] | None = None
    holder: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    fee_kinds: Annotated[list[FeeKind], Field(max_length=20)] = Field(
        default_factory=list, description="What it collects; empty: every fee but deposits."
    )
    note: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class EndIn(Input):
    """The last day of a mandate."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ended_on": "2025-06-30", "reason": "业主更换银行卡"}]})

    ended_on: date
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class MandateOut(Output):
    """A mandate; the account is masked, here and everywhere but in the file to the bank."""

    id: UUID
    version: int
    community_id: UUID
    unit_id: UUID
    payer_id: UUID
    number: str
    state: Literal["active", "declined", "ended"]
    bank: str | None
    account_mask: str | None
    fee_kinds: list[str]
    since: date
    ended_on: date | None
    note: str | None


class ToHandleOut(Output):
    """A payer who moved in and was not asked yet whether the bank shall collect."""

    unit_id: UUID
    unit: str
    payer_id: UUID
    since: date


class RunIn(Input):
    """Collect what is due by a day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"community_id": "0194a0c0-0000-7000-8000-000000000001", "collect_on": "2025-03-25"}]
        },
    )

    community_id: UUID
    collect_on: date


class AnswerIn(Input):
    """The bank's answer: the text of its file."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "file": "H,1,TD20250325-001,20250326\r\nR,1,400.00,00,20250326,B1\r\n"
                    "R,2,374.00,01,,\r\nT,2,400.00\r\n"
                }
            ]
        },
    )

    file: Annotated[str, Field(min_length=1, max_length=1_500_000)]


class DifferenceOut(Output):
    """Where the bank's answer differs from our file: `unknown_line`, `amount`, `changed` (said otherwise before),
    `missing` (no answer yet), `total` (its own sums). What differs is not booked."""

    kind: Literal["unknown_line", "amount", "changed", "missing", "total"]
    line: int
    ours: str
    theirs: str


class RunOut(Output):
    """A file of collections, and how far its answer is."""

    id: UUID
    version: int
    community_id: UUID
    number: str
    state: Literal["sent", "answered", "done"]
    collect_on: date
    lines: int
    amount: MoneyModel
    differences: list[DifferenceOut]
    answered_at: UtcTime | None
    created_at: UtcTime


class LineOut(Output):
    """A collection: the bills it is for, and what became of it."""

    line: int
    unit_id: UUID
    mandate_id: UUID
    amount: MoneyModel
    bill_ids: list[UUID]
    state: LineState
    code: str | None
    reason: Text | None
    value_on: date | None
    payment_id: UUID | None
