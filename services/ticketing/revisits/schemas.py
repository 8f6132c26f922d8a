"""What goes in and out of ``/ticketing/v1/revisits``."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.tickets.schemas import Paragraph, Score, Told
from shared.http.schemas import Input, Output, UtcTime

Outcome = Literal["reached", "no_answer", "refused", "wrong_number"]
RevisitState = Literal["due", "reached", "refused", "no_answer", "cancelled"]


class AttemptIn(Told):
    """One call as it went. With a mark below 80, ``reopen`` sends the case back to work."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "reached", "rating": 90, "note": "业主表示满意"}]}
    )

    outcome: Outcome
    channel: Literal["phone"] = "phone"
    rating: Score | None = None
    note: Paragraph | None = None
    reopen: bool = False


class AssignIn(Input):
    """Who is to call (C-048)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"caller_id": "01955a3e-7c00-7000-8000-00000000000c"}]}
    )

    caller_id: UUID


class AttemptOut(Output):
    """An attempt; its record never changes."""

    id: UUID
    outcome: Outcome
    channel: str
    rating: int | None
    note: str | None
    caller_id: UUID | None
    occurred_at: UtcTime
    recorded_at: UtcTime
    late_reason: str | None


class RevisitOut(Output):
    """A follow-up call: due within 48 hours of completion, done by a contact or by enough vain attempts (AMB-088)."""

    id: UUID
    ticket_id: UUID
    ticket_number: str
    round: int
    community_id: UUID
    unit_id: UUID | None
    reporter_id: UUID | None
    handled_at: UtcTime
    due_at: UtcTime
    state: RevisitState
    caller_id: UUID | None
    attempts: int
    done_at: UtcTime | None
    on_time: bool | None
    rating: int | None
    satisfied: bool | None
    version: int


class RevisitDetail(RevisitOut):
    """A follow-up call with every attempt."""

    attempt_list: Annotated[list[AttemptOut], Field(description="In the order of recording")]
