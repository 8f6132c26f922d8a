"""What the registers of meetings, suggestions, policies and budgets refuse."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed, NotFound


class NoSuchMeeting(NotFound):
    """The meeting is unknown, or outside the caller's scope."""

    code = "kpi.meeting.unknown"
    zh = "没有这次会议，或者您无权查看。"
    en = "There is no such meeting within your reach."


class MeetingArchived(Conflict):
    """Minutes on file stand."""

    code = "kpi.meeting.archived"
    zh = "该会议纪要已存档，不能再改。"
    en = "The minutes of this meeting are on file and stand."


class MeetingInvalid(Malformed):
    """A field that does not fit; the fields say which."""

    code = "kpi.meeting.invalid"
    zh = "会议内容有误，请按提示修改。"
    en = "The meeting is not valid; see the fields."


class NoSuchSuggestion(NotFound):
    """The suggestion is unknown, or outside the caller's scope."""

    code = "kpi.suggestion.unknown"
    zh = "没有这条建议，或者您无权查看。"
    en = "There is no such suggestion within your reach."


class SuggestionMoved(Conflict):
    """The step does not follow from the state."""

    code = "kpi.suggestion.not_now"
    zh = "该建议当前状态为“{state}”，不能进行此操作。"
    en = "The suggestion is {state}; this step does not follow."


class OwnSuggestion(Forbidden):
    """Nobody adopts their own suggestion, or says that it worked."""

    code = "kpi.suggestion.own"
    zh = "不能审定本人提出的建议。"
    en = "You cannot decide on your own suggestion."


class SuggestionInvalid(Malformed):
    """A field that does not fit; the fields say which."""

    code = "kpi.suggestion.invalid"
    zh = "建议内容有误，请按提示修改。"
    en = "The suggestion is not valid; see the fields."


class NoSuchPolicy(NotFound):
    """The policy is unknown, or outside the caller's scope."""

    code = "kpi.policy.unknown"
    zh = "没有这项制度，或者您无权查看。"
    en = "There is no such policy within your reach."


class PolicyExists(Conflict):
    """The code is taken in this community."""

    code = "kpi.policy.exists"
    zh = "该小区已有编号为 {policy} 的制度。"
    en = "This community has a policy {policy} already."


class EditionMoved(Conflict):
    """The step does not follow from the state of the edition."""

    code = "kpi.policy.not_now"
    zh = "该制度没有待审批的版本，或另有版本待审批。"
    en = "No edition of this policy waits for approval, or another one does."


class OwnEdition(Forbidden):
    """Nobody approves what they submitted."""

    code = "kpi.policy.own"
    zh = "不能审批本人提交的制度。"
    en = "You cannot approve what you submitted yourself."


class PolicyInvalid(Malformed):
    """A field that does not fit; the fields say which."""

    code = "kpi.policy.invalid"
    zh = "制度内容有误，请按提示修改。"
    en = "The policy is not valid; see the fields."


class NoSuchBudget(NotFound):
    """The budget is unknown, or outside the caller's scope."""

    code = "kpi.budget.unknown"
    zh = "没有这份预算，或者您无权查看。"
    en = "There is no such budget within your reach."


class BudgetMoved(Conflict):
    """The step does not follow from the state."""

    code = "kpi.budget.not_now"
    zh = "该预算已经审批，不能再改。"
    en = "The budget was decided on and stands."


class OwnBudget(Forbidden):
    """Nobody approves their own budget."""

    code = "kpi.budget.own"
    zh = "不能审批本人提交的预算。"
    en = "You cannot approve a budget that you submitted."


class BudgetExists(Conflict):
    """A year has one annual budget."""

    code = "kpi.budget.exists"
    zh = "该年度预算已提交或已批准；追加资金请另行申请。"
    en = "The annual budget of this year was submitted already; apply for special funds instead."


class BudgetInvalid(Malformed):
    """A field that does not fit; the fields say which."""

    code = "kpi.budget.invalid"
    zh = "预算内容有误，请按提示修改。"
    en = "The budget is not valid; see the fields."
