"""Paid service slips (有偿服务单): what an owner confirmed in ticketing is charged here, once.

One way only: ticketing writes, prices and has slips confirmed; billing hears of it. A slip whose lines change, or that
is made void, takes its charge back; confirmed again it is charged anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from services.billing import access, residents
from services.billing.bills.issue import SLIP, Single, issue, line, payer_on
from services.billing.credits import service as credits
from services.billing.domain.corrections import DEDUCTION_DAY, deduction_run, in_time
from services.billing.models import service_slips
from services.billing.slips import repository
from shared.auth import Principal
from shared.contracts.envelope import Event
from shared.db.tx import Tx

log = structlog.get_logger(__name__)


async def on_confirmed(tx: Tx, events: Sequence[Event]) -> None:
    """Owners agreed to slips: each is charged to its unit, due on the day of the deduction run that collects it."""
    for event in events:
        await _charge(tx, event)


async def on_changed(tx: Tx, events: Sequence[Event]) -> None:
    """Slips were priced anew or made void: what was charged for them is credited."""
    for event in events:
        row = await repository.get(tx, UUID(event.data["slip_id"]), lock=True)
        if row is not None and row.voided_at is None:
            await _take_back(tx, row)


async def _charge(tx: Tx, event: Event) -> None:
    told = event.data
    slip_id, amount, number = UUID(told["slip_id"]), told["amount_fen"], told["slip_number"]
    if told["unit_id"] is None or event.community_id is None or amount <= 0:
        log.info("slip.not_charged", slip=str(slip_id), amount_fen=amount)  # a public place, or done without charge
        return
    unit_id = UUID(told["unit_id"])
    community = await access.known_unit(tx, unit_id)
    await access.lock_community(tx, community.id)
    row = await repository.get(tx, slip_id, lock=True)
    if row is not None and row.voided_at is None:
        if row.amount_fen == amount:
            return  # told twice
        await _take_back(tx, row)
        row = await repository.get(tx, slip_id)
    served_on = datetime.fromisoformat(told["done_at"]).astimezone(community.zone).date()
    posted_at = event.recorded_at
    run_at = deduction_run(served_on, DEDUCTION_DAY, community.zone)
    payer = await payer_on(tx, unit_id, served_on)
    text = line(f"有偿服务单 {number}({served_on})", f"Paid service, slip {number} ({served_on})", amount)
    due = _due(run_at.date(), posted_at.astimezone(community.zone).date())
    # row: C-067 the slip's amount is owed from the moment it is confirmed, so that the deduction can succeed
    bill_id = await issue(tx, community, Single(unit_id, payer, "service", due, [text], SLIP, slip_id))
    # row: E-017 each paid service leaves its slip
    seq = await repository.put(
        tx,
        row,
        {
            "id": slip_id,
            "community_id": community.id,
            "unit_id": unit_id,
            "payer_id": payer,
            "number": number,
            "service": f"工单 {told['number']}",
            "ticket_id": UUID(told["ticket_id"]),
            "amount_fen": amount,
            "served_on": served_on,
            "posted_at": posted_at,
            "run_at": run_at,
            "bill_id": bill_id,
        },
    )
    tx.audit("slip.posted", "service_slip", slip_id, after={"number": number, "amount_fen": amount})
    tx.emit(
        "slip.posted.v1",
        subject=slip_id,
        seq=seq,
        community_id=community.id,
        data={
            "slip_id": str(slip_id),
            "number": number,
            "unit_id": str(unit_id),
            "bill_id": str(bill_id),
            "amount_fen": amount,
            "served_on": served_on.isoformat(),
            "posted_at": posted_at.isoformat(),
            "run_at": run_at.isoformat(),
            "in_time": in_time(posted_at, run_at),
        },
    )


async def _take_back(tx: Tx, row: Row[Any]) -> None:
    left = await repository.left(tx, row.bill_id)
    if left:
        await credits.correct(tx, row.bill_id, left, f"有偿服务单 {row.number} 已变更或作废")
    await repository.void(tx, row)
    tx.audit("slip.taken_back", "service_slip", row.id, after={"bill_id": str(row.bill_id), "amount_fen": left})


def _due(run_on: date, posted_on: date) -> date:
    """A slip confirmed late is due that day: a bill that is born overdue would be dunned for our own delay."""
    return max(run_on, posted_on)


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, unit_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Slips within the caller's reach, the latest written first."""
    c = service_slips.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    conditions += await residents.own_bills(tx, who, c.bill_id)
    conditions += [c.community_id == community_id] if community_id else []
    conditions += [c.unit_id == unit_id] if unit_id else []
    return await repository.page(tx, conditions, before, limit)
