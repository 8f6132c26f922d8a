"""Refunds that go back through their provider: sent once under one number, and its word on them.

Callback and question end in `settle`, under the refund's lock, as those of payment orders do.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from services.billing import access
from services.billing.corrections import repository as corrections
from services.billing.domain import refunds as rules
from services.billing.orders.repository import first_delivery
from services.billing.payment_errors import NoSuchRefund, RefundNotNow
from services.billing.providers._config import Account
from services.billing.providers._said import BackWord
from services.billing.refunds import repository, service
from services.billing.refunds.service import ASK_JOB, ASK_TIMER, SEND_JOB
from shared.auth import Principal
from shared.db.tx import Tx

log = structlog.get_logger(__name__)


async def sending(tx: Tx, refund_id: UUID) -> Row[Any] | None:
    """Mark a refund as sent, before it is: whatever happens next, the provider is asked. None: nothing to send."""
    row = await _locked(tx, refund_id)
    if row is None or row.state not in (rules.APPROVED, rules.SENT, rules.UNKNOWN):
        return None
    if row.state == rules.APPROVED:
        await repository.change(tx, row, state=rules.SENT)
        tx.set_timer(ASK_TIMER, row.id, rules.next_ask(0, tx.now))
    return row


async def settle(tx: Tx, account: Account, refund_id: UUID, word: BackWord | None) -> str:
    """Take a provider's word on a refund (``None``: it gave none); the verdict."""
    row = await _locked(tx, refund_id)
    if row is None or row.account != account.id:
        raise NoSuchRefund()
    verdict = rules.judge(row.state, row.amount_fen, None if word is None else word.said)
    if verdict in (rules.WAIT, rules.SILENT, rules.RESEND):
        # Said of silence only: whoever answers "on its way" is not silent.
        state = rules.UNKNOWN if verdict == rules.SILENT else rules.SENT
        if state == rules.UNKNOWN and row.state != state:
            log.error("refund.unknown", refund=str(row.id), account=account.id)
            tx.audit("refund.unknown", "refund", row.id, before={"state": row.state})
        await repository.change(tx, row, asked=row.asked + 1, state=state)
        tx.set_timer(ASK_TIMER, row.id, rules.next_ask(row.asked + 1, tx.now))
        if verdict == rules.RESEND:
            tx.enqueue(SEND_JOB, {"refund_id": str(row.id)})
    elif word is not None and verdict != rules.KEEP:
        await _end(tx, row, word, verdict)
    return verdict


async def _end(tx: Tx, row: Row[Any], word: BackWord, verdict: str) -> None:
    if verdict == rules.PAY:
        zone = await access.zone(tx, row.community_id)
        day = min(word.at or tx.now, tx.now).astimezone(zone).date()
        await service.paid(tx, row, row.method, day, trade=word.trade)
    elif verdict == rules.FAIL:
        await service.back(tx, row, rules.FAILED, word.trouble or "closed by the provider")
    else:
        log.error("refund.differs", refund=str(row.id), asked=row.amount_fen, said=word.said.amount_fen)
        told = {"trade": word.trade, "said_fen": word.said.amount_fen, "trouble": word.trouble}
        await repository.change(tx, row, state=rules.DIFFERS, **told)
        tx.cancel_timer(ASK_TIMER, row.id)
        tx.audit("refund.differs", "refund", row.id, after={"said_fen": word.said.amount_fen})


async def heard(tx: Tx, account: Account, word: BackWord) -> str:
    """Take a callback's word on a refund, once however often it is delivered. One that only says that something
    happened has the provider asked. Raises NoSuchRefund."""
    row = await _locked(tx, word.refund_id)
    if row is None or row.account != account.id or row.order_id != word.order_id:
        raise NoSuchRefund()
    entry = {
        "account": account.id,
        "notification": word.notification or f"{word.refund_id.hex}:{word.said.state}",
        "order_id": word.order_id,
        "trade": word.trade,
        "said": f"refund.{word.said.state}",
        "amount_fen": word.said.amount_fen,
        "verdict": rules.judge(row.state, row.amount_fen, word.said),
    }
    if not await first_delivery(tx, entry):
        return rules.KEEP
    if word.said.state == rules.PENDING:
        if row.state in rules.AT_PROVIDER:
            tx.enqueue(ASK_JOB, {"refund_id": str(row.id)})
        return rules.WAIT
    return await settle(tx, account, row.id, word)


async def ask_now(tx: Tx, who: Principal, refund_id: UUID) -> Row[Any]:
    """Have the provider asked at once. Raises NoSuchRefund, RefundNotNow."""
    row = await service.get(tx, who, refund_id)
    if row.state not in rules.AT_PROVIDER:
        raise RefundNotNow(state=row.state)
    tx.enqueue(ASK_JOB, {"refund_id": str(refund_id)})
    return row


async def _locked(tx: Tx, refund_id: UUID) -> Row[Any] | None:
    seen = await repository.get(tx, refund_id)
    if seen is None:
        return None
    await corrections.locked_payment(tx, seen.payment_id)
    return await repository.get(tx, refund_id, lock=True)
