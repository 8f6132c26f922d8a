"""What reviews, objections and consequences refuse, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, NotFound


class NoSuchReview(NotFound):
    """The review is unknown, or outside the caller's scope."""

    code = "kpi.review.unknown"
    zh = "没有这份考评，或者您无权查看。"
    en = "There is no such review within your reach."


class NoColumns(Conflict):
    """The letter has no score columns; its facts alone decide."""

    code = "kpi.review.no_columns"
    zh = "该责任书没有自评、初评、审核等评分栏，直接由数据计分。"
    en = "This letter has no score columns for people to fill; its facts alone decide."


class ReviewExists(Conflict):
    """The period is under review already."""

    code = "kpi.review.exists"
    zh = "该期间的考评已经开始（{review_id}）。"
    en = "The review of this period was opened already ({review_id})."


class ColumnNotDue(Conflict):
    """Columns are filled in their order, each once."""

    code = "kpi.review.column_not_due"
    zh = "现在不能填写“{column}”栏；现可填写：{due}。"
    en = "The column {column} cannot be filled now; due: {due}."


class SamePerson(Forbidden):
    """Every column is filled by another person."""

    code = "kpi.review.same_person"
    zh = "自评、初评、审核须由不同的人完成，委托他人也不例外。"
    en = "Every column is filled by another person, those who delegate among them."


class NotTheScorer(Forbidden):
    """The column belongs to another post, and nobody scores their own letter but in their own column."""

    code = "kpi.review.not_the_scorer"
    zh = "“{column}”栏不由您填写；受托代评须写明委托人。"
    en = "The column {column} is not yours to fill; whoever fills it for somebody says for whom."


class NotTheirPlace(Forbidden):
    """Only whoever holds a place lends it, to somebody who is not the person appraised."""

    code = "kpi.delegation.not_their_place"
    zh = "只有本职人员可以委托他人代行，且不能委托给本人或被考核人；受托人不能转委托。"
    en = (
        "A place is lent by whoever holds it by their post, to neither themselves nor the person appraised; what was "
        "lent cannot be lent on."
    )


class NoSuchFact(NotFound):
    """The case is unknown, or outside the caller's scope."""

    code = "kpi.fact.unknown"
    zh = "没有这条数据依据，或者您无权查看。"
    en = "There is no such case within your reach."


class NoSuchObjection(NotFound):
    """The objection is unknown, or outside the caller's scope."""

    code = "kpi.objection.unknown"
    zh = "没有这份申诉，或者您无权查看。"
    en = "There is no such objection within your reach."


class ObjectionOpen(Conflict):
    """The case is under objection already."""

    code = "kpi.objection.open"
    zh = "该案例已有待裁定的申诉（{objection_id}）。"
    en = "An objection against this case waits for its decision already ({objection_id})."


class CaseOut(Conflict):
    """An upheld objection took the case out already; there is nothing left to object to."""

    code = "kpi.objection.case_out"
    zh = "该案例已因申诉成立不再计入，无需再次申诉。"
    en = "An upheld objection took this case out of the number already."


class ObjectionDecided(Conflict):
    """A decision stands."""

    code = "kpi.objection.decided"
    zh = "该申诉已经裁定；如有新证据，请另行申诉。"
    en = "The objection was decided already; with new evidence, raise another one."


class OwnObjection(Forbidden):
    """Not who raised it or handled the case, nor anybody whose own letter counts it, decides."""

    code = "kpi.objection.own"
    zh = "申诉人、经办人以及本人责任书计入该案例的人不能裁定此申诉。"
    en = "Whoever raised it, handled the case, or has a letter that counts it cannot decide on this objection."


class NotARestatement(NotFound):
    """The scorecard is a first close; it restates nothing."""

    code = "kpi.scorecard.not_a_restatement"
    zh = "该评分表为首次封存，没有重述内容。"
    en = "This scorecard is a first close; there is no restatement to show."


class NotStanding(Conflict):
    """The scorecard was restated; what follows hangs on the one that stands."""

    code = "kpi.scorecard.not_standing"
    zh = "该评分表已被重述，请以现行评分表（{scorecard_id}）为准。"
    en = "This scorecard was restated; the one that stands is {scorecard_id}."


class NoSuchConsequence(NotFound):
    """The consequence is unknown, or outside the caller's scope."""

    code = "kpi.consequence.unknown"
    zh = "没有这条奖惩记录，或者您无权查看。"
    en = "There is no such consequence within your reach."


class ConsequenceMoved(Conflict):
    """The step does not follow from the state."""

    code = "kpi.consequence.not_now"
    zh = "该奖惩记录当前状态为“{state}”，不能进行此操作。"
    en = "The consequence is {state}; this step does not follow."


class OwnConsequence(Forbidden):
    """Nobody decides on what concerns themselves or what they proposed."""

    code = "kpi.consequence.own"
    zh = "不能审批本人提出的或涉及本人的奖惩。"
    en = "You cannot decide on what you proposed or what concerns yourself."


class NoSuchInspection(NotFound):
    """The inspection is unknown, or outside the caller's scope."""

    code = "kpi.inspection.unknown"
    zh = "没有这项检查或调查，或者您无权查看。"
    en = "There is no such check or investigation within your reach."


class InspectionClosed(Conflict):
    """What was accepted or concluded stays as it is."""

    code = "kpi.inspection.closed"
    zh = "该检查或调查已结束，不能再补充。"
    en = "The check or investigation has ended; nothing can be added to it."


class NotYourInspection(Forbidden):
    """A check is accepted by the responsible person; an investigation is the company's, never of oneself."""

    code = "kpi.inspection.not_yours"
    zh = "检查须由责任人本人认可；专项调查由公司进行，本人不能调查本人。"
    en = (
        "A check is accepted by the responsible person; an investigation is opened and concluded by the company, and "
        "never by whom it concerns."
    )
