"""One organisation, one transaction, one commit point.

Whoever opens a :class:`Tx` (the route class for requests, the runner for jobs, timers and events) commits it; services
only use it. What a write causes (events, audit entries, timers, jobs) is collected and written in one go right before
the commit, so that it is there exactly when its cause is.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Executable, Row
from sqlalchemy.ext.asyncio import AsyncConnection

from shared import clock
from shared.db.audit import Vault
from shared.db.numbers import Numbers
from shared.ids import uuid7

_savepoints = itertools.count(1)
#: Of a transaction that no Database opened: its empty key opens and seals nothing.
NO_VAULT = Vault(b"")


#: Writes what a transaction collected for it, right before the commit; see :meth:`Tx.at_last`.
LastWriter = Callable[["Tx", list[Any]], Awaitable[None]]


class Overtaken(Exception):
    """What a transaction carried met a row that was stored meanwhile: nothing was, and the same again will see it."""

    sqlstate = "40001"  # to whoever tries again it is a serialization failure


@dataclass(slots=True)
class Pending:
    """What waits for the commit; plain lists, so that a savepoint can cut them back.

    Each carries the request id of its own cause: one transaction may apply events and fire timers of many requests.
    """

    events: list[dict[str, Any]] = field(default_factory=list)
    audit: list[dict[str, Any]] = field(default_factory=list)
    timers: dict[tuple[str, UUID], dict[str, Any] | None] = field(default_factory=dict)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[Any, ...]] = field(default_factory=list)
    last: dict[LastWriter, list[Any]] = field(default_factory=dict)
    carried: tuple[str, Sequence[Any]] | None = None

    def copy(self) -> Pending:
        """The state to go back to."""
        last = {writer: list(rows) for writer, rows in self.last.items()}
        lists = (list(self.events), list(self.audit), dict(self.timers), list(self.jobs), list(self.answers))
        return Pending(*lists, last, self.carried)


class Tx:
    """A transaction bound to one organisation; row-level security lets it see nothing else.

    ``now`` is business time, read once (of a timer: its ``fire_at``); ``wall`` is for ids and leases.
    """

    __slots__ = (
        "actor_id",
        "claimed",
        "conn",
        "now",
        "numbers",
        "org_id",
        "pending",
        "prepared",
        "raw",
        "request_id",
        "schema",
        "vault",
        "wall",
    )

    def __init__(
        self,
        conn: AsyncConnection,
        raw: Any,
        schema: str,
        org_id: UUID,
        *,
        actor_id: UUID | None = None,
        request_id: str = "",
        now: datetime | None = None,
    ) -> None:
        self.conn = conn
        self.raw = raw
        """The asyncpg connection below, inside the same transaction: for hot statements and ``COPY``."""
        self.schema = schema
        self.org_id = org_id
        self.actor_id = actor_id
        self.request_id = request_id
        self.now = now or clock.now()
        self.wall = clock.wall()
        self.claimed = False
        """Whether opening this transaction claimed the idempotency key it was opened with."""
        self.pending = Pending()
        self.prepared: Mapping[str, Any] = {}
        self.numbers: Numbers | None = None
        self.vault: Vault = NO_VAULT

    # -- statements ---------------------------------------------------------------------------------------------

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run a Core statement; a list of parameters runs it for each (pipelined by the driver)."""
        return await self.conn.execute(statement, parameters)

    async def rows(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """All rows of a query."""
        return (await self.execute(statement, parameters)).all()

    async def one_or_none(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> Row[Any] | None:
        """The only row, or none. Raises when there are several."""
        return (await self.execute(statement, parameters)).one_or_none()

    async def scalar(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        """The first column of the first row, or None."""
        return (await self.execute(statement, parameters)).scalar()

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo everything inside, collected effects included, when an exception leaves it."""
        before = self.pending.copy()
        name = f"s{next(_savepoints)}"
        await self.raw.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self.pending = before
            if not self.raw.is_closed():
                await self.raw.execute(f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")
            raise
        await self.raw.execute(f"RELEASE SAVEPOINT {name}")

    # -- effects, written at the commit -------------------------------------------------------------------------

    def emit(
        self,
        type: str,
        *,
        subject: UUID,
        seq: int,
        data: Mapping[str, Any],
        occurred_at: datetime | None = None,
        community_id: UUID | None = None,
    ) -> None:
        """Say that something happened: ``type`` is ``noun.verbed.v1``, ``seq`` the subject's version after it.

        ``data`` carries ids and facts, never personal fields.
        """
        self.pending.events.append(
            {
                "type": type,
                "subject": subject,
                "seq": seq,
                "community_id": community_id,
                "occurred_at": occurred_at or self.now,
                "recorded_at": self.now,
                "request_id": self.request_id,
                "data": data,
            }
        )

    def audit(
        self,
        action: str,
        entity: str,
        entity_id: UUID,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        person_id: UUID | None = None,
        personal: Mapping[str, Any] | None = None,
    ) -> None:
        """Record who did what. ``personal`` is stored encrypted under the key of ``person_id``."""
        if personal is not None and person_id is None:
            raise ValueError("personal fields of an audit entry need the person whose key encrypts them")
        self.pending.audit.append(
            {
                "action": action,
                "entity": entity,
                "entity_id": entity_id,
                "before": before,
                "after": after,
                "person_id": person_id,
                "personal": personal,
                "at": self.now,
                "request_id": self.request_id,
            }
        )

    def set_timer(
        self, kind: str, subject_id: UUID, fire_at: datetime, payload: Mapping[str, Any] | None = None
    ) -> None:
        """Start or move the one live timer of ``(kind, subject_id)``; it fires at ``fire_at`` in business time."""
        timer = {"fire_at": fire_at, "payload": payload or {}, "request_id": self.request_id}
        self.pending.timers[(kind, subject_id)] = timer

    def cancel_timer(self, kind: str, subject_id: UUID) -> None:
        """Stop a timer; none is no error."""
        self.pending.timers[(kind, subject_id)] = None

    def enqueue(self, kind: str, payload: Mapping[str, Any], *, run_at: datetime | None = None) -> UUID:
        """Have the worker do ``kind`` after the commit, with network if it wants; ``run_at`` is wall time."""
        job_id = uuid7()
        self.pending.jobs.append(
            {
                "id": job_id,
                "kind": kind,
                "payload": payload,
                "run_at": run_at or self.wall,
                "request_id": self.request_id,
            }
        )
        return job_id

    def at_last(self, writer: LastWriter, rows: Sequence[Any]) -> None:
        """Hand rows to ``writer``, which writes all it was handed as the last statements before the commit.

        For what takes a lock that queues all writers of the organisation, such as gap-free positions.
        """
        self.pending.last.setdefault(writer, []).extend(rows)

    def carry(self, expressions: str, values: Sequence[Any]) -> None:
        """Have the transaction's last write go in one statement with its events, audit and answer, which saves a trip.

        ``expressions``: common table expressions (``a AS (INSERT …), b AS (UPDATE …)``), their values from ``$1`` on.
        Once in a transaction, and nothing after it may read what it writes. A row that is there already undoes the
        transaction (:class:`Overtaken`); a request then runs again and finds it.
        """
        assert self.pending.carried is None, "a transaction carries one write"
        self.pending.carried = (expressions, values)

    async def number(self, counter: str, count: int = 1) -> int:
        """Take the next ``count`` numbers of a counter and return the first.

        The counter row stays locked until the commit and queues all writers of the organisation, so take it late.
        """
        last: int = await self.raw.fetchval(
            f"INSERT INTO {self.schema}.counters (org_id, name, value) VALUES ($1, $2, $3) "
            "ON CONFLICT (org_id, name) DO UPDATE SET value = counters.value + excluded.value RETURNING value",
            self.org_id,
            counter,
            count,
        )
        return last - count + 1

    async def quick_number(self, counter: str) -> int:
        """The next number of a counter, with gaps but without a queue; see :mod:`shared.db.numbers`."""
        if self.numbers is None:
            return await self.number(counter)
        return await self.numbers.take(self.org_id, counter)

    async def driver(self) -> Any:
        """The asyncpg connection below (``raw``)."""
        return self.raw
