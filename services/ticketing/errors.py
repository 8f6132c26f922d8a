"""What the register, archives and surveys refuse, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed, NotFound


class NoSuchOrgUnit(NotFound):
    """The org unit is unknown, or outside the caller's scope."""

    code = "ticketing.org_unit.unknown"
    zh = "没有这个组织单元，或者您无权查看"
    en = "There is no such org unit within your reach"


class NoSuchCommunity(NotFound):
    """The community is unknown, or outside the caller's scope."""

    code = "ticketing.community.unknown"
    zh = "没有这个小区，或者您无权查看"
    en = "There is no such community within your reach"


class NoSuchBuilding(NotFound):
    """The building is unknown, or outside the caller's scope."""

    code = "ticketing.building.unknown"
    zh = "没有这栋楼，或者您无权查看"
    en = "There is no such building within your reach"


class NoSuchUnit(NotFound):
    """The unit is unknown, or outside the caller's scope."""

    code = "ticketing.unit.unknown"
    zh = "没有这个房屋，或者您无权查看"
    en = "There is no such unit within your reach"


class NoSuchPerson(NotFound):
    """The person is unknown, or outside the caller's scope."""

    code = "ticketing.person.unknown"
    zh = "没有这个人，或者您无权查看"
    en = "There is no such person within your reach"


class NoSuchRelation(NotFound):
    """The relation is unknown, or outside the caller's scope."""

    code = "ticketing.relation.unknown"
    zh = "没有这条人房关系，或者您无权查看"
    en = "There is no such relation within your reach"


class NoSuchStaff(NotFound):
    """The member of staff is unknown, or outside the caller's scope."""

    code = "ticketing.staff.unknown"
    zh = "没有这名员工，或者您无权查看"
    en = "There is no such member of staff within your reach"


class IdsInvalid(Malformed):
    """A list of ids in a query that cannot be read."""

    code = "ticketing.ids.malformed"
    zh = "编号列表有误，请按提示修改"
    en = "The list of ids is not valid; see the fields"


class PersonErased(Conflict):
    """The person's data was erased; nothing can be read or written any more."""

    code = "ticketing.person.erased"
    zh = "此人的个人信息已被删除"
    en = "This person's data was erased"


class OrganisationExists(Conflict):
    """An organisation of that id is there already."""

    code = "ticketing.organisation.exists"
    zh = "该组织已存在"
    en = "There is already an organisation of this id"


class NoSuchArchive(NotFound):
    """The owner file is unknown, or outside the caller's scope."""

    code = "ticketing.archive.unknown"
    zh = "没有这份业主档案，或者您无权查看"
    en = "There is no such owner file within your reach"


class NoSuchArchiveCheck(NotFound):
    """The archive check is unknown, or outside the caller's scope."""

    code = "ticketing.archive_check.unknown"
    zh = "没有这次档案核查，或者您无权查看"
    en = "There is no such archive check within your reach"


class ArchiveCheckInvalid(Malformed):
    """The check as a whole cannot be stored: its month, its time, or none of its rows."""

    code = "ticketing.archive_check.invalid"
    zh = "档案核查的内容有误，请按提示修改"
    en = "The archive check is not valid; see the fields"


class NoSuchSurvey(NotFound):
    """The survey is unknown, or outside the caller's scope."""

    code = "ticketing.survey.unknown"
    zh = "没有这项满意度调查，或者您无权查看"
    en = "There is no such survey within your reach"


class SurveyInvalid(Malformed):
    """The questionnaire is not valid; the fields say what to change."""

    code = "ticketing.survey.invalid"
    zh = "问卷内容有误，请按提示修改"
    en = "The questionnaire is not valid; see the fields"


class SurveyNotDraft(Conflict):
    """Only a draft whose closing time lies ahead can be opened."""

    code = "ticketing.survey.not_draft"
    zh = "只有截止时间未到的草稿才能发放（当前状态：{state}，截止时间：{closes_at}）"
    en = "Only a draft that closes in the future can be opened (it is {state} and closes at {closes_at})"


class SurveyWithoutHouseholds(Conflict):
    """No dwelling of the community is occupied, so there is nobody to ask."""

    code = "ticketing.survey.no_households"
    zh = "该小区目前没有已入住的住宅，无法发放问卷"
    en = "No dwelling of the community is occupied at the moment; there is nobody to ask"


class SurveyNotOpen(Conflict):
    """The survey takes no answers now: not opened yet, or closed."""

    code = "ticketing.survey.not_open"
    zh = "该问卷目前不接受作答（尚未发放或已截止）"
    en = "The survey takes no answers now: it is not open yet, or it has closed"


class HouseholdNotAsked(Conflict):
    """The household was not occupied when the survey was opened, so it is not in its scope."""

    code = "ticketing.survey.household_not_asked"
    zh = "该房屋不在本次调查范围内（发放时未入住）"
    en = "This household is not part of the survey: it was not occupied when the survey was opened"


class MayNotAnswer(Forbidden):
    """The resident's relation to the unit does not include answering surveys."""

    code = "ticketing.survey.may_not_answer"
    zh = "您没有代表该房屋作答的权限"
    en = "You may not answer surveys for this unit"


class AnswerInvalid(Malformed):
    """An answer counts only with a whole mark from 0 to 100 for every question."""

    code = "ticketing.survey.answer_invalid"
    zh = "请完整作答：每项为 0 至 100 的整数"
    en = "Please answer every question with a whole number from 0 to 100"


class NoSuchSurveyReport(NotFound):
    """The survey has no report yet."""

    code = "ticketing.survey_report.unknown"
    zh = "该调查还没有分析报告"
    en = "There is no report on this survey yet"


class SurveyReportNotNow(Conflict):
    """A report belongs to a closed survey and is submitted once, or again after it was returned."""

    code = "ticketing.survey_report.not_now"
    zh = "只有已截止的调查可以提交报告，且已提交或已批准的报告不能重复提交"
    en = "A report is submitted when the survey has closed, and again only after it was returned"


class SurveyReportNotSubmitted(Conflict):
    """Only a submitted report can be approved or returned."""

    code = "ticketing.survey_report.not_submitted"
    zh = "该报告不在待审批状态"
    en = "The report is not waiting for a decision"


class OwnSurveyReport(Forbidden):
    """Nobody decides on a report of their own."""

    code = "ticketing.survey_report.own"
    zh = "不能审批自己提交的报告"
    en = "You cannot decide on a report that you submitted yourself"


class NoSuchFile(NotFound):
    """The file is unknown, removed, or outside the caller's scope."""

    code = "ticketing.file.unknown"
    zh = "没有这个文件，或者您无权查看"
    en = "There is no such file within your reach"


class TooManyWaiting(Conflict):
    """Somebody uploads without end and attaches nothing."""

    code = "ticketing.file.too_many_waiting"
    zh = "您有 {most} 个已上传但未使用的文件，请先提交工单或明天再试"
    en = "You have {most} uploaded files that are attached to nothing; attach them first, or try again tomorrow"


class NoSuchDocument(NotFound):
    """Tickets of this kind have no such form."""

    code = "ticketing.document.unknown"
    zh = "此类工单没有该表单"
    en = "Tickets of this kind have no such form"


class NoSuchResource(NotFound):
    """Nothing of this name can be imported or exported."""

    code = "ticketing.table.unknown"
    zh = "没有这种表格，可用：{known}"
    en = "There is no such table; there are: {known}"


class ExportInvalid(Malformed):
    """A month asked of a list that has no days."""

    code = "ticketing.table.export_invalid"
    zh = "导出条件有误，请按提示修改"
    en = "The export cannot be asked for like this; see the fields"


class NoSuchImport(NotFound):
    """The import is unknown, or somebody else's."""

    code = "ticketing.import.unknown"
    zh = "没有这次导入，或者您无权查看"
    en = "There is no such import within your reach"


class ImportNotUndoable(Conflict):
    """Only what was stored, and not long ago, can be put back."""

    code = "ticketing.import.not_undoable"
    zh = "该导入不能撤销（当前状态：{state}）；只有已完成且未超过三十天的导入可以撤销"
    en = "This import cannot be undone (it is {state}); only one that stored rows, at most thirty days ago, can"


class ImportNotFinished(Conflict):
    """The import is still at work, or its file is gone."""

    code = "ticketing.import.not_finished"
    zh = "导入尚未完成，或文件已过保存期"
    en = "The import has not finished yet, or its file is past the time it is kept"


class NoSuchApproval(NotFound):
    """The request is unknown, or outside the caller's scope."""

    code = "ticketing.approval.unknown"
    zh = "没有这项审批申请，或者您无权查看"
    en = "There is no such request for approval within your reach"


class ApprovalInvalid(Malformed):
    """The request or decision is not valid; the fields say what to change."""

    code = "ticketing.approval.invalid"
    zh = "审批内容有误，请按提示修改"
    en = "The request or decision is not valid; see the fields"


class PolicyInvalid(Malformed):
    """Limits, a calendar or a notice that cannot be stored; the fields say what to change."""

    code = "ticketing.clock_policy.invalid"
    zh = "时限或日历设置有误，请按提示修改"
    en = "The limits or the calendar are not valid; see the fields"
