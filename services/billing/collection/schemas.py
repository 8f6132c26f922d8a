"""What collection rates look like on the wire."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.http.schemas import MoneyModel, Output, UtcTime


class BesideOut(Output):
    """Money that does not count, each with its reason."""

    other_bills: MoneyModel
    later: MoneyModel
    overpaid: MoneyModel


class CloseOut(Output):
    """The rate as it was believed when the quarter closed."""

    closed_at: UtcTime
    numerator: MoneyModel
    denominator: MoneyModel
    bills: int


class RateOut(Output):
    """A collection rate. `rate` is percent with two decimals, for display; null when nothing was due.

    `numerator` over `denominator` is the exact rate. `evidence` lists the bills behind it.
    """

    community_id: UUID
    period: str
    fee_kind: str
    cash_basis: str
    reading: str
    numerator: MoneyModel
    denominator: MoneyModel
    rate: str | None
    bills: int
    beside: BesideOut
    at_close: CloseOut | None
    evidence: str


class EvidenceOut(Output):
    """One bill due in the period with what counted of it: `credited` was charged wrongly and lowers the denominator,
    `collected` came by the period's end, `later` after."""

    bill_id: UUID
    number: str
    unit_id: UUID
    due_date: date
    amount: MoneyModel
    credited: MoneyModel
    collected: MoneyModel
    later: MoneyModel
    state: str
    bill: str
