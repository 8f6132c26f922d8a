"""A day of mixed events as ticketing and billing tell them: complaints, repairs, calls, visits, bills and payments.

Each `Act` is what one request of a service commits: the events that belong together. Acts of one case come in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from shared.ids import uuid7

#: Cases under way at once, each somewhere else in its life, so that types come mixed.
UNDER_WAY = 24
_RESPONSE, _PLAN = "complaint.response", "complaint.plan"


@dataclass(frozen=True)
class Told:
    """One event to be."""

    type: str
    subject: UUID
    data: dict[str, Any]


@dataclass(frozen=True)
class Act:
    """What one transaction of a service says."""

    service: str
    events: tuple[Told, ...]


def _z(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _complaint(at: datetime, number: int) -> Iterator[Act]:
    """Taken in, answered, planned, handled and signed, rated."""
    ticket = uuid7()
    base = {"kind": "complaint", "number": f"C{number}", "unit_id": None, "reporter_id": None}
    due = {_RESPONSE: _z(at + timedelta(minutes=10)), _PLAN: _z(at + timedelta(hours=24))}

    def clock(what: str, code: str, **more: Any) -> Told:
        told = {**base, "ticket_id": str(ticket), "clock": code, "due_at": due[code], **more}
        return Told(f"clock.{what}.v1", ticket, told)

    def said(what: str, **more: Any) -> Told:
        return Told(f"ticket.{what}.v1", ticket, {**base, **more})

    clocks = [{"clock": code, "due_at": limit} for code, limit in due.items()]
    taken = said("created", urgency="normal", received_at=_z(at), clocks=clocks)
    yield Act("ticketing", (taken, *(clock("started", code, **{"from": _z(at)}) for code in due)))
    yield Act("ticketing", (said("responded", responded_at=_z(at)), clock("met", _RESPONSE, met_at=_z(at))))
    yield Act("ticketing", (said("plan_sent", sent_at=_z(at)), clock("met", _PLAN, met_at=_z(at))))
    yield Act("ticketing", (said("completed", completed_at=_z(at), handler_id=None),))
    yield Act("ticketing", (said("signed_off", signed_at=_z(at), method="app"), said("closed", closed_at=_z(at))))
    yield Act("ticketing", (said("rated", score=90, satisfied=True, rated_at=_z(at)),))


def _repair(at: datetime, number: int) -> Iterator[Act]:
    ticket = uuid7()
    base = {"kind": "repair", "number": f"R{number}", "unit_id": None, "reporter_id": None}
    clocks = [{"clock": "repair.arrival", "due_at": _z(at + timedelta(hours=24))}]
    taken = {**base, "urgency": "normal", "received_at": _z(at), "clocks": clocks}
    checked = {"ticket_id": str(ticket), "accepted": True, "by": "owner", "round": 1, "checked_at": _z(at)}
    yield Act("ticketing", (Told("ticket.created.v1", ticket, taken),))
    yield Act("ticketing", (Told("ticket.arrived.v1", ticket, {**base, "arrived_at": _z(at)}),))
    done = Told("ticket.completed.v1", ticket, {**base, "completed_at": _z(at), "handler_id": None})
    yield Act("ticketing", (done, Told("ticket.accepted.v1", ticket, {**base, **checked})))


def _call(at: datetime, number: int) -> Iterator[Act]:
    call, offered = uuid7(), {"offered_at": _z(at), "clerk_id": None, "person_id": None}
    answered = {"offered_at": _z(at), "answered_at": _z(at), "in_time": number % 9 > 0}
    yield Act("ticketing", (Told("call.offered.v1", call, offered), Told("call.answered.v1", call, answered)))
    yield Act("ticketing", (Told("call.handled.v1", call, {"affair": "at_once", "handled_at": _z(at)}),))


def _visit(at: datetime, number: int) -> Iterator[Act]:
    visit = uuid7()
    yield Act("ticketing", (Told("visit.received.v1", visit, {"received_at": _z(at), "received_by": str(uuid7())}),))
    handled = {"affair": "transferred", "ticket_id": None, "handled_at": _z(at)}
    yield Act("ticketing", (Told("visit.handled.v1", visit, handled),))


def _bill(at: datetime, number: int) -> Iterator[Act]:
    bill, payment, unit, day = uuid7(), uuid7(), str(uuid7()), at.date().isoformat()
    head = {"bill_id": str(bill), "unit_id": unit, "fee_kind": "property", "due_date": day}
    issued = {**head, "number": f"B{number}", "payer_id": None, "period": day[:7], "amount_fen": 20_000}
    issued["standard"] = "wy"
    yield Act("billing", (Told("bill.issued.v1", bill, issued),))
    money = {"payment_id": str(payment), "unit_id": unit, "value_date": day, "amount_fen": 20_000}
    received = {**money, "payer_id": None, "method": "bank_transfer", "prepaid_fen": 0}
    allocated = {**head, **money, "allocation_id": str(uuid7()), "paid_on": day}
    paid = (Told("payment.received.v1", payment, received), Told("payment.allocated.v1", bill, allocated))
    yield Act("billing", paid)


_KINDS = (_complaint, _repair, _call, _visit, _bill)


def acts(now: datetime) -> Iterator[Act]:
    """For ever: cases of all kinds, `UNDER_WAY` of them at once, one act of each in turn."""
    numbers = count(1)

    def begin() -> Iterator[Act]:
        number = next(numbers)
        return _KINDS[number % len(_KINDS)](now, number)

    under_way = [begin() for _ in range(UNDER_WAY)]
    while True:
        for place in range(UNDER_WAY):
            act = next(under_way[place], None)
            while act is None:
                under_way[place] = begin()
                act = next(under_way[place], None)
            yield act
