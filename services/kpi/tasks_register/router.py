"""``/kpi/v1/tasks``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.kpi import access
from services.kpi.domain.tasks import KINDS
from services.kpi.tasks_register import service
from services.kpi.tasks_register.schemas import (
    ApprovalIn,
    CancellationIn,
    ExtensionIn,
    Kind,
    ProgressIn,
    State,
    TaskDetailOut,
    TaskIn,
    TaskMonthOut,
    TaskOut,
    TaskReportIn,
    TaskStatisticsOut,
    TaskStepOut,
    TaskVerdictIn,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import LocalDate, Month

router = service_router(prefix="/v1/tasks", tags=["tasks"])

WORK = allow("task.work")
JUDGE = allow("task.judge")


def present(row: Row[Any]) -> TaskOut:
    """A task as it goes out."""
    return TaskOut(**{name: getattr(row, name) for name in TaskOut.model_fields})


async def _again(tx: Any, who: Principal, task_id: UUID, response: Response) -> TaskOut:
    row = await service.one(tx, who, task_id)
    etag(response, row.version)
    return present(row)


@router.post("", status_code=201, operation_id="assign_task", responses=problems(404))
async def assign_task(
    body: TaskIn, tx: TxDep, who: Annotated[Principal, allow("task.assign")], response: Response
) -> TaskOut:
    """Give somebody a task, with the day by which it is to be done."""
    place = await access.community(tx, who, body.community_id)
    id_ = await service.assign(tx, who, place, body.model_dump())
    row = await service.one(tx, who, id_)
    created(response, f"/kpi/v1/tasks/{id_}", row.version)
    return present(row)


@router.get("", operation_id="list_tasks")
async def list_tasks(
    tx: TxDep,
    who: Annotated[Principal, allow("task.read")],
    page: PageDep,
    community_id: UUID | None = None,
    assignee_id: UUID | None = None,
    superior_id: UUID | None = None,
    kind: Kind | None = None,
    state: State | None = None,
    overdue: Annotated[bool | None, Query(description="Late ones alone, or none of them")] = None,
    origin_id: Annotated[UUID | None, Query(description="Of this plan or meeting")] = None,
    due_from: LocalDate | None = None,
    due_to: LocalDate | None = None,
) -> Page[TaskOut]:
    """Tasks within reach, the oldest first."""
    filters = {
        "community_id": community_id,
        "assignee_id": assignee_id,
        "superior_id": superior_id,
        "kind": kind,
        "state": state,
        "overdue": overdue,
        "origin_id": origin_id,
    }
    after = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, filters, (due_from, due_to), after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/statistics", operation_id="task_statistics", responses=problems(404))
async def task_statistics(
    tx: TxDep, who: Annotated[Principal, allow("task.read")], community_id: UUID, month: Month
) -> TaskMonthOut:
    """What was due in a month and how it went, by kind: the evidence of completion rates."""
    rows = await service.month(tx, who, community_id, month)
    kinds = [TaskStatisticsOut(**row, title_zh=KINDS[row["kind"]].zh, title_en=KINDS[row["kind"]].en) for row in rows]
    return TaskMonthOut(community_id=community_id, month=month, kinds=kinds)


@router.get("/{task_id}", operation_id="get_task", responses=problems(404))
async def get_task(
    task_id: UUID, tx: TxDep, who: Annotated[Principal, allow("task.read")], response: Response
) -> TaskDetailOut:
    """One task with its history."""
    row = await service.one(tx, who, task_id)
    etag(response, row.version)
    steps = await service.steps(tx, row.id)
    found = [TaskStepOut(**{name: getattr(step, name) for name in TaskStepOut.model_fields}) for step in steps]
    return TaskDetailOut(task=present(row), steps=found)


@router.post("/{task_id}/progress", operation_id="task_progress", responses=problems(403, 404, 409, 412))
async def task_progress(
    task_id: UUID,
    body: ProgressIn,
    tx: TxDep,
    who: Annotated[Principal, WORK],
    if_match: IfMatch,
    response: Response,
) -> TaskOut:
    """Say how far one is."""
    await service.progress(tx, who, task_id, body.progress, body.note, if_match)
    return await _again(tx, who, task_id, response)


@router.post("/{task_id}/report", operation_id="report_task_done", responses=problems(403, 404, 409, 412))
async def report_task_done(
    task_id: UUID,
    body: TaskReportIn,
    tx: TxDep,
    who: Annotated[Principal, WORK],
    if_match: IfMatch,
    response: Response,
) -> TaskOut:
    """Report a task done, with the evidence; it counts once a superior has confirmed it."""
    await service.report(tx, who, task_id, body.note, body.file_ids, if_match)
    return await _again(tx, who, task_id, response)


@router.post("/{task_id}/verdict", operation_id="judge_task", responses=problems(403, 404, 409, 412))
async def judge_task(
    task_id: UUID,
    body: TaskVerdictIn,
    tx: TxDep,
    who: Annotated[Principal, JUDGE],
    if_match: IfMatch,
    response: Response,
) -> TaskOut:
    """Confirm what somebody else reported done, or return it with the reason."""
    await service.judge(tx, who, task_id, body.decision, body.note, if_match)
    return await _again(tx, who, task_id, response)


@router.post("/{task_id}/extension", operation_id="ask_task_extension", responses=problems(403, 404, 409, 412))
async def ask_task_extension(
    task_id: UUID,
    body: ExtensionIn,
    tx: TxDep,
    who: Annotated[Principal, WORK],
    if_match: IfMatch,
    response: Response,
) -> TaskOut:
    """Ask for a later day, before the old one is over."""
    await service.ask_extension(tx, who, task_id, body.due_on, body.reason, if_match)
    return await _again(tx, who, task_id, response)


@router.post(
    "/{task_id}/extension/decision", operation_id="decide_task_extension", responses=problems(403, 404, 409, 412)
)
async def decide_task_extension(
    task_id: UUID,
    body: ApprovalIn,
    tx: TxDep,
    who: Annotated[Principal, JUDGE],
    if_match: IfMatch,
    response: Response,
) -> TaskOut:
    """Grant or refuse a later day."""
    await service.decide_extension(tx, who, task_id, body.decision, body.note, if_match)
    return await _again(tx, who, task_id, response)


@router.post("/{task_id}/approval", operation_id="approve_task", responses=problems(403, 404, 409, 412))
async def approve_task(
    task_id: UUID,
    body: ApprovalIn,
    tx: TxDep,
    who: Annotated[Principal, allow("task.approve")],
    if_match: IfMatch,
    response: Response,
) -> TaskOut:
    """The company's word on a task that nobody may begin without it."""
    await service.approve(tx, who, task_id, body.decision, body.note, if_match)
    return await _again(tx, who, task_id, response)


@router.post("/{task_id}/cancellation", operation_id="cancel_task", responses=problems(403, 404, 409, 412))
async def cancel_task(
    task_id: UUID,
    body: CancellationIn,
    tx: TxDep,
    who: Annotated[Principal, JUDGE],
    if_match: IfMatch,
    response: Response,
) -> TaskOut:
    """Take a task back; once its day is over it stays missed."""
    await service.cancel(tx, who, task_id, body.reason, if_match)
    return await _again(tx, who, task_id, response)
