"""The answers to the quarter's satisfaction survey: eight whole marks each, adding up to a given sum."""

from random import Random
from typing import Final

from deploy.demo.making.calendar import SURVEY_OPENS
from deploy.demo.making.homes import Home
from deploy.demo.making.targets import DIMENSIONS, Targets

HESITANT: Final = 20


def in_scope(home: Home) -> bool:
    """Whether somebody lives in the home on the day the survey is opened."""
    since, until = home.occupied_from, home.occupied_to
    return since is not None and since <= SURVEY_OPENS and (until is None or until >= SURVEY_OPENS)


def answers(random: Random, homes: tuple[Home, ...], targets: Targets) -> dict[int, tuple[int, ...]]:
    """Marks 0 to 100 by home index: `targets.answers` homes of the survey's scope, `targets.marks` in all.

    ValueError where fewer households are in scope than are to answer.
    """
    scope = [home.index for home in homes if in_scope(home)]
    if len(scope) < targets.answers:
        raise ValueError("more answers are wanted than households are asked")
    chosen = random.sample(scope, targets.answers)
    count = targets.answers * DIMENSIONS
    mean = targets.marks // count
    marks = [max(0, min(100, mean + random.randrange(-14, 15))) for _ in range(count)]
    rest = targets.marks - sum(marks)
    while rest:
        at = random.randrange(count)
        step = max(-marks[at], min(100 - marks[at], (rest > 0) - (rest < 0)))
        marks[at] += step
        rest -= step
    return {home: tuple(marks[n * DIMENSIONS : (n + 1) * DIMENSIONS]) for n, home in enumerate(chosen)}


def second_thoughts(random: Random, given: dict[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """Other marks that some of these households gave at first; of a household's answers the last one
    counts."""
    return {
        home: tuple(random.randrange(60, 101) for _ in range(DIMENSIONS))
        for home in random.sample(sorted(given), HESITANT)
    }
