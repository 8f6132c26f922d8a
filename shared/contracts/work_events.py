"""What kpi says of the registers that letters count: tasks, reports, meetings, policies, suggestions, budgets."""

from __future__ import annotations

from typing import Any, Final

from shared.contracts.events import EventType
from shared.contracts.fields import BOOL, CODE, DATE, ID, TEXT, record

_TASK: Final[dict[str, Any]] = {"number": TEXT, "kind": CODE, "assignee_id": ID, "superior_id": ID}


def _task(verb: str, zh: str, en: str, **more: Any) -> EventType:
    return EventType(f"work_task.{verb}.v1", "task", zh, en, record(**_TASK, **more))


TASKS: Final = (
    _task("assigned", "任务已下达", "a task was given to somebody, or approved to begin", due_on=DATE),
    _task("due_soon", "任务即将到期", "a task is due tomorrow and not reported done", due_on=DATE),
    _task(
        "overdue",
        "任务已过期限",
        "the day of a task is over and it is not confirmed; `reported`: it waits for the superior's word",
        reported=BOOL,
    ),
    _task("reported", "任务已上报完成", "the assignee reported a task done, with evidence"),
    _task("returned", "任务被退回", "a superior returned what was reported done"),
    _task("confirmed", "任务已确认完成", "somebody other than the doer confirmed that a task is done"),
    _task("extension_asked", "申请任务延期", "the assignee asks for a later day", due_on=DATE),
    _task("extended", "任务已延期", "a task has a later day", due_on=DATE),
    _task("extension_refused", "任务延期未获批准", "a later day was refused; `due_on` stands", due_on=DATE),
    _task("cancelled", "任务已取消", "a task was taken back"),
)

_REPORT: Final[dict[str, Any]] = {"form": CODE, "period": TEXT, "due_on": DATE, "responsible_id": ID, "receiver_id": ID}


def _report(verb: str, zh: str, en: str, **more: Any) -> EventType:
    return EventType(f"report.{verb}.v1", "report", zh, en, record(**_REPORT, **more))


REPORTS: Final = (
    _report("due_soon", "报告即将到期", "a report or plan is due in some days and not handed in"),
    _report("missing", "报告逾期未交", "the day of a report or plan is over and it was not handed in"),
    _report(
        "submitted", "报告已提交", "a report or plan was handed in; `on_time` tells of the first time", on_time=BOOL
    ),
    _report("returned", "报告被退回", "the receiver returned what was handed in"),
    _report("accepted", "报告已通过", "the receiver accepted it; the items of a plan are tasks now"),
)

WORK: Final = (*TASKS, *REPORTS)
