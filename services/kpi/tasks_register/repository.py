"""Statements on tasks and their steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from services.kpi import registers
from services.kpi.models import work_task_steps, work_tasks
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7


async def add(tx: Tx, values: Mapping[str, Any]) -> UUID:
    """Store a task."""
    return await registers.add(tx, work_tasks, values)


async def get(tx: Tx, who: Principal | None, task_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A task within reach."""
    return await registers.get(tx, who, work_tasks, task_id, lock=lock)


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> int:
    """Write a change of a locked task."""
    return await registers.change(tx, work_tasks, row, values)


async def page(
    tx: Tx,
    who: Principal,
    filters: Mapping[str, Any],
    due: tuple[date | None, date | None],
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Tasks within reach, due between two days."""
    c = work_tasks.c
    more = [c.due_on >= due[0]] if due[0] is not None else []
    more += [c.due_on <= due[1]] if due[1] is not None else []
    return await registers.page(tx, who, work_tasks, filters, after, limit, *more)


async def due_in(tx: Tx, community_id: UUID, first: date, end: date) -> Sequence[Row[Any]]:
    """What was due in a community from `first` to before `end`; proposals that came to nothing are none."""
    c = work_tasks.c
    return await tx.rows(
        select(c.kind, c.state, c.due_on, c.reported_at).where(
            c.org_id == tx.org_id,
            c.community_id == community_id,
            c.due_on >= first,
            c.due_on < end,
            c.state.not_in(("proposed", "refused")),
        )
    )


async def of_origin(tx: Tx, origin_id: UUID) -> Sequence[Row[Any]]:
    """The tasks that a plan or a meeting gave, in its order."""
    c = work_tasks.c
    return await tx.rows(select(work_tasks).where(c.org_id == tx.org_id, c.origin_id == origin_id).order_by(c.place))


async def add_step(tx: Tx, values: Mapping[str, Any]) -> None:
    """Append to a task's history."""
    await insert_rows(tx, work_task_steps, [{"id": uuid7(), **values}])


async def steps(tx: Tx, task_id: UUID) -> Sequence[Row[Any]]:
    """The history of a task, the oldest first."""
    c = work_task_steps.c
    return await tx.rows(
        select(work_task_steps).where(c.org_id == tx.org_id, c.task_id == task_id).order_by(c.id).limit(500)
    )
