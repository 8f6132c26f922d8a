"""``/kpi/v1/meetings``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from sqlalchemy import Row

from services.kpi.domain.meetings import KINDS
from services.kpi.meetings import service
from services.kpi.meetings.schemas import (
    AttendanceOut,
    Kind,
    MeetingDetailOut,
    MeetingIn,
    MeetingOut,
    MinutesIn,
    RelayIn,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router
from shared.http.schemas import Text, UtcTime

router = service_router(prefix="/v1/meetings", tags=["meetings"])

RECORD = allow("meeting.record")
READ = allow("meeting.read")


def present(row: Row[Any]) -> MeetingOut:
    """A meeting as it goes out."""
    same = {name: getattr(row, name) for name in MeetingOut.model_fields if name != "kind_title"}
    return MeetingOut.model_validate({**same, "kind_title": Text(**KINDS[row.kind].title.as_json())})


async def _again(tx: Any, who: Principal, meeting_id: UUID, response: Response) -> MeetingOut:
    row = await service.get(tx, who, meeting_id)
    etag(response, row.version)
    return present(row)


@router.post("", status_code=201, operation_id="record_meeting", responses=problems(404))
async def record_meeting(
    body: MeetingIn, tx: TxDep, who: Annotated[Principal, RECORD], response: Response
) -> MeetingOut:
    """Record a meeting that was held, with everybody who was to come."""
    row = await service.get(tx, who, await service.record(tx, who, body))
    created(response, f"/kpi/v1/meetings/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_meetings")
async def list_meetings(
    tx: TxDep,
    who: Annotated[Principal, READ],
    page: PageDep,
    community_id: UUID | None = None,
    kind: Kind | None = None,
    chair_id: UUID | None = None,
    held_from: UtcTime | None = None,
    held_before: UtcTime | None = None,
) -> Page[MeetingOut]:
    """Meetings within reach, the oldest record first."""
    filters = {"community_id": community_id, "kind": kind, "chair_id": chair_id}
    after = page.after.uuid() if page.after else None
    rows = await service.page(tx, who, filters, (held_from, held_before), after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{meeting_id}", operation_id="get_meeting", responses=problems(404))
async def get_meeting(
    meeting_id: UUID, tx: TxDep, who: Annotated[Principal, READ], response: Response
) -> MeetingDetailOut:
    """One meeting, with who came."""
    found = await _again(tx, who, meeting_id, response)
    people = [AttendanceOut(**row._mapping) for row in await service.attendance(tx, meeting_id)]
    return MeetingDetailOut(meeting=found, attendance=people)


@router.post("/{meeting_id}/minutes", operation_id="archive_minutes", responses=problems(404, 409, 412))
async def archive_minutes(
    meeting_id: UUID,
    body: MinutesIn,
    tx: TxDep,
    who: Annotated[Principal, RECORD],
    if_match: IfMatch,
    response: Response,
) -> MeetingOut:
    """Put the minutes on file; each decision becomes a task."""
    await service.archive(tx, who, meeting_id, body, if_match)
    return await _again(tx, who, meeting_id, response)


@router.post("/{meeting_id}/relay", operation_id="relay_meeting", responses=problems(404, 412))
async def relay_meeting(
    meeting_id: UUID,
    body: RelayIn,
    tx: TxDep,
    who: Annotated[Principal, RECORD],
    if_match: IfMatch,
    response: Response,
) -> MeetingOut:
    """Note that what was said was passed on."""
    await service.relay(tx, who, meeting_id, body.on, body.note, if_match)
    return await _again(tx, who, meeting_id, response)
