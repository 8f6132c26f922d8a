"""Asking and deciding. Whoever asks does not decide; two steps are two persons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, literal, or_
from sqlalchemy.dialects.postgresql import array

from services.billing import access
from services.billing.approvals.subjects import SUBJECTS, decided
from services.billing.errors import ApprovalInvalid, NoSuchApproval
from services.billing.models import APPROVALS, approvals
from shared.approvals import rules
from shared.approvals.service import Approvals, request_of
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

mechanism = Approvals(APPROVALS, decided=decided)

TIMERS = {mechanism.timer: mechanism.fire_expire}


async def ask_about(tx: Tx, who: Principal, kind: str, thing: Row[Any]) -> Row[Any]:
    """Ask for the approval of something that was stored as pending, within the caller's reach."""
    subject = SUBJECTS[kind]
    community = await access.unit_community(tx, who, thing.unit_id)
    fen: int | None = getattr(thing, "amount_fen", None)
    ladders = await mechanism.ladders(tx, kind)
    steps = rules.chain(rules.nearest(ladders, community.path, subject.ladder), fen)
    request = rules.ask(who.sub, steps, tx.now + subject.expires_after)
    day = f"{tx.now.astimezone(community.zone):%Y%m%d}"
    return await mechanism.ask(
        tx,
        request,
        number=f"SP{day}-{await tx.quick_number(f'approval.{day}'):04d}",
        reason=thing.reason,
        subject_kind=kind,
        subject_id=thing.id,
        community_id=community.id,
        path=list(community.path),
        amount_fen=fen,
        currency=None if fen is None else "CNY",
        details={},
    )


async def decide(tx: Tx, who: Principal, approval_id: UUID, action: str, reason: str | None) -> Row[Any]:
    """Approve or refuse.

    Raises:
        NoSuchApproval: unknown, or outside the caller's reach.
        ApprovalInvalid: a refusal without its reason.
        OwnRequest, NotYourTurn, NotNow: what the rules refuse; and what the thing itself refuses (409).
    """
    row = await mechanism.find(tx, approval_id, lock=True)
    if row is None or not (who.sees(row.path) or who.sub in request_of(row).involved):
        raise NoSuchApproval()
    if action == "refuse" and not reason:
        raise ApprovalInvalid(fields=[FieldError("reason", "请说明原因。", "Say why.")])
    rule = {"approve": rules.approve, "refuse": rules.refuse}[action]
    return await mechanism.act(tx, row, rule(request_of(row), who.sub, who.roles, tx.now), action, reason=reason)


async def page(
    tx: Tx, who: Principal, state: str | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Requests within the caller's reach, the newest first."""
    c = approvals.c
    conditions: list[ColumnElement[bool]] = []
    if tx.org_id not in who.units:
        mine = c.involved.contains([who.sub])
        under = c.path.overlap(array([literal(unit) for unit in sorted(who.units)])) if who.units else literal(False)
        conditions.append(or_(mine, under))
    if state is not None:
        conditions.append(c.state == state)
    return await mechanism.page(tx, conditions, before, limit)
