"""Money is an integer of fen with a currency; a rate is a Decimal; rounding is half-up, once per line.

There is one rounding function, and ``float`` has no way in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_AMOUNT = re.compile(r"(-?)(\d{1,13})(?:\.(\d{1,2}))?")


def round_half_up(value: Decimal | Fraction | int, places: int = 0) -> Decimal:
    """Round to ``places`` decimals, halves away from zero (commercial rounding), exactly."""
    exact = Fraction(value)
    scale = 10**places
    scaled = abs(exact) * scale
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    signed = -whole if exact < 0 else whole
    return Decimal(signed).scaleb(-places) if places else Decimal(signed)


def fen_half_up(yuan: Decimal | Fraction) -> int:
    """An exact amount of yuan as whole fen, half-up: once per line, never on a total."""
    return ratio_half_up(*yuan.as_integer_ratio())


def ratio_half_up(numerator: int, denominator: int) -> int:
    """The same of ``numerator / denominator`` yuan, the denominator positive.

    In whole numbers, because a run of a million bills asks a million times and a Fraction reduces itself each time.
    """
    fen = abs(numerator) * 100
    whole = (2 * fen + denominator) // (2 * denominator)
    return -whole if numerator < 0 else whole


def largest_remainder(total: int, weights: Sequence[int | Fraction | Decimal]) -> list[int]:
    """Split ``total`` (fen) in proportion to ``weights`` so that the parts sum to it exactly.

    The parts that lose most to rounding down get the fen left over, the earlier of equals first. Raises ValueError
    for negative weights, or when all are zero and there is something to split.
    """
    exact = [Fraction(w) for w in weights]
    if any(w < 0 for w in exact):
        raise ValueError("weights are not negative")
    whole = sum(exact, Fraction(0))
    if whole == 0:
        if total == 0:
            return [0 for _ in exact]
        raise ValueError("nothing to split by: all weights are zero")
    sign = -1 if total < 0 else 1
    shares = [abs(total) * w / whole for w in exact]
    parts = [int(s) for s in shares]
    left = abs(total) - sum(parts)
    for i in sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))[:left]:
        parts[i] += 1
    return [sign * p for p in parts]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of fen. Adding or comparing two currencies is a TypeError."""

    fen: int
    currency: str = "CNY"

    @classmethod
    def parse(cls, text: str, currency: str = "CNY") -> Money:
        """``"12.50"`` as money. Raises ValueError for anything but at most two decimals."""
        found = _AMOUNT.fullmatch(text)
        if found is None:
            raise ValueError(f"an amount looks like 12.50, not {text!r}")
        sign, yuan, cents = found.groups()
        fen = int(yuan) * 100 + int((cents or "0").ljust(2, "0"))
        return cls(-fen if sign else fen, currency)

    def _same(self, other: object) -> Money:
        if not isinstance(other, Money):
            raise TypeError(f"money and {type(other).__name__} do not mix")
        if other.currency != self.currency:
            raise TypeError(f"{self.currency} and {other.currency} do not mix")
        return other

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + self._same(other).fen, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - self._same(other).fen, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.fen, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.fen < self._same(other).fen

    def __le__(self, other: Money) -> bool:
        return self.fen <= self._same(other).fen

    def __gt__(self, other: Money) -> bool:
        return self.fen > self._same(other).fen

    def __ge__(self, other: Money) -> bool:
        return self.fen >= self._same(other).fen

    def __bool__(self) -> bool:
        return self.fen != 0

    def __str__(self) -> str:
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"
