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


class NoSuchDuty(NotFound):
    """The duty is unknown, or outside the caller's scope."""

    code = "kpi.report_duty.unknown"
    zh = "没有这项报送要求，或者您无权查看。"
    en = "There is no such duty to report within your reach."


class DutyExists(Conflict):
    """A community hands a form in once."""

    code = "kpi.report_duty.exists"
    zh = "该小区已有此项报送要求。"
    en = "This community hands in this form already."


class NoSuchReport(NotFound):
    """The report is unknown, or outside the caller's scope."""

    code = "kpi.report.unknown"
    zh = "没有这份报告，或者您无权查看。"
    en = "There is no such report within your reach."


class ReportMoved(Conflict):
    """The step does not follow from the state."""

    code = "kpi.report.not_now"
    zh = "该报告当前状态为“{state}”，不能进行此操作。"
    en = "The report is {state}; this step does not follow."


class NotYourReport(Forbidden):
    """Only who owes it hands it in."""

    code = "kpi.report.not_yours"
    zh = "只有责任人本人可以提交该报告。"
    en = "Only whoever owes the report hands it in."


class OwnReport(Forbidden):
    """Nobody accepts their own report."""

    code = "kpi.report.own"
    zh = "不能审阅本人提交的报告。"
    en = "You cannot judge a report of your own."


class ReportInvalid(Malformed):
    """A field that does not fit; the fields say which."""

    code = "kpi.report.invalid"
    zh = "报告内容有误，请按提示修改。"
    en = "The report is not valid; see the fields."
