"""What third-party surveys and samples of employees refuse, each with a stable code and a sentence to act on."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed, NotFound


class NoSuchThirdPartySurvey(NotFound):
    """The survey is unknown, or outside the caller's reach."""

    code = "ticketing.third_party_survey.unknown"
    zh = "没有这项第三方调研，或者您无权查看"
    en = "There is no such third-party survey within your reach"


class ThirdPartyTaken(Conflict):
    """An agency's survey of a year is imported once; a better one is an entry of another agency or year."""

    code = "ticketing.third_party_survey.taken"
    zh = "该机构本年度的调研结果已导入"
    en = "This agency's survey of that year was imported already"


class SamplingInvalid(Malformed):
    """A survey or a sample as told cannot be; the fields say what to change."""

    code = "ticketing.sampling.invalid"
    zh = "抽样或调研信息有误，请按提示修改"
    en = "The sample or survey is not valid; see the fields"


class NoSuchStaffSample(NotFound):
    """The sample is unknown, or outside the caller's reach."""

    code = "ticketing.staff_sample.unknown"
    zh = "没有这次员工抽查，或者您无权查看"
    en = "There is no such sample of employees within your reach"


class StaffSampleClosed(Conflict):
    """The sample was counted; its forms stand as they are."""

    code = "ticketing.staff_sample.closed"
    zh = "该次员工抽查已汇总，不能再录入"
    en = "This sample was counted; no further form is taken"


class StaffSampleIncomplete(Conflict):
    """Fewer than half of the forms came back: that says nothing yet."""

    code = "ticketing.staff_sample.incomplete"
    zh = "收回的表格不足一半（{returned}/{size}），暂不能汇总"
    en = "Fewer than half of the forms came back ({returned} of {size}); too few to count"


class FormEntered(Conflict):
    """A form is entered once."""

    code = "ticketing.staff_sample.form_entered"
    zh = "{form} 号表已录入"
    en = "Form {form} was entered already"


class OwnSample(Forbidden):
    """Whoever is asked about has no hand in it."""

    code = "ticketing.staff_sample.own"
    zh = "被评价人不能参与本次抽查"
    en = "Whoever the employees are asked about has no hand in the sample"
