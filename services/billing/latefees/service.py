"""Charging late fees: entries first, then one bill (or one credit) of what they came to since the last time.

Every run computes each bill's fee anew from all that is known, so that it may be repeated, interrupted, or find that
the past was different: it adds what is missing and takes back what no longer stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access, residents
from services.billing.bills import service as bills
from services.billing.bills.issue import LATE_FEE, Single, issue, line
from services.billing.credits.service import correct
from services.billing.domain.charging import OVERDUE, rules
from services.billing.domain.fee_rules.late_fee import Params
from services.billing.domain.late_fees import accrued, to_enter
from services.billing.errors import LateFeeInvalid, NoSuchHold, NoSuchUnit
from services.billing.latefees import repository
from services.billing.latefees.schemas import HoldIn, LateRunIn
from services.billing.ledger import repository as ledger
from services.billing.models import late_fee_entries
from services.billing.standards import repository as standards
from services.billing.standards.service import charging, read_params
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

JOB = "billing.late_fees"


async def start(tx: Tx, who: Principal, body: LateRunIn) -> tuple[UUID, UUID]:
    """Have the worker charge late fees; returns the ids of the job and of the standard.

    Raises:
        NoSuchCommunity, NoSuchStandard, NoStandardInForce: on which terms is not clear.
        LateFeeInvalid: a day of the future, or a standard of another rule.
    """
    community = await access.community(tx, who, body.community_id)
    if body.until > tx.now.astimezone(community.zone).date():
        wrong = FieldError("until", "不能晚于今天。", "Not later than today.")
        raise LateFeeInvalid(fields=[wrong])
    version = await charging(tx, community.id, body.standard_code, body.until)
    if rules()[version.rule].needs != OVERDUE:
        wrong = FieldError("standard_code", "该收费标准不是违约金。", "This standard charges no late fee.")
        raise LateFeeInvalid(fields=[wrong])
    payload = {"version_id": str(version.version_id), "until": body.until.isoformat()}
    job_id = tx.enqueue(JOB, payload)
    tx.audit("late_fees.started", "charge_standard", version.id, after=body.model_dump(mode="json"))
    return job_id, version.id


async def charge_chunk(tx: Tx, version_id: UUID, until: date, after: UUID | None, size: int) -> UUID | None:
    """Bring the late fees of the next ``size`` bills up to date; the last bill's id, or None at the end."""
    version = await standards.version(tx, version_id)
    assert version is not None  # the job names what was found when it was asked for
    community = await access.known(tx, version.community_id)
    rows = await repository.next_bills(tx, community.id, until, after, size)
    if not rows:
        return None
    # Nobody moves money of these units until their fees are entered.
    await ledger.lock_accounts(tx, community.id, [row.unit_id for row in rows])
    ids = [row.id for row in rows]
    terms = read_params(rules()[version.rule], version.params)
    less, holds = await repository.less(tx, ids), await repository.holds(tx, ids)
    entered, billed = await repository.entered(tx, ids), await repository.billed(tx, ids)
    for row in rows:
        known = entered.get(row.id, [])
        # What an earlier run charged beyond this day stays: a run never looks at less than was looked at before.
        last = max([until, *(entry.last for entry in known)])
        wanted = accrued(row.amount_fen, row.due_date, less.get(row.id, []), holds.get(row.id, []), terms, last)
        new = to_enter(known, wanted)
        if new:
            await repository.add_entries(tx, community.id, row, new)
        owed = sum(entry.amount_fen for entry in wanted)
        await _bill(tx, community, row, owed, billed.get(row.id, []), terms)
    last_id: UUID = ids[-1]
    return last_id


async def _bill(
    tx: Tx, community: access.Community, row: Row[Any], owed: int, billed: Sequence[tuple[UUID, int]], terms: Params
) -> None:
    """Bill what the entries exceed the late fee bills by, or credit these, the latest first."""
    more = owed - sum(fen for _, fen in billed)
    if more > 0:
        today = tx.now.astimezone(community.zone).date()
        rate = format(terms.daily_rate.normalize(), "f")
        text = line(f"账单 {row.number} 违约金(日费率{rate})", f"Late fee on {row.number} (daily rate {rate})", more)
        single = Single(row.unit_id, row.payer_id, "late_fee", today, [text], LATE_FEE, row.id)
        await issue(tx, community, single)
        return
    for bill_id, fen in billed:
        take = min(fen, -more)
        if take > 0:
            await correct(tx, bill_id, take, "违约金重新计算 / late fee computed anew")
            more += take


async def dispute(tx: Tx, who: Principal, body: HoldIn) -> Row[Any]:
    """Store a dispute; the next run computes the fee without its days.

    Raises:
        NoSuchBill: outside the caller's reach.
        LateFeeInvalid: the last day lies before the first.
    """
    await bills.get(tx, who, body.bill_id)
    if body.until is not None and body.until < body.since:
        wrong = FieldError("until", "结束日期早于开始日期。", "The last day lies before the first.")
        raise LateFeeInvalid(fields=[wrong])
    hold_id = await repository.add_hold(tx, body.model_dump())
    tx.audit("late_fee.held", "bill", body.bill_id, after=body.model_dump(mode="json"))
    return await _hold(tx, hold_id)


async def _hold(tx: Tx, hold_id: UUID) -> Row[Any]:
    row = await repository.hold(tx, hold_id)
    if row is None:
        raise NoSuchHold()
    return row


async def settle(tx: Tx, who: Principal, hold_id: UUID, until: date) -> Row[Any]:
    """A dispute ended.

    Raises:
        NoSuchHold: unknown, or outside the caller's reach.
        LateFeeInvalid: before it began.
    """
    row = await _hold(tx, hold_id)
    try:
        await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchHold() from None
    if until < row.since:
        wrong = FieldError("until", "结束日期早于开始日期。", "The last day lies before the first.")
        raise LateFeeInvalid(fields=[wrong])
    await repository.end_hold(tx, hold_id, until)
    tx.audit("late_fee.released", "bill", row.bill_id, after={"until": until.isoformat()})
    return await _hold(tx, hold_id)


async def page(
    tx: Tx, who: Principal, bill_id: UUID | None, unit_id: UUID | None, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Entries within the caller's reach, in the order they were made."""
    c = late_fee_entries.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    conditions += await residents.own_bills(tx, who, c.bill_id)
    conditions += [c.bill_id == bill_id] if bill_id else []
    conditions += [c.unit_id == unit_id] if unit_id else []
    return await repository.page(tx, conditions, after, limit)
