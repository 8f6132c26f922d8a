"""What kpi says of the registers that letters count: tasks, reports, meetings, policies, suggestions, budgets."""

from __future__ import annotations

from typing import Any, Final

from shared.contracts.events import EventType
from shared.contracts.fields import BOOL, CODE, DATE, FEN, ID, INT, PERIOD, TEXT, maybe, record, some

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

_SUGGESTION: Final[dict[str, Any]] = {"number": TEXT, "suggested_by": ID}
_POLICY: Final[dict[str, Any]] = {"code": TEXT, "area": CODE, "owner_id": ID}
_BUDGET: Final[dict[str, Any]] = {"community_id": ID, "level": CODE}
_LINE: Final = record(category=TEXT, month=PERIOD, amount_fen=FEN)

REGISTERS: Final = (
    EventType(
        "meeting.archived.v1",
        "meeting",
        "会议纪要已存档",
        "the minutes of a meeting are on file; its decisions are tasks now",
        record(kind=CODE, held_on=DATE, chair_id=ID),
    ),
    EventType(
        "suggestion.decided.v1",
        "suggestion",
        "建议已审定",
        "somebody else adopted or refused an employee's suggestion",
        record(**_SUGGESTION, state=CODE),
    ),
    EventType(
        "suggestion.effective.v1",
        "suggestion",
        "建议取得成效",
        "an adopted suggestion had an effect, as somebody else saw",
        record(**_SUGGESTION, suggested_on=DATE, effective_on=DATE),
    ),
    EventType(
        "policy.issued.v1",
        "policy",
        "制度新版本生效",
        "an edition is in force; it meets `was_due_on` and is to be updated by `next_due_on`",
        record(**_POLICY, edition=INT, was_due_on=maybe(DATE), next_due_on=maybe(DATE)),
    ),
    EventType(
        "policy.update_missed.v1",
        "policy",
        "制度逾期未更新",
        "the day by which a policy was to be brought up to date is over",
        record(**_POLICY, due_on=DATE),
    ),
    EventType(
        "budget.approved.v1",
        "budget",
        "预算已批准",
        "a budget or special funds were approved",
        record(**_BUDGET, year=INT, kind=CODE, lines=some(_LINE)),
    ),
    EventType(
        "budget.actual_recorded.v1",
        "actual of a category and month",
        "实际支出已上报",
        "what was spent of a category in a month, or its correction",
        record(**_BUDGET, category=TEXT, month=PERIOD, amount_fen=FEN),
    ),
)

WORK: Final = (*TASKS, *REPORTS, *REGISTERS)
