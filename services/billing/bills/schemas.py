"""What bills look like on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.http.schemas import MoneyModel, Output, Text, UtcTime


class LineOut(Output):
    """One line: quantity x rate x months x share, rounded half-up to the fen once."""

    text: Text
    rule: str
    rule_version: int
    quantity: str
    unit: str
    rate: str
    months: int
    share: str
    amount: MoneyModel


class BillOut(Output):
    """An issued bill, which never changes, with what is open on it now: amount = paid + credited + open.

    `source` says what issued it: a `run`, or by itself a `slip`, a `deposit`, a `late_fee`, or a `supplementary` bill;
    `source_id` names the slip, or the bill it follows.
    """

    id: UUID
    number: str
    community_id: UUID
    unit_id: UUID
    payer_id: UUID | None
    standard_id: UUID | None
    fee_kind: str
    source: str
    source_id: UUID | None
    period: str
    due_date: date
    amount: MoneyModel
    paid: MoneyModel
    credited: MoneyModel
    open: MoneyModel
    state: str
    issued_at: UtcTime


class BillPaidOut(Output):
    """Money on the bill, with the value date of the payment it came from."""

    allocation_id: UUID
    payment_id: UUID
    amount: MoneyModel
    value_date: date


class BillDetailOut(BillOut):
    """A bill with its lines and the payments on it."""

    run_id: UUID | None
    lines: list[LineOut]
    payments: list[BillPaidOut]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller wants of the list of bills; ``None`` = any."""

    community_id: UUID | None = None
    unit_id: UUID | None = None
    payer_id: UUID | None = None
    run_id: UUID | None = None
    period: str | None = None
    fee_kind: str | None = None
    state: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    updated_after: datetime | None = None
