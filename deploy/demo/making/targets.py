"""What a quarter's figures should come to, before a plan is solved for them.

The default seed has the figures of the worked examples F-048 to F-052; any other seed draws its own.
Nothing here is ever told to the system: it is what the plan's areas, rates, times, marks and payments are
chosen to add up to.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

DEFAULT_SEED: Final = 2025
DIMENSIONS: Final = 8


@dataclass(frozen=True)
class Targets:
    """The figures of a quarter; money in fen, `rates` in fen per square metre and month before and after 1
    February."""

    units: int
    occupied: int
    rates: tuple[int, int]
    billed: int
    collected: int
    complaints: int
    late: int
    satisfied: int
    repairs: int
    complete: int
    up_to_date: int
    answers: int
    marks: int


DEFAULT: Final = Targets(
    units=2000,
    occupied=1600,
    rates=(220, 235),
    billed=125_000_000,
    collected=109_250_000,
    complaints=40,
    late=2,
    satisfied=33,
    repairs=210,
    complete=1944,
    up_to_date=1930,
    answers=1248,
    marks=834_662,
)


def draw(seed: int) -> Targets:
    """The targets of a seed: the worked examples for the default one, others drawn around them."""
    if seed == DEFAULT_SEED:
        return DEFAULT
    random = Random(f"targets {seed}")
    first = random.randrange(200, 240)
    rates = (first, first + random.randrange(5, 25))
    billed = 2000 * random.randrange(8600, 9400) * (rates[0] + 2 * rates[1]) // 100 + random.randrange(100)
    complaints = random.randrange(30, 49)
    answers = random.randrange(1180, 1420)
    complete = random.randrange(1900, 1990)
    return Targets(
        units=2000,
        occupied=1600,
        rates=rates,
        billed=billed,
        collected=billed * random.randrange(83_000, 93_000) // 100_000,
        complaints=complaints,
        late=random.randrange(0, 5),
        satisfied=complaints - random.randrange(2, 11),
        repairs=random.randrange(200, 240),
        complete=complete,
        up_to_date=complete - random.randrange(0, 30),
        answers=answers,
        marks=answers * DIMENSIONS * random.randrange(8_000, 8_800) // 100 + random.randrange(100),
    )
