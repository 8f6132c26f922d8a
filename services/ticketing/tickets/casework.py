"""How a change of a case is written: ticket, clocks, timers, history, audit and events, always together.

Used by tickets and follow-up calls, whether a person commands or a timer fires. The ticket's row is locked first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.domain.clocks import ClockSpec
from services.ticketing.domain.deed_events import told_by
from services.ticketing.domain.facts import COLUMNS, Facts, changed
from services.ticketing.domain.kind import TicketKind, kinds
from services.ticketing.domain.limits import Pause
from services.ticketing.domain.pauses import Mark, paused
from services.ticketing.domain.plans import Plan
from services.ticketing.domain.ticket_events import PUBLIC, common, events_of
from services.ticketing.policies import plans
from services.ticketing.tickets import many_repository, pause_repository, repository
from services.ticketing.tickets.store import Store
from services.ticketing.tickets.ticking import WARNED, bring_up
from shared.db.tx import Tx

AUTO_CLOSE = "ticket.auto_close"
"""Timer of a case that closes by itself when nobody signs (not complaints, AMB-105)."""


@dataclass(slots=True)
class Case:
    """A locked ticket while it changes. ``version`` counts on with each change of the same transaction.

    ``plan`` holds the limits of its community, ``marks`` are the stored pauses, ``store`` is where changes go.
    """

    row: Row[Any]
    kind: TicketKind
    facts: Facts
    clocks: Sequence[Row[Any]]
    version: int
    plan: Plan
    marks: Sequence[Row[Any]]
    said: bool = False
    store: Store = repository

    @property
    def id(self) -> UUID:
        """The ticket's id."""
        ticket_id: UUID = self.row.id
        return ticket_id

    @property
    def zone(self) -> ZoneInfo:
        """The community's time zone."""
        return zone_of(self.row.timezone)

    def clocks_about(self, subject_id: UUID) -> dict[str, Row[Any]]:
        """Stored clocks of the ticket itself, or of one of its follow-up calls, by code."""
        return {c.clock: c for c in self.clocks if c.subject_id == subject_id}

    def say(self, tx: Tx, type: str, data: Mapping[str, Any], at: datetime | None = None) -> None:
        """:func:`emit` about this case."""
        emit(tx, self, type, data, at)

    def warn(self, tx: Tx, data: Mapping[str, Any]) -> None:
        """Warn of a promise. That alone changes nothing of the case, and so makes nobody's update a lost one."""
        version, said = self.version, self.said
        self.version = version if said else self.row.version
        emit(tx, self, "clock.warned.v1", data)
        self.version, self.said = version, said


def facts_of(row: Row[Any], marks: Sequence[Row[Any]] = ()) -> Facts:
    """What the rules know of a stored ticket, with what was told of its pauses."""
    mapping = row._mapping
    return Facts(**{name: mapping[name] for name in COLUMNS}, pauses=pauses_in(marks))


def pauses_in(marks: Sequence[Row[Any]]) -> tuple[Pause, ...]:
    """The pauses that count, of the stored marks."""
    return paused(Mark(m.at, m.until) for m in marks if m.state == "counts")


async def lock(tx: Tx, ticket_id: UUID) -> Case | None:
    """A ticket with its clocks, held until the commit; None when there is none."""
    row = await repository.find(tx, ticket_id, lock=True)
    if row is None:
        return None
    clocks = await repository.clocks_of(tx, ticket_id)
    marks = await pause_repository.marks_of(tx, ticket_id)
    plan = await plans.of_community(tx, row._mapping)
    return Case(row, kinds()[row.kind], facts_of(row, marks), clocks, row.version, plan, marks)


async def lock_free(tx: Tx, ticket_ids: Collection[UUID], store: Store) -> dict[UUID, Case]:
    """:func:`lock` for many tickets in three statements; those that somebody is changing just now are left out."""
    rows = await many_repository.lock_free(tx, sorted(ticket_ids))
    ids = [row.id for row in rows]
    clocks = await many_repository.clocks_of(tx, ids)
    marks = await many_repository.marks_of(tx, ids)
    cases = {}
    for row in rows:
        told = marks.get(row.id, [])
        plan = await plans.of_community(tx, row._mapping)
        cases[row.id] = Case(
            *(row, kinds()[row.kind], facts_of(row, told), clocks.get(row.id, []), row.version, plan, told), store=store
        )
    return cases


def emit(tx: Tx, case: Case, type: str, data: Mapping[str, Any], at: datetime | None = None) -> None:
    """Say what happened to a case, with the fields that every event about a ticket carries."""
    case.said = True
    tx.emit(
        type,
        subject=case.id,
        seq=case.version,
        data={**common(case.row._asdict()), **data},
        occurred_at=at,
        community_id=case.row.community_id,
    )


async def act(
    tx: Tx,
    case: Case,
    after: Facts,
    action: str,
    at: datetime,
    *,
    data: Mapping[str, Any],
    late_reason: str | None = None,
    public: bool | None = None,
    events: Sequence[tuple[str, Mapping[str, Any]]] | None = None,
) -> None:
    """Write one command: the new facts, what they mean for the clocks, and everything that tells of it."""
    values = changed(case.facts, after)
    case.version += 1
    await repository.update_ticket(tx, case.id, case.version, values)
    before = case.facts
    case.facts = after
    entry = {
        "ticket_id": case.id,
        "action": action,
        "state": after.state,
        "public": action in PUBLIC if public is None else public,
        "occurred_at": at,
        "late_reason": late_reason,
        "data": data,
    }
    for type, fields in events_of(action, after, at) if events is None else events:
        emit(tx, case, type, fields, at)
    for type, fields in told_by(case.kind, action, before, after, at):
        emit(tx, case, type, fields, at)
    entries = [entry, *await bring_up(tx, case, case.id, case.kind.clocks, after)]
    await repository.add_entries(tx, entries)
    tx.audit(
        f"ticket.{action}",
        "ticket",
        case.id,
        before={name: getattr(before, name) for name in values},
        after=values or dict(data),
    )
    _auto_close(tx, case, before, after)


async def tick(
    tx: Tx, case: Case, subject_id: UUID, specs: Sequence[ClockSpec], facts: Facts, fired: str | None = None
) -> bool:
    """Bring clocks up to ``tx.now`` without a command, as timers and new plans do; whether there was a thing to tell.

    ``fired`` names the clock whose timer has just gone off.
    """
    version = case.version
    case.version += 1
    entries = await bring_up(tx, case, subject_id, specs, facts, fired)
    if any(entry["action"] != WARNED for entry in entries):
        await case.store.update_ticket(tx, case.id, case.version, {})
    else:
        case.version = version
    await case.store.add_entries(tx, entries)
    return bool(entries)


async def record(tx: Tx, case: Case, entry: Mapping[str, Any]) -> None:
    """Write a line of history and the new version of a ticket whose own facts do not change."""
    await repository.update_ticket(tx, case.id, case.version, {})
    await repository.add_entries(tx, [entry])


async def start_or_stop(tx: Tx, case: Case, subject_id: UUID, spec: ClockSpec, facts: Facts) -> None:
    """Bring one clock of a follow-up call up to these facts, as part of a command on its ticket."""
    await repository.add_entries(tx, await bring_up(tx, case, subject_id, (spec,), facts))


def _auto_close(tx: Tx, case: Case, before: Facts, after: Facts) -> None:
    wait = case.kind.auto_close
    if wait is None or before.state == after.state:
        return
    if after.completed_at is not None and "close" in case.kind.allowed(after.state):
        tx.set_timer(AUTO_CLOSE, case.id, after.completed_at + wait)
    elif "close" in case.kind.allowed(before.state):
        tx.cancel_timer(AUTO_CLOSE, case.id)
