"""What goes in and out of work orders."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.ticketing.tickets.schemas import KindCode, Paragraph, Told
from shared.http.schemas import Input, Output, Text, UtcTime

DispatchMode = Literal["assign", "grab", "rotate"]


class OrderIn(Told):
    """Give a case out. Without a mode the rule of the org unit holds; naming somebody is assigning it to them."""

    mode: DispatchMode | None = None
    engineer_id: UUID | None = None
    note: Paragraph | None = None

    model_config = {"json_schema_extra": {"examples": [{"mode": "rotate", "note": "业主下午在家"}]}}


class AcceptIn(Told):
    """The engineer takes the order on."""

    model_config = {"json_schema_extra": {"examples": [{}]}}


class RefuseIn(Told):
    """The engineer cannot take it on, and says why."""

    reason: Paragraph

    model_config = {"json_schema_extra": {"examples": [{"reason": "正在处理电梯困人，一小时内无法到场"}]}}


class TransferIn(Told):
    """Hand the case over, with what the next one has to know; to somebody, or to whoever's turn it is."""

    note: Paragraph
    engineer_id: UUID | None = None

    model_config = {
        "json_schema_extra": {"examples": [{"note": "总阀已关，业主同意明早更换接头，配件在库房 3 号架"}]}
    }


class GrabIn(Input):
    """Take an order from the pool; there is nothing to say."""

    model_config = {"json_schema_extra": {"examples": [{}]}}


class ConsideredOut(Output):
    """Somebody who was on duty: why they were chosen or not."""

    person_id: UUID
    open: int
    last_at: UtcTime | None
    why: Annotated[str, Field(description="chosen, later_turn, skill, refused, handed_over")]


class OrderOut(Output):
    """A work order, with what its engineer has to know of the case."""

    id: UUID
    ticket_id: UUID
    ticket_number: str
    ticket_state: str
    kind: str
    summary: str
    urgency: str
    appointment: UtcTime | None
    community_id: UUID
    unit_id: UUID | None
    place_id: UUID | None
    mode: str
    skill: str | None
    state: str
    state_name: Text
    engineer_id: UUID | None
    offered_at: UtcTime | None
    accept_by: Annotated[UtcTime | None, Field(description="The last second to accept it; null: no limit")]
    accepted_at: UtcTime | None
    ended_at: UtcTime | None
    reason: str | None
    handover: str | None
    previous_id: UUID | None
    considered: list[ConsideredOut]
    version: int
    updated_at: UtcTime


class DispatchRuleIn(Input):
    """How an org unit, and what lies below it, gives out cases of a kind."""

    org_unit_id: UUID
    kind: KindCode
    mode: DispatchMode
    repeat_days: Annotated[
        int,
        Field(strict=True, ge=1, le=365, description="A fault of the same place and category so soon came again"),
    ] = 30
    accept_minutes: Annotated[
        int | None,
        Field(
            strict=True,
            ge=1,
            le=1440,
            description="An offer that is not accepted so soon goes to the next in turn or to the pool; null: never",
        ),
    ] = None

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "org_unit_id": "01955a3e-7c00-7000-8000-00000000000a",
                    "kind": "repair",
                    "mode": "rotate",
                    "repeat_days": 30,
                }
            ]
        }
    }


class DispatchRuleOut(Output):
    """A rule as it holds."""

    id: UUID
    org_unit_id: UUID
    kind: str
    mode: str
    repeat_days: int
    accept_minutes: int | None
    version: int
    updated_at: UtcTime
