"""An instalment plan: equal parts to the fen, and whether it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.billing.domain.dunning import add_months
from shared.money import largest_remainder


@dataclass(frozen=True, slots=True)
class Part:
    """So many fen until the end of that local day."""

    due_on: date
    amount_fen: int


def split(total_fen: int, count: int, first_on: date) -> list[Part]:
    """Equal monthly parts that add up to the total; the fen that do not divide go to the first ones.

    Raises:
        ValueError: fewer than two parts, or more parts than fen.
    """
    if count < 2 or count > total_fen:
        raise ValueError("an instalment plan has at least two parts of a fen or more")
    amounts = largest_remainder(total_fen, [1] * count)
    return [Part(add_months(first_on, n), fen) for n, fen in enumerate(amounts)]


def owed_by(parts: Sequence[Part], day: date) -> int:
    """What must have been paid by the end of a day, fen."""
    return sum(part.amount_fen for part in parts if part.due_on <= day)


def next_due(parts: Sequence[Part], after: date) -> date | None:
    """The next day on which a part is due; None after the last one."""
    return min((part.due_on for part in parts if part.due_on > after), default=None)
