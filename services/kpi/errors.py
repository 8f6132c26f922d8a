"""Everything kpi refuses, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from typing import Self

from services.kpi.domain.letters import LetterError
from shared.errors import AppError, Conflict, FieldError, Forbidden, Malformed, NotFound


class NoSuchCommunity(NotFound):
    """The community is unknown, or outside the caller's scope."""

    code = "kpi.community.unknown"
    zh = "没有这个小区，或者您无权查看。"
    en = "There is no such community within your reach."


class NoSuchOrgUnit(NotFound):
    """The org unit is unknown, or outside the caller's scope."""

    code = "kpi.org_unit.unknown"
    zh = "没有这个组织单元，或者您无权查看。"
    en = "There is no such org unit within your reach."


class NoSuchIndicator(NotFound):
    """No indicator has this code."""

    code = "kpi.indicator.unknown"
    zh = "没有指标 {indicator}。"
    en = "There is no indicator {indicator}."


class NoSuchTemplate(NotFound):
    """No letter template has this id."""

    code = "kpi.template.unknown"
    zh = "没有责任书模板 {template}。"
    en = "There is no letter template {template}."


class TemplateIncomplete(Conflict):
    """The document of this template breaks off before any target; there is nothing to sign."""

    code = "kpi.template.incomplete"
    zh = "责任书模板 {template} 的原文件不完整，暂不能签订。"
    en = "The document of template {template} is incomplete; no letter can be made from it."


class NoSuchLetter(NotFound):
    """The letter is unknown, or outside the caller's scope."""

    code = "kpi.letter.unknown"
    zh = "没有这份责任书，或者您无权查看。"
    en = "There is no such letter within your reach."


class NoSuchScorecard(NotFound):
    """The scorecard is unknown, or outside the caller's scope."""

    code = "kpi.scorecard.unknown"
    zh = "没有这份评分表，或者您无权查看。"
    en = "There is no such scorecard within your reach."


class BadInput(Malformed):
    """Inputs, parameters or a period that the letter cannot use; the fields say which."""

    code = "kpi.input.invalid"
    zh = "输入有误，请按提示修改。"
    en = "The input is not valid; see the fields."

    @classmethod
    def of(cls, error: LetterError) -> Self:
        """From what the domain refused."""
        return cls(fields=[FieldError(error.path, error.zh, error.en)])


class BadJudgement(BadInput):
    """Judged points outside what the rule allows."""

    code = "kpi.judgement.out_of_range"
    zh = "评分超出责任书规定的范围，请按提示修改。"
    en = "The judged points are outside what the letter allows; see the fields."


class BadProposal(BadInput):
    """A proposed amount outside what the letter allows."""

    code = "kpi.proposal.out_of_range"
    zh = "建议金额超出责任书规定的范围，请按提示修改。"
    en = "The proposed amount is outside what the letter allows; see the fields."


class BlankParameters(Malformed):
    """Blanks of the document that must be filled before the letter is made (AMB-050, AMB-052)."""

    code = "kpi.letter.blank"
    zh = "责任书有未填写的必填项，请先填写。"
    en = "The letter has blanks that must be filled first; see the fields."

    @classmethod
    def of(cls, codes: list[str]) -> Self:
        """From the parameters that are still blank."""
        return cls(
            fields=[
                FieldError(f"parameters.{code}", "签订前必须填写", "must be filled before signing") for code in codes
            ]
        )


class NoSuchClock(Malformed):
    """No time limit has this id (in this template)."""

    code = "kpi.clock.unknown"
    zh = "没有时限 {clock}。"
    en = "There is no time limit {clock}."


class LetterExists(Conflict):
    """The same person has this letter for this community and term already."""

    code = "kpi.letter.exists"
    zh = "此人在该小区该期间已有同样的责任书。"
    en = "This person already has this letter for the community and term."


class PeriodOutsideTerm(Malformed):
    """The period to score is not one of the letter's cycle within its term."""

    code = "kpi.scorecard.period_outside_term"
    zh = "{period} 不是该责任书期内的考核周期（{cycle}，{term}）。"
    en = "{period} is not an appraisal period of this letter ({cycle} within {term})."


class PeriodNotOver(Conflict):
    """The period still runs; its numbers can still change."""

    code = "kpi.scorecard.period_not_over"
    zh = "{period} 尚未结束，结束后才能封存评分表。"
    en = "{period} is not over yet; a scorecard is frozen after its end."


class FactsBehind(Conflict):
    """Events that were heard of are not in the numbers yet; a scorecard now would miss them."""

    code = "kpi.facts.behind"
    zh = "数据尚未同步完成（{source} 已到 {position}，应到 {head}），请稍后重试。"
    en = "The facts are behind {source} (at {position} of {head}); try again in a moment."


class AlreadyFrozen(Conflict):
    """This letter has its scorecard for this period; another one is a restatement and says why."""

    code = "kpi.scorecard.frozen"
    zh = "{period} 的评分表已封存（{scorecard_id}）；如需更正，请以重述方式提交并说明原因。"
    en = "The scorecard of {period} is frozen ({scorecard_id}); to correct it, restate it and give a reason."


class OwnScorecard(Forbidden):
    """Nobody closes the scorecard of their own letter."""

    code = "kpi.scorecard.own"
    zh = "不能封存本人的评分表。"
    en = "You cannot close the scorecard of your own letter."


class NoSuchObservation(NotFound):
    """The observation is unknown, or outside the caller's scope."""

    code = "kpi.observation.unknown"
    zh = "没有这条观测记录，或者您无权查看。"
    en = "There is no such observation within your reach."


class ObservationComputed(Malformed):
    """The indicator is computed from events; nobody may write its value."""

    code = "kpi.observation.computed"
    zh = "指标 {indicator} 由业务数据自动计算，不能手工填报。"
    en = "The indicator {indicator} is computed from events and cannot be recorded by hand."


class OwnObservation(Forbidden):
    """Nobody confirms what they recorded themselves."""

    code = "kpi.observation.own"
    zh = "不能复核本人填报的观测记录，请由他人复核。"
    en = "You cannot review what you recorded yourself; somebody else has to."


class NotTheReviewer(Forbidden):
    """The indicator is confirmed by another role."""

    code = "kpi.observation.not_the_reviewer"
    zh = "该指标由{role}复核，您没有此权限。"
    en = "This indicator is reviewed by the role {role}."


class AlreadyReviewed(Conflict):
    """A reviewed observation stands; a correction is a new one."""

    code = "kpi.observation.reviewed"
    zh = "该观测记录已经复核；如需更正，请另行填报。"
    en = "The observation was reviewed already; to correct it, record another one."


class FeedCursorGone(AppError):
    """What changed since the cursor was cleared away, so a delta from there would miss rows."""

    status = 410
    code = "kpi.feed.cursor_gone"
    zh = "游标过旧，其后的部分变更已清理；请丢弃已有数据，不带 after 重新拉取全量（见 Link 头 rel=restart）。"
    en = (
        "The cursor is too old: some changes since were cleared away. Drop what you hold and pull again without "
        "`after` (see the Link header, rel=restart)."
    )

    def __init__(self, restart: str) -> None:
        super().__init__()
        self.headers = {"Link": f'<{restart}>; rel="restart"'}


class MetricsOff(NotFound):
    """OpenMetrics is opt-in; the operator has not switched it on."""

    code = "kpi.feed.metrics_off"
    zh = "未启用 OpenMetrics 输出（设置 STEWARD_KPI_OPENMETRICS）。"
    en = "OpenMetrics output is not switched on (setting STEWARD_KPI_OPENMETRICS)."
