"""What the letter's four sections must come to, computed from the plan alone.

Written from the rules F-040 to F-043 of the letter and not from the scoring code, so that the comparison at
the end of the demo means something: two independent computations of one quarter.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Figures:
    """What the plan adds up to; money in fen."""

    billed: int
    settled: int
    complaints: int
    late: int
    rated: int
    satisfied: int
    files: int
    complete: int
    up_to_date: int
    households: int
    answers: int
    marks: int
    mark_count: int


def hundredths(points: Fraction) -> int:
    """Points as whole hundredths, rounded half-up; never below nothing."""
    points = max(Fraction(0), points)
    return (2 * points.numerator * 100 + points.denominator) // (2 * points.denominator)


def shown(value: int) -> str:
    """Hundredths as people write them: 5730 -> 57.30."""
    return f"{value // 100}.{value % 100:02d}"


def below(target: int, part: int, whole: int) -> Fraction:
    """Percentage points (or marks) by which a share of a whole falls short of the target; 0 where it does
    not."""
    return max(Fraction(0), target - Fraction(100 * part, whole))


def sections(figures: Figures) -> dict[str, int]:
    """Each section's points in hundredths, by section code."""
    f = figures
    coverage = Fraction(10) if 100 * f.answers < 80 * f.households else Fraction(0)
    mean = Fraction(f.marks, f.mark_count)
    return {
        "complaints": hundredths(30 - 5 * Fraction(f.late) - 3 * below(85, f.satisfied, f.rated)),
        "archives": hundredths(20 - 2 * below(98, f.complete, f.files) - 2 * below(98, f.up_to_date, f.files)),
        "survey": hundredths(25 - coverage - 2 * max(Fraction(0), 85 - mean)),
        "collection": hundredths(25 - 3 * below(90, f.settled, f.billed)),
    }
