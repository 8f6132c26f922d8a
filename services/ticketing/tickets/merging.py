"""Likely duplicates of a case, and the merging of one into another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain import merging
from services.ticketing.domain.clocks import Clock
from services.ticketing.domain.commands import apply
from services.ticketing.domain.merging import ALIKE, Standing, likeness, text_words
from services.ticketing.domain.ticket_errors import NoSuchTicket, NotMergeable, TicketInvalid
from services.ticketing.tickets import casework, duplicates_repository, repository, service
from services.ticketing.tickets.casework import Case
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate


@dataclass(frozen=True, slots=True)
class Likely:
    """A case that may be the same, why, and why it cannot be merged as things stand (None: it can)."""

    row: Row[Any]
    reasons: tuple[str, ...]
    likeness: float
    refused: NotMergeable | None


async def merge(
    tx: Tx, who: Principal, ticket_id: UUID, into: UUID, reason: str, if_match: int | None
) -> Row[Any]:
    """Withdraw a case in favour of the one it repeats; both stay readable under their numbers.

    Raises:
        NoSuchTicket: unknown, or outside the caller's reach.
        TicketInvalid: ``into`` is the case itself, or no ticket within the caller's reach.
        LostUpdate: ``if_match`` names a version that is no longer the present one.
        NotMergeable: a promise would fall away, or they are not the same; the sentence says what to do.
        NotNow: the state does not allow it.
    """
    if into == ticket_id:
        raise TicketInvalid(fields=[FieldError("into", "不能并入自身", "A case cannot be merged into itself")])
    cases: dict[UUID, Case] = {}
    for id in sorted((ticket_id, into)):  # in one order, so that two merges of a pair wait and never cross
        case = await casework.lock(tx, id)
        if case is not None and await service.sees(tx, who, case.row):
            cases[id] = case
    if ticket_id not in cases:
        raise NoSuchTicket()
    if into not in cases:
        raise TicketInvalid(
            fields=[FieldError("into", "没有这张工单，或者您无权查看", "There is no such ticket within your reach")]
        )
    case, main = cases[ticket_id], cases[into]
    if if_match is not None and if_match != case.version:
        raise LostUpdate()
    having = await duplicates_repository.with_duplicates(tx, [ticket_id])
    merging.check(_standing(case.row, _own(case), ticket_id in having), _standing(main.row, _own(main), False))
    # Withdrawn as if the owner had taken it back: what runs stops, what was missed stays missed (AMB-084).
    after = apply(case.kind, case.facts, "cancel", tx.now, {}, number=case.row.number)
    told = {"merged_into": into, "merged_at": tx.now}
    await casework.act(
        tx,
        case,
        after,
        "merge",
        tx.now,
        data={"into": into, "number": main.row.number, "reason": reason},
        public=True,
        events=[("ticket.merged.v1", told)],
    )
    await duplicates_repository.set_merged(tx, ticket_id, into)
    main.version += 1
    entry = {
        "ticket_id": into,
        "action": "merged-in",
        "state": main.facts.state,
        "public": True,
        "occurred_at": tx.now,
        "late_reason": None,
        "data": {"from": ticket_id, "number": case.row.number},
    }
    await casework.record(tx, main, entry)
    row = await repository.find(tx, ticket_id)
    assert row is not None  # locked above
    return row


def _own(case: Case) -> dict[str, Clock]:
    return {code: repository.clock_of(row) for code, row in case.clocks_about(case.id).items()}


def _standing(row: Row[Any], clocks: Mapping[str, Clock], has_duplicates: bool) -> Standing:
    return Standing(
        id=row.id,
        kind=row.kind,
        community_id=row.community_id,
        unit_id=row.unit_id,
        reporter_id=row.reporter_id,
        received_at=row.received_at,
        ended=row.closed_at is not None or row.cancelled_at is not None,
        merged=row.merged_into is not None,
        has_duplicates=has_duplicates,
        clocks=clocks,
    )


async def likely(tx: Tx, row: Row[Any], days: int) -> list[Likely]:
    """Cases of the same kind and community, received within so many days, that may be the same; the likeliest first."""
    span = timedelta(days=days)
    others = await duplicates_repository.near(tx, row, row.received_at - span, row.received_at + span)
    mine = text_words(row.summary, row.detail)
    found = []
    for other in others:
        alike = likeness(mine, text_words(other.summary, other.detail))
        reasons = tuple(_reasons(row, other, alike))
        if {"unit", "place", "text"} & set(reasons):
            found.append((other, reasons, alike))
    found.sort(key=lambda f: (len(f[1]), f[2], f[0].id), reverse=True)
    found = found[:20]
    ids = [row.id, *(other.id for other, _, _ in found)]
    clocks = await duplicates_repository.own_clocks(tx, ids)
    having = await duplicates_repository.with_duplicates(tx, ids)
    mine_as = _standing(row, clocks.get(row.id, {}), row.id in having)
    return [
        Likely(other, reasons, alike, _refusal(mine_as, _standing(other, clocks.get(other.id, {}), False)))
        for other, reasons, alike in found
    ]


def _reasons(row: Row[Any], other: Row[Any], alike: float) -> Sequence[str]:
    found = []
    if row.unit_id is not None and row.unit_id == other.unit_id:
        found.append("unit")
    if row.place_id is not None and row.place_id == other.place_id:
        found.append("place")
    if any(row.fields.get(name) == other.fields.get(name) for name in ("topic", "category") if row.fields.get(name)):
        found.append("category")
    if alike >= ALIKE:
        found.append("text")
    return found


def _refusal(duplicate: Standing, main: Standing) -> NotMergeable | None:
    try:
        merging.check(duplicate, main)
    except NotMergeable as refused:
        return refused
    return None
