"""What cash shifts look like on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Input, MoneyModel, Output, Text, UtcTime

State = Literal["open", "closed", "offered", "received"]
To = Literal["cashier", "finance", "bank"]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class OpenIn(Input):
    """Open a drawer: what was counted in it before the first money."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "0194a0c0-0000-7000-8000-000000000001",
                    "float": {"amount": "500.00", "currency": "CNY"},
                }
            ]
        },
    )

    community_id: UUID
    float_: Annotated[MoneyModel, Field(alias="float")]


class PiecesModel(Input):
    """So many notes or coins of a denomination (100, 50, 20, 10, 5, 1 yuan; 0.50, 0.10, 0.05, 0.02, 0.01)."""

    value: MoneyModel
    pieces: Annotated[int, Field(ge=0, le=1_000_000)]


class CloseIn(Input):
    """The count of a drawer by denomination; what is over or short wants its reason."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "count": [
                        {"value": {"amount": "100.00"}, "pieces": 12},
                        {"value": {"amount": "0.50"}, "pieces": 3},
                    ],
                    "reason": "找零差错，短款5角",
                }
            ]
        },
    )

    count: Annotated[list[PiecesModel], Field(max_length=20)]
    reason: Reason | None = None


class OverIn(Input):
    """To whom a closed drawer goes: the `cashier` who is next gets all of it; `finance` and the `bank` the takings."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"to": "bank", "amount": {"amount": "1200.00"}, "reference": "ICBC-CK-0017"}]},
    )

    to: To
    amount: MoneyModel | None = None
    reference: Annotated[str, Field(min_length=1, max_length=120)] | None = Field(
        default=None, description="The number of the bank's deposit slip."
    )


class ReceiveIn(Input):
    """What the receiver counted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": {"amount": "1200.00"}}]})

    amount: MoneyModel


class RefuseIn(Input):
    """Why a hand-over is refused."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "少一张百元"}]})

    reason: Reason


class PolicyIn(Input):
    """How a community keeps its cash: days after its own in which a day's cash is settled; whether a drawer must be
    opened by hand before the first cash, or the first cash opens it with nothing in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"settle_days": 1, "opening_by_hand": True}]})

    settle_days: Annotated[int, Field(ge=0, le=31)] = 1
    opening_by_hand: bool = False


class PolicyOut(Output):
    """How a community keeps its cash: its own policy, or what holds without one."""

    community_id: UUID
    version: int
    own: bool
    settle_days: int
    opening_by_hand: bool


class ShiftOut(Output):
    """A shift. `owed` is what has to be settled of the count; `difference` what was counted above the books, below
    them when it is negative; `nights` how many midnights the drawer was left open over."""

    id: UUID
    version: int
    number: str
    community_id: UUID
    cashier_id: UUID
    state: State
    opened_at: UtcTime
    opened_on: date
    by_first_cash: bool
    float: MoneyModel
    carried: MoneyModel
    nights: int
    closed_at: UtcTime | None
    closed_by: UUID | None
    expected: MoneyModel | None
    counted: MoneyModel | None
    difference: MoneyModel | None
    difference_reason: str | None
    owed: MoneyModel | None
    offered_to: To | None
    offered: MoneyModel | None
    offered_at: UtcTime | None
    offered_by: UUID | None
    reference: str | None
    refusal: str | None
    received_at: UtcTime | None
    received_by: UUID | None
    successor_id: UUID | None
    settle_due_at: UtcTime
    settled_at: UtcTime | None
    in_time: bool | None


class EntryOut(Output):
    """Cash that went through a drawer; out of it when the amount is negative."""

    at: UtcTime
    kind: str
    name: Text
    unit: str | None
    reference: str | None
    amount: MoneyModel
    act_id: UUID
    after_close: bool


class SumOut(Output):
    """What one kind of act moved."""

    kind: str
    name: Text
    times: int
    amount: MoneyModel


class ShiftReportOut(Output):
    """The report of a shift: the shift, its sums by kind, and all that went through it."""

    shift: ShiftOut
    community: str
    expected_now: MoneyModel
    sums: list[SumOut]
    entries: list[EntryOut]


class MethodOut(Output):
    """A day's money by one method: payments with that value date, what was undone of them since, deposits and refunds
    that went out, and what remains."""

    method: str
    name: Text
    payments: int
    received: MoneyModel
    undone: MoneyModel
    paid_out: MoneyModel
    net: MoneyModel


class DayReportOut(Output):
    """The report of a community's day: its money by method, and its cash by shift."""

    community_id: UUID
    community: str
    day: date
    methods: list[MethodOut]
    net: MoneyModel
    shifts: list[ShiftOut]
    over_short: MoneyModel
    unsettled: MoneyModel
