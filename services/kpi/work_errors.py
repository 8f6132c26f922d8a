"""What the registers of tasks, plans, reports, meetings, policies, suggestions and budgets refuse."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed, NotFound


class NoSuchTask(NotFound):
    """The task is unknown, or outside the caller's scope."""

    code = "kpi.task.unknown"
    zh = "没有这项任务，或者您无权查看。"
    en = "There is no such task within your reach."


class TaskMoved(Conflict):
    """The step does not follow from the state."""

    code = "kpi.task.not_now"
    zh = "该任务当前状态为“{state}”，不能进行此操作。"
    en = "The task is {state}; this step does not follow."


class OwnTask(Forbidden):
    """Never the doer confirms, extends or cancels."""

    code = "kpi.task.own"
    zh = "任务不能由承办人本人或上报完成的人确认、批准延期或取消，请由上级办理。"
    en = "Whoever does a task, or reported it done, neither confirms nor extends nor cancels it; a superior does."


class NotYourTask(Forbidden):
    """Only the assignee works on it."""

    code = "kpi.task.not_yours"
    zh = "只有该任务的承办人可以办理此操作。"
    en = "Only the assignee of the task does this."


class TaskInvalid(Malformed):
    """A date or a field that does not fit; the fields say which."""

    code = "kpi.task.invalid"
    zh = "任务内容有误，请按提示修改。"
    en = "The task is not valid; see the fields."


class NoExtensionAsked(Conflict):
    """There is nothing to decide."""

    code = "kpi.task.no_extension_asked"
    zh = "该任务没有待审批的延期申请。"
    en = "No extension of this task waits for a decision."
