"""What ticketing says of its reception: calls, calls to return, visits. Part of its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import BOOL, CODE, ID, INT, TIME, Kind, maybe, record

_WHO: Final[Mapping[str, Kind]] = {"clerk_id": maybe(ID), "person_id": maybe(ID)}
_OFFER: Final[Mapping[str, Kind]] = {**_WHO, "offered_at": maybe(TIME), "rings": maybe(INT)}
_HANDLED: Final = record(affair=CODE, ticket_id=maybe(ID), handled_at=TIME, handled_by=ID)

#: Exchanges tell late and out of order: what a later event of the same call says replaces what an earlier one said.
RECEPTION: Final = (
    EventType(
        "call.offered.v1",
        "call",
        "来电呼入",
        "a call came in, or rings at another clerk's desk now",
        record(**_WHO, offered_at=TIME),
    ),
    EventType(
        "call.answered.v1",
        "call",
        "来电已接听",
        "a call was answered; `in_time`: within three rings, null where that is not known",
        record(**_OFFER, answered_at=TIME, in_time=maybe(BOOL)),
    ),
    EventType(
        "call.missed.v1",
        "call",
        "来电未接",
        "nobody answered; `outcome` is missed, or abandoned when the caller hung up while the promise could be kept",
        record(**_OFFER, ended_at=TIME, outcome=CODE),
    ),
    EventType(
        "call.handled.v1",
        "call",
        "来电事项已办理",
        "what became of the matter: `affair` is at_once, or ticketed with its ticket",
        _HANDLED,
    ),
    EventType(
        "call.return_due.v1", "call to return", "未接来电待回复", "a missed call is to be returned",
        record(missed_at=TIME, due_at=TIME),
    ),
    EventType(
        "call.return_overdue.v1",
        "call to return",
        "未接来电逾期未回",
        "a missed call was not returned in time",
        record(missed_at=TIME, due_at=TIME),
    ),
    EventType(
        "call.returned.v1",
        "call to return",
        "未接来电已回复",
        "a missed call was returned: `how` is called_back, got_through, or withdrawn when it was none after all",
        record(how=CODE, closed_at=TIME, reached=maybe(BOOL), on_time=BOOL),
    ),
    EventType(
        "visit.received.v1",
        "visit",
        "接待来访",
        "somebody came to the desk",
        record(received_at=TIME, received_by=ID, unit_id=maybe(ID)),
    ),
    EventType(
        "visit.handled.v1",
        "visit",
        "来访事项已办理",
        "what became of the matter: `affair` is at_once, transferred, or ticketed with its ticket",
        _HANDLED,
    ),
    EventType(
        "visit.observed.v1",
        "visit",
        "接待问候抽查",
        "a sampled observation of the greeting",
        record(greeted=BOOL, observed_at=TIME, received_by=maybe(ID)),
    ),
)
