"""The job `webhook`: one attempt to bring an event to a subscription; and the daily forgetting of old ones.

Claim, commit, send, record. A worker that dies between sending and recording sends again: the `webhook-id` is the same,
by which the other side knows.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from services.notify.channels._guarded import post
from services.notify.domain.targets import BadTarget
from services.notify.domain.webhooks import KEPT, LEASE, Answer, Delivery, after, answer_of
from services.notify.webhooks import repository, service
from services.notify.webhooks.offering import JOB
from services.notify.webhooks.secrets import secrets_of
from shared import clock
from shared.db.tx import Tx
from shared.errors import Throttled
from shared.http import signed
from shared.ids import uuid7
from shared.runtime import Job, Runtime, Timer

log = structlog.get_logger(__name__)

PRUNE = service.PRUNE_TIMER
_AT_ONCE = 5000


async def bring(rt: Runtime, job: Job) -> None:
    """One attempt. May run twice or late: it starts from the delivery's state."""
    delivery_id = UUID(job.payload["delivery"])
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        delivery = await repository.delivery(tx, delivery_id, lock=True)
        if delivery is None or delivery.state != Delivery.WAITING:
            return
        if delivery.next_at is not None and delivery.next_at > tx.wall:
            raise Throttled(delivery.next_at - tx.wall, "not yet, or another worker is at it")
        hook = await repository.one(tx, delivery.webhook_id, None)
        if hook is None or not hook.enabled:
            await repository.set_delivery(tx, delivery_id, {"state": Delivery.STOPPED, "next_at": None})
            return
        await repository.set_delivery(tx, delivery_id, {"next_at": tx.wall + LEASE})
    started = clock.wall()
    answer, found = await _send(rt, hook, delivery, started)
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        await _record(tx, delivery, answer, {"started_at": started, "ended_at": clock.wall(), **found})


async def _send(rt: Runtime, hook: Any, delivery: Any, at: datetime) -> tuple[Answer, dict[str, Any]]:
    body, stamp, id = delivery.body.encode(), int(at.timestamp()), str(delivery.event_id)
    signatures = [signed.sign(s, id, stamp, body) for s in secrets_of(rt.settings.master_key, hook, at)]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Steward-Webhooks/1",
        "webhook-id": id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": " ".join(signatures),
    }
    try:
        said = await post(hook.url, body, headers, development=rt.settings.mode == "development")
    except BadTarget as error:
        log.warning("webhook.refused_target", webhook_id=str(hook.id), reason=error.reason)
        return Answer.INTERNAL, {"status": None, "detail": error.reason, "address": None}
    answer = Answer.SILENT if said.status is None else answer_of(said.status)
    return answer, {"status": said.status, "detail": said.detail, "address": said.address}


async def _record(tx: Tx, was: Any, answer: Answer, found: dict[str, Any]) -> None:
    delivery = await repository.delivery(tx, was.id, lock=True)
    if delivery is None:
        return
    number = delivery.attempts + 1
    entry = {"id": uuid7(), "delivery_id": was.id, "number": number, "answer": answer, **found}
    await repository.add_attempt(tx, entry)
    if delivery.state != Delivery.WAITING and answer is not Answer.TAKEN:
        return  # switched off meanwhile
    step = after(answer, number, seed=was.id.bytes)
    next_at = None if step.wait is None else tx.wall + step.wait
    values = {"state": step.state, "attempts": number, "next_at": next_at, "last_status": found["status"]}
    await repository.set_delivery(tx, was.id, values)
    if next_at is not None:
        tx.enqueue(JOB, {"delivery": str(was.id)}, run_at=next_at)
    if step.disable:
        await service.switch_off(tx, was.webhook_id, "gone" if answer is Answer.GONE else "failures")


async def prune(tx: Tx, timer: Timer) -> None:
    """Forget what is older than the log reaches back; comes again tomorrow, or at once while there is more."""
    more = await repository.prune(tx, tx.now - KEPT, _AT_ONCE) == _AT_ONCE
    tx.set_timer(PRUNE, tx.org_id, timer.fire_at + (timedelta(minutes=1) if more else timedelta(days=1)))
