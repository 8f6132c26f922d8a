"""Opening, closing, handing over and settling drawers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.billing import access
from services.billing.cash import repository
from services.billing.cash.schemas import CloseIn, OpenIn, OverIn, PolicyIn, ReceiveIn
from services.billing.cash.taking import MIDNIGHT, SETTLE_DUE, open_drawer
from services.billing.cash_errors import (
    CashInvalid,
    NoSuchShift,
    OtherAmount,
    SecondPerson,
    ShiftNotNow,
    ShiftNotYours,
    ShiftOpen,
    WrongReceiver,
)
from services.billing.domain import cash as rules
from services.billing.errors import NoSuchCommunity
from services.billing.models import cash_shifts
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.http.schemas import MoneyModel
from shared.money import Money
from shared.runtime import Timer

_LONGEST_CHAIN = 60
STANDING_IN = frozenset({"cs_manager", "finance", "admin"})
"""Who closes and hands over somebody else's drawer, when its cashier is not there."""


def fen_of(amount: MoneyModel, path: str) -> int:
    """An amount of nothing or more in fen. Raises CashInvalid."""
    fen = amount.money().fen
    if fen < 0 or amount.currency != "CNY":
        wrong = FieldError(path, "应为不小于零的人民币金额。", "Not below zero, in CNY.")
        raise CashInvalid(fields=[wrong])
    return fen


async def get(tx: Tx, who: Principal, shift_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A shift within the caller's reach. Raises NoSuchShift."""
    row = await repository.get(tx, shift_id, lock=lock)
    if row is None:
        raise NoSuchShift()
    try:
        await access.community(tx, who, row.community_id)
    except NoSuchCommunity:
        raise NoSuchShift() from None
    return row


async def _mine(tx: Tx, who: Principal, shift_id: UUID, version: int | None, *states: str) -> Row[Any]:
    row = await get(tx, who, shift_id, lock=True)
    if who.sub != row.cashier_id and STANDING_IN.isdisjoint(who.roles):
        raise ShiftNotYours()
    return _now(row, version, *states)


def _now(row: Row[Any], version: int | None, *states: str) -> Row[Any]:
    if version is not None and version != row.version:
        raise LostUpdate()
    if row.state not in states:
        raise ShiftNotNow(state=row.state)
    return row


async def open_shift(tx: Tx, who: Principal, body: OpenIn) -> Row[Any]:
    """Open the caller's drawer with what was counted in it.

    Raises:
        NoSuchCommunity: outside the caller's scope. CashInvalid: the float. ShiftOpen: one is open here (409).
    """
    community = await access.community(tx, who, body.community_id)
    float_fen = fen_of(body.float_, "float")
    shift_id = await open_drawer(tx, who.sub, community, float_fen)
    if shift_id is None:
        there = await repository.open_of(tx, community.id, who.sub)
        raise ShiftOpen(number="" if there is None else there.number)
    return await get(tx, who, shift_id)


async def close(tx: Tx, who: Principal, shift_id: UUID, body: CloseIn, version: int | None) -> Row[Any]:
    """Count the drawer and close it; what differs from the books stands beside, with its reason.

    Raises:
        NoSuchShift, ShiftNotYours, LostUpdate, ShiftNotNow. CashInvalid: a denomination, or over or short without why.
    """
    row = await _mine(tx, who, shift_id, version, rules.OPEN)
    pieces = [rules.Pieces(item.value.money().fen, item.pieces) for item in body.count]
    try:
        counted = rules.counted(pieces)
    except rules.Refused as problem:
        wrong_at = next(n for n, item in reversed(list(enumerate(pieces))) if item.value_fen == problem.fen)
        zh, en = "没有这种面额，或重复填写。", "No such denomination, or named twice."
        raise CashInvalid(fields=[FieldError(f"count.{wrong_at}.value", zh, en)]) from problem
    moved = (await repository.moved(tx, [row.id])).get(row.id, 0)
    expected = rules.Drawer(row.float_fen, row.carried_fen, moved).expected_fen
    if counted != expected and not body.reason:
        text = str(Money(abs(counted - expected)))
        over = counted > expected
        zh = f"{'长' if over else '短'}款 {text} 元，请说明原因。"
        en = f"{text} yuan {'over' if over else 'short'}: say why."
        raise CashInvalid(fields=[FieldError("reason", zh, en)])
    owed = rules.takings(counted, row.float_fen, row.carried_fen)
    values: dict[str, Any] = {
        "state": rules.CLOSED,
        "closed_at": tx.now,
        "closed_by": who.sub,
        "expected_fen": expected,
        "counted_fen": counted,
        "count": [{"value_fen": p.value_fen, "pieces": p.pieces} for p in pieces],
        "difference_reason": body.reason if counted != expected else None,
    }
    await repository.change(tx, row, **values)
    tx.cancel_timer(MIDNIGHT, row.id)
    figures = {"expected_fen": expected, "counted_fen": counted, "difference_fen": counted - expected}
    tx.audit("cash_shift.closed", "cash_shift", row.id, after=figures)
    data = {"shift_id": str(row.id), "number": row.number, "cashier_id": str(row.cashier_id), **figures}
    tx.emit("cash_shift.closed.v1", subject=row.id, seq=row.version + 1, community_id=row.community_id, data=data)
    closed = await get(tx, who, shift_id)
    if not owed and not row.carried_fen:
        await _settled(tx, closed)  # there is nothing to hand over
        return await get(tx, who, shift_id)
    return closed


async def hand_over(tx: Tx, who: Principal, shift_id: UUID, body: OverIn, version: int | None) -> Row[Any]:
    """Offer a closed drawer to the next cashier, or its takings to finance or the bank; the first signature.

    Raises:
        NoSuchShift, ShiftNotYours, LostUpdate, ShiftNotNow. CashInvalid: an amount below what is owed or above what
        was counted, or a bank deposit without its number.
    """
    row = await _mine(tx, who, shift_id, version, rules.CLOSED)
    asked = None if body.amount is None else fen_of(body.amount, "amount")
    owed = rules.takings(row.counted_fen, row.float_fen, row.carried_fen)
    try:
        fen = rules.offer(body.to, asked, row.counted_fen, owed)
    except rules.Refused as problem:
        limit = str(Money(problem.fen))
        zh, en = {
            "whole": (f"交给下一班的应为钱箱全部现金 {limit} 元。", f"The next cashier gets all of it, {limit}."),
            "above": (f"不能超过清点金额 {limit} 元。", f"At most what was counted, {limit}."),
            "below": (f"不能少于应交款 {limit} 元。", f"At least what is owed, {limit}."),
        }[problem.reason]
        raise CashInvalid(fields=[FieldError("amount", zh, en)]) from problem
    if body.to == rules.BANK and not body.reference:
        zh, en = "请填写银行存款回单号。", "Give the number of the bank's deposit slip."
        raise CashInvalid(fields=[FieldError("reference", zh, en)])
    told = {"offered_to": body.to, "offered_fen": fen, "reference": body.reference}
    await repository.change(tx, row, state=rules.OFFERED, offered_at=tx.now, offered_by=who.sub, refusal=None, **told)
    tx.audit("cash_shift.offered", "cash_shift", row.id, after=told)
    return await get(tx, who, shift_id)


async def receive(tx: Tx, who: Principal, shift_id: UUID, body: ReceiveIn, version: int | None) -> Row[Any]:
    """The second signature: the receiver counted the same. Cash for finance or the bank is settled by it.

    Raises:
        NoSuchShift, LostUpdate, ShiftNotNow. SecondPerson, WrongReceiver, OtherAmount: see there. ShiftOpen: the next
        cashier has a drawer open here already.
    """
    row = _now(await get(tx, who, shift_id, lock=True), version, rules.OFFERED)
    try:
        rules.second_person(who.sub, row.cashier_id, row.closed_by, row.offered_by)
    except rules.Refused as problem:
        raise SecondPerson() from problem
    if row.offered_to != rules.CASHIER and "finance" not in who.roles:
        raise WrongReceiver()
    if fen_of(body.amount, "amount") != row.offered_fen:
        raise OtherAmount(offered=str(Money(row.offered_fen)))
    values: dict[str, Any] = {"state": rules.RECEIVED, "received_at": tx.now, "received_by": who.sub}
    if row.offered_to == rules.CASHIER:
        carried = rules.takings(row.counted_fen, row.float_fen, row.carried_fen)
        community = await access.community(tx, who, row.community_id)
        due = row.settle_due_at if row.settled_at is None else None
        successor = await open_drawer(tx, who.sub, community, row.offered_fen, carried_fen=carried, due=due)
        if successor is None:
            raise ShiftOpen(number="")
        values["successor_id"] = successor
    await repository.change(tx, row, **values)
    told = {"offered_to": row.offered_to, "offered_fen": row.offered_fen}
    tx.audit("cash_shift.received", "cash_shift", row.id, after=told)
    if row.offered_to != rules.CASHIER:
        await _settled(tx, await get(tx, who, shift_id))
    return await get(tx, who, shift_id)


async def refuse(tx: Tx, who: Principal, shift_id: UUID, reason: str, version: int | None) -> Row[Any]:
    """The receiver counted otherwise, or it goes elsewhere: the drawer is its cashier's again, closed as it is.

    Raises:
        NoSuchShift, LostUpdate, ShiftNotNow.
    """
    row = _now(await get(tx, who, shift_id, lock=True), version, rules.OFFERED)
    await repository.change(tx, row, state=rules.CLOSED, refusal=reason)
    tx.audit("cash_shift.refused", "cash_shift", row.id, after={"reason": reason})
    return await get(tx, who, shift_id)


async def _settled(tx: Tx, row: Row[Any]) -> None:
    """Its takings, and those carried in it, have come where they belong."""
    done, wave = 0, [row]
    while wave and done < _LONGEST_CHAIN:
        later: list[Row[Any]] = []
        for one in wave:
            done += 1
            later += await repository.before(tx, one.id)
            if one.settled_at is not None:
                continue
            await repository.change(tx, one, settled_at=tx.now)
            tx.cancel_timer(SETTLE_DUE, one.id)
            in_time = rules.settled_in_time(tx.now, one.settle_due_at)
            data = {"shift_id": str(one.id), "number": one.number, "cashier_id": str(one.cashier_id)}
            more = {"settle_due_at": one.settle_due_at.isoformat(), "in_time": in_time}
            seq, place = one.version + 1, one.community_id
            tx.emit("cash_shift.settled.v1", subject=one.id, seq=seq, community_id=place, data={**data, **more})
        wave = later


async def at_midnight(tx: Tx, timer: Timer) -> None:
    """A drawer is still open at midnight: it is told, every night."""
    row = await repository.get(tx, timer.subject_id, lock=True)
    if row is None or row.state != rules.OPEN:
        return
    zone = await access.zone(tx, row.community_id)
    nights = row.nights + 1
    await repository.change(tx, row, nights=nights)
    tx.set_timer(MIDNIGHT, row.id, rules.next_midnight(tx.now, zone))
    data = {"shift_id": str(row.id), "number": row.number, "cashier_id": str(row.cashier_id), "nights": nights}
    tx.emit("cash_shift.left_open.v1", subject=row.id, seq=row.version + 1, community_id=row.community_id, data=data)


async def at_due(tx: Tx, timer: Timer) -> None:
    """The time to settle is over."""
    row = await repository.get(tx, timer.subject_id, lock=True)
    if row is None or row.settled_at is not None or row.missed_at is not None:
        return
    await repository.change(tx, row, missed_at=tx.now)
    data = {"shift_id": str(row.id), "number": row.number, "cashier_id": str(row.cashier_id)}
    more = {"settle_due_at": row.settle_due_at.isoformat()}
    seq, place = row.version + 1, row.community_id
    # row: B-076 what was not settled in time does not go unnoticed
    tx.emit("cash_shift.settle_missed.v1", subject=row.id, seq=seq, community_id=place, data={**data, **more})


async def page(
    tx: Tx,
    who: Principal,
    asked: tuple[UUID | None, UUID | None, str | None, date | None, bool],
    before: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Shifts within the caller's reach (community, cashier, state, day, unsettled only), the latest first."""
    c = cash_shifts.c
    conditions = access.within_reach(tx, who, c.id, c.community_id)
    wanted = zip((c.community_id, c.cashier_id, c.state, c.opened_on), asked[:4], strict=True)
    conditions += [column == value for column, value in wanted if value is not None]
    if asked[4]:
        conditions.append(c.settled_at.is_(None))
    return await repository.page(tx, conditions, before, limit)


async def policy(tx: Tx, who: Principal, community_id: UUID) -> tuple[Row[Any] | None, ZoneInfo]:
    """A community's own policy, if it has one. Raises NoSuchCommunity."""
    community = await access.community(tx, who, community_id)
    return await repository.policy(tx, community_id), community.zone


async def set_policy(tx: Tx, who: Principal, community_id: UUID, body: PolicyIn, version: int | None) -> None:
    """Set how a community keeps its cash. Raises NoSuchCommunity, LostUpdate."""
    await access.community(tx, who, community_id)
    await access.lock_community(tx, community_id)
    row = await repository.policy(tx, community_id)
    if version is not None and version != (0 if row is None else row.version):
        raise LostUpdate()
    values = body.model_dump()
    await repository.save_policy(tx, community_id, 1 if row is None else row.version + 1, **values)
    tx.audit("cash_policy.set", "community", community_id, after=values)
