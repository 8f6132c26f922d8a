"""Setting working calendars and importing the notices of a year."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from services.ticketing.calendars.schemas import CalendarIn, NoticeIn
from services.ticketing.errors import NoSuchOrgUnit, PolicyInvalid
from services.ticketing.models import calendars
from services.ticketing.places.repository import lock_tree
from services.ticketing.policies import plans, repository
from services.ticketing.policies.assigning import assign
from services.ticketing.policies.service import add
from shared.auth import Principal
from shared.calendar import hours
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.holidays import parse_notice


def _checked(path: str, worked: list[str], wrong: list[FieldError]) -> list[str]:
    try:
        return [str(interval) for interval in hours(*worked)]
    except ValueError as problem:
        wrong.append(FieldError(path, "时间段应写作 09:00-12:00，且互不重叠", f"Hours of a day: {problem}"))
        return []


async def set_calendar(tx: Tx, who: Principal, body: CalendarIn) -> Row[Any]:
    """Append the calendar of an org unit.

    Raises:
        NoSuchOrgUnit: unknown, or outside the caller's reach.
        PolicyInvalid: hours that are none, a week without work, a day that is over.
    """
    wrong: list[FieldError] = []
    week = [_checked(f"week.{n}", day, wrong) for n, day in enumerate(body.week)]
    overrides = {day.isoformat(): _checked(f"overrides.{day}", h, wrong) for day, h in body.overrides.items()}
    make_up = None if body.make_up is None else _checked("make_up", body.make_up, wrong)
    if not wrong and not any(week):
        # A promise in working time would never fall due.
        wrong.append(FieldError("week", "一周内至少要有一个工作时间段", "A week needs at least one working interval"))
    if wrong:
        raise PolicyInvalid(fields=wrong)
    content = {"week": week, "make_up": make_up, "overrides": overrides}
    return await add(tx, who, calendars, body.org_unit_id, body.valid_from, content, body.note)


async def import_notice(tx: Tx, who: Principal, body: NoticeIn) -> Row[Any]:
    """Take a year's notice in, for the whole organisation; every open clock by a calendar is planned anew.

    Raises:
        NoSuchOrgUnit: the caller's reach is not the whole organisation.
        PolicyInvalid: an entry of the notice is wrong; the message names it.
    """
    if not who.sees([tx.org_id]):
        raise NoSuchOrgUnit()
    try:
        notice = parse_notice(body.model_dump())
    except ValueError as problem:
        raise PolicyInvalid(fields=[FieldError("days", f"放假通知有误：{problem}", str(problem))]) from None
    await lock_tree(tx)
    row = await repository.add_notice(tx, notice.year, plans.notice_doc(notice))
    tx.audit("calendar_notice.imported", "org", tx.org_id, after={"year": notice.year, "revision": row.revision})
    await assign(tx, below=tx.org_id)
    return row
