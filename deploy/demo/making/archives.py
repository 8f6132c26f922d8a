"""The owners' files and their monthly check: the last check's counts are the quarter's."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from deploy.demo.making.calendar import CHECKS, MONTHS
from deploy.demo.making.targets import Targets

FIELDS: Final = ("name", "contact", "house", "service_history")


@dataclass(frozen=True)
class Check:
    """One month's check: the homes whose file misses something or is out of date."""

    month: str
    day: date
    incomplete: dict[int, tuple[str, ...]]
    outdated: frozenset[int]


def checks(random: Random, targets: Targets) -> tuple[Check, ...]:
    """Three checks; only the last one's counts are aimed at, the others are what a quarter's work improved
    on."""
    made = []
    for n, (month, day) in enumerate(zip(MONTHS, CHECKS, strict=True)):
        behind = (len(CHECKS) - 1 - n) * random.randrange(12, 30)
        incomplete = random.sample(range(targets.units), targets.units - targets.complete + behind)
        outdated = random.sample(range(targets.units), targets.units - targets.up_to_date + behind)
        made.append(
            Check(
                month=month,
                day=day,
                incomplete={home: (random.choice(FIELDS[1:]),) for home in incomplete},
                outdated=frozenset(outdated),
            )
        )
    return tuple(made)
