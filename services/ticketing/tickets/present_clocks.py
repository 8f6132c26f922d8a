"""Promises as they go out: each explained, stretch by stretch, by the computation that made its due time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.domain.clock_history import Told, at
from services.ticketing.domain.clock_texts import Interval, explain, explain_gate, intervals, limit_text
from services.ticketing.domain.clocks import pauses_of, whole
from services.ticketing.domain.kind import Gate, kinds
from services.ticketing.domain.pauses import CAUSES
from services.ticketing.domain.plans import Plan
from services.ticketing.domain.steps import spec_of
from services.ticketing.tickets.casework import facts_of
from services.ticketing.tickets.clock_schemas import ClockOut, ClocksOut, IntervalOut, LearnedOut
from services.ticketing.tickets.repository import clock_of
from shared.http.schemas import Text


def present_clocks(
    ticket: Row[Any],
    clocks: Sequence[Row[Any]],
    marks: Sequence[Row[Any]],
    plans: Mapping[UUID | None, Plan],
    now: datetime,
    known: Callable[[datetime], bool] = lambda at: True,
    learned: Sequence[Told] = (),
) -> ClocksOut:
    """Every promise of a ticket with its explanation at ``now``, gates last.

    As of a past moment ``known`` tells whether what was done at an instant was on record then.
    """
    items = [_clock(ticket, row, marks, plans[row.plan_id], now) for row in clocks]
    kind = kinds()[ticket.kind]
    items += [_gate(ticket, gate, kind.policy, known) for gate in kind.gates]
    return ClocksOut(ticket_id=ticket.id, as_of=now, items=items, learned=[_learned(line) for line in learned])


def _learned(line: Told) -> LearnedOut:
    named = line.data if line.of_clock else {}
    return LearnedOut(
        entry_id=line.id,
        action=line.action,
        clock=named.get("clock"),
        occurred_at=line.occurred_at,
        recorded_at=line.recorded_at,
        late_reason=line.late_reason,
        due_at=at(named, "due_at"),
        was_due_at=at(named, "was_due_at"),
        met_at=at(named, "met_at"),
    )


def _clock(ticket: Row[Any], row: Row[Any], marks: Sequence[Row[Any]], plan: Plan, now: datetime) -> ClockOut:
    spec, clock, zone = spec_of(row.clock), clock_of(row), zone_of(ticket.timezone)
    pauses = pauses_of(spec, facts_of(ticket, marks))
    seen = row.updated_at if clock.state == "cancelled" else now
    told = explain(clock, spec, seen, zone, plan, pauses)
    parts = intervals(clock, plan, pauses, max(clock.met_at or whole(seen), clock.from_at))
    zh, en = limit_text(clock.limit)
    return ClockOut(
        clock=row.clock,
        row=spec.row,
        name=Text(zh=spec.zh, en=spec.en),
        subject_id=row.subject_id,
        from_at=row.from_at,
        due_at=row.due_at,
        met_at=row.met_at,
        breached_at=row.breached_at,
        counted_seconds=int(told.counted.total_seconds()),
        allowed_seconds=int(told.allowed.total_seconds()),
        paused_seconds=sum(int(p.stretch.length.total_seconds()) for p in parts if p.stretch.how == "paused"),
        limit=Text(zh=zh, en=en),
        calendar=row.calendar or "24x7",
        policy=row.policy,
        plan_id=row.plan_id,
        warned_percent=clock.warned,
        state=row.state,
        explanation=Text(zh=told.zh, en=told.en),
        intervals=[_interval(part, marks) for part in parts],
    )


def _interval(part: Interval, marks: Sequence[Row[Any]]) -> IntervalOut:
    pause = part.pause
    told = next((m for m in marks if pause is not None and m.until is not None and m.at == pause.start), None)
    zh, en = part.zh, part.en
    if told is not None:
        cause_zh, cause_en = CAUSES[told.cause]
        zh, en = f"{zh}：{cause_zh}", f"{en}: {cause_en}"
    return IntervalOut(
        from_at=part.stretch.start,
        to_at=part.stretch.end,
        how=part.stretch.how,
        seconds=int(part.stretch.length.total_seconds()),
        explanation=Text(zh=zh, en=en),
        cause=None if told is None else told.cause,
        by=None if told is None else told.told_by,
    )


def _gate(ticket: Row[Any], gate: Gate, policy: str, known: Callable[[datetime], bool]) -> ClockOut:
    met_at = gate.met(facts_of(ticket))
    if met_at is not None and not known(met_at):
        met_at = None
    zh, en = explain_gate(gate, met_at, zone_of(ticket.timezone))
    return ClockOut(
        clock=gate.code,
        row=gate.row,
        name=Text(zh=gate.zh, en=gate.en),
        subject_id=ticket.id,
        from_at=None,
        due_at=None,
        met_at=met_at,
        breached_at=None,
        counted_seconds=None,
        allowed_seconds=None,
        paused_seconds=None,
        limit=None,
        calendar="24x7",
        policy=policy,
        plan_id=None,
        warned_percent=0,
        state="open" if met_at is None else "met",
        explanation=Text(zh=zh, en=en),
        intervals=[],
    )
