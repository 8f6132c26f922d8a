"""A clock plan: which limits hold and by which calendar, as one value that never changes.

An org unit sets limits and a calendar; what holds in a community is the nearest of its org units that says something,
limit by limit, and what Steward ships where none does. The outcome is a plan. Its id is made of its content, so a plan
that was seen once is known for ever, and a clock that names its plan can be explained years later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.ticketing.domain.limits import Limit
from shared.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Habits:
    """The parameters of a plan that are no limits.

    A pause beyond ``pause_limit``, or beyond the first ``pauses`` of a case, needs an approval. Warnings of clocks that
    have more than ``hold_above``, or run in working time, wait from ``night[0]`` to ``night[1]`` (minutes of the local
    day); equal: never. A case may be urged once in ``urge_every``.
    """

    pause_limit: timedelta = timedelta(hours=24)
    pauses: int = 1
    night: tuple[int, int] = (22 * 60, 8 * 60)
    hold_above: timedelta = timedelta(hours=4)
    urge_every: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Plan:
    """Limits by their codes (None: switched off), calendar, responsible roles by step, habits.

    ``id`` is None for what is shipped. ``since`` is when the community got this plan: a limit that nobody had set
    before does not begin for what had begun by then.
    """

    id: UUID | None
    calendar: WorkingCalendar
    limits: Mapping[str, Limit | None] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    habits: Habits = Habits()
    since: datetime | None = None

    def limit(self, code: str, shipped: Limit | None) -> Limit | None:
        """The limit of this code: the plan's own, or the shipped one."""
        return self.limits[code] if code in self.limits else shipped

    def began(self, since: datetime | None) -> Plan:
        """The plan as one community has it."""
        return self if since == self.since else replace(self, since=since)

    @property
    def label(self) -> str:
        """How a clock names its plan in a word."""
        return "shipped" if self.id is None else self.id.hex[-8:]


#: Statutory holidays are data that a service knows; without them the shipped limits, which run around the clock, hold.
SHIPPED: Final = Plan(None, WorkingCalendar(zone=ZoneInfo("Asia/Shanghai"), notices=()))
