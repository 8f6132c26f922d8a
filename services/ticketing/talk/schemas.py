"""What is said on a case."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.ticketing.tickets.schemas import MOST_FILES, Paragraph, Recorded
from shared.http.schemas import Input, Output, UtcTime


class ReplyIn(Recorded):
    """A public reply, from the owner or to the owner, with files if there are any."""

    text: Paragraph
    attachments: Annotated[list[UUID], Field(max_length=MOST_FILES, description="Uploaded before, by the caller")] = []
    responds: Annotated[
        bool, Field(description="Staff: this answers the owner; it is the response that the limit waits for (B-007)")
    ] = False
    automatic: Annotated[bool, Field(description="No person wrote it; it never counts as a response")] = False


class ReplyOut(Output):
    """A reply as it was recorded. `responded`: it counts as the response to the owner."""

    id: UUID
    ticket_id: UUID
    text: str
    attachments: list[UUID]
    by_owner: bool
    automatic: bool
    responded: bool
    occurred_at: UtcTime
    recorded_at: UtcTime


class UrgeIn(Input):
    """Why it is urgent to the owner, if they say so."""

    note: Paragraph | None = None


class UrgeOut(Output):
    """How often the case was urged by now, and from when it can be urged again."""

    ticket_id: UUID
    times: int
    urged_at: UtcTime
    next_at: UtcTime


class WithdrawReplyIn(Input):
    """Taking a reply back; why, if one likes to say."""

    reason: Paragraph | None = None
