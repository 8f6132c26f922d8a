"""Asking and deciding, for every kind of request alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Uuid, any_, literal, or_
from sqlalchemy.dialects.postgresql import array

from services.ticketing import access
from services.ticketing.approvals import repository
from services.ticketing.approvals.schemas import AgainIn, AskIn, LadderIn
from services.ticketing.approvals.subjects import SUBJECTS, Subject
from services.ticketing.assignments.standing import present_roles
from services.ticketing.delegations.loans import Loan, loans_to
from services.ticketing.errors import ApprovalInvalid, NoSuchApproval, NoSuchOrgUnit
from services.ticketing.models import APPROVALS, approvals
from shared.approvals import rules
from shared.approvals.rules import Rung
from shared.approvals.service import Approvals, request_of, rung_doc
from shared.auth import STAFF, Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.holidays import SHANGHAI
from shared.http.schemas import MoneyModel


async def _decided(tx: Tx, row: Row[Any]) -> None:
    await SUBJECTS[row.subject_kind].decided(tx, row)
    tx.emit(
        "approval.decided.v1",
        subject=row.id,
        seq=row.version,
        data={
            "number": row.number,
            "subject_kind": row.subject_kind,
            "subject_id": str(row.subject_id),
            "state": row.state,
            "amount_fen": row.amount_fen,
        },
        community_id=row.community_id,
    )


mechanism = Approvals(APPROVALS, decided=_decided)


def _subject(code: str) -> Subject:
    subject = SUBJECTS.get(code)
    if subject is None:
        known = ", ".join(SUBJECTS)
        raise ApprovalInvalid(fields=[FieldError("subject_kind", f"应为：{known}", f"Should be one of: {known}")])
    return subject


def _fen(subject: Subject, amount: MoneyModel | None) -> int | None:
    fen = amount.money().fen if amount is not None else None
    if subject.money and (fen is None or fen <= 0):
        raise ApprovalInvalid(fields=[FieldError("amount", "请填写大于零的金额", "Say how much, more than nothing")])
    if not subject.money and fen is not None:
        raise ApprovalInvalid(fields=[FieldError("amount", "此类申请没有金额", "This kind of request has no amount")])
    if amount is not None and amount.currency != "CNY":
        raise ApprovalInvalid(fields=[FieldError("amount", "币种应为 CNY", "The currency should be CNY")])
    return fen


async def _steps(tx: Tx, subject: Subject, path: Sequence[UUID], fen: int | None) -> tuple[rules.Step, ...]:
    ladders = await mechanism.ladders(tx, subject.code)
    return rules.chain(rules.nearest(ladders, path, subject.ladder), fen)


async def ask(tx: Tx, who: Principal, body: AskIn) -> Row[Any]:
    """Ask for an approval of something within one's reach.

    Raises:
        ApprovalInvalid: unknown kind, or no amount where one is wanted; what the subject's own slice raises (404).
    """
    subject = _subject(body.subject_kind)
    if subject.find is None:
        told = ("此类申请由相应业务自动提交", "This kind is asked for by what it is about, not here")
        raise ApprovalInvalid(fields=[FieldError("subject_kind", *told)])
    fen = _fen(subject, body.amount)
    thing = await subject.find(tx, who, body.subject_id)
    zone = access.zone_of(thing.timezone)
    return await _ask(tx, who, subject, body.subject_id, thing.path, body.reason, fen, thing.community_id, zone)


async def ask_about(
    tx: Tx, who: Principal, kind: str, subject_id: UUID, path: Sequence[UUID], reason: str
) -> Row[Any]:
    """Ask for a decision about something of an org unit that its own slice has just made, in its transaction."""
    return await _ask(tx, who, _subject(kind), subject_id, path, reason, None, None, SHANGHAI)


async def take_back(tx: Tx, who: Principal, approval_id: UUID) -> None:
    """Withdraw one's own request on behalf of its slice, if it is still open; a decided one is left as it is."""
    row = await mechanism.find(tx, approval_id, lock=True)
    if row is not None and row.state not in rules.FINAL and tx.now < row.expires_at:
        await mechanism.act(tx, row, rules.withdraw(request_of(row), who.sub, tx.now), "withdraw")


async def _ask(
    tx: Tx,
    who: Principal,
    subject: Subject,
    subject_id: UUID,
    path: Sequence[UUID],
    reason: str,
    fen: int | None,
    community_id: UUID | None,
    zone: ZoneInfo,
) -> Row[Any]:
    steps = await _steps(tx, subject, path, fen)
    request = rules.ask(who.sub, steps, tx.now + subject.expires_after)
    day = f"{tx.now.astimezone(zone):%Y%m%d}"
    number = await tx.quick_number(f"approval.{day}")
    return await mechanism.ask(
        tx,
        request,
        number=f"SP{day}-{number:04d}",
        reason=reason,
        subject_kind=subject.code,
        subject_id=subject_id,
        community_id=community_id,
        path=list(path),
        amount_fen=fen,
        currency="CNY" if fen is not None else None,
        details={},
    )


def sees(who: Principal, row: Row[Any], lent: Sequence[Loan] = ()) -> bool:
    """Whoever is in it, and staff whose scope it is in, or in the scope of somebody who lent them their powers."""
    borrowed = any(not loan.units.isdisjoint(row.path) for loan in lent)
    return who.sub in request_of(row).involved or who.sees(row.path) or borrowed


async def find(
    tx: Tx, who: Principal, approval_id: UUID, if_match: int | None = None, *, lock: bool = False
) -> Row[Any]:
    """A request within reach. Raises NoSuchApproval, LostUpdate."""
    row = await mechanism.find(tx, approval_id, lock=lock)
    if row is None or not (sees(who, row) or sees(who, row, await loans_to(tx, who.sub))):
        raise NoSuchApproval()
    if if_match is not None and if_match != row.version:
        raise LostUpdate()
    return row


async def decide(
    tx: Tx, who: Principal, approval_id: UUID, action: str, reason: str | None, if_match: int | None
) -> Row[Any]:
    """Approve, refuse, give back or withdraw.

    Raises:
        NoSuchApproval, LostUpdate; ApprovalInvalid without the reason it wants; and what the rules refuse.
    """
    row = await find(tx, who, approval_id, if_match, lock=True)
    request = request_of(row)
    if action in ("refuse", "return") and not reason:
        raise ApprovalInvalid(fields=[FieldError("reason", "请说明原因", "Say why")])
    if action == "withdraw":
        after = rules.withdraw(request, who.sub, tx.now)
    else:
        rule = {"approve": rules.approve, "refuse": rules.refuse, "return": rules.send_back}[action]
        after = rule(request, who.sub, *await _powers(tx, who, row))
    return await mechanism.act(tx, row, after, action, reason=reason)


async def _powers(
    tx: Tx, who: Principal, row: Row[Any]
) -> tuple[Collection[str], datetime, Sequence[rules.Lent]]:
    """By what somebody decides about a request at this instant: roles that still hold, and those lent for its place."""
    loans = [loan for loan in await loans_to(tx, who.sub) if not loan.units.isdisjoint(row.path)]
    # Whoever reads it by a loan alone decides by that loan alone.
    roles = await present_roles(tx, who.sub, who.roles) if sees(who, row) else frozenset()
    return roles, tx.now, [loan.lent for loan in loans]


async def delegate(
    tx: Tx, who: Principal, approval_id: UUID, to: UUID, reason: str, if_match: int | None
) -> Row[Any]:
    """Hand the present step to an employee. Raises ApprovalInvalid for somebody else, and what the rules refuse."""
    row = await find(tx, who, approval_id, if_match, lock=True)
    roles = await present_roles(tx, who.sub, who.roles)
    after = rules.delegate(request_of(row), who.sub, roles, to, tx.now)
    if not await repository.is_staff(tx, to):
        raise ApprovalInvalid(fields=[FieldError("to", "没有这名员工", "There is no such member of staff")])
    return await mechanism.act(tx, row, after, "delegate", reason=reason, to=to)


async def resubmit(
    tx: Tx, who: Principal, approval_id: UUID, body: AgainIn, if_match: int | None
) -> Row[Any]:
    """Ask again after a return; the chain follows the new amount. Raises ApprovalInvalid, and what the rules refuse."""
    row = await find(tx, who, approval_id, if_match, lock=True)
    subject = SUBJECTS[row.subject_kind]
    fen = _fen(subject, body.amount)
    steps = await _steps(tx, subject, row.path, fen)
    after = rules.resubmit(request_of(row), who.sub, steps, tx.now, tx.now + subject.expires_after)
    return await mechanism.act(tx, row, after, "resubmit", reason=body.reason, amount_fen=fen)


async def page(
    tx: Tx,
    who: Principal,
    *,
    state: str | None,
    mine: str | None,
    subject_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Requests within reach, the newest first; ``mine``: those one asked, or is to decide."""
    c = approvals.c
    conditions: list[ColumnElement[bool]] = []
    loans = await loans_to(tx, who.sub)
    if not access.sees_everything(tx, who):
        lent = sorted({unit for loan in loans for unit in loan.units})
        borrowed = [c.path.overlap(array([literal(unit, Uuid) for unit in lent]))] if lent else []
        conditions.append(or_(literal(who.sub) == any_(c.involved), access.under_units(who, c.path), *borrowed))
    if state is not None:
        conditions.append(c.state == state)
    if subject_id is not None:
        conditions.append(c.subject_id == subject_id)
    if mine == "asked":
        conditions.append(c.asked_by == who.sub)
    elif mine == "to_decide":
        conditions.append(mechanism.to_decide(who.sub, sorted(who.roles), [loan.lent for loan in loans]))
    return await mechanism.page(tx, conditions, after, limit)


async def set_ladder(tx: Tx, who: Principal, body: LadderIn) -> None:
    """Set the ladder of an org unit within reach.

    Raises:
        NoSuchOrgUnit; ApprovalInvalid: unknown roles, amounts that do not rise, or a rule that every ladder keeps.
    """
    subject = _subject(body.subject_kind)
    path = await repository.path_of(tx, body.org_unit_id)
    if path is None or not who.sees(path):
        raise NoSuchOrgUnit()
    ladder = [Rung(tuple(rung.roles), rung.from_amount.money().fen, rung.strict) for rung in body.rungs]
    wrong = [
        FieldError(f"rungs.{n}.roles", "未知的岗位", "Unknown role")
        for n, rung in enumerate(ladder)
        if not STAFF.issuperset(rung.roles)
    ]
    if ladder[0].from_fen != 0 or any(b.from_fen < a.from_fen for a, b in zip(ladder, ladder[1:], strict=False)):
        wrong.append(FieldError("rungs", "第一级应从 0 元起，金额应递增", "Amounts begin at nothing and rise"))
    if (told := subject.keeps(ladder)) is not None:
        wrong.append(FieldError("rungs", *told))
    if wrong:
        raise ApprovalInvalid(fields=wrong)
    rungs = [rung_doc(rung) for rung in ladder]
    await repository.set_ladder(tx, body.org_unit_id, subject.code, rungs)
    tx.audit("approval.ladder_set", "org_unit", body.org_unit_id, after={"kind": subject.code, "rungs": rungs})


async def ladders(tx: Tx, who: Principal) -> dict[tuple[UUID, str], tuple[Rung, ...]]:
    """Ladders by org unit and kind: those at or below the caller's org units, and above them, for these decide too.

    Who decides in another community, and up to what amount, is none of a clerk's business (G-012).
    """
    found = {(unit, kind): ladder for kind in SUBJECTS for unit, ladder in (await mechanism.ladders(tx, kind)).items()}
    if access.sees_everything(tx, who):
        return found
    paths = await repository.unit_paths(tx, {*(unit for unit, _ in found), *who.units})
    above = {unit for mine in who.units for unit in paths.get(mine, ())}
    # row: G-012 role-based access ends at one's own part of the organisation
    return {key: ladder for key, ladder in found.items() if key[0] in above or who.sees(paths.get(key[0], ()))}
