"""What goes in and out of the field: appointments, checks, returned slips, repeated faults."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.ticketing.tickets.schemas import MOST_FILES, Paragraph, Told
from shared.http.schemas import Output, UtcTime


class AppointmentIn(Told):
    """When somebody comes. From an owner it is a proposal; moving an agreed time wants a reason."""

    at: UtcTime
    reason: Paragraph | None = None

    model_config = {"json_schema_extra": {"examples": [{"at": "2035-03-08T06:00:00Z", "reason": "业主下午在家"}]}}


class AcceptWorkIn(Told):
    """Whether the work is good; if not it is done again, and why."""

    accepted: bool
    reason: Paragraph | None = None

    model_config = {"json_schema_extra": {"examples": [{"accepted": False, "reason": "接头处仍渗水"}]}}


class ReturnSlipIn(Told):
    """The work slip came back: as a scan (`attachments`), or seen and confirmed at the desk."""

    method: Literal["scanned", "confirmed"]
    attachments: Annotated[list[UUID], Field(max_length=MOST_FILES)] = []

    model_config = {"json_schema_extra": {"examples": [{"method": "confirmed"}]}}


class ChaseIn(Told):
    """Whoever has the case was chased: how, and what they said."""

    note: Paragraph

    model_config = {"json_schema_extra": {"examples": [{"note": "电话催办，回复半小时内到场"}]}}


class ReviewIn(Told):
    """A supervisor has read the record."""

    note: Paragraph | None = None

    model_config = {"json_schema_extra": {"examples": [{"note": "处理及时，记录完整"}]}}


class RepeatOut(Output):
    """A fault that came again: the later case, an earlier one, whole days between them."""

    id: UUID
    ticket_id: UUID
    ticket_number: str
    earlier_id: UUID
    earlier_number: str
    community_id: UUID
    category: str
    days: int
    found_at: UtcTime
