"""Asks the provider what became of an order, in case its callback was lost."""

from __future__ import annotations

from uuid import UUID

import structlog

from services.billing.domain import orders as rules
from services.billing.orders import repository, service
from services.billing.orders.accounts import PROVIDERS, account_named
from services.billing.providers._said import NoAnswer, Word
from shared.db.tx import Tx
from shared.errors import Permanent
from shared.runtime import Job, Runtime, Timer

log = structlog.get_logger(__name__)


async def fire(tx: Tx, timer: Timer) -> None:
    """A question is due. The timer's transaction holds no network, so a job asks."""
    tx.enqueue(service.ASK_JOB, {"order_id": str(timer.subject_id)})


async def ask(rt: Runtime, job: Job) -> None:
    """Ask; end what nobody paid in time; take the answer. Every step may run twice.

    Raises:
        Permanent: the order's merchant account is no longer configured; the operator puts it back and asks again.
    """
    order_id = UUID(str(job.payload["order_id"]))
    async with rt.db.read(job.org_id) as tx:
        row = await repository.get(tx, order_id)
        now = tx.now
    if row is None or row.state in (rules.PAID, rules.DIFFERS):
        return
    account = account_named(rt.settings, row.account)
    if account is None:
        raise Permanent(f"merchant account {row.account} is not in STEWARD_BILLING_PAY_ACCOUNTS")
    provider = PROVIDERS[account.method]
    word: Word | None
    try:
        word = await provider.ask(account, order_id)
        if word.said.state == rules.PENDING and rules.over(service.order_of(row), now):
            # Closed at the provider first: an order closed only here could still be paid there.
            await provider.close(account, order_id)
            word = Word(order_id, rules.Said(rules.GONE), word.trade, None)
    except NoAnswer as problem:
        log.warning("payment_order.no_answer", order=str(order_id), account=account.id, problem=str(problem))
        word = None
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        await service.answered(tx, account, order_id, word)
