"""The job `send`: a batch of deliveries over their channel.

Claim, commit, call, record, in small groups over one connection. What a crash can leave in doubt is one
group: those are found by the job's next run still claimed by a run that is gone, and become `unknown`,
because the provider may have taken them. A delivery is tried again only when it is known not to have
arrived.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.notify.accounts.repository import disable
from services.notify.campaigns.halting import FRESH, halted
from services.notify.campaigns.repository import paused
from services.notify.domain.delivery import Outcome, Result, State, next_step
from services.notify.domain.proof import attempt_entry, link
from services.notify.permits import taking
from services.notify.registry import providers
from services.notify.sending import claims, repository
from services.notify.sending.calling import Approved, Called, Caller, Tried, health_of
from services.notify.sending.claims import Claimed
from services.notify.sending.echo import echo_of
from services.notify.sending.outcome import conclude
from services.notify.templating.approved import approved_for
from shared import faults
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.runtime import Job, Runtime

#: What a crash can leave in doubt. Larger groups cost less, and doubt more.
GROUP = 25


async def send(rt: Runtime, job: Job) -> None:
    """Send the deliveries the job names that still wait. May run twice or late: it starts from their
    states."""
    ids = [UUID(i) for i in job.payload["deliveries"]]
    run = uuid7()
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        await _bury(tx, await claims.left_behind(tx, ids, run))
    echo = {i: echo_of(rt.settings.link_key, job.org_id, i) for i in ids}
    async with AsyncExitStack() as stack:

        async def is_halted(campaign: UUID) -> bool:
            return campaign in await halted(rt, job.org_id)

        caller = Caller(health_of(rt), stack, echo, is_halted)
        while True:
            group, approved, permitted = await _claim(rt, job, ids, run)
            if not group:
                break
            called = await caller.call(group, approved, permitted)
            faults.point(faults.SENDING)
            async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
                await _record(tx, run, group, called)
                if called.rest_until is not None:
                    await claims.postpone(tx, ids, called.rest_until)
            if called.rest_until is not None:
                return
            if not called.tried:  # all of it is of a campaign that stood still a moment ago
                await asyncio.sleep(FRESH)


async def _claim(rt: Runtime, job: Job, ids: Sequence[UUID], run: UUID) -> tuple[list[Claimed], Approved, set[UUID]]:
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        # Only what goes to many is of a campaign.
        still = await paused(tx, hold=True) if job.kind == repository.SEND_BULK else ()
        group = await claims.claim(tx, ids, run, GROUP, still)
        approved = await approved_for(tx, group)
        return group, approved, await taking.take(tx, group, approved)


async def _record(tx: Tx, run: UUID, group: Sequence[Claimed], called: Called) -> None:
    """Write what came of a group: every call to the log, then where each delivery stands."""
    # Only of providers that report under their own id; for the others the attempts' log is enough.
    reporting = {code for code, provider in providers().items() if provider.receipts is not None}
    references = {
        t.delivery.id: t.result.reference for t in called.tried if t.provider in reporting and t.result.reference
    }
    await _log(tx, called.tried, references)
    await disable(tx, [address for t in called.tried for address in t.result.gone])
    waits: dict[timedelta, list[UUID]] = {}
    ended: dict[State, list[Claimed]] = {}
    for delivery in group:
        result = called.results.get(delivery.id)
        if result is None:
            continue
        # One seed for the run: what was tried together stays together, what another run tried comes at another time.
        step = next_step(result, delivery.attempt, more=bool(delivery.fallback), seed=run.bytes)
        if step.wait is not None:
            waits.setdefault(step.wait, []).append(delivery.id)
        else:
            ended.setdefault(step.state, []).append(delivery)
    await taking.settle(tx, ended, called.results)
    for state, deliveries in ended.items():
        settled = await claims.settle(tx, [d.id for d in deliveries], state, run=run)
        await conclude(tx, [d for d in deliveries if d.id in settled], state)
    for wait, ids in waits.items():
        at = tx.wall + wait
        settled = await claims.settle(tx, ids, State.QUEUED, run=run, next_at=at)
        bulk = {d.id for d in group if d.bulk}
        repository.enqueue(tx, sorted(settled - bulk), run_at=at)
        repository.enqueue(tx, sorted(settled & bulk), run_at=at, bulk=True)
    untried = [d.id for d in group if d.id not in called.results]
    if untried:
        await claims.release(tx, untried, run)


async def _bury(tx: Tx, lost: Sequence[Claimed]) -> None:
    """Declare unknown what an earlier run was sending when it ended without a word."""
    if not lost:
        return
    await claims.settle(tx, [d.id for d in lost], State.UNKNOWN, run=None)
    await taking.settle(tx, {State.UNKNOWN: lost}, {})
    result = Result(Outcome.UNKNOWN, "interrupted", "the sender stopped before it could record the outcome")
    await _log(tx, [Tried(d, None, result, tx.wall, tx.wall, None) for d in lost], {})


async def _log(tx: Tx, tried: Sequence[Tried], references: Mapping[UUID, str]) -> None:
    """Write attempts down, each linked to what was known of its delivery before."""
    if not tried:
        return
    links = await claims.heads(tx, {t.delivery.id for t in tried})
    rows = []
    for one in tried:
        row = _attempt(one)
        links[one.delivery.id] = row["link"] = link(one.delivery.id, links[one.delivery.id], attempt_entry(row))
        rows.append(row)
    await repository.put_attempts(tx, rows)
    await claims.keep_heads(tx, {id: head for id, head in links.items() if head is not None}, references)


def _attempt(t: Tried) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "delivery_id": t.delivery.id,
        "number": t.delivery.attempt,
        "provider": t.provider,
        "started_at": t.started_at,
        "ended_at": t.ended_at,
        "outcome": t.result.outcome,
        "code": (t.result.code or "")[:20] or None,
        "detail": t.result.detail,
        "reference": t.result.reference,
        "address_digest": sha256(t.address.encode()).hexdigest() if t.address else None,
        "digest": t.delivery.digest,
    }
