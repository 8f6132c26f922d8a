"""Late fees (违约金): a pure function of what is known about a bill, so that facts may come in any order.

So many thousandths a day on the principal that is open, from the day after the grace days on, never above the cap,
and not on the days of a dispute. What is known is the bill, the money and credits on it with the day each counts from,
and the disputes. The fee as of a day is computed from all of it at once; what was entered before is set against it,
and the difference entered beside it. So a payment that turns out to have come earlier takes back exactly what it cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from services.billing.domain.fee_rules.late_fee import Params
from shared.money import fen_half_up

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Less:
    """From ``on`` (a value date or the day a credit counts from) so many fen less are owed; negative: owed again."""

    on: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A dispute: no fee from ``since`` to ``until`` inclusive (``None`` = it lasts)."""

    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """The fee of ``first``..``last`` on a principal (fen); a negative amount takes back an entry made before."""

    principal_fen: int
    rate: Decimal
    first: date
    last: date
    amount_fen: int

    @property
    def days(self) -> int:
        """How many days it is for."""
        return (self.last - self.first).days + 1

    def reversed(self) -> Entry:
        """The entry that takes this one back."""
        return Entry(self.principal_fen, self.rate, self.first, self.last, -self.amount_fen)


def accrued(
    amount_fen: int, due: date, less: Iterable[Less], holds: Sequence[Hold], terms: Params, until: date
) -> list[Entry]:
    """The fee of a bill up to the end of ``until``: an entry for each stretch of days of one principal and month.

    The due date itself and the grace days after it are free. Each entry is rounded half-up once; the cap cuts the
    last one. Entries end with months, so that what was entered for a month stays when the next is computed.
    """
    start = due + timedelta(days=1 + terms.grace_days)
    if until < start:
        return []
    changes: Counter[date] = Counter()
    for item in less:
        changes[item.on] += item.amount_fen
    edges = {start, until + _DAY, *(day for day in changes if start < day <= until)}
    for hold in holds:
        edges |= {day for day in (hold.since, hold.until and hold.until + _DAY) if day and start < day <= until}
    month = start.replace(day=1)
    while (month := (month + timedelta(days=31)).replace(day=1)) <= until:
        edges.add(month)
    left = fen_half_up(Fraction(amount_fen, 100) * Fraction(terms.cap) / 100)
    found: list[Entry] = []
    days = sorted(edges)
    for first, after in zip(days, days[1:], strict=False):
        # What is paid on a day is owed no more on that day.
        principal = amount_fen - sum(fen for day, fen in changes.items() if day <= first)
        if principal <= 0 or any(_holds(hold, first) for hold in holds):
            continue
        exact = Fraction(principal, 100) * Fraction(terms.daily_rate) * (after - first).days
        fee = min(left, fen_half_up(exact))
        if fee > 0:
            found.append(Entry(principal, terms.daily_rate, first, after - _DAY, fee))
            left -= fee
    return found


def _holds(hold: Hold, day: date) -> bool:
    return hold.since <= day and (hold.until is None or day <= hold.until)


def to_enter(entered: Iterable[Entry], wanted: Iterable[Entry]) -> list[Entry]:
    """What has to be added so that the entries come to what is wanted: reversals first, then what is new.

    Nothing is ever changed; applied twice it adds nothing.
    """
    stands: Counter[Entry] = Counter()
    for entry in entered:
        if entry.amount_fen < 0:
            stands[entry.reversed()] -= 1
        else:
            stands[entry] += 1
    missing: Counter[Entry] = Counter(wanted)
    missing.subtract(stands)

    def order(entry: Entry) -> tuple[date, date, int]:
        return entry.first, entry.last, entry.principal_fen

    gone = [entry.reversed() for entry in sorted(missing, key=order) for _ in range(-missing[entry])]
    new = [entry for entry in sorted(missing, key=order) for _ in range(missing[entry])]
    return gone + new
