"""What goes in and out of paid service slips."""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field

from services.ticketing.tickets.schemas import Line, Paragraph, ReasonIn, Told
from shared.http.schemas import Input, MoneyModel, Output, Text, UtcTime

SlipState = Literal["draft", "confirmed", "refused", "posted", "void"]
_Price = Annotated[MoneyModel, Field(description="Of one unit; of labour, of one hour")]


class SlipLineIn(Input):
    """Material by quantity and unit, or labour by minutes with the price of an hour."""

    what: Literal["material", "labour"]
    name: Line
    quantity: Annotated[
        Decimal, Field(gt=0, le=100_000, max_digits=9, decimal_places=3, description="Of labour: whole minutes")
    ]
    unit: Annotated[str, Field(min_length=1, max_length=20, description="Of labour it is always minutes")] = "件"
    price: _Price
    source: Annotated[Literal["stock", "bought"] | None, Field(description="Where the material came from")] = None
    free: Annotated[bool, Field(description="Without charge: it stands on the slip and costs nothing")] = False


_LINES: Final[list[Any]] = [
    {"what": "material", "name": "PPR 接头 DN20", "quantity": "2", "unit": "个", "price": {"amount": "12.50"}},
    {"what": "labour", "name": "更换接头", "quantity": "40", "price": {"amount": "80.00"}},
]


class LinesIn(Input):
    """All lines anew; a slip that was confirmed wants a new confirmation."""

    lines: Annotated[list[SlipLineIn], Field(min_length=1, max_length=50)]

    model_config = {"json_schema_extra": {"examples": [{"lines": _LINES}]}}


class SlipIn(LinesIn, Told):
    """A draft of a slip. `occurred_at` is when the service was done."""

    model_config = {"json_schema_extra": {"examples": [{"lines": _LINES}]}}


class ConfirmIn(Told):
    """The owner's confirmation of exactly these lines, or the refusal of them (`refused` with a `reason`)."""

    lines_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="As shown on the slip; 409 when it changed")]
    signer_name: Annotated[str, Field(min_length=1, max_length=100)]
    method: Literal["app", "device", "paper"]
    signature: Annotated[
        str | None, Field(max_length=400_000, description="Base64: strokes or image of a device, scan of a paper")
    ] = None
    refused: bool = False
    reason: Paragraph | None = None

    model_config = {
        "json_schema_extra": {
            "examples": [
                {"lines_hash": "0" * 64, "signer_name": "王女士", "method": "device", "signature": "c3Ryb2tlcw=="}
            ]
        }
    }


class PostIn(Told):
    """The amount was entered for the deduction run."""

    model_config = {"json_schema_extra": {"examples": [{}]}}


class VoidIn(ReasonIn):
    """The slip no longer counts, and why."""

    reason: Paragraph

    model_config = {"json_schema_extra": {"examples": [{"reason": "经核实属保修范围"}]}}


class SlipLineOut(Output):
    """A line as it was priced."""

    what: str
    name: str
    quantity: str
    unit: str
    price: MoneyModel
    source: str | None
    free: bool
    amount: MoneyModel


class SlipOut(Output):
    """A paid service slip as it stands; `lines_hash` is what a confirmation names."""

    id: UUID
    number: str
    ticket_id: UUID
    community_id: UUID
    unit_id: UUID | None
    state: str
    state_name: Text
    revision: int
    lines: list[SlipLineOut]
    total: MoneyModel
    lines_hash: str
    made_by: UUID | None
    done_at: UtcTime
    confirmed_at: UtcTime | None
    method: str | None
    reason: str | None
    posted_at: UtcTime | None
    version: int
    updated_at: UtcTime
