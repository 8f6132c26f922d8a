"""What an owner is shown to sign, and decisions where nobody signs."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.ticketing.tickets.schemas import Paragraph, Recorded
from shared.http.schemas import Output, Text


class SignDocumentOut(Output):
    """What is to be signed. Show `lines`, and send `document_hash` with the signature: it covers `canonical`."""

    ticket_id: UUID
    number: str
    round: int
    lines: list["SignLineOut"]
    document: dict[str, Any]
    canonical: str
    document_hash: str


class SignLineOut(Output):
    """One line of the document, as a person reads it."""

    name: str
    label: Text
    value: str


class DecideUnsignedIn(Recorded):
    """What the general manager decides on a case that nobody signs. It stays open unless `close` says otherwise."""

    ground: Annotated[
        Literal["refused", "unreachable"],
        Field(description="A refusal has to be on record; to close the case, one with a witness"),
    ]
    close: bool = False
    reason: Paragraph
