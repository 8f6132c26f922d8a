"""Written notices (管理费催缴通知书) and demands: numbered, printed, delivered, each by somebody and at a time.

What is printed is kept, so that a number is the same paper for ever. It names the dwelling, not the person: billing
holds no names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.domain.dunning import CASE_OPEN, DEMAND, DONE, MISSED, UNDONE
from services.billing.domain.dunning_contacts import on_time
from services.billing.domain.vocabulary import FEE_KINDS
from services.billing.dunning import repository as dunning
from services.billing.dunning.cases import visible as visible_case
from services.billing.dunning.errors import CaseSettled, DemandUnproven, NoSuchNotice, NoticeInvalid, NoticeNotNow
from services.billing.dunning.plans import midnight_after, policy_of
from services.billing.errors import NoSuchCommunity
from services.billing.models import dunning_notices
from services.billing.notices import repository
from services.billing.notices.schemas import DeliveredIn, NoticeIn, PrintedIn
from services.billing.proofs import repository as proofs
from shared.auth import Principal
from shared.db.tx import Tx
from shared.documents import content_hash
from shared.errors import FieldError
from shared.ids import uuid7
from shared.periods import month_of
from shared.runtime import Timer

NOTICE, NOTICE_DUE = "notice", "dunning.notice.due"


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


async def issue(tx: Tx, who: Principal, body: NoticeIn) -> UUID:
    """Number a notice for what the household owes now.

    Raises:
        NoSuchCase: outside the caller's scope. CaseSettled: nothing is owed (409).
        NoticeInvalid: a day of delivery that is past (422).
    """
    seen = await visible_case(tx, who, body.case_id)
    community = await access.community(tx, who, seen.community_id)
    (case,) = await dunning.cases(tx, [body.case_id], lock=True)
    today = tx.now.astimezone(community.zone).date()
    owed = await repository.open_bills(tx, case.unit_id, case.payer_id, today)
    if case.state != CASE_OPEN or not owed:
        raise CaseSettled()
    due_on = body.due_on or month_of(today).end - timedelta(days=1)
    if due_on < today:
        raise NoticeInvalid(fields=[FieldError("due_on", "日期已过。", "The day is past.")])
    name, unit = await repository.place(tx, case.community_id, case.unit_id)
    policy, notice_id = await policy_of(tx, case.community_id), uuid7()
    total = sum(bill.open_fen for bill in owed)
    number = f"CJ{today:%Y%m}-{await tx.number(f'dunning_notice.{today:%Y-%m}'):06d}"
    # row: C-068, E-016 household, amount and periods stand on the notice
    content = {
        "number": number,
        "kind": body.kind,
        "community": name,
        "unit": unit,
        "issued_on": today.isoformat(),
        "total": _yuan(total),
        "term_days": policy.demand_days,
        "bills": [
            {
                "number": bill.number,
                "fee": dict(FEE_KINDS.get(bill.fee_kind, FEE_KINDS["other"])),
                "period": bill.period,
                "due": bill.due_date.isoformat(),
                "open": _yuan(bill.open_fen),
            }
            for bill in owed
        ],
    }
    due_at = midnight_after(due_on, community.zone)
    await repository.add(
        tx,
        {
            "id": notice_id,
            "number": number,
            "case_id": case.id,
            "community_id": case.community_id,
            "unit_id": case.unit_id,
            "kind": body.kind,
            "content": content,
            "content_hash": content_hash(content),
            "amount_fen": total,
            "due_at": due_at,
            "term_days": policy.demand_days,
        },
    )
    if body.kind == NOTICE:
        # row: B-075 a notice that is not delivered in time is noticed
        tx.set_timer(NOTICE_DUE, notice_id, due_at)
    tx.audit("dunning_notice.issued", "dunning_notice", notice_id, after={"number": number})
    return notice_id


async def get(tx: Tx, who: Principal, notice_id: UUID, *, lock: bool = False) -> Row[Any]:
    """One notice. Raises NoSuchNotice."""
    row = await repository.get(tx, notice_id, lock=lock)
    if row is None:
        raise NoSuchNotice()
    try:
        await access.community(tx, who, row.community_id)
    except NoSuchCommunity:
        raise NoSuchNotice() from None
    return row


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, case_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Notices within the caller's scope."""
    c = dunning_notices.c
    wanted = [column == v for column, v in ((c.community_id, community_id), (c.case_id, case_id)) if v is not None]
    return await repository.page(tx, [*access.within_reach(tx, who, c.unit_id, c.community_id), *wanted], before, limit)


async def printed(tx: Tx, who: Principal, notice_id: UUID, body: PrintedIn) -> None:
    """Record the printing. Raises NoSuchNotice, NoticeNotNow, NoticeInvalid."""
    row = await get(tx, who, notice_id, lock=True)
    if row.printed_at is not None:
        raise NoticeNotNow()
    at = _happened(tx, body.at, row.created_at)
    await repository.move(tx, notice_id, {"printed_at": at, "printed_by": who.sub})
    _say(tx, "dunning.notice.printed.v1", row, at)
    tx.audit("dunning_notice.printed", "dunning_notice", notice_id)


async def delivered(tx: Tx, who: Principal, notice_id: UUID, body: DeliveredIn) -> None:
    """Record the service. A demand's term begins with it and needs a proof that was uploaded before.

    Raises:
        NoSuchNotice: outside the caller's scope. NoticeNotNow: not printed yet, or delivered already (409).
        DemandUnproven: no proof of a demand was uploaded (409). NoticeInvalid: a time that cannot be (422).
    """
    seen = await get(tx, who, notice_id)
    (case,) = await dunning.cases(tx, [seen.case_id], lock=True)
    row = await get(tx, who, notice_id, lock=True)
    if row.printed_at is None or row.delivered_at is not None:
        raise NoticeNotNow()
    proven = await proofs.of_notices(tx, [notice_id])
    if row.kind == DEMAND and not proven:
        # who served it, when, and what proves it: a file, not somebody's word for one
        raise DemandUnproven()
    at = _happened(tx, body.at, row.printed_at)
    # row: B-075 who delivered it and when
    values = {"delivered_at": at, "delivered_by": who.sub, "delivery": body.delivery}
    values["proof"] = proven[0].sha256 if proven else None
    await repository.move(tx, notice_id, values)
    tx.cancel_timer(NOTICE_DUE, notice_id)
    _say(tx, "dunning.notice.delivered.v1", row, at)
    tx.audit("dunning_notice.delivered", "dunning_notice", notice_id, after={"delivery": body.delivery})
    if row.kind == DEMAND and case.state == CASE_OPEN:
        await _demanded(tx, who, case, row, at)


async def _demanded(tx: Tx, who: Principal, case: Row[Any], row: Row[Any], at: datetime) -> None:
    """The term runs; the step of the plan that waited for it is done."""
    zone = (await access.community(tx, who, case.community_id)).zone
    term = at.astimezone(zone).date() + timedelta(days=row.term_days)
    await dunning.move_case(tx, case.id, {"demand_term_on": term})
    for step in await dunning.steps_of_case(tx, case.id, (*UNDONE, MISSED)):
        if step.kind == DEMAND:
            done = {"state": DONE, "result": "served", "done_at": at, "done_by": who.sub}
            await dunning.move_steps(tx, [step.id], {**done, "on_time": on_time(at, step.due_at)})


async def overdue(tx: Tx, timer: Timer) -> None:
    """The day of delivery has passed."""
    row = await repository.get(tx, timer.subject_id, lock=True)
    if row is None or row.delivered_at is not None:
        return
    (case,) = await dunning.cases(tx, [row.case_id])
    if case.state != CASE_OPEN:  # paid meanwhile: nothing to deliver
        return
    await repository.move(tx, row.id, {"missed_at": row.due_at})
    tx.emit(
        "dunning.step_missed.v1",
        subject=row.id,
        seq=row.version + 1,
        community_id=row.community_id,
        occurred_at=row.due_at,
        data={
            "step_id": str(row.id),
            "case_id": str(row.case_id),
            "unit_id": str(row.unit_id),
            "payer_id": None if case.payer_id is None else str(case.payer_id),
            "period": row.content["issued_on"][:7],
            "kind": NOTICE,
            "due_at": row.due_at.isoformat(),
        },
    )


def _happened(tx: Tx, at: datetime | None, after: datetime) -> datetime:
    found = at or tx.now
    if found > tx.now or found < after:
        raise NoticeInvalid(fields=[FieldError("at", "时间有误。", "Not in the future, nor before it could be.")])
    return found


def _say(tx: Tx, type_: str, row: Row[Any], at: datetime) -> None:
    tx.emit(
        type_,
        subject=row.id,
        seq=row.version + 1,
        community_id=row.community_id,
        occurred_at=at,
        data={
            "notice_id": str(row.id),
            "case_id": str(row.case_id),
            "unit_id": str(row.unit_id),
            "number": row.number,
            "kind": row.kind,
            "amount_fen": row.amount_fen,
            "due_at": row.due_at.isoformat(),
            "on_time": on_time(at, row.due_at),
        },
    )
