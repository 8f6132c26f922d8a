"""``/ticketing/v1/calendars`` and ``/calendar-notices``: when org units work."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.calendars import service
from services.ticketing.calendars.schemas import CalendarIn, CalendarOut, NoticeIn, NoticeOut
from services.ticketing.models import calendars
from services.ticketing.places.service import org_unit_reach
from services.ticketing.policies import repository
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router

router = service_router(prefix="/v1", tags=["calendars"])

Reads = Annotated[Principal, allow("calendar.read")]
Writes = Annotated[Principal, allow("calendar.write")]
_SAME = ("id", "org_unit_id", "revision", "valid_from", "note", "set_by", "created_at")


def _calendar(row: Row[Any]) -> CalendarOut:
    return CalendarOut(**{name: getattr(row, name) for name in _SAME}, **row.content)


def _notice(row: Row[Any]) -> NoticeOut:
    return NoticeOut(**{name: getattr(row, name) for name in NoticeOut.model_fields})


@router.post("/calendars", status_code=201, operation_id="set_calendar", responses=problems(404))
async def set_calendar(body: CalendarIn, tx: TxDep, who: Writes) -> CalendarOut:
    """Set when an org unit and all below it work. Open clocks are planned anew, closed ones stay."""
    return _calendar(await service.set_calendar(tx, who, body))


@router.get("/calendars", operation_id="list_calendars")
async def list_calendars(
    tx: TxDep, who: Reads, page: PageDep, org_unit_id: UUID | None = None
) -> Page[CalendarOut]:
    """All versions within reach, the newest first."""
    conditions = org_unit_reach(tx, who)
    if org_unit_id is not None:
        conditions.append(calendars.c.org_unit_id == org_unit_id)
    after = page.after.uuid() if page.after is not None else None
    rows = await repository.versions(tx, calendars, conditions, after, page.limit + 1)
    return page_of(rows, page.limit, key=lambda r: {"id": r.id}, present=_calendar)


@router.post("/calendar-notices", status_code=201, operation_id="import_calendar_notice", responses=problems(404))
async def import_notice(body: NoticeIn, tx: TxDep, who: Writes) -> NoticeOut:
    """Import a year's notice of holidays and make-up days (holiday-cn) for the whole organisation."""
    return _notice(await service.import_notice(tx, who, body))


@router.get("/calendar-notices", operation_id="list_calendar_notices")
async def list_notices(tx: TxDep, who: Reads) -> list[NoticeOut]:
    """The notices that the organisation imported itself, by year; the last of a year holds."""
    return [_notice(row) for row in await repository.notices(tx)]
