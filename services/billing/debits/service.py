"""Files of collections to the bank and its answers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.debit_errors import DebitInvalid, NoSuchDebitRun, NothingToCollect, OtherRun
from services.billing.debits import repository
from services.billing.debits.schemas import RunIn
from services.billing.domain import debits as rules
from services.billing.domain.vocabulary import OTHERS_MONEY
from services.billing.errors import DuplicateReference, NoSuchCommunity, PaymentInvalid
from services.billing.models import debit_runs
from services.billing.payments import service as payments
from services.billing.payments.schemas import AllocationIn, PaymentIn
from shared.auth import Principal
from shared.auth.principal import service_subject
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.http.schemas import MoneyModel
from shared.ids import uuid7

BOOK_JOB = "debit_run.book"
CHUNK = 100


async def make(tx: Tx, who: Principal, body: RunIn) -> Row[Any]:
    """Collect what is due by a day of all mandated units: one line a mandate, and no bill twice while it is there.

    Raises:
        NoSuchCommunity: outside the caller's scope. NothingToCollect: no such bill (409).
    """
    community = await access.community(tx, who, body.community_id)
    await access.lock_community(tx, community.id)
    run_id = uuid7()
    lines: list[dict[str, Any]] = []
    claims: list[dict[str, Any]] = []
    found = await repository.collectable(tx, community.id, body.collect_on)
    for _, rows in groupby(found, key=lambda row: row.mandate_id):
        told = [row for row in rows if _collected(row)]
        if not told:
            continue
        line = {"run_id": run_id, "line": len(lines) + 1}
        claims += [{**line, "bill_id": row.bill_id} for row in told]
        lines.append(
            {
                **line,
                "mandate_id": told[0].mandate_id,
                "unit_id": told[0].unit_id,
                "amount_fen": sum(row.open_fen for row in told),
                "bills": [{"bill_id": str(row.bill_id), "fen": row.open_fen} for row in told],
                "state": rules.SENT,
            }
        )
    if not lines:
        raise NothingToCollect()
    day = f"{body.collect_on:%Y%m%d}"
    total = sum(item["amount_fen"] for item in lines)
    values = {
        "id": run_id,
        "community_id": community.id,
        "number": f"TD{day}-{await tx.number(f'debit_run.{day}'):03d}",
        "state": rules.SENT,
        "collect_on": body.collect_on,
        "lines": len(lines),
        "amount_fen": total,
        "differences": [],
    }
    await repository.add_run(tx, values, lines, claims)
    tx.audit("debit_run.made", "debit_run", run_id, after={"lines": len(lines), "amount_fen": total})
    return await get(tx, who, run_id)


def _collected(row: Row[Any]) -> bool:
    return row.fee_kind in row.fee_kinds if row.fee_kinds else row.fee_kind not in OTHERS_MONEY


async def get(tx: Tx, who: Principal, run_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A run within the caller's scope. Raises NoSuchDebitRun."""
    row = await repository.run(tx, run_id, lock=lock)
    if row is None:
        raise NoSuchDebitRun()
    try:
        await access.community(tx, who, row.community_id)
    except NoSuchCommunity:
        raise NoSuchDebitRun() from None
    return row


async def file_out(tx: Tx, who: Principal, run_id: UUID) -> tuple[str, str]:
    """Name and text of the file to the bank. Opening the accounts is recorded.

    A payer who was erased since has no account any more: their line goes out without one, and the bank refuses it.

    Raises:
        NoSuchDebitRun: outside the caller's scope.
    """
    row = await get(tx, who, run_id)
    rows = await repository.lines(tx, row.id)
    sealed = [(item.payer_id, item.sealed) for item in rows if item.sealed is not None]
    opened = iter(await tx.vault.open(tx, sealed))
    told = []
    for item in rows:
        personal = (next(opened) if item.sealed is not None else None) or {"account": "", "holder": ""}
        told.append(
            rules.Collection(
                *(item.line, item.mandate, item.bank or "", personal["account"], personal["holder"], item.amount_fen)
            )
        )
    tx.audit("debit_run.opened", "debit_run", row.id, after={"lines": len(told)})
    return f"{row.number}.csv", rules.file_out(row.number, row.collect_on, told)


async def answer(tx: Tx, who: Principal, run_id: UUID, text: str) -> Row[Any]:
    """Take the bank's answer; what is new in it is noted, and the money booked by a job. The same again is no news.

    Raises:
        NoSuchDebitRun: outside the caller's scope. DebitInvalid: not an answer. OtherRun: of another file.
    """
    row = await get(tx, who, run_id, lock=True)
    try:
        number, results, found = rules.file_in(text)
    except rules.Unreadable as problem:
        fields = [FieldError("file", f"第 {problem.line} 行：{problem.zh}", f"Line {problem.line}: {problem.en}")]
        raise DebitInvalid(fields=fields) from problem
    if number != row.number:
        raise OtherRun(theirs=number[:40], ours=row.number)
    lines = await repository.lines(tx, row.id)
    ours = {item.line: rules.Ours(item.amount_fen, item.state, item.code) for item in lines}
    news, differing = rules.compare(ours, results)
    for result in news:
        state = rules.ACCEPTED if result.code == rules.ACCEPT else rules.REFUSED
        told = {"state": state, "code": result.code, "value_on": result.value_on, "reference": result.reference}
        await repository.answer(tx, row.id, result.line, **told)
        if state == rules.REFUSED:
            await repository.release(tx, row.id, result.line)  # its bills are open for the next file
    differences = [{"kind": d.kind, "line": d.line, "ours": d.ours, "theirs": d.theirs} for d in [*found, *differing]]
    await repository.change_run(tx, row, state=rules.ANSWERED, differences=differences, answered_at=tx.now)
    tx.audit("debit_run.answered", "debit_run", row.id, after={"news": len(news), "differences": len(differences)})
    tx.enqueue(BOOK_JOB, {"run_id": str(row.id)})
    return await get(tx, who, run_id)


async def book_chunk(tx: Tx, run_id: UUID) -> bool:
    """Book the money of the next accepted lines; False when none is left, and the run is done if all were answered."""
    row = await repository.run(tx, run_id, lock=True)
    if row is None:
        return False
    rows = await repository.to_book(tx, run_id, CHUNK)
    for item in rows:
        payment_id = await _book(tx, row, item)
        await repository.answer(tx, run_id, item.line, state=rules.BOOKED, payment_id=payment_id)
        await repository.release(tx, run_id, item.line)
    if not rows and row.state == rules.ANSWERED:
        waiting = any(d["kind"] in (rules.MISSING, rules.AMOUNT) for d in row.differences)
        if not waiting:
            await repository.change_run(tx, row, state=rules.DONE)
    return bool(rows)


async def _book(tx: Tx, run: Row[Any], item: Row[Any]) -> UUID:
    """Book a collection to the bills it was for while they are still open, else the oldest first."""
    us = Principal(sub=service_subject("billing"), org=tx.org_id, kind="service", service="billing")
    today = tx.now.astimezone(await access.zone(tx, run.community_id)).date()
    body = PaymentIn(
        community_id=run.community_id,
        unit_id=item.unit_id,
        method="direct_debit",
        amount=MoneyModel.of_fen(item.amount_fen),
        value_date=min(item.value_on or today, today),
        reference=f"{run.number}-{item.line}",
        allocations=[
            AllocationIn(bill_id=told["bill_id"], amount=MoneyModel.of_fen(told["fen"])) for told in item.bills
        ],
    )
    try:
        try:
            async with tx.savepoint():
                return (await payments.receive(tx, us, body)).payment.id
        except PaymentInvalid:
            # Somebody paid a bill meanwhile. The money is here all the same and must be counted.
            return (await payments.receive(tx, us, body.model_copy(update={"allocations": None}))).payment.id
    except DuplicateReference as known:
        known_id = UUID(known.values["payment_id"])
        if await payments.is_that_money(tx, known_id, item.amount_fen):
            return known_id
        # Somebody used the reference for other money, or took it back: the bank's is here all the same.
        again = {"reference": f"{body.reference}-{item.mandate_id.hex}", "allocations": None}
        return (await payments.receive(tx, us, body.model_copy(update=again))).payment.id


async def lines_of(tx: Tx, who: Principal, run_id: UUID, after: int, limit: int) -> Sequence[Row[Any]]:
    """The lines of a run in order. Raises NoSuchDebitRun."""
    await get(tx, who, run_id)
    return await repository.lines(tx, run_id, after, limit)


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Runs within the caller's scope, the latest first."""
    c = debit_runs.c
    conditions = access.within_reach(tx, who, c.id, c.community_id)
    conditions += [c.community_id == community_id] if community_id is not None else []
    return await repository.runs_page(tx, conditions, before, limit)
