"""What ``GET /ticketing/v1/tickets`` shows of each ticket."""

from uuid import UUID

from services.ticketing.tickets.schemas import TicketOut
from shared.http.schemas import Output, Text, UtcTime


class ShortClockOut(Output):
    """One promise of a listed ticket, as it was last written; `/tickets/{id}/clocks` explains it."""

    clock: str
    name: Text
    subject_id: UUID
    from_at: UtcTime
    due_at: UtcTime
    met_at: UtcTime | None
    breached_at: UtcTime | None
    warned_percent: int
    state: str


class ListedTicketOut(TicketOut):
    """A ticket in a list, with its promises where they were asked for."""

    clocks: list[ShortClockOut] | None
