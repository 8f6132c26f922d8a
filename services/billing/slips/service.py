"""Posting a paid service slip: its bill is issued at once, so that the deduction run finds it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access, residents
from services.billing.bills.issue import SLIP, Single, issue, line, payer_on
from services.billing.domain.corrections import deduction_run, in_time
from services.billing.errors import SlipInvalid, SlipPosted
from services.billing.models import service_slips
from services.billing.slips import repository
from services.billing.slips.schemas import SlipIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7


async def post(tx: Tx, who: Principal, body: SlipIn) -> Row[Any]:
    """Store a slip and issue its bill, due on the day of the deduction run that collects it.

    Raises:
        NoSuchUnit: outside the caller's reach.
        SlipInvalid: no amount, or a service of the future.
        SlipPosted: the community has a slip of this number (409).
    """
    community = await access.unit_community(tx, who, body.unit_id)
    today = tx.now.astimezone(community.zone).date()
    amount = body.amount.money().fen
    wrong = []
    if amount <= 0 or body.amount.currency != "CNY":
        wrong.append(FieldError("amount", "应为大于零的人民币金额。", "More than nothing, in CNY."))
    if body.served_on > today:
        wrong.append(FieldError("served_on", "服务日期不能晚于今天。", "Not later than today."))
    if wrong:
        raise SlipInvalid(fields=wrong)
    await access.lock_community(tx, community.id)
    known = await repository.by_number(tx, community.id, body.number)
    if known is not None:
        raise SlipPosted(number=body.number)
    run_at = deduction_run(body.served_on, body.deduction_day, community.zone)
    payer = body.payer_id or await payer_on(tx, body.unit_id, body.served_on)
    slip_id = uuid7()
    text = line(f"{body.service}({body.served_on})", f"{body.service} ({body.served_on})", amount)
    # row: C-067 the slip's amount is owed from the moment it is posted, so that the deduction can succeed
    bill_id = await issue(
        tx,
        community,
        Single(body.unit_id, payer, "service", _due(run_at.date(), today), [text], SLIP, slip_id),
    )
    # row: E-017 each paid service leaves its slip
    await repository.add(
        tx,
        {
            "id": slip_id,
            "community_id": community.id,
            "unit_id": body.unit_id,
            "payer_id": payer,
            "number": body.number,
            "service": body.service,
            "amount_fen": amount,
            "served_on": body.served_on,
            "posted_at": tx.now,
            "run_at": run_at,
            "bill_id": bill_id,
        },
    )
    tx.audit("slip.posted", "service_slip", slip_id, after={"number": body.number, "amount_fen": amount})
    tx.emit(
        "slip.posted.v1",
        subject=slip_id,
        seq=1,
        community_id=community.id,
        data={
            "slip_id": str(slip_id),
            "number": body.number,
            "unit_id": str(body.unit_id),
            "bill_id": str(bill_id),
            "amount_fen": amount,
            "served_on": body.served_on.isoformat(),
            "posted_at": tx.now.isoformat(),
            "run_at": run_at.isoformat(),
            "in_time": in_time(tx.now, run_at),
        },
    )
    row = await repository.by_number(tx, community.id, body.number)
    assert row is not None  # stored above
    return row


def _due(run_on: date, today: date) -> date:
    """A slip posted late is due today: a bill that is born overdue would be dunned for our own delay."""
    return max(run_on, today)


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, unit_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Slips within the caller's reach, the latest posted first."""
    c = service_slips.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    conditions += await residents.own_bills(tx, who, c.bill_id)
    conditions += [c.community_id == community_id] if community_id else []
    conditions += [c.unit_id == unit_id] if unit_id else []
    return await repository.page(tx, conditions, before, limit)
