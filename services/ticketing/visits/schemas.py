"""What goes in and out of ``/ticketing/v1/visits``."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.domain.affairs import Affair
from services.ticketing.tickets.schemas import Line, Paragraph, Told
from shared.http.schemas import Input, Output, UtcTime

Settled = Literal["at_once", "transferred"]
Department = Annotated[str, Field(min_length=1, max_length=80)]


class VisitIn(Told):
    """Somebody came to the desk. What is settled at once, or passed on without a ticket, is said with it or later."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "community_id": "01955a3e-7c00-7000-8000-000000000001",
                    "unit_id": "01955a3e-7c00-7000-8000-000000000002",
                    "visitor_name": "王女士",
                    "subject": "办理装修押金退还",
                    "affair": "transferred",
                    "department": "财务部",
                }
            ]
        }
    )

    community_id: UUID
    unit_id: UUID | None = None
    person_id: UUID | None = None
    visitor_name: Annotated[str | None, Field(min_length=1, max_length=100)] = None
    subject: Line
    affair: Settled | None = None
    result: Annotated[Paragraph | None, Field(description="at_once: what was done")] = None
    department: Annotated[Department | None, Field(description="transferred: to whom")] = None


class VisitHandleIn(Told):
    """What became of the matter, told after the visit was recorded."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"affair": "at_once", "result": "已打印缴费明细"}]})

    affair: Settled
    result: Paragraph | None = None
    department: Department | None = None


class ObserveIn(Input):
    """A sampled observation: did the clerk stand up and greet within two metres (AMB-058)?"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"greeted": True}]})

    greeted: bool


class VisitOut(Output):
    """A visit; the visitor's name is masked."""

    id: UUID
    community_id: UUID
    unit_id: UUID | None
    person_id: UUID | None
    visitor_name: str | None
    subject: str
    received_at: UtcTime
    received_by: UUID | None
    late_reason: str | None
    affair: str | None
    affair_at: UtcTime | None
    affair_by: UUID | None
    result: str | None
    department: str | None
    greeted: bool | None
    observed_at: UtcTime | None
    observed_by: UUID | None
    ticket_ids: list[UUID]
    version: int
    updated_at: UtcTime


class VisitDetail(VisitOut):
    """A visit with the state of its affair: ``transferred`` once each of its tickets was given to somebody."""

    affair_state: Affair
