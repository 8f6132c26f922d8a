"""What ``GET /ticketing/v1/tickets/{id}/clocks`` tells, and what a pause says."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.ticketing.domain.clocks import State as ClockState
from services.ticketing.domain.limits import How
from services.ticketing.domain.pauses import Cause
from services.ticketing.tickets.schemas import Paragraph, Recorded
from shared.http.schemas import Output, Text, UtcTime


class PauseIn(Recorded):
    """The case stands still, and why. Without an end it goes on by itself after the longest pause that is free."""

    cause: Cause
    note: Paragraph | None = None
    until: Annotated[UtcTime | None, Field(description="When it goes on by itself at the latest")] = None


class ResumeIn(Recorded):
    """The case goes on."""

    note: Paragraph | None = None


class IntervalOut(Output):
    """One stretch of a clock: it counted, was paused (why, by whom), or the calendar was closed."""

    from_at: UtcTime
    to_at: UtcTime
    how: How
    seconds: int
    explanation: Text
    cause: str | None
    by: UUID | None


class ClockOut(Output):
    """One promise, explained. A gate has no times: it is open or met.

    ``calendar`` is `24x7`, or the version of the working calendar that counts; ``policy`` the version of the limits.
    The intervals run from the start to now or to when it was kept, without a gap.
    """

    clock: str
    row: str
    name: Text
    subject_id: UUID
    from_at: UtcTime | None
    due_at: UtcTime | None
    met_at: UtcTime | None
    breached_at: UtcTime | None
    counted_seconds: int | None
    allowed_seconds: int | None
    paused_seconds: int | None
    limit: Text | None
    calendar: str
    policy: str
    plan_id: UUID | None
    warned_percent: int
    state: ClockState | Literal["open"]
    explanation: Text
    intervals: list[IntervalOut]


class LearnedOut(Output):
    """A line of history recorded after the moment that was asked of: what became of a promise, or a deed done by then
    and told later."""

    entry_id: UUID
    action: str
    clock: str | None
    occurred_at: UtcTime
    recorded_at: UtcTime
    late_reason: str | None
    due_at: UtcTime | None
    was_due_at: UtcTime | None
    met_at: UtcTime | None


class ClocksOut(Output):
    """All promises of a ticket, its follow-up calls' included."""

    ticket_id: UUID
    as_of: datetime
    items: list[ClockOut]
    learned: list[LearnedOut] = Field(description="As of a past moment: what was recorded since and changes it")
