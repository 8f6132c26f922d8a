"""The community: units with areas whose bills add up to a given sum exactly, owners, and who lives there.

A bill is area x rate, rounded half-up once. Because each bill is rounded by itself, a sum over 6,000 of
them cannot be chosen by choosing rates alone; so the areas are drawn, and then a few of them are moved by
hundredths of a square metre until the sum of the rounded bills is the one wanted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from deploy.demo.making.targets import Targets

SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文晓雨欣怡子涵浩宇梓轩诗佳琪思远"
# Square metres x 100 of the flats of one floor, before each is measured by itself.
LAYOUTS: Final = (6890, 8450, 8920, 9560, 11280, 12840)
FLOORS: Final = 25
FLATS: Final = 4
MAILED: Final = 100


@dataclass(frozen=True)
class Home:
    """A unit with its owner. `area` in hundredths of a square metre; dates are local, the last day
    included."""

    index: int
    building: int
    number: str
    area: int
    owner: str
    phone: str
    email: str | None
    locale: str
    occupied_from: date | None
    occupied_to: date | None


def half_up(numerator: int, denominator: int) -> int:
    """A non-negative fraction rounded half-up to a whole number."""
    return (2 * numerator + denominator) // (2 * denominator)


def bill(area: int, rate: int) -> int:
    """Fen of one month's bill: `area` in hundredths of a square metre, `rate` in fen per square metre."""
    return half_up(area * rate, 100)


def quarter(area: int, rates: tuple[int, int]) -> int:
    """Fen of the three months' bills: January at the first rate, February and March at the second."""
    return bill(area, rates[0]) + 2 * bill(area, rates[1])


def solved_areas(random: Random, count: int, billed: int, rates: tuple[int, int]) -> list[int]:
    """Areas whose bills of the quarter add up to exactly `billed` fen.

    ValueError where no areas near the drawn ones do, which needs a sum far from any real community's.
    """
    drawn = [random.choice(LAYOUTS) + random.randrange(-120, 121) for _ in range(count)]
    per_area = rates[0] + 2 * rates[1]  # fen per square metre and quarter
    wanted = half_up(billed * 100, per_area)
    total = sum(drawn)
    areas = [half_up(area * wanted, total) for area in drawn]
    if min(areas) < 2000 or max(areas) > 30000:
        raise ValueError("the sum wanted would need flats nobody builds")
    return _exact(areas, billed, lambda area: quarter(area, rates), per_area)


def _exact(areas: list[int], wanted: int, cost: Callable[[int], int], per_area: int) -> list[int]:
    """The same areas, a few of them moved, with costs that add up to `wanted`."""
    out = list(areas)
    rest = wanted - sum(map(cost, out))
    at = 0
    while abs(rest) > per_area // 10:
        # Far off: spread whole steps of 0.10 square metres over the homes, one each.
        step = 10 if rest > 0 else -10
        rest -= cost(out[at]) * -1 + cost(out[at] + step)
        out[at] += step
        at += 1
    # Near: what one home can contribute by a few hundredths, and then a second one for what is left.
    reach: dict[int, tuple[int, int]] = {}
    for index in range(at, len(out)):
        for step in range(-12, 13):
            change = cost(out[index] + step) - cost(out[index])
            other = reach.get(rest - change)
            if change == rest:
                out[index] += step
                return out
            if other is not None and other[0] != index:
                out[index] += step
                out[other[0]] += other[1]
                return out
            reach.setdefault(change, (index, step))
    raise ValueError("no two homes make up the rest")


def _occupancy(random: Random, count: int, occupied: int) -> list[tuple[date | None, date | None]]:
    """From when to when each home is lived in; exactly `occupied` of them on the day of the survey.

    Some move in during the quarter; some of the empty ones moved out before the survey or come after it.
    """
    spans: list[tuple[date | None, date | None]] = []
    for index in range(count):
        if index < occupied:
            since = date(2025, 2, 15) if index % 40 == 0 else date(2019 + random.randrange(5), 6, 1)
            spans.append((since, None))
        elif index % 10 == 0:
            spans.append((date(2020, 6, 1), date(2025, 2, 28)))
        elif index % 10 == 1:
            spans.append((date(2025, 4, 1), None))
        else:
            spans.append((None, None))
    random.shuffle(spans)
    return spans


def homes(random: Random, targets: Targets) -> tuple[Home, ...]:
    """All units of the community with owners; one in twenty owners has an e-mail address, every tenth reads
    English."""
    areas = solved_areas(random, targets.units, targets.billed, targets.rates)
    spans = _occupancy(random, targets.units, targets.occupied)
    mailed = set(random.sample(range(targets.units), min(MAILED, targets.units)))
    made = []
    for index, (area, span) in enumerate(zip(areas, spans, strict=True)):
        building, rest = divmod(index, FLOORS * FLATS)
        floor, flat = divmod(rest, FLATS)
        made.append(
            Home(
                index=index,
                building=building + 1,
                number=f"{building + 1}-{floor + 1}{flat + 1:02d}",
                area=area,
                owner=random.choice(SURNAMES) + "".join(random.sample(GIVEN, random.choice((1, 2, 2)))),
                phone=f"13{random.randrange(10**9):09d}",
                email=f"owner{index + 1}@example.com" if index in mailed else None,
                locale="en" if index % 10 == 7 else "zh",
                occupied_from=span[0],
                occupied_to=span[1],
            )
        )
    return tuple(made)
