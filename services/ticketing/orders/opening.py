"""An order begins: somebody's, or the pool's. One place, whether the desk, a refusal or a transfer brings it about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from services.ticketing.domain.clocks import fire_at
from services.ticketing.domain.commands import apply
from services.ticketing.domain.orders import Candidate, Mode, accept_by, explained, in_turn, skill_for
from services.ticketing.domain.ticket_events import events_of
from services.ticketing.orders import choosing, repository
from services.ticketing.orders.following import look_back
from services.ticketing.tickets import casework
from services.ticketing.tickets.casework import Case
from shared.db.tx import Tx

Why = Literal["open", "nobody_on_duty", "refused"]
#: Timer of an offer that is to be answered in a time (a rule's `accept_minutes`).
OFFER: Final = "order.offer"


@dataclass(frozen=True, slots=True)
class Wish:
    """How the next order is to be given out, and what goes with it.

    ``refused`` said no before, ``handed_over`` just gave it away: it is nobody of theirs in turn.
    """

    mode: Mode
    at: datetime
    engineer_id: UUID | None = None
    previous_id: UUID | None = None
    handover: str | None = None
    note: str | None = None
    late_reason: str | None = None
    refused: Collection[UUID] = field(default_factory=frozenset)
    handed_over: Collection[UUID] = field(default_factory=frozenset)


async def begin(tx: Tx, case: Case, wish: Wish) -> UUID:
    """Store the next order of a locked case and dispatch the case by it; the order's id.

    Raises:
        NotNow: the case is in a state in which nobody is sent.
    """
    skill = skill_for(case.row.fields)
    chosen, found = wish.engineer_id, list[Candidate]()
    if chosen is None and wish.mode == "rotate":
        found = await choosing.candidates(
            tx, case.row.path, skill, refused=wish.refused, handed_over=wish.handed_over
        )
        turn = in_turn(found)
        chosen = turn[0].person_id if turn else None
    rule = await repository.rule_for(tx, case.row.path, case.kind.code) if chosen is not None else None
    until = accept_by(tx.now, None if rule is None else rule.accept_minutes)
    row = {
        "ticket_id": case.id,
        "community_id": case.row.community_id,
        "mode": wish.mode,
        "skill": skill,
        "state": "pooled" if chosen is None else "offered",
        "engineer_id": chosen,
        "offered_at": None if chosen is None else wish.at,
        "accept_by": until,
        "previous_id": wish.previous_id,
        "handover": wish.handover,
        "considered": explained(found, chosen),
    }
    order_id = await repository.add(tx, row)
    if until is not None:
        tx.set_timer(OFFER, order_id, fire_at(until))
    look_back(tx, case)
    if chosen is not None:
        await sent(tx, case, order_id, chosen, wish)
    else:
        why: Why = "refused" if wish.refused else "open" if wish.mode == "grab" else "nobody_on_duty"
        await _pooled(tx, case, order_id, wish, why)
    return order_id


async def sent(tx: Tx, case: Case, order_id: UUID, engineer_id: UUID, wish: Wish, taken: bool = False) -> None:
    """The case is dispatched to somebody: ``taken`` by themselves, else offered."""
    given = {"assignee_id": engineer_id}
    # row: C-004, G-020 the order is what tells the maintenance staff
    after = apply(case.kind, case.facts, "dispatch", wish.at, given, number=case.row.number, zone=case.zone)
    told = {"order_id": order_id, "ticket_id": case.id, "engineer_id": engineer_id, "mode": wish.mode}
    what = "order.accepted.v1" if taken else "order.offered.v1"
    data: dict[str, Any] = {"assignee_id": engineer_id, "order_id": order_id, "mode": wish.mode}
    if wish.note or wish.handover:
        data["note"] = wish.note or wish.handover
    await casework.act(
        tx,
        case,
        after,
        "dispatch",
        wish.at,
        data=data,
        late_reason=wish.late_reason,
        public=False,
        events=[*events_of("dispatch", after, wish.at), (what, told)],
    )


async def _pooled(tx: Tx, case: Case, order_id: UUID, wish: Wish, why: Why) -> None:
    """Nobody has it: those who may take it were told of it, or there is nobody and the supervisor has to act."""
    after = replace(case.facts, assignee_id=None)
    events: list[tuple[str, dict[str, Any]]] = []
    if why == "open":
        after = apply(case.kind, after, "dispatch", wish.at, {}, number=case.row.number, zone=case.zone)
        events += events_of("dispatch", after, wish.at)
    told = {"order_id": order_id, "ticket_id": case.id, "why": why, "role": "supervisor"}
    # row: C-011 what nobody has yet is told to whoever leads, never left lying
    events.append(("order.pooled.v1", {**told, "org_units": list(case.row.path)}))
    data = {"order_id": order_id, "why": why}
    await casework.act(tx, case, after, "order.pool", wish.at, data=data, late_reason=wish.late_reason, events=events)
