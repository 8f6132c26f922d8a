"""Follows another service's feed: pull a page, apply it, move the cursor in the same transaction.

The cursor row is locked and compared with the position pulled after, so that of two pullers one only wasted a
request. An event that cannot be applied is parked with its subject and the feed goes on; a database that is away is
nobody's fault and is tried again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog

from shared import faults
from shared.contracts.envelope import Event, from_json
from shared.db.database import Database, is_passing
from shared.db.tx import Tx
from shared.messaging import parking
from shared.runtime import Handler, Runtime
from shared.settings import LIMITS
from shared.telemetry import metrics
from shared.telemetry.context import request_id

log = structlog.get_logger(__name__)

REPLAY_JOB = "spine.replay"


async def cursor(db: Database, org_id: UUID, source: str) -> int:
    """The position up to which this service has applied ``source``'s feed."""
    async with db.read(org_id) as tx:
        raw = tx.raw
        value = await raw.fetchval(
            f"SELECT position FROM {tx.schema}.cursors WHERE org_id = $1 AND source = $2", org_id, source
        )
    return int(value or 0)


async def pull(rt: Runtime, source: str, org_id: UUID) -> int:
    """Follow until there is nothing more; the number of events applied or parked.

    Raises ``PeerDown`` when the source is away.
    """
    handlers = rt.spec.subscriptions[source]
    asked = handlers.keys() if rt.spec.narrow is None else handlers.keys() & await rt.spec.narrow(rt, org_id, source)
    # A type that nobody says: an empty list would stand for all of them, and the cursor moves on all the same.
    types = ",".join(sorted(asked)) or "-"
    done = 0
    position = await cursor(rt.db, org_id, source)
    while True:
        page = await rt.peers[source].get_json(
            f"/{source}/v1/changes",
            org=org_id,
            params={"after": str(position), "types": types, "limit": str(LIMITS.feed_page)},
        )
        events = [from_json(raw) for raw in page["items"]]
        reached, head = int(page["position"]), int(page["head"])
        if reached == position:
            return done
        prepared = await _prepare(rt, org_id, events)
        async with rt.db.tx(org_id) as tx:
            if not await _claim(tx, source, position):
                return done
            if events:
                tx.prepared = prepared
                await apply(tx, source, handlers, events)
            await _move(tx, source, reached, max(head, reached))
            faults.point("between_pull_and_commit")
        metrics.EVENTS_APPLIED.labels(rt.spec.name, source).inc(len(events))
        done += len(events)
        position = reached
        if page["next"] is None:
            return done


async def _prepare(rt: Runtime, org_id: UUID, events: Sequence[Event]) -> dict[str, Any]:
    """What handlers need from the network, fetched before the transaction."""
    prepared: dict[str, Any] = {}
    for type_, fetch in rt.spec.prepare.items():
        wanted = [e for e in events if e.type == type_]
        if wanted:
            prepared[type_] = await fetch(rt, org_id, wanted)
    return prepared


async def _claim(tx: Tx, source: str, position: int) -> bool:
    raw = tx.raw
    await raw.execute(
        f"INSERT INTO {tx.schema}.cursors (org_id, source, position, head_heard, heard_at) VALUES ($1,$2,0,0,$3) "
        "ON CONFLICT DO NOTHING",
        tx.org_id,
        source,
        tx.wall,
    )
    stored = await raw.fetchval(
        f"SELECT position FROM {tx.schema}.cursors WHERE org_id = $1 AND source = $2 FOR UPDATE", tx.org_id, source
    )
    return int(stored) == position


async def _move(tx: Tx, source: str, position: int, head: int) -> None:
    raw = tx.raw
    await raw.execute(
        f"UPDATE {tx.schema}.cursors SET position = $3, head_heard = greatest(head_heard, $4), heard_at = $5 "
        "WHERE org_id = $1 AND source = $2",
        tx.org_id,
        source,
        position,
        head,
        tx.wall,
    )


async def hear_head(db: Database, org_id: UUID, source: str, head: int) -> None:
    """Remember how far a source said it is, so that ``am I behind?`` can be answered while it is down."""
    async with db.tx(org_id) as tx:
        raw = tx.raw
        await raw.execute(
            f"INSERT INTO {tx.schema}.cursors (org_id, source, position, head_heard, heard_at) VALUES ($1,$2,0,$3,$4) "
            "ON CONFLICT (org_id, source) DO UPDATE SET head_heard = greatest(cursors.head_heard, excluded.head_heard),"
            " heard_at = excluded.heard_at",
            org_id,
            source,
            head,
            tx.wall,
        )


async def apply(tx: Tx, source: str, handlers: dict[str, Handler] | Any, events: Sequence[Event]) -> None:
    """Apply a page: whole runs first; if anything refuses, one savepoint per event, and what refuses is parked."""
    wanted = [e for e in events if e.type in handlers]
    parked = await parking.parked_subjects(tx, source, (e.subject for e in wanted))
    free = [e for e in wanted if e.subject not in parked]
    behind = [e for e in wanted if e.subject in parked]
    try:
        async with tx.savepoint():
            # A run is what one handler takes in a row: a subject's events alternate between types, and runs of one
            # type would be one event long.
            for handler, run in groupby(free, key=lambda e: handlers[e.type]):
                together = list(run)
                with _named(tx, together):
                    await handler(tx, together)
    except Exception as error:
        if is_passing(error):
            raise
        log.warning("events.run_refused", source=source, error=str(error)[:500], events=len(free))
        behind = await _one_by_one(tx, source, handlers, wanted, parked)
    for event in behind:
        await parking.park(tx, event, "behind a parked event of the same subject")
    if wanted:
        names = sorted({e.trace_id for e in wanted if e.trace_id})
        span = {"first": wanted[0].position, "last": wanted[-1].position}
        log.info("events.applied", source=source, events=len(wanted), **span, request_ids=names)


@contextmanager
def _named(tx: Tx, run: Sequence[Event]) -> Iterator[None]:
    """What a run of events causes (audit, jobs, timers, events, log lines) carries the request that caused them.

    Several requests' events applied together carry ``<source>:<first>-<last>``, their positions in the feed, where
    each has its own; the log line of the page lists them too.
    """
    names = {e.trace_id for e in run}
    name = names.pop() if len(names) == 1 else f"{run[0].source}:{run[0].position}-{run[-1].position}"
    before, tx.request_id = tx.request_id, name
    token = request_id.set(name)
    try:
        yield
    finally:
        tx.request_id = before
        request_id.reset(token)


async def _one_by_one(tx: Tx, source: str, handlers: Any, wanted: Sequence[Event], parked: set[UUID]) -> list[Event]:
    behind = []
    for event in wanted:
        if event.subject in parked:
            behind.append(event)
            continue
        try:
            with _named(tx, [event]):
                async with tx.savepoint():
                    await handlers[event.type](tx, [event])
        except Exception as error:
            if is_passing(error):
                raise
            parked.add(event.subject)
            await parking.park(tx, event, f"{type(error).__name__}: {error}")
            tx.enqueue(REPLAY_JOB, {"parked_id": str(event.id)}, run_at=tx.wall + _retry_after(1))
            metrics.EVENTS_PARKED.labels(tx.schema, source).inc()
            log.error("event.parked", event_id=str(event.id), type=event.type, position=event.position, source=source)
    return behind


def _retry_after(attempt: int) -> timedelta:
    return timedelta(seconds=min(15 * 2**attempt, 600))


async def replay(rt: Runtime, org_id: UUID, parked_id: UUID) -> bool:
    """Apply the parked events of a subject in order; stops at the first that still refuses. True when all went in."""
    async with rt.db.read(org_id) as tx:
        found = await parking.subject_of(tx, parked_id)
        events = [] if found is None else await parking.of_subject(tx, *found)
    if found is None or not events:
        return True
    handlers = rt.spec.subscriptions.get(found[0], {})
    prepared = await _prepare(rt, org_id, events)
    async with rt.db.tx(org_id) as tx:
        tx.prepared = prepared
        # Looked at again after each round: a puller that was before us may have parked more behind these.
        while waiting := await parking.of_subject(tx, *found):
            for event in waiting:
                try:
                    with _named(tx, [event]):
                        async with tx.savepoint():
                            await handlers[event.type](tx, [event])
                except Exception as error:
                    if is_passing(error):
                        raise
                    await parking.park(tx, event, f"{type(error).__name__}: {error}")
                    return False
                await parking.unpark(tx, event.id)
                metrics.EVENTS_APPLIED.labels(rt.spec.name, event.source).inc()
    return True
