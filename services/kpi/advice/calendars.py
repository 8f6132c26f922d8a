"""A letter's cases judged as if another calendar had held: limits of the documents counted in its working time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from services.kpi.access import Community
from services.kpi.advice.schemas import CalendarIn
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.given import definition
from services.kpi.domain.letters import Letter, LetterError
from services.kpi.domain.measure import Reading
from services.kpi.facts import values
from shared.calendar import WorkingCalendar, hours
from shared.db.tx import Tx
from shared.holidays import statutory
from shared.periods import Period

#: Families of cases whose limits run by a calendar.
TIMED = frozenset({"complaint", "work"})


def calendar_of(given: CalendarIn, zone: tzinfo) -> WorkingCalendar:
    """The calendar that is tried. Raises LetterError for hours that are none or overlap."""
    try:
        worked = hours(*given.hours)
    except ValueError as error:
        said = "时段须形如 09:00-12:00，且互不重叠"
        raise LetterError("calendar.hours", said, f"{error}; hours are such as 09:00-12:00, not overlapping") from None
    week = [worked if given.days == "every_day" or day < 5 else () for day in range(7)]
    return WorkingCalendar(zone, week, statutory() if given.days == "statutory" else None)


async def judged(
    tx: Tx,
    letter: Letter,
    parameters: Mapping[str, str | None],
    community: Community,
    period: Period,
    calendar: WorkingCalendar,
) -> dict[str, Reading]:
    """The readings of the letter's lines about complaints and repairs, judged anew from their cases."""
    found = {}
    for item in letter.items:
        code = item.indicator
        if code not in indicators() or TIMED.isdisjoint(indicators()[code].families):
            continue
        anew = await values.judged_anew(tx, code, [community], definition(item, code, parameters), period, calendar)
        facts = await values.without_objected(tx, code, [fact for _, fact in anew])
        found[code] = values.measured(code, facts, [community], period).reading
    return found
