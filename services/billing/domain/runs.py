"""What a billing run does with one unit: bill it, or leave it out and say why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.billing.domain.charging import Basis, FeeRule, Line, total_fen
from services.billing.domain.payers import Relation, payer_of
from services.billing.domain.proration import charged_share

NOT_SOLD, OTHER_USE, NO_AREA, ALREADY_BILLED = "not_sold", "other_use", "no_area", "already_billed"
SKIP_REASONS: Mapping[str, Mapping[str, str]] = {
    NOT_SOLD: {"zh": "本期内未售出", "en": "not sold by the period"},
    OTHER_USE: {"zh": "用途不在收费标准内", "en": "use not charged by the standard"},
    NO_AREA: {"zh": "面积为零，金额为零", "en": "no area, so no amount"},
    ALREADY_BILLED: {"zh": "本期已出账", "en": "already billed for the period"},
}


@dataclass(frozen=True, slots=True)
class Unit:
    """What billing knows of a unit."""

    id: UUID
    number: str
    area: Decimal
    use: str
    sold_on: date | None


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
    """A bill about to be issued: unit, payer (may be nobody yet), lines, amount in fen."""

    unit_id: UUID
    payer_id: UUID | None
    lines: Sequence[Line]
    amount_fen: int


@dataclass(slots=True)
class Plan:
    """The drafts of a chunk of units, and how many units were left out for which reason."""

    drafts: list[Draft] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def charge(unit: Unit, terms: Terms, relations: Sequence[Relation]) -> Draft | str:
    """The draft of the unit's bill, or the reason why it gets none."""
    if unit.use not in terms.uses:
        return OTHER_USE
    share = charged_share(terms.start, terms.end, unit.sold_on, terms.proration)
    if share == Fraction(0) or unit.sold_on is None:
        return NOT_SOLD
    lines = terms.rule.lines(terms.params, Basis(unit.area, unit.use, terms.months, share))
    amount = total_fen(lines)
    if amount <= 0:
        return NO_AREA
    payer = payer_of(relations, max(terms.start, unit.sold_on), terms.end)
    return Draft(unit.id, payer, lines, amount)


def plan(
    units: Iterable[Unit],
    terms: Terms,
    relations: Mapping[UUID, Sequence[Relation]],
    billed: frozenset[UUID],
) -> Plan:
    """Decide a chunk of units; units in ``billed`` have their bill already and are only counted."""
    result = Plan()
    for unit in units:
        if unit.id in billed:
            result.skipped[ALREADY_BILLED] += 1
            continue
        outcome = charge(unit, terms, relations.get(unit.id, ()))
        if isinstance(outcome, Draft):
            result.drafts.append(outcome)
        else:
            result.skipped[outcome] += 1
    return result
