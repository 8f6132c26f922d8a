"""What written notices look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict

from shared.http.schemas import Input, MoneyModel, Output, UtcTime


class NoticeIn(Input):
    """A notice or a written demand for what the household owes now. `due_on`: the last day to deliver it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"case_id": "0194a0c0-0000-7000-8000-0000000000cc", "kind": "notice"}]},
    )

    case_id: UUID
    kind: Literal["notice", "demand"] = "notice"
    due_on: date | None = None


class PrintedIn(Input):
    """When it was printed; now, unless told otherwise."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    at: UtcTime | None = None


class DeliveredIn(Input):
    """When and how it was served. A demand needs a proof, uploaded before: the receipt, a photo, the carrier's slip."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"delivery": "hand"}]
        },
    )

    delivery: Literal["hand", "door", "post", "courier"]
    at: UtcTime | None = None


class NoticeOut(Output):
    """A notice: number, what it asks, who printed and delivered it and when."""

    id: UUID
    number: str
    case_id: UUID
    community_id: UUID
    unit_id: UUID
    kind: str
    amount: MoneyModel
    due_at: UtcTime
    term_days: int
    content_hash: str
    issued_at: UtcTime
    printed_at: UtcTime | None
    printed_by: UUID | None
    delivered_at: UtcTime | None
    delivered_by: UUID | None
    delivery: str | None
    proof_sha256: str | None
    missed_at: UtcTime | None
