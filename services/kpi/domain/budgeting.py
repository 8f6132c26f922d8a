"""Budget against actual: the report that the company and its auditors read (G-008)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from services.kpi.domain.numbers import fixed

LEVELS: Final = ("department", "project")


@dataclass(frozen=True, slots=True)
class Variance:
    """A category of a month, or the whole, in fen; `actual` is None while nobody reported it."""

    category: str
    month: str
    budget: int
    actual: int | None

    @property
    def difference(self) -> int | None:
        """Spent more than approved; negative: less."""
        return None if self.actual is None else self.actual - self.budget

    @property
    def percent(self) -> str | None:
        """The difference of the budget, two decimals; None without a budget or an actual."""
        if self.difference is None or self.budget == 0:
            return None
        return fixed(Fraction(100 * self.difference, self.budget))


def variances(approved: Mapping[tuple[str, str], int], actual: Mapping[tuple[str, str], int]) -> list[Variance]:
    """Every category and month that was budgeted or spent, in order."""
    keys = sorted({*approved, *actual})
    return [Variance(*key, approved.get(key, 0), actual.get(key)) for key in keys]


def total(rows: Iterable[Variance]) -> Variance:
    """The sum over what is known on both sides: a month nobody has reported yet is in neither."""
    known = [row for row in rows if row.actual is not None]
    return Variance("*", "*", sum(row.budget for row in known), sum(row.actual or 0 for row in known))
