"""What a letter says: sections with their points, indicators with target and rule, parameters, consequences.

Letters are data (`letters/*.yaml`, read by `letter_files`). The types here are what the engine scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from services.kpi.domain.numbers import Text, plain

Op = Literal["=", ">=", "<=", ">", "<", "+-"]
#: Months of each cycle of appraisal.
CYCLES: Mapping[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_BEST = {">": Fraction(100), "<": Fraction(0)}


class LetterError(ValueError):
    """A letter or its parameters do not make sense; `path` names the place."""

    def __init__(self, path: str, zh: str, en: str) -> None:
        super().__init__(f"{path}: {en}")
        self.path, self.zh, self.en = path, zh, en


class JudgementOutOfRange(LetterError):
    """Judged points outside what the rule allows (F-074)."""


class ProposalOutOfRange(LetterError):
    """A proposed amount outside what the letter allows (F-072)."""


@dataclass(frozen=True, slots=True)
class Target:
    """A comparison with a number: printed, of a parameter (which may be blank), or following from an earlier value.

    `prior_plus`: so much above last year's value, at most 100 (AMB-045). `previous`: strictly better than the period
    before (AMB-118). `options`: which reading of the target holds, by the value of parameter `by` (AMB-009).
    """

    op: Op
    value: Fraction | None
    parameter: str | None = None
    prior_plus: Fraction | None = None
    previous: bool = False
    by: str | None = None
    options: Mapping[str, Target] = field(default_factory=dict)

    def met(self, value: Fraction) -> bool:
        """Exact comparison, never of a rounded rate (RR5). Only for targets with a number."""
        assert self.value is not None
        match self.op:
            case "=":
                return value == self.value
            case ">=":
                return value >= self.value  # row: F-079, F-093, AMB-006, AMB-107 exactly 98 % is 98 %, 97.959 % is not
            case "<=":
                return value <= self.value  # row: F-060, F-088, AMB-006 ten per cent is not more than ten
            case "+-":
                return abs(value) <= self.value  # row: AMB-034 below the band is missed as above it
            case ">" | "<":
                # row: AMB-118 a best possible value that is held is met
                if value == self.value:
                    # Better than the best is impossible; the best, held, is enough.
                    return value == _BEST[self.op]
                return value > self.value if self.op == ">" else value < self.value

    def shortfall(self, value: Fraction) -> Fraction:
        """How far the value is on the wrong side, in the indicator's unit; 0 when met."""
        assert self.value is not None
        if self.met(value):
            return Fraction(0)
        return abs(value) - self.value if self.op == "+-" else abs(self.value - value)

    @property
    def text(self) -> str:
        """`≥90`, `=100`, `±3`, as people write it."""
        sign = {"=": "=", ">=": "≥", "<=": "≤", ">": ">", "<": "<", "+-": "±"}[self.op]
        return sign + ("" if self.value is None else plain(self.value))


@dataclass(frozen=True, slots=True)
class Item:
    """One indicator on a letter; `points` only where it has a maximum of its own instead of its section's pool.

    `row` and `title` are the letter's own where several letters carry one indicator; `cycle` is the item's own period
    where it is not the letter's; `only_if` names the choice of a parameter under which the line stands at all.
    """

    indicator: str
    target: Target | None
    rule: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    points: Fraction | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)  # definition parameter -> parameter of the letter
    row: str | None = None
    title: Text | None = None
    cycle: str | None = None
    points_from: str | None = None
    only_if: Mapping[str, str] = field(default_factory=dict)

    @property
    def by_prior(self) -> bool:
        """Whether its target or its bonus builds on last year's value."""
        return self.rule == "per_point_kept" or self.target is not None and self.target.prior_plus is not None


@dataclass(frozen=True, slots=True)
class Section:
    """A group of items; with `points` it is a pool from which their deductions are taken, never below its floor (RR6,
    RR7). Without a floor it takes from (or adds to) the letter's total. `sum_row` is the row of its subtotal."""

    section: str
    title: Text
    points: Fraction | None
    floor: Fraction | None
    items: Sequence[Item]
    points_from: str | None = None
    sum_row: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A reading the parties may choose when signing; the default is the catalogue's. A `mandatory` one is a blank of
    the document that must be filled before anybody signs; what-if does without."""

    code: str
    title: Text
    default: str | None
    choices: Sequence[str] = ()
    number: bool = False
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class ConsequenceRule:
    """What follows beyond points, by which rule."""

    kind: str
    rule: str
    settings: Mapping[str, Any]
    title: Text


@dataclass(frozen=True, slots=True)
class ProposalRule:
    """Between which amounts (yuan, inclusive) something may be proposed; the upper end may be a parameter."""

    kind: str
    lowest: Fraction
    highest: Fraction | None
    highest_from: str | None
    title: Text


@dataclass(frozen=True, slots=True)
class Columns:
    """Score columns that people fill: the last filled of `order` counts (AMB-078), or a weighted mean (AMB-053).

    `contents`: what a letter without points of its own has its reviewers judge, each an equal share of a hundred.
    """

    order: Sequence[str]
    titles: Mapping[str, Text]
    weights: Mapping[str, str] = field(default_factory=dict)  # column -> parameter
    contents: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter template, or a letter signed with chosen parameters."""

    template: str
    version: int
    title: Text
    party: Text
    appraiser: Text
    cycle: str
    term: str
    sections: Sequence[Section]
    reported: Sequence[Item]
    parameters: Mapping[str, Parameter]
    consequences: Sequence[ConsequenceRule]
    signatories: Sequence[Text] = ()
    notes: Sequence[Text] = ()
    proposals: Mapping[str, ProposalRule] = field(default_factory=dict)
    columns: Columns | None = None
    total_row: str | None = None
    floor: Fraction | None = None
    also: Sequence[str] = ()  # cycles scored beside its own, from the same facts (AMB-049)

    @property
    def cycles(self) -> Sequence[str]:
        """All cycles of which it has scorecards, its own first."""
        return (self.cycle, *self.also)

    @property
    def maximum(self) -> Fraction | None:
        """The points of the whole letter, or None for a letter without points."""
        if not self.sections:
            return None
        total = Fraction(0)
        for section in self.sections:
            own = sum((item.points or Fraction(0) for item in section.items), Fraction(0))
            total += own if section.points is None else section.points
        return total or None  # points that are still to be allocated

    @property
    def items(self) -> Sequence[Item]:
        """All items, scored ones first, in the order of the letter."""
        return [*(item for section in self.sections for item in section.items), *self.reported]

    def item(self, indicator: str) -> Item | None:
        """The letter's line about an indicator."""
        return next((item for item in self.items if item.indicator == indicator), None)
