"""What goes in and out of ``/ticketing/v1/revisits``."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.tickets.schemas import Paragraph, Score, Told
from shared.http.schemas import Input, Output, UtcTime

Outcome = Literal["reached", "no_answer", "refused", "wrong_number"]
CallChannel = Literal["phone", "visit", "chat"]
RevisitState = Literal["due", "reached", "refused", "no_answer", "cancelled"]


class AttemptIn(Told):
    """One call as it went. With a mark below 80, ``reopen`` sends the case back to work."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "reached", "rating": 90, "note": "业主表示满意"}]}
    )

    outcome: Outcome
    channel: Annotated[CallChannel, Field(description="Complaints are followed up by phone (B-013)")] = "phone"
    rating: Score | None = None
    note: Paragraph | None = None
    reopen: bool = False


class CorrectionIn(Input):
    """What the record of an attempt should say; the attempt stays as it was written (G-017)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rating": 90, "reason": "录入时按错，业主原话为90分"}]})

    rating: Score | None = None
    note: Paragraph | None = None
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class AssignIn(Input):
    """Who is to call (C-048)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"caller_id": "01955a3e-7c00-7000-8000-00000000000c"}]})

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


class CorrectionOut(Output):
    """A correction of an attempt: what it should have said, why, by whom and when."""

    id: UUID
    attempt_id: UUID
    rating: int | None
    note: str | None
    reason: str
    corrected_by: UUID | None
    recorded_at: UtcTime


class RevisitOut(Output):
    """A follow-up call, done by a contact or by enough vain attempts (AMB-088).

    Complaints are called about within 48 hours of completion; other kinds as ``plan_id`` says, whose lot drew them.
    """

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
    plan_id: UUID | None
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
    corrections: Annotated[list[CorrectionOut], Field(description="In the order of recording; the last one counts")]
    readings: Annotated[
        dict[str, str], Field(description="What the call counts as under each `revisit_unreachable` (AMB-088)")
    ]


class CallOut(RevisitOut):
    """A line of the call list of the day (E-004)."""

    kind: str
    summary: str
    unit_number: str | None
    overdue: bool
    half_days_tried: Annotated[int, Field(description="Different local half-days on which nobody was reached")]
    counts_from: Annotated[
        UtcTime | None, Field(description="From when one more vain attempt makes the tries enough; null: not with one")
    ]
