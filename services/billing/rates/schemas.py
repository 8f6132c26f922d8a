"""What the dictionary of rates and the age of arrears look like on the wire."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.http.schemas import MoneyModel, Output, Text


class DefinitionOut(Output):
    """A rate as it is meant: what is divided by what, which fee kinds it may name, and what becomes of the rest."""

    code: str
    title: Text
    numerator: Text
    denominator: Text
    unit: str
    period_months: list[int]
    fee_kinds: list[str]
    default_fee_kinds: list[str]
    cash_bases: list[str]
    treatment: dict[str, Text]


class DictionaryOut(Output):
    """All rates there are."""

    items: list[DefinitionOut]


class BooksOut(Output):
    """What the books say of the bills behind a rate; `open` is what is left when the rest is taken off `billed`.

    `ledger` is the sum of these bills' receivable postings, when it was asked for: it equals `open`.
    """

    billed: MoneyModel
    credited: MoneyModel
    waived: MoneyModel
    collected_before: MoneyModel
    collected: MoneyModel
    collected_later: MoneyModel
    open: MoneyModel
    ledger: MoneyModel | None
    reconciled: bool


class RateOut(Output):
    """A rate: exact as `numerator` over `denominator`, in fen, households or papers (`unit`); `rate` is percent with
    two decimals for display, null when there was nothing to collect."""

    code: str
    community_id: UUID
    period: str
    fee_kinds: list[str]
    cash_basis: str | None
    unit: str
    numerator: int
    denominator: int
    rate: str | None
    bills: int | None
    books: BooksOut | None


class AgedOut(Output):
    """What is owed in a bucket of age, in full months overdue; a household may stand in several."""

    bucket: str
    households: int
    bills: int
    amount: MoneyModel


class AgeingOut(Output):
    """The arrears of a community by age, as the ledger stood at the end of a day."""

    community_id: UUID
    as_of: date
    fee_kinds: list[str]
    buckets: list[AgedOut]
    households: int
    bills: int
    amount: MoneyModel


class BookedSinceOut(Output):
    """A posting booked after the day that was asked of, on a bill that its arrears were made of."""

    id: UUID
    act: str
    act_id: UUID
    bill_id: UUID
    unit_id: UUID
    fee_kind: str
    due_date: date
    amount: MoneyModel = Field(description="What it adds to the arrears; negative for what it takes off")
    booked_on: date
