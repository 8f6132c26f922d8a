"""Promises of a ticket as of a past moment: the rows read back from the history, and what was recorded since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from services.ticketing.domain import clock_history
from services.ticketing.domain.clock_history import Told
from services.ticketing.domain.plans import Plan
from services.ticketing.domain.ticket_errors import TicketInvalid
from services.ticketing.tickets import repository, service
from services.ticketing.tickets.repository import clock_of
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

#: Lines of history that are read back; a case with more has run for years.
MOST_LINES = 5000


@dataclass(frozen=True, slots=True)
class Past:
    """What an explanation needs, as it was known then; `lines` are all of the case, `learned` those told since."""

    ticket: Any
    clocks: Sequence[Any]
    marks: Sequence[Any]
    plans: Mapping[UUID | None, Plan]
    lines: Sequence[Told]
    learned: Sequence[Told]


async def clocks(tx: Tx, who: Principal, ticket_id: UUID, moment: datetime) -> Past:
    """A ticket's promises as of a moment. Raises NoSuchTicket, and TicketInvalid for one that has not come."""
    if moment > tx.now:
        raise TicketInvalid(fields=[FieldError("query.as_of", "时间应不晚于现在", "A moment that has come")])
    now = await service.clocks(tx, who, ticket_id)
    rows = await repository.entries_of(tx, ticket_id, public_only=False, after=None, limit=MOST_LINES)
    lines = [
        Told(row.id, row.action, row.occurred_at, row.recorded_at, row.late_reason, row.public, row.data)
        for row in rows
    ]
    found = [past for row in now.clocks if (past := _row(row, lines, moment)) is not None]
    marks = [mark for mark in now.marks if mark.created_at <= moment]
    learned = [line for line in clock_history.learned(lines, moment) if line.public or not who.is_resident]
    return Past(now.ticket, found, [_mark(mark, moment) for mark in marks], now.plans, lines, learned)


def _row(row: Any, lines: Sequence[Told], moment: datetime) -> Any:
    own = [line for line in lines if clock_history.concerns(line, row.clock, row.subject_id)]
    known = clock_history.as_of(clock_of(row), row.created_at, own, lines, moment)
    if known is None:
        return None
    clock, since = known
    return SimpleNamespace(
        **{
            **row._mapping,
            "due_at": clock.due_at,
            "met_at": clock.met_at,
            "breached_at": clock.breached_at,
            "state": clock.state,
            "allowance": None if clock.limit is None else str(clock.limit),
            "warned": clock.warned,
            "updated_at": since,
        }
    )


def _mark(mark: Any, moment: datetime) -> Any:
    """A pause that was decided on only later was still asked for."""
    if mark.updated_at <= moment or mark.why_asked is None:
        return mark
    return SimpleNamespace(**{**mark._mapping, "state": "asked"})
