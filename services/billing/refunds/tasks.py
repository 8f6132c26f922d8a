"""Sends approved refunds to their provider, and asks what became of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from services.billing.domain import refunds as rules
from services.billing.orders import repository as orders
from services.billing.orders.accounts import PROVIDERS, account_named
from services.billing.providers._config import Account
from services.billing.providers._said import Back, BackWord, NoAnswer, Refused
from services.billing.refunds import repository, sending
from services.billing.refunds.service import ASK_JOB
from shared.db.tx import Tx
from shared.errors import Permanent
from shared.runtime import Job, Runtime, Timer

log = structlog.get_logger(__name__)


async def fire(tx: Tx, timer: Timer) -> None:
    """A question is due. The timer's transaction holds no network, so a job asks."""
    tx.enqueue(ASK_JOB, {"refund_id": str(timer.subject_id)})


def _account(rt: Runtime, row: Row[Any]) -> Account:
    account = account_named(rt.settings, row.account)
    if account is None:
        raise Permanent(f"merchant account {row.account} is not in STEWARD_BILLING_PAY_ACCOUNTS")
    return account


async def _back(tx: Tx, rt: Runtime, row: Row[Any], account: Account) -> Back:
    order = await orders.get(tx, row.order_id)
    assert order is not None  # orders are never deleted
    url = f"{rt.settings.public_url.rstrip('/')}/billing/v1/payment-callbacks/{tx.org_id}/{account.id}"
    return Back(row.id, order.id, order.amount_fen, row.amount_fen, url)


async def send(rt: Runtime, job: Job) -> None:
    """Send a refund. The same number sent twice is one refund at the provider.

    Raises:
        Permanent: the order's merchant account is no longer configured.
    """
    refund_id = UUID(str(job.payload["refund_id"]))
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        row = await sending.sending(tx, refund_id)
        if row is None:
            return
        account = _account(rt, row)
        back = await _back(tx, rt, row, account)
    provider = PROVIDERS[account.method]
    word: BackWord | None
    try:
        word = await provider.refund(account, back)
    except Refused as problem:
        # Refused as a request; an earlier one of this number may be there all the same, so it is looked for first.
        word = await _refused(account, back, str(problem))
    except NoAnswer as problem:
        log.warning("refund.no_answer", refund=str(refund_id), account=account.id, problem=str(problem))
        word = None
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        await sending.settle(tx, account, refund_id, word)


async def _refused(account: Account, back: Back, reason: str) -> BackWord | None:
    try:
        word = await PROVIDERS[account.method].ask_refund(account, back)
    except NoAnswer:
        return None
    if word.said.state == rules.NONE:
        return BackWord(back.id, back.order_id, rules.SaidBack(rules.GONE), None, None, trouble=reason)
    return word


async def ask(rt: Runtime, job: Job) -> None:
    """Ask what became of a refund, and take the answer. Every step may run twice."""
    refund_id = UUID(str(job.payload["refund_id"]))
    async with rt.db.read(job.org_id) as tx:
        row = await repository.get(tx, refund_id)
        if row is None or row.state not in rules.AT_PROVIDER:
            return
        account = _account(rt, row)
        back = await _back(tx, rt, row, account)
    word: BackWord | None
    try:
        word = await PROVIDERS[account.method].ask_refund(account, back)
    except NoAnswer as problem:
        log.warning("refund.no_answer", refund=str(refund_id), account=account.id, problem=str(problem))
        word = None
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        await sending.settle(tx, account, refund_id, word)
