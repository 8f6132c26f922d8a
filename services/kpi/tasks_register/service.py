"""Tasks: given by one person, done by another, confirmed by whoever is not the doer; late ones are told of at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.kpi import access
from services.kpi.domain import tasks
from services.kpi.tasks_register import repository
from services.kpi.tasks_register.steps import (
    DUE,
    REMIND,
    get,
    next_state,
    note_step,
    own,
    reasoned,
    set_timers,
    superior,
    tell,
)
from services.kpi.work_errors import (
    NoExtensionAsked,
    OwnTask,
    TaskInvalid,
    TaskMoved,
)
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.periods import Period


async def assign(
    tx: Tx,
    who: Principal,
    community: access.Community,
    wanted: Mapping[str, Any],
    origin: tuple[str, UUID, int] | None = None,
) -> UUID:
    """Give a task: `kind`, `title`, `detail`, `assignee_id`, `due_on`, `needs_approval`. Raises TaskInvalid.

    What a plan or a meeting set keeps its day, even where it was accepted or written down after it.
    """
    if origin is None and wanted["due_on"] < tx.now.astimezone(community.zone).date():
        told = ("不能早于今天", "Should not lie before today")
        raise TaskInvalid(fields=[FieldError("due_on", *told)])
    state = tasks.first_state(wanted["kind"], wanted.get("needs_approval", False))
    name, origin_id, place = origin or ("manual", None, None)
    values: dict[str, Any] = {
        "number": f"T{await tx.number('work_task'):06d}",
        "community_id": community.id,
        **{key: wanted.get(key) for key in ("kind", "title", "detail", "assignee_id", "due_on")},
        "superior_id": who.sub,
        "state": state,
        "progress": 0,
        "overdue": False,
        "origin": name,
        "origin_id": origin_id,
        "place": place,
        "file_ids": [],
    }
    id_ = await repository.add(tx, values)
    tx.audit("work_task.assigned", "work_task", id_, after={"kind": values["kind"], "state": state})
    row = await repository.get(tx, None, id_)
    assert row is not None  # stored above
    await note_step(tx, row, "proposed" if state == "proposed" else "assigned", due_on=row.due_on)
    if state == "open":
        _begun(tx, row)
    return id_


def _begun(tx: Tx, row: Row[Any]) -> None:
    tell(tx, row, "assigned", due_on=row.due_on)
    set_timers(tx, row, row.due_on)


async def progress(tx: Tx, who: Principal, task_id: UUID, percent: int, note: str | None, version: int | None) -> None:
    """Note how far one is. Raises NoSuchTask, LostUpdate, TaskMoved, NotYourTask."""
    row = await own(tx, who, task_id, version)
    if row.state != "open":
        raise TaskMoved(state=row.state)
    await repository.change(tx, row, {"progress": percent})
    await note_step(tx, row, "progress", note=note, progress=percent)


async def report(
    tx: Tx, who: Principal, task_id: UUID, note: str | None, file_ids: Sequence[UUID], version: int | None
) -> None:
    """Say that it is done, with what proves it; it counts once somebody else has confirmed it.

    Raises NoSuchTask, LostUpdate, TaskMoved, NotYourTask.
    """
    row = await own(tx, who, task_id, version)
    state = next_state(row, "report")
    values = {"state": state, "progress": 100, "reported_by": who.sub, "reported_at": tx.now, "file_ids": file_ids}
    await repository.change(tx, row, {**values, "asked_due_on": None, "asked_reason": None})
    await note_step(tx, row, "reported", note=note, files=file_ids)
    tx.cancel_timer(REMIND, row.id)
    tell(tx, row, "reported", more=1)


async def judge(tx: Tx, who: Principal, task_id: UUID, decision: str, note: str | None, version: int | None) -> None:
    """Confirm what was reported, or return it with the reason.

    Raises NoSuchTask, LostUpdate, TaskMoved, OwnTask, TaskInvalid.
    """
    row = await superior(tx, who, task_id, version)
    state = next_state(row, decision)
    reasoned(decision == "return", note)
    if decision == "confirm":
        await repository.change(tx, row, {"state": state, "closed_by": who.sub, "closed_at": tx.now})
        tx.cancel_timer(DUE, row.id)
        tell(tx, row, "confirmed", more=1)
    else:
        over = tx.now >= tasks.overdue_at(row.due_on, ZoneInfo(row.timezone))
        await repository.change(tx, row, {"state": state, "reported_by": None, "reported_at": None, "overdue": over})
        tell(tx, row, "returned", more=1)
    await note_step(tx, row, "confirmed" if decision == "confirm" else "returned", note=note)
    tx.audit(f"work_task.{state}", "work_task", row.id, before={"state": row.state}, after={"state": state})


async def ask_extension(tx: Tx, who: Principal, task_id: UUID, due_on: date, reason: str, version: int | None) -> None:
    """Ask for a later day, while the old one is not over.

    Raises NoSuchTask, LostUpdate, TaskMoved, NotYourTask, TaskInvalid.
    """
    row = await own(tx, who, task_id, version)
    if row.state != "open" or row.overdue:
        raise TaskMoved(state="overdue" if row.overdue else row.state)
    if due_on <= row.due_on:
        told = ("须晚于现在的期限", "Should lie after the present day")
        raise TaskInvalid(fields=[FieldError("due_on", *told)])
    await repository.change(tx, row, {"asked_due_on": due_on, "asked_reason": reason})
    await note_step(tx, row, "extension_asked", note=reason, due_on=due_on)
    tell(tx, row, "extension_asked", more=1, due_on=due_on)


async def decide_extension(
    tx: Tx, who: Principal, task_id: UUID, decision: str, note: str | None, version: int | None
) -> None:
    """Grant the day that was asked for, or refuse it; asked in time, it may be granted late.

    Raises NoSuchTask, LostUpdate, OwnTask, NoExtensionAsked, TaskInvalid.
    """
    row = await superior(tx, who, task_id, version)
    if row.asked_due_on is None or row.state != "open":
        raise NoExtensionAsked()
    reasoned(decision == "refuse", note)
    values: dict[str, Any] = {"asked_due_on": None, "asked_reason": None}
    if decision == "approve":
        values |= {"due_on": row.asked_due_on, "overdue": False}
        tell(tx, row, "extended", more=1, due_on=row.asked_due_on)
        set_timers(tx, row, row.asked_due_on)
    else:
        tell(tx, row, "extension_refused", more=1, due_on=row.due_on)
    await repository.change(tx, row, values)
    step = "extended" if decision == "approve" else "extension_refused"
    await note_step(tx, row, step, note=note, due_on=row.asked_due_on)
    after = {"due_on": row.asked_due_on.isoformat()}
    tx.audit(f"work_task.{step}", "work_task", row.id, before={"due_on": row.due_on.isoformat()}, after=after)


async def approve(tx: Tx, who: Principal, task_id: UUID, decision: str, note: str | None, version: int | None) -> None:
    """The company's word on what nobody may begin without it.

    Raises NoSuchTask, LostUpdate, TaskMoved, OwnTask, TaskInvalid.
    """
    row = await superior(tx, who, task_id, version)
    if who.sub == row.superior_id:
        raise OwnTask()
    state = next_state(row, decision)
    reasoned(decision == "refuse", note)
    closed = {} if decision == "approve" else {"closed_by": who.sub, "closed_at": tx.now}
    await repository.change(tx, row, {"state": state, **closed})
    await note_step(tx, row, "approved" if decision == "approve" else "refused", note=note)
    tx.audit(f"work_task.{decision}d", "work_task", row.id, before={"state": row.state}, after={"state": state})
    if decision == "approve":
        _begun(tx, row)


async def cancel(tx: Tx, who: Principal, task_id: UUID, reason: str, version: int | None) -> None:
    """Take a task back. After its day it stays missed. Raises NoSuchTask, LostUpdate, TaskMoved, OwnTask."""
    row = await superior(tx, who, task_id, version)
    state = next_state(row, "cancel")
    await repository.change(tx, row, {"state": state, "closed_by": who.sub, "closed_at": tx.now})
    await note_step(tx, row, "cancelled", note=reason)
    tx.audit("work_task.cancelled", "work_task", row.id, before={"state": row.state}, after={"state": state})
    tx.cancel_timer(DUE, row.id)
    tx.cancel_timer(REMIND, row.id)
    if row.state != "proposed":
        tell(tx, row, "cancelled", more=1)


async def day_over(tx: Tx, task_id: UUID) -> None:
    """The last second of its day has passed: what was not reported is late, and its two people are told."""
    row = await repository.get(tx, None, task_id, lock=True)
    if row is None or row.state not in ("open", "reported") or row.overdue:
        return
    if tx.now < tasks.overdue_at(row.due_on, ZoneInfo(row.timezone)):
        return  # it was moved meanwhile
    open_ = row.state == "open"
    version = await repository.change(tx, row, {"overdue": open_})
    if open_:
        await note_step(tx, row, "overdue", actor=False)
    # Reported and not yet confirmed is not late, but counts as not done until somebody confirms it.
    tell(tx, row, "overdue", more=version - row.version, reported=not open_)


async def remind(tx: Tx, task_id: UUID) -> None:
    """The day before: whoever has to do it is told, unless it is done."""
    row = await repository.get(tx, None, task_id)
    if row is not None and row.state == "open":
        tell(tx, row, "due_soon", due_on=row.due_on)


async def month(tx: Tx, who: Principal, community_id: UUID, code: str) -> list[dict[str, Any]]:
    """How the tasks of a month went, by kind. Raises NoSuchCommunity."""
    place = await access.community(tx, who, community_id)
    period = Period.parse(code)
    found: dict[str, list[Mapping[str, Any]]] = {}
    # row: E-060 the tracking statistics that prove completion rates
    for row in await repository.due_in(tx, place.id, period.start, period.end):
        found.setdefault(row.kind, []).append(dict(row._mapping))
    return tasks.statistics(found, tx.now.astimezone(place.zone).date(), place.zone)


async def page(
    tx: Tx,
    who: Principal,
    filters: Mapping[str, Any],
    due: tuple[date | None, date | None],
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Tasks within reach."""
    return await repository.page(tx, who, filters, due, after, limit)


async def steps(tx: Tx, task_id: UUID) -> Sequence[Row[Any]]:
    """The history of a task."""
    return await repository.steps(tx, task_id)


async def one(tx: Tx, who: Principal, task_id: UUID) -> Row[Any]:
    """A task within reach. Raises NoSuchTask."""
    return await get(tx, who, task_id)
