"""The dictionary of rates: each has one definition, read by people, by the API and by whoever scores.

Money is told by the day it was credited (``settled``, the default) or the day the payer paid (``paid``), AMB-114. A
bill counts by its due date and as it should have been: what was charged wrongly and credited lowers the denominator,
whenever that was noticed. What was charged rightly and let go (a waiver) stays in it and is no money: nobody improves a
rate by giving up. Prepayments count with their own day once they pay a bill, and stand beside until then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from services.billing.domain.vocabulary import FEE_KINDS, OTHERS_MONEY, Text
from shared.money import round_half_up
from shared.periods import Period

CURRENT, CURRENT_HOUSEHOLDS = "current.amount", "current.households"
CUMULATIVE, CUMULATIVE_HOUSEHOLDS = "cumulative.amount", "cumulative.households"
ARREARS, COVERAGE, PAPERS = "arrears.cleared", "dunning.coverage", "papers.processed"

IN_PERIOD, IN_YEAR, BEFORE = "due in the period", "due in the year until the period's end", "due before the period"

#: The fee kinds a rate may name: a deposit is the payer's own money and is never collected.
RATED_KINDS: Final = tuple(kind for kind in FEE_KINDS if kind not in OTHERS_MONEY)


@dataclass(frozen=True, slots=True)
class Definition:
    """A rate as it is meant. ``bills`` says which bills it looks at, None: none; ``households`` counts them instead of
    their money; ``months`` lists the lengths of period it is told for; ``treatment`` is what becomes of the rest."""

    code: str
    title: Text
    numerator: Text
    denominator: Text
    bills: str | None
    households: bool
    months: tuple[int, ...]
    treatment: Mapping[str, Text]


_MONEY: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "prepayment": {
            "zh": "预缴款冲抵账单后按原到账日计入；未冲抵部分另列",
            "en": "counts by its own day of credit once it pays a bill; until then it stands beside",
        },
        "credit": {
            "zh": "更正性减免（原账单多计）冲减分母，不论何时发现",
            "en": "what was charged wrongly and credited lowers the denominator, whenever it was noticed",
        },
        "waiver": {
            "zh": "减免（应收而放弃）仍计入分母，不计入分子，另列金额",
            "en": "what was charged rightly and let go stays in the denominator, is not in the numerator, and is told",
        },
        "vacancy": {
            "zh": "空置优惠已在账单内扣除，按账单金额计",
            "en": "the discount is in the bill already, which counts as it was issued",
        },
        "late_fee": {
            "zh": "违约金单独出账，仅在指定该费用种类时计入",
            "en": "a bill of its own fee kind: inside only where that kind is named",
        },
        "deposit": {"zh": "押金不计入任何收缴率", "en": "deposits are in no rate"},
        "reversal": {
            "zh": "退回或冲正的款项按原到账日扣除",
            "en": "money that went back is taken off at the day it had been credited",
        },
    }
)
_HELD: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "suspended": {
            "zh": "争议、承诺、分期而中止的步骤不计漏催；当月有联系记录的计为已催",
            "en": "suspended steps are no omission; with a contact recorded in the month the debtor counts as dunned",
        },
        "paid": {"zh": "各步骤到期前已缴清的不计入分母", "en": "who paid before any step was due is not counted"},
    }
)
_SLIPS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "late": {"zh": "逾期录入或送达的计入分母，不计入分子", "en": "late ones are in the denominator alone"},
        "open": {"zh": "到期未送达的通知书计入分母", "en": "a notice whose day has passed counts though undelivered"},
    }
)
_ANY: Final = (1, 3, 6, 12)


def _by_amount(when: Text) -> tuple[Text, Text]:
    return (
        {
            "zh": f"期末最后一日24时前到账并冲抵{when['zh']}账单的金额",
            "en": f"money credited by the period's last day 24:00 and allocated to bills {when['en']}",
        },
        {"zh": f"{when['zh']}账单金额，扣除更正性减免", "en": f"bills {when['en']}, less credits of wrong charges"},
    )


def _by_household(when: Text) -> tuple[Text, Text]:
    return (
        {
            "zh": f"{when['zh']}账单在期末最后一日24时前全部缴清的户数",
            "en": f"households whose bills {when['en']} were all paid in full by the period's last day 24:00",
        },
        {"zh": f"有{when['zh']}账单的户数", "en": f"households with bills {when['en']}"},
    )


_PERIOD: Text = {"zh": "本期应缴", "en": "due in the period"}
_YEAR: Text = {"zh": "本年初至期末应缴", "en": "due from the year's beginning to the period's end"}

DEFINITIONS: Final[Mapping[str, Definition]] = MappingProxyType(
    {
        found.code: found
        for found in (
            Definition(
                CURRENT,
                {"zh": "当期收缴率（按金额）", "en": "collection rate of the period, by amount"},
                *_by_amount(_PERIOD),
                IN_PERIOD,
                False,
                _ANY,
                _MONEY,
            ),
            Definition(
                CURRENT_HOUSEHOLDS,
                {"zh": "当期收缴率（按户）", "en": "collection rate of the period, by household"},
                *_by_household(_PERIOD),
                IN_PERIOD,
                True,
                _ANY,
                _MONEY,
            ),
            Definition(
                CUMULATIVE,
                {"zh": "累计收缴率（按金额）", "en": "cumulative collection rate of the year, by amount"},
                *_by_amount(_YEAR),
                IN_YEAR,
                False,
                _ANY,
                _MONEY,
            ),
            Definition(
                CUMULATIVE_HOUSEHOLDS,
                {"zh": "累计收缴率（按户）", "en": "cumulative collection rate of the year, by household"},
                *_by_household(_YEAR),
                IN_YEAR,
                True,
                _ANY,
                _MONEY,
            ),
            Definition(
                ARREARS,
                {"zh": "清欠率", "en": "old arrears cleared"},
                {
                    "zh": "本期内到账并冲抵期初以前应缴账单的金额",
                    "en": "money credited inside the period and allocated to bills due before it",
                },
                {
                    "zh": "期初欠费：期初以前应缴账单，扣除更正性减免、期初以前到账的金额和期初以前的减免",
                    "en": "arrears at its beginning: bills due before it, less credits of wrong charges, less money "
                    "credited and waivers granted before it",
                },
                BEFORE,
                False,
                _ANY,
                _MONEY,
            ),
            Definition(
                COVERAGE,
                {"zh": "催缴覆盖率", "en": "dunning coverage"},
                {
                    "zh": "当月按时催缴并有记录的欠费户数",
                    "en": "debtors with a step done in its window and recorded in the month",
                },
                {"zh": "当月欠费户数", "en": "debtors of the month"},
                None,
                True,
                (1,),
                _HELD,
            ),
            # row: C-069 slips and notices
            Definition(
                PAPERS,
                {"zh": "票据处理率", "en": "bill processing rate"},
                {
                    "zh": "扣款批次前录入的有偿服务单与按时送达的催缴通知书份数",
                    "en": "service slips posted before their deduction run and dunning notices delivered by their day",
                },
                {
                    "zh": "本期内到扣款批次的有偿服务单与到期的催缴通知书份数",
                    "en": "service slips whose deduction run and dunning notices whose day falls into the period",
                },
                None,
                False,
                _ANY,
                _SLIPS,
            ),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the books say of the bills a rate looks at, in fen.

    ``before``, ``within`` and ``later`` are money credited before the period, inside it and after it; ``credited`` was
    charged wrongly; ``waived_before`` and ``waived`` was let go before the period began and since. ``charged`` counts
    households of whose bills anything is left after credits, ``settled`` those that paid it all by the period's end.
    """

    bills: int
    billed_fen: int
    credited_fen: int
    waived_before_fen: int
    waived_fen: int
    before_fen: int
    within_fen: int
    later_fen: int
    charged: int
    settled: int
    open_fen: int

    @property
    def owed_fen(self) -> int:
        """What must still be open on these bills if nothing was lost: the ledger says the same or somebody erred."""
        off = self.credited_fen + self.waived_before_fen + self.waived_fen
        return self.billed_fen - off - self.before_fen - self.within_fen - self.later_fen


def due_window(definition: Definition, period: Period) -> tuple[date, date]:
    """The due dates ``[first, end)`` of the bills a rate looks at."""
    if definition.bills == IN_PERIOD:
        return period.start, period.end
    if definition.bills == IN_YEAR:
        return date(period.start.year, 1, 1), period.end
    return date(1900, 1, 1), period.start


def share(definition: Definition, sums: Sums) -> tuple[int, int]:
    """Numerator and denominator of a rate over bills: fen, or households."""
    if definition.households:
        return sums.settled, sums.charged
    net = sums.billed_fen - sums.credited_fen
    if definition.bills == BEFORE:
        # row: A-015 old arrears collected, of those at the beginning
        return sums.within_fen, net - sums.before_fen - sums.waived_before_fen
    return sums.before_fen + sums.within_fen, net


def percent(numerator: int, denominator: int) -> str | None:
    """For display: percent with two decimals, half-up (AMB-108); None when there was nothing to collect (RR8)."""
    return f"{round_half_up(Fraction(100 * numerator, denominator), 2):.2f}" if denominator > 0 else None
