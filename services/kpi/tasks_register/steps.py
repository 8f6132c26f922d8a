"""What all commands of the task register do: load a task for whoever may, move it, note the step, tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.kpi import registers
from services.kpi.domain import tasks
from services.kpi.tasks_register import repository
from services.kpi.work_errors import NoSuchTask, NotYourTask, OwnTask, TaskInvalid, TaskMoved
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

DUE = "work_task.due"
REMIND = "work_task.remind"


def set_timers(tx: Tx, row: Row[Any], due_on: date) -> None:
    """Set the end of its day, and the morning before."""
    zone = ZoneInfo(row.timezone)
    tx.set_timer(DUE, row.id, tasks.overdue_at(due_on, zone))
    at = tasks.remind_at(due_on, zone, tx.now)
    if at is None:
        tx.cancel_timer(REMIND, row.id)
    else:
        tx.set_timer(REMIND, row.id, at)


async def get(tx: Tx, who: Principal, task_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A task within reach. Raises NoSuchTask."""
    row = await repository.get(tx, who, task_id, lock=lock)
    if row is None:
        raise NoSuchTask()
    return row


async def own(tx: Tx, who: Principal, task_id: UUID, version: int | None) -> Row[Any]:
    """A task to work on. Raises NoSuchTask, LostUpdate, NotYourTask."""
    row = await get(tx, who, task_id, lock=True)
    registers.demand(row, version)
    if who.sub != row.assignee_id:
        raise NotYourTask()
    return row


async def superior(tx: Tx, who: Principal, task_id: UUID, version: int | None) -> Row[Any]:
    """A task to judge, by whoever is not its doer. Raises NoSuchTask, LostUpdate, OwnTask."""
    row = await get(tx, who, task_id, lock=True)
    registers.demand(row, version)
    reporter = None if row.reported_by is None else str(row.reported_by)
    if not tasks.may_judge(str(who.sub), str(row.assignee_id), reporter):
        raise OwnTask()
    return row


def next_state(row: Row[Any], step: str) -> str:
    """The state a step leads to. Raises TaskMoved."""
    state = tasks.after(row.state, step)
    if state is None:
        raise TaskMoved(state=row.state)
    return state


def reasoned(wanted: bool, note: str | None) -> None:
    """Whoever says no says why. Raises TaskInvalid."""
    if wanted and note is None:
        raise TaskInvalid(fields=[FieldError("note", "须说明原因", "Say why")])


async def note_step(
    tx: Tx,
    row: Row[Any],
    step: str,
    *,
    note: str | None = None,
    progress: int | None = None,
    due_on: date | None = None,
    files: Sequence[UUID] = (),
    actor: bool = True,
) -> None:
    """Append to the task's history."""
    values = {"task_id": row.id, "step": step, "actor_id": tx.actor_id if actor else None, "at": tx.now}
    more = {"note": note, "progress": progress, "due_on": due_on, "file_ids": list(files)}
    await repository.add_step(tx, {**values, **more})


def tell(tx: Tx, row: Row[Any], what: str, *, more: int = 0, **data: Any) -> None:
    """Say what happened; `more` is how many versions this transaction has added since the row was read."""
    told = {name: value.isoformat() if isinstance(value, date) else value for name, value in data.items()}
    who = {"assignee_id": str(row.assignee_id), "superior_id": str(row.superior_id)}
    tx.emit(
        f"work_task.{what}.v1",
        subject=row.id,
        seq=row.version + more,
        community_id=row.community_id,
        data={"number": row.number, "kind": row.kind, **who, **told},
    )
