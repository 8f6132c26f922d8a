"""Which score column counts where people fill several: self, manager, GM (F-034, F-076, AMB-053, AMB-078)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from services.kpi.domain.letters import Columns, JudgementOutOfRange, Letter, LetterError
from services.kpi.domain.numbers import exact, half_up, plain


def total_of(
    letter: Letter, own: Fraction | None, given: Mapping[str, Fraction], parameters: Mapping[str, str | None]
) -> tuple[Fraction | None, bool]:
    """The letter's total, and whether it is final. Raises LetterError for a column the letter does not have."""
    columns = letter.columns
    if not given or columns is None:
        return own, columns is None
    most = letter.maximum or Fraction(100)
    for name, points in given.items():
        if name not in columns.titles:
            options = ", ".join(columns.titles)
            raise LetterError(f"scores.{name}", f"只能取：{options}", f"must be one of {options}")
        if points < 0 or points > most:
            raise JudgementOutOfRange(
                f"scores.{name}", f"应在0至{plain(most)}分之间", f"must be between 0 and {plain(most)} points"
            )
    if columns.weights:
        return _mean(columns, given, parameters)
    # row: F-034, F-076, AMB-078 the last column of the chain counts; an earlier one stands in for it and is not final
    deciding = next((name for name in reversed(columns.order) if name in given), None)
    return (own if deciding is None else half_up(given[deciding])), deciding == columns.order[-1]


# row: AMB-053 a mean of what three people gave, equal unless agreed otherwise
def _mean(
    columns: Columns, given: Mapping[str, Fraction], parameters: Mapping[str, str | None]
) -> tuple[Fraction | None, bool]:
    weights = {name: exact(parameters.get(source) or "1") for name, source in columns.weights.items()}
    filled = sum((weights[name] for name in given), Fraction(0))
    if filled <= 0:
        raise LetterError("parameters", "权重之和须大于零", "the weights must add up to more than zero")
    mean = sum((weights[name] * points for name, points in given.items()), Fraction(0)) / filled
    return half_up(mean), set(given) == set(weights)
