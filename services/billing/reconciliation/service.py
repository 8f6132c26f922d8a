"""Comparing a statement with the books, explaining what differs, closing the day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.billing.domain import reconciliation as rules
from services.billing.domain.vocabulary import METHODS_TAKEN
from services.billing.models import reconciliations
from services.billing.payment_errors import (
    DayClosed,
    DifferencesUnexplained,
    NoSuchOrgUnit,
    NoSuchReconciliation,
    StatementInvalid,
)
from services.billing.reconciliation import repository
from services.billing.reconciliation.schemas import ExplainIn, StatementIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.ids import uuid7


async def _communities(tx: Tx, who: Principal, org_unit_id: UUID) -> Sequence[Row[Any]]:
    """The communities of a legal entity, whose money the caller may see as a whole.

    Raises:
        NoSuchOrgUnit: it has none, or lies above the caller's scope or beside it.
    """
    found = await repository.communities_under(tx, org_unit_id)
    if not found or not all(who.sees(row.path[row.path.index(org_unit_id) :: -1]) for row in found):
        raise NoSuchOrgUnit()
    return found


async def compare(tx: Tx, who: Principal, body: StatementIn) -> Row[Any]:
    """Compare a day's statement with the books; the same day again, until it is closed, is compared anew.

    Explanations of differences that are still there stay.

    Raises:
        NoSuchOrgUnit: outside the caller's scope. StatementInvalid: unknown method, day not over, amount not above
        zero. DayClosed: that day is closed.
    """
    communities = await _communities(tx, who, body.org_unit_id)
    today = tx.now.astimezone(ZoneInfo(communities[0].timezone)).date()
    wrong: list[FieldError] = []
    if body.method not in METHODS_TAKEN:
        wrong.append(FieldError("method", f"没有缴费方式 {body.method}。", f"There is no method {body.method}."))
    if body.day >= today:
        wrong.append(FieldError("day", "只能核对已结束的日期。", "Only a day that is over can be reconciled."))
    for n, line in enumerate(body.lines):
        if line.amount.currency != "CNY" or line.amount.money().fen <= 0:
            zh, en = "金额应大于零，币种为人民币。", "The amount must be above zero, in CNY."
            wrong.append(FieldError(f"lines.{n}.amount", zh, en))
    if wrong:
        raise StatementInvalid(fields=wrong)
    row = await repository.of_key(tx, body.org_unit_id, body.method, body.day)
    if row is not None and row.closed_at is not None:
        raise DayClosed()
    theirs = [rules.Theirs(line.kind, line.reference, line.amount.money().fen) for line in body.lines]
    told = [{"kind": t.kind, "reference": t.reference, "fen": t.fen} for t in theirs]
    return await _store(tx, body, row, [c.id for c in communities], theirs, told)


async def _store(
    tx: Tx,
    body: StatementIn,
    row: Row[Any] | None,
    communities: Sequence[UUID],
    theirs: Sequence[rules.Theirs],
    told: Sequence[dict[str, Any]],
) -> Row[Any]:
    result = rules.compare(await repository.of_day(tx, communities, body.method, body.day), theirs)
    notes = {_key(d): d["note"] for d in (row.differences if row is not None else ())}
    values = {
        "lines": told,
        "matched": result.matched,
        "matched_fen": result.matched_fen,
        "differences": _documents(result, notes),
    }
    if row is not None:
        await repository.change(tx, row, **values)
        found = row.id
    else:
        found = uuid7()
        place = {"org_unit_id": body.org_unit_id, "method": body.method, "day": body.day}
        await repository.add(tx, id=found, **place, **values)
    tx.audit("reconciliation.compared", "reconciliation", found, after={"differences": len(result.differences)})
    again = await repository.get(tx, found)
    assert again is not None  # stored above
    return again


def _documents(result: rules.Result, notes: dict[tuple[Any, ...], str | None]) -> list[dict[str, Any]]:
    documents = [
        {
            "kind": d.kind,
            "reference": d.reference,
            "payment_id": None if d.payment_id is None else str(d.payment_id),
            "ours_fen": d.ours_fen,
            "theirs_fen": d.theirs_fen,
        }
        for d in result.differences
    ]
    return [{**d, "note": notes.get(_key(d))} for d in documents]


def _key(document: dict[str, Any]) -> tuple[Any, ...]:
    """What makes a difference the same one: an explanation of other amounts is none."""
    return tuple(document[name] for name in ("kind", "reference", "payment_id", "ours_fen", "theirs_fen"))


async def get(tx: Tx, who: Principal, reconciliation_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A reconciliation within the caller's scope. Raises NoSuchReconciliation."""
    row = await repository.get(tx, reconciliation_id, lock=lock)
    if row is None:
        raise NoSuchReconciliation()
    try:
        await _communities(tx, who, row.org_unit_id)
    except NoSuchOrgUnit:
        raise NoSuchReconciliation() from None
    return row


async def explain(tx: Tx, who: Principal, reconciliation_id: UUID, body: ExplainIn, version: int | None) -> Row[Any]:
    """Explain a difference.

    Raises:
        NoSuchReconciliation, LostUpdate, DayClosed; StatementInvalid: there is no such difference.
    """
    row = await _open(tx, who, reconciliation_id, version)
    wanted = (body.kind, body.reference, None if body.payment_id is None else str(body.payment_id))
    hit = [d for d in row.differences if wanted in ((d["kind"], d["reference"], p) for p in (d["payment_id"], None))]
    if len(hit) != 1:
        zh, en = (
            "没有这项差异，或不止一项，请同时填写缴费编号。",
            "No such difference, or several; name the payment.",
        )
        raise StatementInvalid(fields=[FieldError("reference", zh, en)])
    changed = [{**d, "note": body.note} if d is hit[0] else d for d in row.differences]
    await repository.change(tx, row, differences=changed)
    tx.audit("reconciliation.explained", "reconciliation", row.id, after={"kind": body.kind})
    return await get(tx, who, reconciliation_id)


async def close(tx: Tx, who: Principal, reconciliation_id: UUID, version: int | None) -> Row[Any]:
    """Close the day: from then on its reconciliation stands as it is.

    The books are compared once more, so that what was booked since the import is not closed unseen.

    Raises:
        NoSuchReconciliation, LostUpdate, DayClosed; DifferencesUnexplained: of the books as they are now.
    """
    row = await _open(tx, who, reconciliation_id, version)
    communities = [c.id for c in await _communities(tx, who, row.org_unit_id)]
    theirs = [rules.Theirs(line["kind"], line["reference"], line["fen"]) for line in row.lines]
    result = rules.compare(await repository.of_day(tx, communities, row.method, row.day), theirs)
    documents = _documents(result, {_key(d): d["note"] for d in row.differences})
    left = sum(1 for d in documents if not d["note"])
    if left:
        raise DifferencesUnexplained(left=left)
    totals = {"matched": result.matched, "matched_fen": result.matched_fen, "differences": documents}
    await repository.change(tx, row, **totals, closed_at=tx.now, closed_by=tx.actor_id)
    tx.audit("reconciliation.closed", "reconciliation", row.id, after={"differences": len(documents)})
    return await get(tx, who, reconciliation_id)


async def _open(tx: Tx, who: Principal, reconciliation_id: UUID, version: int | None) -> Row[Any]:
    row = await get(tx, who, reconciliation_id, lock=True)
    if version is not None and version != row.version:
        raise LostUpdate()
    if row.closed_at is not None:
        raise DayClosed()
    return row


async def page(tx: Tx, who: Principal, method: str | None, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Reconciliations within the caller's scope, the latest begun first."""
    c = reconciliations.c
    conditions = [] if method is None else [c.method == method]
    if not (who.kind == "service" or tx.org_id in who.units):
        conditions.append(c.org_unit_id.in_(sorted(await repository.org_units_within(tx, who.units))))
    return await repository.page(tx, conditions, before, limit)
