"""What a billing run does with one unit: bill it, or leave it out and say why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.billing.domain.charging import (
    COST,
    METERS,
    SPACES,
    UNIT,
    Allotment,
    Basis,
    Consumption,
    FeeRule,
    Line,
    Space,
    total_fen,
)
from services.billing.domain.payers import Relation, payers_of
from services.billing.domain.proration import WHOLE, charged_share
from services.billing.domain.splits import split_lines
from services.billing.domain.vacancy import Vacancy, discount

NOT_SOLD, OTHER_USE, NO_AREA, ALREADY_BILLED = "not_sold", "other_use", "no_area", "already_billed"
NO_SPACE, NO_READING, NO_PART, NO_AMOUNT = "no_space", "no_reading", "no_part", "no_amount"
SKIP_REASONS: Mapping[str, Mapping[str, str]] = {
    NOT_SOLD: {"zh": "本期内未售出", "en": "not sold by the period"},
    OTHER_USE: {"zh": "用途不在收费标准内", "en": "use not charged by the standard"},
    NO_AREA: {"zh": "面积为零，金额为零", "en": "no area, so no amount"},
    ALREADY_BILLED: {"zh": "本期已出账", "en": "already billed for the period"},
    NO_SPACE: {"zh": "本期未占用车位", "en": "holds no parking space in the period"},
    NO_READING: {"zh": "本期无抄表读数，下次一并计收", "en": "no reading this month; the next one covers it"},
    NO_PART: {"zh": "不在本期分摊范围内", "en": "bears no part of the period's cost"},
    NO_AMOUNT: {"zh": "金额为零", "en": "nothing to charge"},
}
_MISSING: Mapping[str, str] = {SPACES: NO_SPACE, METERS: NO_READING, COST: NO_PART}


@dataclass(frozen=True, slots=True)
class Unit:
    """What billing knows of a unit."""

    id: UUID
    number: str
    area: Decimal
    use: str
    sold_on: date | None


@dataclass(frozen=True, slots=True)
class Given:
    """What was looked up of a unit for the rule that charges it."""

    spaces: tuple[Space, ...] = ()
    meters: tuple[Consumption, ...] = ()
    allotment: Allotment | None = None
    vacant: tuple[Vacancy, ...] = ()

    def has(self, needs: str) -> bool:
        """Whether there is anything of what a rule needs."""
        return bool({SPACES: self.spaces, METERS: self.meters, COST: self.allotment}.get(needs, True))


NOTHING = Given()


@dataclass(frozen=True, slots=True)
class Terms:
    """How a run charges: the rule with its params, the period ``[start, end)``, uses and proration."""

    rule: FeeRule
    params: Any
    start: date
    end: date
    months: int
    uses: frozenset[str] = frozenset({"dwelling", "shop", "office"})
    proration: str = "day"


@dataclass(frozen=True, slots=True)
class Draft:
    """A bill about to be issued: unit, payer (may be nobody yet), lines, amount in fen.

    ``part`` counts the payers of a unit whose payer changed inside the period, from 0.
    """

    unit_id: UUID
    payer_id: UUID | None
    lines: Sequence[Line]
    amount_fen: int
    part: int = 0


@dataclass(slots=True)
class Plan:
    """The drafts of a chunk of units, and how many units were left out for which reason."""

    drafts: list[Draft] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    billed: int = 0


def _lines(unit: Unit, terms: Terms, given: Given) -> Sequence[Line] | str:
    """The lines of the unit's bill before it is split over payers, or the reason why it gets none."""
    if unit.use not in terms.uses:
        return OTHER_USE
    needs = terms.rule.needs
    share = WHOLE
    if needs == UNIT:
        share = charged_share(terms.start, terms.end, unit.sold_on, terms.proration)
        if not share:
            return NOT_SOLD
    elif not given.has(needs):
        return _MISSING[needs]
    basis = Basis(unit.area, unit.use, terms.months, share, given.spaces, given.meters, given.allotment)
    lines = list(terms.rule.lines(terms.params, basis))
    if given.vacant and needs == UNIT:
        lines += discount(lines, given.vacant, max(terms.start, unit.sold_on or terms.start), terms.end)
    if total_fen(lines) <= 0:
        return NO_AREA if needs == UNIT and not unit.area else NO_AMOUNT
    return lines


def charge(unit: Unit, terms: Terms, relations: Sequence[Relation], given: Given = NOTHING) -> list[Draft] | str:
    """The drafts of the unit's bill, one for each payer of the period, or the reason why it gets none."""
    lines = _lines(unit, terms, given)
    if isinstance(lines, str):
        return lines
    # Days before the sale are nobody's; what is not charged by the day is borne over the whole period.
    first = max(terms.start, unit.sold_on) if terms.rule.needs == UNIT and unit.sold_on else terms.start
    payers = payers_of(relations, first, terms.end)
    if len(payers) == 1:
        return [Draft(unit.id, payers[0][0], lines, total_fen(lines))]
    shares = split_lines(lines, [days for _, days in payers])
    drafts = [
        Draft(unit.id, payer, part, total_fen(part), place)
        for place, ((payer, _), part) in enumerate(zip(payers, shares, strict=True))
    ]
    return [draft for draft in drafts if draft.amount_fen > 0]


def plan(
    units: Iterable[Unit],
    terms: Terms,
    relations: Mapping[UUID, Sequence[Relation]],
    billed: frozenset[UUID],
    given: Mapping[UUID, Given] | None = None,
) -> Plan:
    """Decide a chunk of units; units in ``billed`` have their bill already and are only counted."""
    result = Plan()
    looked_up = given or {}
    for unit in units:
        if unit.id in billed:
            result.skipped[ALREADY_BILLED] += 1
            continue
        outcome = charge(unit, terms, relations.get(unit.id, ()), looked_up.get(unit.id, NOTHING))
        if isinstance(outcome, str):
            result.skipped[outcome] += 1
        else:
            result.drafts += outcome
            result.billed += 1
    return result
