"""What the ways of answering a survey, the calls back and the measures refuse."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, NotFound


class OwnHousehold(Forbidden):
    """Nobody enters the answer of a household they live in, or whose cases they handled in the survey's period."""

    code = "ticketing.survey.own_household"
    zh = "您住在该户或在本期处理过该户的工单，请由其他同事录入"
    en = "You live in this household or handled a case of it in this period; a colleague has to enter its answer"


class NoSuchSurveyLink(NotFound):
    """The link was never made, or a newer one took its place."""

    code = "ticketing.survey_link.unknown"
    zh = "该问卷链接无效，请使用最新收到的链接"
    en = "This survey link is not valid; use the latest one you were sent"


class SurveyLinkUsed(Conflict):
    """A link takes one answer."""

    code = "ticketing.survey_link.used"
    zh = "该链接已提交过问卷，不能重复提交；如需修改，请登录业主端或联系客服"
    en = "This link has been used to answer; to change the answer, sign in to the app or call the service desk"


class RecallsDrawn(Conflict):
    """The sample of a survey is drawn once, after its close, so that nobody draws until it suits."""

    code = "ticketing.survey_recall.not_now"
    zh = "回拨抽样在调查截止后进行，且只能抽取一次"
    en = "The sample to call back is drawn after the survey has closed, and once only"


class NoSuchRecall(NotFound):
    """The household is not in the survey's sample."""

    code = "ticketing.survey_recall.unknown"
    zh = "抽样名单中没有这一户"
    en = "This is not in the survey's sample"


class RecallDone(Conflict):
    """The household was reached; what it said is on record."""

    code = "ticketing.survey_recall.done"
    zh = "该户已回拨核实，结果不可更改"
    en = "This household was called back already; the result does not change"


class OwnEntry(Forbidden):
    """Whoever entered an answer does not check it."""

    code = "ticketing.survey_recall.own_entry"
    zh = "该答卷由您录入，请由其他同事回拨核实"
    en = "You entered this answer; a colleague has to call the household back"


class MeasuresNotNow(Conflict):
    """Measures are assigned once the general manager has approved the report."""

    code = "ticketing.survey_measure.not_now"
    zh = "报告经总经理批准后才能分派改进措施，且每项只分派一次"
    en = "Measures are assigned once the report is approved, and each of them once"


class NoSuchMeasure(NotFound):
    """The report has no such measure, or it was not assigned."""

    code = "ticketing.survey_measure.unknown"
    zh = "没有这项改进措施"
    en = "There is no such measure"


class MeasureStateWrong(Conflict):
    """The measure is not in the state for this."""

    code = "ticketing.survey_measure.state"
    zh = "该措施当前状态为“{state}”，不能进行此操作"
    en = "The measure is {state}; this is not possible now"


class NotYourMeasure(Forbidden):
    """A measure is reported done by whom it was assigned to."""

    code = "ticketing.survey_measure.not_yours"
    zh = "只有措施负责人可以报告完成"
    en = "Only the person it was assigned to can report a measure done"


class OwnMeasure(Forbidden):
    """Nobody verifies what they were to do, or reported done."""

    code = "ticketing.survey_measure.own"
    zh = "不能验证自己负责的措施"
    en = "You cannot verify a measure that was yours to carry out"
