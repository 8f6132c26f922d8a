"""The job `send`: a batch of deliveries over their channels.

Claim, commit, call, record, in small groups over one connection. What a crash can leave in doubt is one
group: those are found by the job's next run still claimed by a run that is gone, and become `unknown`,
because the provider may have taken them. A delivery is tried again only when it is known not to have
arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.notify.domain.channels import Outgoing, Session
from services.notify.domain.delivery import Outcome, Result, State, next_step
from services.notify.registry import channels
from services.notify.sending import repository
from services.notify.sending.repository import Claimed
from shared import clock
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.runtime import Job, Runtime

GROUP = 10
# One server that does not answer is asked for no more of the same batch: the rest waits with it.
GIVE_UP_AFTER = 2
PAUSE = timedelta(seconds=15)


@dataclass(frozen=True)
class Tried:
    """An attempt that was made: what came of it, and when, in wall time."""

    delivery: Claimed
    result: Result
    started_at: datetime
    ended_at: datetime
    address: str | None


async def send(rt: Runtime, job: Job) -> None:
    """Send the deliveries the job names that still wait. May run twice or late: it starts from their
    states."""
    ids = [UUID(i) for i in job.payload["deliveries"]]
    run = uuid7()
    async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
        await _bury(tx, await repository.left_behind(tx, ids, run))
    async with AsyncExitStack() as stack:
        sessions: dict[str, Session] = {}
        while True:
            async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
                group = await repository.claim(tx, ids, run, GROUP)
            if not group:
                break
            tried = await _call(stack, sessions, group)
            async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
                silent = await _record(tx, run, group, tried)
                if silent:
                    await repository.postpone(tx, ids, tx.wall + PAUSE)
            if silent:
                return


async def _call(stack: AsyncExitStack, sessions: dict[str, Session], group: Sequence[Claimed]) -> list[Tried]:
    """Try the group one by one; stops early when a provider stays silent, leaving the rest untried."""
    tried: list[Tried] = []
    silent = 0
    for delivery in group:
        channel = channels().get(delivery.channel)
        address = delivery.contact.get(channel.address) if channel and channel.address else None
        started = clock.wall()
        if channel is None or channel.open is None or not channel.enabled():
            result = Result(Outcome.REFUSED, "channel", "the channel is not set up here")
        elif address is None or delivery.title is None or delivery.body is None:
            result = Result(Outcome.REFUSED, "address", "the person has no address for this channel any more")
        else:
            if delivery.channel not in sessions:
                sessions[delivery.channel] = await stack.enter_async_context(channel.open())
            result = await sessions[delivery.channel].send(
                Outgoing(str(delivery.id), address, delivery.title, delivery.body, delivery.locale)
            )
        tried.append(Tried(delivery, result, started, clock.wall(), address))
        silent = silent + 1 if result.outcome is Outcome.THROTTLED else 0
        if silent >= GIVE_UP_AFTER:
            break
    return tried


async def _record(tx: Tx, run: UUID, group: Sequence[Claimed], tried: Sequence[Tried]) -> bool:
    """Write what came of a group; True when the provider went silent and the job should end here."""
    waits: dict[UUID, timedelta] = {}
    states: dict[State, list[UUID]] = {}
    for t in tried:
        step = next_step(t.result, t.delivery.attempt)
        if step.state is State.QUEUED and step.wait is not None:
            waits[t.delivery.id] = step.wait
        else:
            states.setdefault(step.state, []).append(t.delivery.id)
        _report(tx, t.delivery, step.state)
    for state, ids in states.items():
        await repository.settle(tx, ids, state, run=run)
    await repository.put_attempts(tx, [_attempt(t) for t in tried])
    for wait, ids in _by_wait(waits):
        at = tx.wall + wait
        await repository.settle(tx, ids, State.QUEUED, run=run, next_at=at)
        repository.enqueue(tx, ids, run_at=at)
    untried = [d.id for d in group[len(tried) :]]
    if untried:
        await repository.release(tx, untried, run)
    return bool(untried)


def _by_wait(waits: dict[UUID, timedelta]) -> Iterable[tuple[timedelta, list[UUID]]]:
    grouped: dict[timedelta, list[UUID]] = {}
    for delivery, wait in waits.items():
        grouped.setdefault(wait, []).append(delivery)
    return grouped.items()


async def _bury(tx: Tx, lost: Sequence[Claimed]) -> None:
    """Declare unknown what an earlier run was sending when it ended without a word."""
    if not lost:
        return
    await repository.settle(tx, [d.id for d in lost], State.UNKNOWN, run=None)
    result = Result(Outcome.UNKNOWN, "interrupted", "the sender stopped before it could record the outcome")
    await repository.put_attempts(tx, [_attempt(Tried(d, result, tx.wall, tx.wall, None)) for d in lost])
    for delivery in lost:
        _report(tx, delivery, State.UNKNOWN)


def _report(tx: Tx, delivery: Claimed, state: State) -> None:
    """Tell whoever asked for the message; others did not ask and are not told."""
    if not delivery.requested or state not in (State.SENT, State.FAILED):
        return
    tx.emit(
        "message.delivered.v1" if state is State.SENT else "message.failed.v1",
        subject=delivery.message_id,
        seq=delivery.attempt,
        data={
            "message_id": str(delivery.message_id),
            "cause_id": str(delivery.cause_id),
            "channel": delivery.channel,
        },
        community_id=delivery.community_id,
    )


def _attempt(t: Tried) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "delivery_id": t.delivery.id,
        "number": t.delivery.attempt,
        "started_at": t.started_at,
        "ended_at": t.ended_at,
        "outcome": t.result.outcome,
        "code": t.result.code,
        "detail": t.result.detail,
        "reference": t.result.reference,
        "address_digest": sha256(t.address.encode()).hexdigest() if t.address else None,
        "digest": t.delivery.digest,
    }
