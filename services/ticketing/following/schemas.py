"""What goes out to whoever follows cases."""

from typing import Literal
from uuid import UUID

from services.ticketing.tickets.schemas import EntryOut
from shared.http.schemas import Output, Text, UtcTime

#: Lines of history in one answer.
MOST_ENTRIES = 100


class TicketNewsOut(Output):
    """What was added to a case. Go on with `after`; `more` when there is more already."""

    items: list[EntryOut]
    after: UUID | None
    more: bool
    state: str
    state_name: Text
    version: int


class UrgesOut(Output):
    """How often a case was urged, and when last."""

    times: int
    last_at: UtcTime | None


class MyTicketOut(Output):
    """A case as its owner sees it in a list. `waits_for_me`: what only the owner can do now."""

    id: UUID
    number: str
    kind: str
    kind_name: Text
    state: str
    state_name: Text
    community_id: UUID
    unit_id: UUID | None
    summary: str
    mine: bool
    received_at: UtcTime
    appointment: UtcTime | None
    plan_text: str | None
    deadline: UtcTime | None
    completed_at: UtcTime | None
    result: str | None
    rating: int | None
    signed_at: UtcTime | None
    closed_at: UtcTime | None
    cancelled_at: UtcTime | None
    rounds: int
    urged: UrgesOut
    waits_for_me: list[Literal["sign", "rate"]]
    actions: list[str]
    version: int
    updated_at: UtcTime
