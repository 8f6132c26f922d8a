"""Exact numbers and how they are shown: fractions inside, half-up to two decimals at the one place where it is allowed.

A float would turn 89.995 % into 90 % and pay somebody a bonus; every value here is a `Fraction` until it is printed
(RR4, RR5).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

Number = int | Fraction


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or title in the two languages of the product."""

    zh: str
    en: str

    def as_json(self) -> dict[str, str]:
        """The shape in which the API shows it."""
        return {"zh": self.zh, "en": self.en}


def exact(value: object) -> Fraction:
    """An exact number from what JSON or YAML carries: int, "12.50", Decimal, "3/4" is refused like any other text.

    Floats are refused because their decimal digits are not the ones that were written. Raises ValueError.
    """
    if isinstance(value, bool) or isinstance(value, float):
        raise ValueError('write the number as a whole number or as text, such as 12 or "12.50"')
    if isinstance(value, (int, Fraction, Decimal)):
        if isinstance(value, Decimal) and not value.is_finite():
            raise ValueError("not a finite number")
        return Fraction(value)
    if isinstance(value, str):
        try:
            parsed = Decimal(value.strip())
        except InvalidOperation:
            raise ValueError(f"not a number: {value!r}") from None
        # An exponent of a million would make the fraction itself the attack.
        if not parsed.is_finite() or len(value) > 40 or abs(parsed.adjusted()) > 30:
            raise ValueError(f"not a number of a usable size: {value[:40]!r}")
        return Fraction(parsed)
    raise ValueError(f"not a number: {value!r}")


# row: AMB-108 rounded half-up, once
def half_up(value: Number, places: int = 2) -> Fraction:
    """The value rounded half away from zero to `places` decimals, still exact (0.125 -> 0.13, AMB-108)."""
    scale = 10**places
    scaled = abs(Fraction(value)) * scale
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, scale)


def fixed(value: Number, places: int = 2) -> str:
    """The value as text with exactly `places` decimals, half-up: points, percentages and amounts as read."""
    rounded = half_up(value, places)
    units = rounded.numerator * (10**places // rounded.denominator)
    sign, digits = ("-" if units < 0 else ""), str(abs(units)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def plain(value: Number) -> str:
    """The shortest exact decimal text ("85", "3.5"); six decimals half-up where there is no finite one."""
    for places in range(7):
        if half_up(value, places) == value:
            return fixed(value, places)
    return fixed(value, 6).rstrip("0")


def beside(value: Number, target: Number) -> str:
    """The value with two decimals, or as many more as it takes not to look equal to a target that it misses (RR5).

    Without this a report would say "90.00 % against 90 %: missed" about 89.995 %.
    """
    for places in range(2, 9):
        if half_up(value, places) != target or value == target:
            return fixed(value, places)
    return fixed(value, 2)
