"""What goes out of ``/ticketing/v1/mail`` and of the mail of a ticket."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Output, UtcTime


class MailTakenOut(Output):
    """What became of a message: a new case, a note in one, or nothing and why."""

    outcome: Literal["opened", "threaded", "ignored"]
    reason: Literal["own", "bounce", "auto_reply", "list", "flood"] | None
    ticket_id: UUID | None
    repeated: bool


class MailOut(Output):
    """A message of a ticket; the sender is masked. ``refused`` says which of its files were not taken, and why."""

    id: UUID
    sender: str | None
    subject: str | None
    text: str | None
    outcome: Literal["opened", "threaded", "ignored"]
    attachments: list[UUID]
    refused: list[dict[str, str]]
    received_at: UtcTime


class TicketMailOut(Output):
    """The mail of a ticket, oldest first, and what an answer carries in its subject so that the reply finds back."""

    subject_tag: Annotated[str, Field(examples=["[C20250307-0001#q7Jx0c2vVbRk3nLw]"])]
    items: list[MailOut]
