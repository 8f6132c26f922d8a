"""What follows from a scored letter beyond points: its consequence rules over the outcome, and proposals of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from services.kpi.domain.catalogue import IndicatorInfo, consequences
from services.kpi.domain.consequence_rules import Consequence, Outcome
from services.kpi.domain.letters import Letter, LetterError, ProposalOutOfRange
from services.kpi.domain.lines import state_of
from services.kpi.domain.measure import Reading
from services.kpi.domain.numbers import Text, exact, fixed
from services.kpi.domain.scorecard import ItemScore
from services.kpi.domain.settling import target_of
from shared.periods import Period


def is_missed(state: str, parameters: Mapping[str, str | None]) -> bool:
    """Missed, or obliged and not measured unless the parties say that counts for nothing (AMB-008)."""
    return state == "missed" or (state == "not_measured" and parameters.get("unmeasured") != "full")


def conclusions(
    letter: Letter,
    period: Period | None,
    history: Mapping[str, Mapping[str, Reading]],
    items: Sequence[ItemScore],
    total: Fraction | None,
    pending: bool,
    parameters: Mapping[str, str | None],
    infos: Mapping[str, IndicatorInfo],
) -> list[Consequence]:
    """The consequences of an outcome; none but the open items of a letter that force majeure voided (F-003)."""
    titles = {item.indicator: item.title or infos[item.indicator].title for item in letter.items}
    if parameters.get("force_majeure") == "yes":
        return [_voided(items)]
    earlier = {
        name: {
            item.indicator: is_missed(
                state_of(readings[item.indicator], target_of(item, parameters, readings[item.indicator])), parameters
            )
            for item in letter.items
            if item.indicator in readings
        }
        for name, readings in history.items()
    }
    outcome = Outcome(
        period,
        {item.indicator: item.explanation for item in items if is_missed(item.state, parameters)},
        earlier,
        titles,
        frozenset(item.indicator for item in items if item.state == "met"),
        total,
        pending,
        parameters,
    )
    return [found for rule in letter.consequences for found in consequences()[rule.rule].conclude(rule, outcome)]


# row: F-003, AMB-083 force majeure voids the whole letter: no bonus, no penalty, a list of what is open
def _voided(items: Sequence[ItemScore]) -> Consequence:
    open_ = [item for item in items if item.state not in ("met", "unscored")]
    zh = "、".join(item.title.zh for item in open_) or "无"
    en = ", ".join(item.title.en for item in open_) or "none"
    return Consequence(
        "measure",
        Text(
            f"因不可抗力，本责任书失效，不奖不罚；未了事项：{zh}。",
            f"Force majeure: the letter is void, no bonus and no penalty. Open items: {en}.",
        ),
        tuple(item.indicator for item in open_),
    )


def proposal(
    letter: Letter, kind: str, amount: Fraction, parameters: Mapping[str, str | None], path: str
) -> Consequence:
    """An amount that somebody proposes. Raises LetterError, and ProposalOutOfRange outside the letter's range."""
    rule = letter.proposals.get(kind)
    # row: AMB-014 a letter that names no range of amounts takes no amount
    if rule is None:
        options = ", ".join(letter.proposals) or "-"
        raise LetterError(f"{path}.kind", f"本责任书可建议：{options}", f"the letter allows: {options}")
    bound = parameters.get(rule.highest_from) if rule.highest_from else None
    highest = exact(bound) if bound is not None else rule.highest
    # row: F-006, F-001, F-072, AMB-039 the printed range, both ends included; a bonus stays within the approved quota
    if amount < rule.lowest or (highest is not None and amount > highest):
        most = "" if highest is None else fixed(highest)
        raise ProposalOutOfRange(
            f"{path}.amount",
            f"应在{fixed(rule.lowest)}元至{most}元之间" if most else f"不得少于{fixed(rule.lowest)}元",
            f"must be between {fixed(rule.lowest)} and {most} yuan" if most else f"at least {fixed(rule.lowest)} yuan",
        )
    return Consequence(
        kind,
        Text(f"{rule.title.zh}：建议{fixed(amount)}元。", f"{rule.title.en}: {fixed(amount)} yuan proposed."),
    )
