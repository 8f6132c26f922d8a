"""A whole quarter from a seed: pure, and the only place that knows what the scorecard must say before it is
played.

The same seed gives the same plan on every machine. `Plan.figures` are counted from the plan's own bills,
payments, cases and answers, never copied from the targets, and the expected points follow from them.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from random import Random

from deploy.demo.making.archives import Check, checks
from deploy.demo.making.calendar import (
    CHECKS,
    CLOSING,
    LAST_DAY,
    RUNS,
    START,
    SURVEY_CLOSES,
    SURVEY_OPENS,
    local,
)
from deploy.demo.making.homes import Home, homes, quarter
from deploy.demo.making.payments import Payment, payments, settled
from deploy.demo.making.score import Figures, sections, shown
from deploy.demo.making.survey import answers, in_scope, second_thoughts
from deploy.demo.making.targets import DIMENSIONS, Targets, draw
from deploy.demo.making.tickets import SATISFIED, Case, complaints, repairs


@dataclass(frozen=True)
class Plan:
    """Everything that happens in the quarter, by home index and time."""

    seed: int
    targets: Targets
    homes: tuple[Home, ...]
    payments: tuple[Payment, ...]
    complaints: tuple[Case, ...]
    repairs: tuple[Case, ...]
    checks: tuple[Check, ...]
    answers: dict[int, tuple[int, ...]]
    first_answers: dict[int, tuple[int, ...]]
    """What some households answered first; their answer in `answers` is the last one, which counts."""

    @cached_property
    def billed(self) -> int:
        """Fen of all bills of the quarter."""
        return sum(quarter(home.area, self.targets.rates) for home in self.homes)

    @cached_property
    def settled(self) -> int:
        """Fen of the quarter's bills settled by money credited by its last day."""
        paid: dict[int, int] = defaultdict(int)
        for payment in self.payments:
            if payment.value_date <= LAST_DAY:
                paid[payment.home] += payment.amount
        return sum(settled(quarter(self.homes[h].area, self.targets.rates), p) for h, p in paid.items())

    @cached_property
    def figures(self) -> Figures:
        """What the plan adds up to, counted from what will be played."""
        last = self.checks[-1]
        marks = [mark for sheet in self.answers.values() for mark in sheet]
        rated = [case.mark for case in self.complaints if case.mark is not None]
        return Figures(
            billed=self.billed,
            settled=self.settled,
            complaints=len(self.complaints),
            late=sum(case.late is not None for case in self.complaints),
            rated=len(rated),
            satisfied=sum(mark >= SATISFIED for mark in rated),
            files=len(self.homes),
            complete=len(self.homes) - len(last.incomplete),
            up_to_date=len(self.homes) - len(last.outdated),
            households=sum(in_scope(home) for home in self.homes),
            answers=len(self.answers),
            marks=sum(marks),
            mark_count=len(marks),
        )

    @cached_property
    def expected(self) -> dict[str, str]:
        """The points of each section as the scorecard must show them."""
        return {code: shown(points) for code, points in sections(self.figures).items()}

    @cached_property
    def expected_total(self) -> str:
        """The scorecard's total: the sum of the rounded sections."""
        return shown(sum(sections(self.figures).values()))

    @cached_property
    def stops(self) -> tuple[datetime, ...]:
        """The instants at which the simulated clock stands still, in order; the first is the start."""
        instants = {START}
        instants.update(moment.at for case in (*self.complaints, *self.repairs) for moment in case.moments)
        instants.update(local(day, 9) for day in (*RUNS[1:], *CHECKS, SURVEY_OPENS))
        instants.update(local(day, 18) for day in (LAST_DAY,))
        instants.update((local(SURVEY_CLOSES, 12), local(SURVEY_CLOSES, 18, 1), local(CLOSING, 9)))
        return tuple(sorted(instants))


def make_plan(seed: int) -> Plan:
    """The plan of a seed. Each part draws from a random source of its own, so that changing one leaves the
    others."""
    targets = draw(seed)
    made = homes(Random(f"homes {seed}"), targets)
    given = answers(Random(f"answers {seed}"), made, targets)
    return Plan(
        seed=seed,
        targets=targets,
        homes=made,
        payments=payments(Random(f"payments {seed}"), made, targets),
        complaints=complaints(Random(f"complaints {seed}"), made, targets),
        repairs=repairs(Random(f"repairs {seed}"), made, targets),
        checks=checks(Random(f"checks {seed}"), targets),
        answers=given,
        first_answers=second_thoughts(Random(f"second thoughts {seed}"), given),
    )


__all__ = ["DIMENSIONS", "Plan", "make_plan"]
