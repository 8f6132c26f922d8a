"""Meters and their readings: they only rise, one a month, and a replaced meter ends where the new one begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.billing.domain.charging import Consumption
from shared.periods import Period, month_of

MEASURES: Mapping[str, str] = {"water": "m3", "electricity": "kWh", "gas": "m3"}
"""Kinds of meters, which are the fee kinds their consumption is charged as, with their units of measure."""


@dataclass(frozen=True, slots=True)
class Meter:
    """``start`` is what it showed when it was installed; what it shows times ``multiplier`` was consumed."""

    code: str
    kind: str
    multiplier: Decimal
    start: Decimal
    installed_on: date


class NotRising(ValueError):
    """A reading below an earlier or above a later one; ``low`` and ``high`` say what would fit (None = open)."""

    def __init__(self, low: Decimal, high: Decimal | None) -> None:
        super().__init__(f"readings rise: between {low} and {high}")
        self.low = low
        self.high = high


def _month(period: str) -> int:
    found = Period.parse(period)
    return found.year * 12 + found.month


def _before(meter: Meter, readings: Mapping[str, Decimal], period: str) -> tuple[int, Decimal]:
    """The month and the value consumption of a period is counted from."""
    earlier = [known for known in readings if known < period]
    if earlier:
        last = max(earlier)
        return _month(last), readings[last]
    return _month(str(month_of(meter.installed_on))) - 1, meter.start


def check_reading(meter: Meter, readings: Mapping[str, Decimal], period: str, value: Decimal) -> None:
    """Refuse a reading that does not fit between its neighbours.

    Raises:
        NotRising: below the one before (or the start), or above the one after.
    """
    low = _before(meter, readings, period)[1]
    later = [known for known in readings if known > period]
    high = readings[min(later)] if later else None
    if value < low or (high is not None and value > high):
        raise NotRising(low, high)


def consumption(meter: Meter, readings: Mapping[str, Decimal], period: str) -> Consumption | None:
    """What the meter counted up to the period's reading; None where the period has none.

    After months without a reading the whole of them is charged at once: nothing is lost, and nothing guessed.
    """
    value = readings.get(period)
    if value is None:
        return None
    since, before = _before(meter, readings, period)
    months = max(1, _month(period) - since)
    return Consumption(meter.code, MEASURES[meter.kind], (value - before) * meter.multiplier, months)
