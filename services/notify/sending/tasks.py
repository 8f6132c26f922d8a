"""The job `send`: a batch of deliveries over their channel.

Claim, commit, call, record, in small groups over one connection. What a crash can leave in doubt is one
group: those are found by the job's next run still claimed by a run that is gone, and become `unknown`,
because the provider may have taken them. A delivery is tried again only when it is known not to have
arrived.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from services.notify.accounts.repository import disable
from services.notify.by_hand.opening import open_tasks
from services.notify.campaigns.halting import FRESH, halted
from services.notify.campaigns.repository import paused
from services.notify.domain.delivery import Outcome, Result, State, next_step
from services.notify.permits import taking
from services.notify.registry import providers
from services.notify.sending import claims, records, repository
from services.notify.sending.calling import Approved, Called, Caller, Tried, health_of
from services.notify.sending.claims import Claimed
from services.notify.sending.echo import echo_of
from services.notify.sending.outcome import conclude
from services.notify.sending.records import GROUP, Verdict
from services.notify.sending.sessions import sessions_of
from services.notify.templating.approved import approved_for
from shared import faults
from shared.db.tx import Tx
from shared.ids import uuid7
from shared.runtime import Job, Runtime


async def send(rt: Runtime, job: Job) -> None:
    """Send the deliveries the job names that still wait. May run twice or late: it starts from their
    states."""
    ids = [UUID(i) for i in job.payload["deliveries"]]
    run = uuid7()
    echo = partial(echo_of, rt.settings.link_key, job.org_id)
    async with sessions_of(rt).borrowed() as sessions:

        async def is_halted(campaign: UUID) -> bool:
            return campaign in await halted(rt, job.org_id)

        caller = Caller(health_of(rt), sessions, echo, is_halted)
        claimer = _Claimer(job, ids, run)
        async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
            await _bury(tx, await claims.left_behind(tx, ids, run))
            group = await claimer.next(tx)
        while group.deliveries:
            called = await caller.call(group.deliveries, group.approved, group.permitted)
            faults.point(faults.SENDING)
            if not called.tried:  # all of it is of a campaign that stood still a moment ago
                await asyncio.sleep(FRESH)
            async with rt.db.tx(job.org_id, request_id=job.request_id) as tx:
                await _record(tx, run, group.deliveries, called)
                if called.rest_until is not None:
                    await claims.postpone(tx, ids, called.rest_until)
                    return
                # What was sent is recorded by the commit that claims what is sent next.
                group = await claimer.next(tx)


@dataclass(frozen=True)
class _Group:
    """What was claimed together, with the providers' templates for it and those for whom a permit is held."""

    deliveries: Sequence[Claimed]
    approved: Approved
    permitted: Collection[UUID]


class _Claimer:
    """Claims a job's deliveries group by group, until none waits any more."""

    def __init__(self, job: Job, ids: Sequence[UUID], run: UUID) -> None:
        self._job, self._ids, self._run = job, ids, run
        self._ahead: list[UUID] = []

    async def next(self, tx: Tx) -> _Group:
        """The next group, empty at the end; the caller commits before it calls anybody."""
        # Only what goes to many is of a campaign.
        still = await paused(tx, hold=True) if self._job.kind == repository.SEND_BULK else ()
        group: list[Claimed] = []
        while not group:
            if not self._ahead:
                self._ahead = await claims.waiting(tx, self._ids, still)
            if not self._ahead:
                break
            some, self._ahead = self._ahead[:GROUP], self._ahead[GROUP:]
            group = await claims.claim(tx, some, self._run, still)
        approved = await approved_for(tx, group)
        return _Group(group, approved, await taking.take(tx, group, approved))


async def _record(tx: Tx, run: UUID, group: Sequence[Claimed], called: Called) -> None:
    """Write what came of a group: every call to the log, and where each delivery stands."""
    ended: dict[State, list[Claimed]] = {}
    again: dict[tuple[datetime, bool], list[UUID]] = {}
    verdicts: dict[UUID, Verdict] = {}
    for delivery in group:
        result = called.results.get(delivery.id)
        if result is None:
            continue
        # One seed for the run: what was tried together stays together, what another run tried comes at another time.
        step = next_step(result, delivery.attempt, more=bool(delivery.fallback), seed=run.bytes)
        at = None if step.wait is None else tx.wall + step.wait
        verdicts[delivery.id] = Verdict(step.state, at)
        if at is None:
            ended.setdefault(step.state, []).append(delivery)
        else:
            again.setdefault((at, delivery.bulk), []).append(delivery.id)
    reporting = _reporting()
    references = {
        t.delivery.id: t.result.reference for t in called.tried if t.provider in reporting and t.result.reference
    }
    reported = any(t.provider in reporting for t in called.tried)
    settled = await records.put(tx, run, called.tried, verdicts, references, reported=reported)
    await disable(tx, [address for t in called.tried for address in t.result.gone])
    await taking.settle(tx, ended, called.results)
    for state, deliveries in ended.items():
        mine = [d for d in deliveries if d.id in settled]
        await conclude(tx, mine, state)
        if state is State.ASKED:
            await open_tasks(tx, mine)
    for (at, bulk), ids in again.items():
        repository.enqueue(tx, [id for id in ids if id in settled], run_at=at, bulk=bulk)
    untried = [d.id for d in group if d.id not in called.results]
    if untried:
        await claims.release(tx, untried, run)


def _reporting() -> set[str]:
    """The providers that report what became of a message, under their own ids; for the others the attempts' log is
    enough."""
    return {code for code, provider in providers().items() if provider.receipts is not None}


async def _bury(tx: Tx, lost: Sequence[Claimed]) -> None:
    """Declare unknown what an earlier run was sending when it ended without a word."""
    if not lost:
        return
    await taking.settle(tx, {State.UNKNOWN: lost}, {})
    result = Result(Outcome.UNKNOWN, "interrupted", "the sender stopped before it could record the outcome")
    tried = [Tried(d, None, result, tx.wall, tx.wall, None) for d in lost]
    await records.put(tx, None, tried, {d.id: Verdict(State.UNKNOWN) for d in lost}, {})
