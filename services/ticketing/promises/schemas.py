"""Open promises as a supervisor reads them."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from shared.http.schemas import Output, Text, UtcTime

Urgency = Literal["overdue", "minutes", "hours", "day", "later"]


class PromiseOut(Output):
    """One promise that is still to be kept. ``left_seconds`` until its last second that counts; negative: overdue.

    ``subject_id`` is the ticket, or the follow-up call that is promised.
    """

    id: UUID
    clock: str
    row: str
    name: Text
    due_at: UtcTime
    left_seconds: int
    urgency: Urgency
    state: Literal["running", "breached"]
    subject_id: UUID
    ticket_id: UUID
    number: str
    kind: str
    ticket_state: str
    summary: str
    ticket_urgency: str
    community_id: UUID
    unit_id: UUID | None
    unit: str | None
    assignee_id: UUID | None
    department: str | None


class ClockCount(Output):
    """Open promises of one clock."""

    clock: str
    name: Text
    overdue: int
    open: int


class PromiseCounts(Output):
    """Open promises by how soon they breach: overdue, within 30 minutes, 2 hours, 24 hours, later."""

    as_of: UtcTime
    overdue: int
    minutes: int
    hours: int
    day: int
    later: int
    clocks: list[ClockCount]
