"""``/ticketing/v1/promises``: everything that is promised and not yet kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy import Row

from services.ticketing.domain.promises import left, urgency
from services.ticketing.domain.steps import spec_of
from services.ticketing.promises import service
from services.ticketing.promises.schemas import ClockCount, PromiseCounts, PromiseOut, Urgency
from services.ticketing.promises.service import Wanted
from services.ticketing.tickets.schemas import KindCode
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, service_router
from shared.http.schemas import Text

router = service_router(prefix="/v1/promises", tags=["promises"])

Reads = Annotated[Principal, allow("promise.read")]


async def _wanted(
    mine: Annotated[bool, Query(description="Mine to keep: my cases, and the follow-up calls given to me")] = False,
    assignee_id: UUID | None = None,
    department: Annotated[str | None, Query(max_length=80)] = None,
    org_unit_id: Annotated[UUID | None, Query(description="At or below this org unit")] = None,
    community_id: UUID | None = None,
    clock: Annotated[list[str] | None, Query(max_length=20, description="Any of these clocks")] = None,
    kind: KindCode | None = None,
    within_minutes: Annotated[
        int | None, Query(ge=0, le=527_040, description="So much time left at most; overdue ones too")
    ] = None,
    overdue: Annotated[bool | None, Query(description="Only what is late, or only what is not")] = None,
) -> Wanted:
    within = None if within_minutes is None else timedelta(minutes=within_minutes)
    return Wanted(
        mine, assignee_id, department, org_unit_id, community_id, tuple(clock or ()), kind, within, overdue
    )


WantedDep = Annotated[Wanted, Depends(_wanted)]


def _name(clock: str) -> Text:
    spec = spec_of(clock)
    return Text(zh=spec.zh, en=spec.en)


def _present(row: Row[Any], now: datetime) -> PromiseOut:
    return PromiseOut(
        row=spec_of(row.clock).row,
        name=_name(row.clock),
        left_seconds=int(left(row.due_at, now).total_seconds()),
        urgency=cast(Urgency, urgency(row.due_at, now)),
        **row._asdict(),
    )


@router.get("", operation_id="list_promises")
async def list_promises(tx: TxDep, who: Reads, page: PageDep, wanted: WantedDep) -> Page[PromiseOut]:
    """Open promises within reach: what is overdue, then what breaches next."""
    after = None if page.after is None else (page.after.time("due"), page.after.uuid())
    rows = await service.page(tx, who, wanted, after, page.limit + 1)
    return page_of(
        rows, page.limit, key=lambda r: {"due": r.due_at, "id": r.id}, present=lambda r: _present(r, tx.now)
    )


@router.get("/counts", operation_id="count_promises")
async def count_promises(tx: TxDep, who: Reads, wanted: WantedDep) -> PromiseCounts:
    """How many open promises there are, by how soon they breach and by clock; the same filters as the list."""
    rows = await service.counts(tx, who, wanted)
    overdue, minutes, hours, day, every = (
        sum(getattr(row, name) for row in rows) for name in ("overdue", "minutes", "hours", "day", "open")
    )
    return PromiseCounts(
        as_of=tx.now,
        overdue=overdue,
        minutes=minutes - overdue,
        hours=hours - minutes,
        day=day - hours,
        later=every - day,
        clocks=[
            ClockCount(clock=row.clock, name=_name(row.clock), overdue=row.overdue, open=row.open) for row in rows
        ],
    )
