"""Who pays what and when: payments that settle exactly a given part of the quarter's bills by 31 March.

Money is credited to the oldest bill first, and what is left stays on the account and settles the next bill
when it is issued. So what a home's payments settle by a day is the smaller of what it has paid and what it
was billed: the plan needs no copy of the ledger to know the sum.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from deploy.demo.making.calendar import LAST_DAY, RUNS
from deploy.demo.making.homes import Home, bill, quarter
from deploy.demo.making.targets import Targets

METHODS: Final = ("wechat", "alipay", "bank_transfer", "cash", "pos")
AT_ONCE: Final = 0.76  # of those who pay in full: the whole quarter in January; the others month by month
PARTIAL: Final = 150


@dataclass(frozen=True)
class Payment:
    """Money of one home: fen, and the day it is credited to the company's account."""

    home: int
    amount: int
    value_date: date
    method: str
    reference: str


def settled(billed: int, paid: int) -> int:
    """Fen of a home's bills that its payments settle; what it paid beyond stays its credit."""
    return min(billed, paid)


def payments(random: Random, homes: tuple[Home, ...], targets: Targets) -> tuple[Payment, ...]:
    """Payments whose part with a value date by 31 March settles exactly `targets.collected` fen of the bills.

    Beside them stand overpayments, which settle nothing, and payments of April, which come too late to count.
    """
    made: list[Payment] = []
    order = list(homes)
    random.shuffle(order)

    def pay(home: Home, amount: int, day: date) -> None:
        if amount > 0:
            made.append(Payment(home.index, amount, day, random.choice(METHODS), f"D{len(made) + 1:06d}"))

    def day_after(start: date, most: int) -> date:
        return min(start + timedelta(days=random.randrange(most)), LAST_DAY)

    rest = targets.collected
    at = 0
    for home in order[:PARTIAL]:  # one or two months, or an odd part of them
        amount = quarter(home.area, targets.rates) * random.choice((33, 50, 67, 80)) // 100
        pay(home, amount, day_after(RUNS[1], 55))
        rest -= amount
        at += 1
    while rest > 0:
        home = order[at]
        billed = quarter(home.area, targets.rates)
        if billed > rest:
            pay(home, rest, LAST_DAY)  # credited on the last day, which counts
            rest = 0
        elif random.random() < AT_ONCE:
            over = -billed % 10_000 if random.random() < 0.08 else 0  # rounded up to a hundred yuan
            pay(home, billed + over, day_after(RUNS[0], 28))
            rest -= billed
        else:
            for month, start in enumerate(RUNS):
                pay(home, bill(home.area, targets.rates[min(month, 1)]), day_after(start, 28))
            rest -= billed
        at += 1
    for home in order[at : at + 60]:  # too late to count, from the first day on
        pay(home, quarter(home.area, targets.rates), random.choice((date(2025, 4, 1), date(2025, 4, 2))))
    return tuple(sorted(made, key=lambda payment: payment.value_date))
