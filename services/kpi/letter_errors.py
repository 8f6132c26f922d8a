"""What letters in force refuse, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, NotFound


class NoSuchPaper(NotFound):
    """The letter has no such paper to sign or copy to hand over."""

    code = "kpi.letter.no_such_paper"
    zh = "该责任书没有这份文件或副本。"
    en = "The letter has no such paper or copy."


class LetterNotDraft(Conflict):
    """Somebody has signed; from then on it is amended."""

    code = "kpi.letter.not_draft"
    zh = "责任书已有人签署，不能直接修改；请走补充条款。"
    en = "Somebody has signed the letter; it is amended, not changed."


class LetterNotInForce(Conflict):
    """Nothing is scored or amended on a letter that is not in force."""

    code = "kpi.letter.not_in_force"
    zh = "责任书尚未生效或已失效，不能进行此操作。"
    en = "The letter is not in force (not signed yet, or void); this is not possible."


class LetterChanged(Conflict):
    """The hash to sign is not that of the paper as it stands."""

    code = "kpi.letter.changed"
    zh = "文件内容与您看到的不一致，请重新阅读后再签署。"
    en = "The paper is not the one you read; read it again before you sign."


class AlreadySigned(Conflict):
    """The place is signed, or the paper closed."""

    code = "kpi.letter.signed"
    zh = "该处已经签署，或文件已生效。"
    en = "This place is signed already, or the paper is in force."


class NotTheSignatory(Forbidden):
    """The place is not theirs to sign, or they have signed another one."""

    code = "kpi.letter.not_the_signatory"
    zh = "此处不由您签署；一人不能签署两处，责任人须本人签署。"
    en = "This place is not yours to sign; nobody signs at two places, and whoever promises signs in person."


class NotTheAppraiser(Forbidden):
    """The letter names who appraises it."""

    code = "kpi.scorecard.not_the_appraiser"
    zh = "该责任书的评分表由其规定的考核部门封存。"
    en = "The scorecards of this letter are closed by the appraiser it names."


class ParentNotInForce(Conflict):
    """Targets are signed layer by layer, from above."""

    code = "kpi.letter.parent_not_in_force"
    zh = "上级责任书尚未生效，请先签订上级责任书。"
    en = "The letter above is not in force; sign that one first."


class AmendmentTooEarly(Conflict):
    """An amendment never reaches into a period that is closed, nor outside the term."""

    code = "kpi.letter.amendment_too_early"
    zh = "生效日期须在责任书期内，且不得早于已封存的考核期间。"
    en = "The date lies outside the term, or in a period whose scorecard is closed."


class NoEvaluations(Conflict):
    """The letter asks for no evaluation of such a period, or the period is outside its term."""

    code = "kpi.letter.no_evaluation"
    zh = "该责任书没有 {period} 这样的评估周期。"
    en = "The letter asks for no evaluation of {period}."


class EvaluationThere(Conflict):
    """The period was evaluated."""

    code = "kpi.letter.evaluated"
    zh = "{period} 已经评估，记录不能更改。"
    en = "{period} was evaluated already; the record stays as it is."
