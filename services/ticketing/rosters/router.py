"""``/ticketing/v1``: posts, shifts, presence, bars, on-duty, roster days, attendance."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import ColumnElement

from services.ticketing.assignments.repository import org_unit as find_org_unit
from services.ticketing.domain.duties import DESIGNATIONS, SKILLS
from services.ticketing.domain.rosters import UNRECORDED
from services.ticketing.errors import NoSuchOrgUnit
from services.ticketing.models import attendance, bars, posts, presences, shifts
from services.ticketing.register.schemas import BulkOut
from services.ticketing.rosters import bars as barring
from services.ticketing.rosters import posts as staffing
from services.ticketing.rosters import presence as punching
from services.ticketing.rosters import repository
from services.ticketing.rosters import shifts as rostering
from services.ticketing.rosters.on_duty import on_duty
from services.ticketing.rosters.reach import mine_or_below, mine_or_led, of_staff
from services.ticketing.rosters.schemas import (
    AttendanceOut,
    BarIn,
    BarOut,
    CheckIn,
    LiftIn,
    OnDutyOut,
    PostDayOut,
    PostIn,
    PostOut,
    PresenceOut,
    PunchIn,
    ShiftOut,
    same,
)
from services.ticketing.rosters.tables import PresencesBulk, ShiftsBulk
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, created, page_of, problems, service_router
from shared.http.schemas import LocalDate, Month, UtcTime
from shared.periods import Period

router = service_router(prefix="/v1", tags=["rosters"])

Reads = Annotated[Principal, allow("roster.read")]
Sees = Annotated[Principal, allow("attendance.read")]
Writes = Annotated[Principal, allow("roster.write")]


def _asked(table: Any, **wanted: Any) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in wanted.items() if value is not None]


@router.post("/posts", status_code=201, operation_id="make_post", responses=problems(404, 409))
async def make_post(body: PostIn, tx: TxDep, who: Writes, response: Response) -> PostOut:
    """Declare a place that is staffed every day; the front desk's hours are 08:00 to 20:00 unless given."""
    row = await staffing.make(tx, who, body)
    created(response, f"/ticketing/v1/posts/{row.id}", row.version)
    shown: PostOut = same(PostOut, row)
    return shown


@router.get("/posts", operation_id="list_posts")
async def list_posts(tx: TxDep, who: Reads, page: PageDep, org_unit_id: UUID | None = None) -> Page[PostOut]:
    """Posts within reach."""
    where = [*repository.under(tx, who, posts), *_asked(posts, org_unit_id=org_unit_id)]
    rows = await repository.page(tx, posts, where, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: same(PostOut, row))


@router.post("/posts/{id}/checks", operation_id="check_post", responses=problems(404, 409))
async def check_post(
    id: UUID, body: CheckIn, tx: TxDep, who: Annotated[Principal, allow("roster.check")]
) -> PostDayOut:
    """Record the daily check of roster and presence; the answer names the gaps."""
    return await staffing.check(tx, who, id, body)


@router.get("/roster-days", operation_id="list_roster_days")
async def list_roster_days(
    tx: TxDep,
    who: Reads,
    first: Annotated[LocalDate, Query(description="The first local day")],
    last: Annotated[LocalDate, Query(description="The last one, included; at most 31 days")],
    org_unit_id: UUID | None = None,
    post_id: UUID | None = None,
    gaps_only: Annotated[bool, Query(description="Only days with uncovered minutes")] = False,
) -> list[PostDayOut]:
    """What each post's days are covered by: past days as judged, days ahead as the roster stands."""
    return list(await staffing.days(tx, who, first, last, org_unit_id, post_id, gaps_only))


@router.post("/shifts/bulk", operation_id="bulk_shifts")
async def post_shifts(body: ShiftsBulk, tx: TxDep, who: Writes) -> BulkOut:
    """Store up to 500 shifts; overlaps, approved leave and bars refuse their own row alone."""
    return await rostering.bulk_shifts(tx, who, body)


@router.get("/shifts", operation_id="list_shifts")
async def list_shifts(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    org_unit_id: UUID | None = None,
    person_id: UUID | None = None,
    post: Annotated[str | None, Query(max_length=40)] = None,
    after: Annotated[UtcTime | None, Query(description="Shifts that end after this instant")] = None,
    before: Annotated[UtcTime | None, Query(description="Shifts that begin before this instant")] = None,
) -> Page[ShiftOut]:
    """Shifts within reach, and one's own."""
    where = mine_or_below(tx, who, shifts) + _asked(shifts, org_unit_id=org_unit_id, person_id=person_id, post=post)
    where += [] if after is None else [shifts.c.ends_at > after]
    where += [] if before is None else [shifts.c.starts_at < before]
    rows = await repository.page(tx, shifts, where, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: same(ShiftOut, row))


@router.post("/shifts/{id}/cancel", operation_id="cancel_shift", responses=problems(404))
async def cancel_shift(id: UUID, body: LiftIn, tx: TxDep, who: Writes) -> ShiftOut:
    """Take a shift off the roster."""
    shown: ShiftOut = same(ShiftOut, await rostering.cancel(tx, who, id, body.reason))
    return shown


@router.post("/presences/bulk", operation_id="bulk_presences")
async def post_presences(body: PresencesBulk, tx: TxDep, who: Writes) -> BulkOut:
    """Store up to 500 presence records of gates and time clocks."""
    return await punching.bulk_presences(tx, who, body)


@router.get("/presences", operation_id="list_presences")
async def list_presences(
    tx: TxDep, who: Sees, page: PageDep, org_unit_id: UUID | None = None, person_id: UUID | None = None
) -> Page[PresenceOut]:
    """One's own presence records; for those who lead, also those of org units within reach."""
    where = mine_or_led(tx, who, presences) + _asked(presences, org_unit_id=org_unit_id, person_id=person_id)
    rows = await repository.page(tx, presences, where, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: same(PresenceOut, row))


@router.post("/punches", status_code=201, operation_id="punch", responses=problems(404, 409))
async def punch(
    body: PunchIn, tx: TxDep, who: Annotated[Principal, allow("presence.punch")], response: Response
) -> PresenceOut:
    """Clock in or out, now."""
    row = await punching.punch(tx, who, body)
    created(response, f"/ticketing/v1/presences?person_id={row.person_id}", row.version)
    shown: PresenceOut = same(PresenceOut, row)
    return shown


@router.post("/bars", status_code=201, operation_id="make_bar", responses=problems(404))
async def make_bar(
    body: BarIn, tx: TxDep, who: Annotated[Principal, allow("bar.write")], response: Response
) -> BarOut:
    """Keep somebody off the roster, such as after a failed examination."""
    row = await barring.make(tx, who, body)
    created(response, f"/ticketing/v1/bars?person_id={row.person_id}", row.version)
    return await barring.present(tx, row)


@router.get("/bars", operation_id="list_bars")
async def list_bars(
    tx: TxDep, who: Annotated[Principal, allow("bar.write")], page: PageDep, person_id: UUID | None = None
) -> Page[BarOut]:
    """Bars of staff within reach."""
    where = [*of_staff(tx, who, bars), *_asked(bars, person_id=person_id)]
    rows = await repository.page(tx, bars, where, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: same(BarOut, row, shifts=[]))


@router.post("/bars/{id}/lift", operation_id="lift_bar", responses=problems(404, 409))
async def lift_bar(
    id: UUID, body: LiftIn, tx: TxDep, who: Annotated[Principal, allow("bar.write")]
) -> BarOut:
    """Let somebody be rostered again."""
    return await barring.present(tx, await barring.lift(tx, who, id, body.reason))


@router.get("/on-duty", operation_id="on_duty", responses=problems(404))
async def get_on_duty(
    tx: TxDep,
    who: Reads,
    org_unit: Annotated[UUID, Query(description="Where: rostered in it, below it or above it")],
    at: Annotated[UtcTime | None, Query(description="Now unless given")] = None,
    skill: Annotated[str | None, Query(max_length=40, json_schema_extra={"enum": sorted(SKILLS)})] = None,
    designation: Annotated[str | None, Query(max_length=40, json_schema_extra={"enum": sorted(DESIGNATIONS)})] = None,
) -> list[OnDutyOut]:
    """Who is on duty at an instant, and by which evidence."""
    place = await find_org_unit(tx, org_unit)
    if place is None or not who.sees(place.path):
        raise NoSuchOrgUnit()
    found = await on_duty(tx, place.path, at or tx.now, skill, designation)
    return [OnDutyOut(**{name: getattr(one, name) for name in OnDutyOut.model_fields}) for one in found]


@router.get("/attendance", operation_id="list_attendance")
async def list_attendance(
    tx: TxDep,
    who: Sees,
    page: PageDep,
    month: Annotated[Month | None, Query(description="The local month in which shifts begin")] = None,
    org_unit_id: UUID | None = None,
    person_id: UUID | None = None,
    outcome: Annotated[str | None, Query(max_length=20, description="late, early, absent, …")] = None,
    unrecorded: Annotated[bool, Query(description="Only shifts of which a record is missing")] = False,
) -> Page[AttendanceOut]:
    """What came of one's own shifts; for those who lead, the month's attendance list of their org units (E-038)."""
    c = attendance.c
    where = mine_or_led(tx, who, attendance) + _asked(attendance, org_unit_id=org_unit_id, person_id=person_id)
    if month is not None:
        period = Period.parse(month)
        where += [c.day >= period.start, c.day < period.end]
    where += [] if outcome is None else [c.outcomes.contains([outcome])]
    if unrecorded:
        # row: G-005 the report of missing records, shift by shift
        where += [c.outcomes.overlap(list(UNRECORDED)), c.cancelled.is_(False)]
    rows = await repository.page(tx, attendance, where, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, lambda row: same(AttendanceOut, row))
