"""What paid service slips look like on the wire."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.http.schemas import MoneyModel, Output, UtcTime


class SlipOut(Output):
    """A slip that its owner confirmed; `in_time` says whether that was before `run_at`, the deduction run that collects
    it; `voided_at`: it changed or was made void since, and its bill is credited."""

    id: UUID
    community_id: UUID
    unit_id: UUID
    payer_id: UUID | None
    number: str
    service: str
    amount: MoneyModel
    served_on: date
    posted_at: UtcTime
    run_at: UtcTime
    in_time: bool
    bill_id: UUID
    ticket_id: UUID | None
    voided_at: UtcTime | None
