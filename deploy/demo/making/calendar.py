"""When things happen in the played quarter: the instants at which the simulated clock stops.

Everything that happens is told to the system at one of these stops, as people do who sit down at a desk:
what happened since the stop before is entered with its own time. Few stops keep the run short; enough of
them keep the clocks honest: a complaint is answered at the stop at which it came in, a plan follows the
same afternoon.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Shanghai")
START: Final = datetime(2025, 1, 1, 8, 30, tzinfo=ZONE).astimezone(UTC)
FIRST_DAY: Final = date(2025, 1, 1)
LAST_DAY: Final = date(2025, 3, 31)
PERIOD: Final = "2025-Q1"
MONTHS: Final = ("2025-01", "2025-02", "2025-03")

# The first day of each week's service bout: a morning and an afternoon, the next morning, and the one after.
BOUTS: Final = (
    date(2025, 1, 2), date(2025, 1, 7), date(2025, 1, 14), date(2025, 1, 21), date(2025, 2, 5),
    date(2025, 2, 11), date(2025, 2, 18), date(2025, 2, 25), date(2025, 3, 4), date(2025, 3, 11),
    date(2025, 3, 18), date(2025, 3, 25),
)  # fmt: skip
RUNS: Final = (date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1))
CHECKS: Final = (date(2025, 1, 23), date(2025, 2, 27), date(2025, 3, 27))
SURVEY_OPENS: Final = date(2025, 3, 12)
SURVEY_CLOSES: Final = date(2025, 3, 26)
CLOSING: Final = date(2025, 4, 3)


def local(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """The UTC instant of a local time of the community."""
    return datetime.combine(day, time(hour, minute, second), ZONE).astimezone(UTC)


@dataclass(frozen=True)
class Bout:
    """A few days of service: cases come in at `intake`, are planned at `afternoon`, done at `morning`, and
    signed, rated and called back at `follow_up`. `late` is ten minutes and one second after the intake."""

    intake: datetime
    afternoon: datetime
    morning: datetime
    follow_up: datetime

    @property
    def late(self) -> datetime:
        """One second after the last one in which a complaint received at `intake` is answered in time."""
        return self.intake + timedelta(minutes=10, seconds=1)


def bouts() -> tuple[Bout, ...]:
    """All bouts of the quarter in order; `morning` is 24 and a half hours after `intake`."""
    return tuple(
        Bout(
            intake=local(day, 10),
            afternoon=local(day, 16),
            morning=local(day + timedelta(days=1), 10, 30),
            follow_up=local(day + timedelta(days=2), 10),
        )
        for day in BOUTS
    )
