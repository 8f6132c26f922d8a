"""What goes in and out of ``/ticketing/v1/tickets``."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from services.ticketing.domain.kind import kinds
from services.ticketing.tickets.origin_schemas import Channel, OriginIn
from services.ticketing.tickets.position import Position
from shared.http.schemas import Input, Output, Text, UtcTime

#: Files on a case, whenever they were attached.
MOST_FILES = 20


def _known_kind(code: str) -> str:
    kind = kinds().get(code)
    if kind is None or kind.retired:
        raise ValueError(f"one of {', '.join(sorted(kinds()))}")
    return code


#: The code of a ticket kind; the list grows with the files in ``domain/kinds``.
KindCode = Annotated[
    str,
    AfterValidator(_known_kind),
    Field(json_schema_extra={"enum": sorted(c for c, k in kinds().items() if not k.retired)}),
]
Urgency = Literal["normal", "urgent"]
Line = Annotated[str, Field(min_length=1, max_length=300)]
Paragraph = Annotated[str, Field(min_length=1, max_length=5000)]
Score = Annotated[int, Field(strict=True, ge=0, le=100, description="0 to 100; 80 or more is satisfied")]


class ContactIn(Input):
    """Whom to call about the case, when it is not simply the person of the register."""

    name: Annotated[str, Field(max_length=100)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    person_id: UUID | None = None


class Told(Input):
    """When a thing happened, if that was not now; long after, with the reason for telling it late."""

    occurred_at: Annotated[UtcTime | None, Field(description="At most now; now when left out")] = None
    late_reason: Annotated[
        str | None, Field(max_length=300, description="Wanted beyond 15 minutes after it happened")
    ] = None


class Recorded(Told):
    """What is told of a case, with the paper it was noted on first."""

    # row: G-006 the record here names the record on paper
    paper_no: Annotated[str | None, Field(max_length=60, description="Number of the slip or page it was noted on")] = (
        None
    )

    def on_paper(self) -> dict[str, str]:
        """What the line of history says of the record on paper, if there is one."""
        return {} if self.paper_no is None else {"paper_no": self.paper_no}


class TicketIn(Recorded):
    """An intake. ``occurred_at`` is when the owner told us: every limit counts from it."""

    community_id: UUID
    kind: KindCode
    unit_id: UUID | None = None
    place_id: UUID | None = None
    summary: Line
    detail: Paragraph | None = None
    urgency: Annotated[
        Urgency | None, Field(description="Staff classify with it; from an owner it is a wish (AMB-084)")
    ] = None
    channel: Channel | None = None
    origin: OriginIn | None = None
    contact: ContactIn | None = None
    appointment: UtcTime | None = None
    fields: Annotated[dict[str, Any], Field(description="The kind's own fields")] = {}
    attachments: Annotated[list[UUID], Field(max_length=MOST_FILES)] = []
    result: Annotated[
        Paragraph | None, Field(description="Done in this very contact, with this result: completed at once (B-003)")
    ] = None

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "community_id": "01955a3e-7c00-7000-8000-000000000001",
                    "unit_id": "01955a3e-7c00-7000-8000-000000000002",
                    "kind": "repair",
                    "summary": "厨房水管漏水",
                    "channel": "phone",
                    "fields": {"category": "water"},
                }
            ]
        }
    }


class RespondIn(Recorded):
    """The owner was answered."""

    note: Paragraph | None = None
    channel: Channel | None = None
    automatic: Annotated[
        bool, Field(description="A receipt that no person wrote; it is noted and is no response (B-007)")
    ] = False


class DispatchIn(Recorded):
    """Given to a person, a department, or both."""

    assignee_id: UUID | None = None
    department: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    note: Paragraph | None = None


class ArriveIn(Recorded):
    """Somebody was on site: where, by which proof, and what they found."""

    place: Line | None = None
    position: Position | None = None
    code: Annotated[str | None, Field(max_length=200, description="Read from the QR code of the place")] = None
    finding: Paragraph | None = None


class PlanIn(Recorded):
    """The preliminary plan as it was sent to the owner."""

    text: Paragraph


class ClassifyIn(Recorded):
    """Staff's judgement; what is left out stays."""

    urgency: Urgency | None = None
    complex: bool | None = None
    major: bool | None = None
    reason: Paragraph | None = None


class DeadlineIn(Recorded):
    """The deadline agreed with the owner of a complex complaint."""

    deadline: UtcTime


class NoteIn(Recorded):
    """A follow-up entry, with files if there are any; owners read it when it is public, and write public ones."""

    note: Paragraph
    public: bool = False
    attachments: Annotated[
        list[UUID],
        Field(max_length=MOST_FILES, description="Uploaded before; 20 on a case in all, those of its intake included"),
    ] = []


class ValidityIn(Recorded):
    """Whether a complaint is valid (有效投诉), and why."""

    valid: bool
    reason: Paragraph


class CompleteIn(Recorded):
    """The work is done. The handler is named here, or is the assignee, or whoever says so."""

    result: Paragraph
    handler_id: UUID | None = None


class PlaceIn(Input):
    """Where it was signed, as the device knows it."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    accuracy: Annotated[float | None, Field(ge=0, le=100_000, description="Metres")] = None


class SignIn(Recorded):
    """The owner's signature, or the refusal of one (``refused`` with a ``reason``; the case goes on).

    ``paper`` is a scanned slip, and wants a witness: an employee who neither handled the case nor records this. A
    refusal may have one, with what they say they saw.
    """

    signer_name: Annotated[str, Field(min_length=1, max_length=100)]
    method: Literal["app", "device", "paper"]
    signature: Annotated[
        str | None, Field(max_length=400_000, description="Base64: strokes or image of a device, scan of a paper")
    ] = None
    document_hash: Annotated[
        str | None,
        Field(pattern="^[0-9a-f]{64}$", description="As shown on the ticket; 409 when the case changed since"),
    ] = None
    signature_file: Annotated[
        UUID | None, Field(description="Instead of `signature`: uploaded before by the caller, picture or PDF")
    ] = None
    place: PlaceIn | None = None
    witness_id: Annotated[UUID | None, Field(description="A second employee who saw it")] = None
    statement: Annotated[Paragraph | None, Field(description="What the witness says")] = None
    refused: bool = False
    reason: Paragraph | None = None


class RateIn(Recorded):
    """The owner's own rating of the work done."""

    score: Score
    comment: Paragraph | None = None


class ReasonIn(Recorded):
    """Why; staff have to say."""

    reason: Paragraph | None = None


class ContactOut(Output):
    """Whom to call; masked unless opened."""

    name: str | None
    phone: str | None
    email: str | None
    person_id: UUID | None


class TicketOut(Output):
    """A ticket as it stands. ``actions`` are the commands possible in this state (powers apart)."""

    id: UUID
    number: str
    kind: str
    state: str
    state_name: Text
    community_id: UUID
    unit_id: UUID | None
    place_id: UUID | None
    reporter_id: UUID | None
    channel: str
    origin: Annotated[dict[str, Any] | None, Field(description="Where it came from, as given at the intake")]
    authority_number: Annotated[str | None, Field(description="The number that 12345 or an authority gave it")]
    authority_deadline: Annotated[UtcTime | None, Field(description="Until when they want the answer")]
    summary: str
    detail: str | None
    contact: ContactOut | None
    fields: dict[str, Any]
    attachments: list[UUID]
    wished_urgency: str | None
    urgency: str
    complex: bool
    major: bool
    appointment: UtcTime | None
    received_at: UtcTime
    recorded_at: UtcTime
    assignee_id: UUID | None
    department: str | None
    handler_id: UUID | None
    responded_at: UtcTime | None
    arrived_at: UtcTime | None
    plan_sent_at: UtcTime | None
    plan_text: str | None
    deadline: UtcTime | None
    completed_at: UtcTime | None
    result: str | None
    valid: bool | None
    rating: int | None
    satisfied: bool | None
    rated_at: UtcTime | None
    signed_at: UtcTime | None
    closed_at: UtcTime | None
    cancelled_at: UtcTime | None
    rounds: int
    merged_into: UUID | None
    document_hash: str | None
    actions: list[str]
    version: int
    updated_at: UtcTime


class EntryOut(Output):
    """One line of the history: when it happened, when it was recorded, and why late if late."""

    id: UUID
    action: str
    action_name: Text
    state: str
    public: bool
    actor_id: UUID | None
    occurred_at: UtcTime
    recorded_at: UtcTime
    late_reason: str | None
    data: dict[str, Any]
