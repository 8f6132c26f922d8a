"""What a fee rule is, and what it may look at when it charges one unit for one period.

A rule is a plug-in of ``domain/fee_rules/``: one file with ``RULE``, ``Params`` and ``EXAMPLES``.
It turns the facts of a unit into lines; each line is rounded half-up to the fen exactly once and a
bill is the sum of its rounded lines, so that it adds up by eye.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from shared.registry import discover

UNIT, SPACES, METERS, COST, OVERDUE = "unit", "spaces", "meters", "cost", "overdue"
"""What a rule needs to know of a unit besides its area: nothing, its spaces, its meters, its part of a cost.

``overdue`` is charged bill by bill, by late fee runs; billing runs refuse it."""


@dataclass(frozen=True, slots=True)
class Space:
    """A parking space the unit holds, for a ``share`` of the period."""

    number: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Consumption:
    """What a meter counted, multiplier included, over the whole ``months`` since the reading before."""

    meter: str
    unit: str
    usage: Decimal
    months: int = 1


@dataclass(frozen=True, slots=True)
class Allotment:
    """A unit's part of a cost that several units bear: ``share`` of ``total_fen`` by ``weight``.

    ``amount_fen`` is its part of the split over all units, which adds up to the fen and so is not rounded alone.
    """

    total_fen: int
    weight: Decimal
    unit: str
    share: Fraction
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Basis:
    """The facts of one unit in one period that rules charge by.

    ``area`` in square metres; ``months`` the whole months of the period; ``share`` the part of the
    period the unit is charged for (1 unless prorated by day).
    """

    area: Decimal
    use: str
    months: int = 1
    share: Fraction = Fraction(1)
    spaces: tuple[Space, ...] = ()
    meters: tuple[Consumption, ...] = ()
    allotment: Allotment | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill: its amount in fen and everything needed to recompute it to the same digit."""

    text: Mapping[str, str]
    quantity: Decimal
    unit: str
    rate: Decimal
    months: int
    share: Fraction
    amount_fen: int


@dataclass(frozen=True, slots=True)
class FeeRule:
    """A way of charging. ``code`` equals the file name; a change of meaning gets a new ``version``.

    ``params`` is a frozen dataclass type, ``lines`` the computation, ``retired`` hides it from new
    standards while old bills still recompute. ``needs`` says which facts of the unit are looked up for it.
    """

    code: str
    version: int
    title: Mapping[str, str]
    params: type[Any]
    lines: Callable[[Any, Basis], Sequence[Line]]
    retired: bool = False
    needs: str = UNIT


@dataclass(frozen=True, slots=True)
class Example:
    """One worked case of a rule, proven by the contract test over all rules."""

    says: str
    params: Mapping[str, Any]
    basis: Basis
    amounts_fen: tuple[int, ...]


@cache
def rules() -> Mapping[str, FeeRule]:
    """All fee rules by code, found by discovery."""
    return discover("services.billing.domain.fee_rules", "RULE")


def money_rate(rate: Decimal, name: str = "rate") -> None:
    """Refuse a rate that no contract could name.

    Raises:
        ValueError: not positive, or finer than a hundredth of a fen.
    """
    if not rate.is_finite() or rate <= 0:
        raise ValueError(f"{name} must be positive")
    exponent = rate.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -4:
        raise ValueError(f"{name} has at most 4 decimal places")


def total_fen(lines: Sequence[Line]) -> int:
    """The amount of a bill in fen: the sum of its rounded lines."""
    return sum(line.amount_fen for line in lines)
