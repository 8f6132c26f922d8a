"""What goes in and out of ``/ticketing/v1/calls`` and ``/ticketing/v1/call-returns``."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.ticketing.domain.affairs import Affair
from services.ticketing.domain.calls import Outcome
from services.ticketing.register.schemas import Bulk, ExternalId, Reference, Row, Source
from services.ticketing.tickets.schemas import Line, Told
from shared.http.schemas import Input, Output, UtcTime

Direction = Literal["incoming", "outgoing"]
Extension = Annotated[str, Field(pattern=r"^[0-9A-Za-z_.*#-]{1,20}$", examples=["8001"])]
Number = Annotated[
    str | None, Field(max_length=40, description="The other side's number; left out or unreadable when withheld")
]
Rings = Annotated[int | None, Field(ge=0, le=1000, description="Left out by exchanges that know only seconds")]


class EventIn(Input):
    """One thing that happened to a call. Repeats and any order do no harm."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "call_id": "1741311600.42",
                    "event": "answered",
                    "at": "2025-03-07T01:00:09Z",
                    "number": "13812341234",
                    "extension": "8001",
                    "rings": 2,
                }
            ]
        }
    )

    call_id: ExternalId
    event: Literal["offered", "ringing", "answered", "ended"]
    at: UtcTime
    direction: Annotated[Direction | None, Field(description="Incoming unless some event of the call says else")] = None
    number: Number = None
    extension: Annotated[Extension | None, Field(description="Where it rings or was answered")] = None
    rings: Rings = None


class EventOut(Output):
    """What the call is after the event. ``repeated``: the same event had come before and changed nothing."""

    id: UUID
    outcome: Outcome
    repeated: bool


class CallRecordIn(Row):
    """A call as an exchange's own list has it; ``external_id`` is its call id, so events and list are one call."""

    direction: Direction = "incoming"
    offered_at: UtcTime
    answered_at: UtcTime | None = None
    ended_at: UtcTime | None = None
    rings: Rings = None
    number: Number = None
    extension: Extension | None = None
    clerk: Annotated[Reference | None, Field(description="Who answered: staff code of the same source, or id")] = None


class CallRecordsBulk(Bulk[CallRecordIn]):
    """Up to 500 calls of one exchange; ``source`` is that of its connection."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "source": "pbx-cx",
                    "items": [
                        {
                            "external_id": "1741311600.42",
                            "offered_at": "2025-03-07T01:00:00Z",
                            "answered_at": "2025-03-07T01:00:09Z",
                            "ended_at": "2025-03-07T01:04:00Z",
                            "rings": 2,
                            "number": "13812341234",
                        }
                    ],
                }
            ]
        }
    )


class SeatIn(Input):
    """The extension at which a clerk sits down; whoever sat there before does no more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"source": "pbx-cx", "extension": "8001"}]})

    source: Source
    extension: Extension


class SeatOut(Output):
    """Where a clerk sits, or nowhere."""

    source: str | None
    extension: str | None
    since: UtcTime | None


class HandleIn(Told):
    """The matter was settled in the call itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"subject": "咨询物业费缴纳方式，已当场答复"}]})

    subject: Line


class AttemptIn(Told):
    """A call back that no exchange has told of, such as one from a mobile phone."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reached": True}]})

    reached: bool


class CallOut(Output):
    """A call; the number is masked. ``in_time``: answered within three rings, null while that is open."""

    id: UUID
    source: str
    external_id: str
    direction: Direction
    number: str | None
    person_id: UUID | None
    unit_id: UUID | None
    community_id: UUID | None
    extension: str | None
    clerk_id: UUID | None
    offered_at: UtcTime | None
    rings: int | None
    answered_at: UtcTime | None
    ended_at: UtcTime | None
    outcome: Outcome
    in_time: bool | None
    return_id: UUID | None
    affair: str | None
    affair_at: UtcTime | None
    affair_subject: str | None
    ticket_ids: list[UUID]
    version: int
    updated_at: UtcTime


class CallDetail(CallOut):
    """A call with the state of its affair: ``transferred`` once each of its tickets was given to somebody."""

    affair_state: Affair


class ContactedOut(Output):
    """The other side in full."""

    number: str | None
    name: str | None
    person_id: UUID | None


class CardUnit(Output):
    """A unit of the caller, within the clerk's reach."""

    id: UUID
    number: str
    community_id: UUID
    community: str
    role: str


class CardTicket(Output):
    """An open case of the caller or of a unit of theirs."""

    id: UUID
    number: str
    kind: str
    state: str
    summary: str


class CardContact(Output):
    """An earlier contact."""

    kind: Literal["call", "visit"]
    id: UUID
    at: UtcTime | None
    outcome: str | None
    subject: str | None


class CallCard(Output):
    """What a clerk sees when the phone rings: who it is (masked), where they live, what is open, what was before."""

    call: CallOut
    name: str | None
    units: list[CardUnit]
    tickets: list[CardTicket]
    contacts: list[CardContact]


class PopOut(Output):
    """A card at its place in the feed."""

    position: int
    event: str
    card: CallCard


class PopsOut(Output):
    """Go on with ``after=position``."""

    items: list[PopOut]
    position: int


class ReturnOut(Output):
    """A missed call that wants to be returned, and every further one of the same number until it is."""

    id: UUID
    source: str
    number: str | None
    person_id: UUID | None
    community_id: UUID | None
    calls: int
    missed_at: UtcTime
    due_at: UtcTime
    state: Literal["due", "returned", "withdrawn"]
    how: Literal["called_back", "got_through"] | None
    reached: bool | None
    on_time: bool | None
    closed_at: UtcTime | None
    closed_by: UUID | None
    overdue_at: UtcTime | None
    version: int


