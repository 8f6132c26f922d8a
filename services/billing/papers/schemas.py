"""The quarterly collection report on the wire."""

from __future__ import annotations

from uuid import UUID

from shared.http.schemas import MoneyModel, Output, UtcTime


class QuarterOut(Output):
    """A natural quarter and fee kind: what was due, what of it was credited by the quarter's last day, the rate in
    percent, and what was written down at the close."""

    period: str
    fee_kind: str
    receivable: MoneyModel
    received: MoneyModel
    rate: str | None
    received_later: MoneyModel
    closed_at: UtcTime | None
    received_at_close: MoneyModel | None
    receivable_at_close: MoneyModel | None


class CollectionReportOut(Output):
    """The quarters of a year in which anything was due."""

    community_id: UUID
    year: int
    cash_basis: str
    quarters: list[QuarterOut]
