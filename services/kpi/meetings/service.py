"""Meetings: recorded, minuted, archived; counted once their minutes are on file, and their decisions followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.kpi import access, registers
from services.kpi.domain.meetings import lacking
from services.kpi.meetings import repository
from services.kpi.meetings.schemas import MeetingIn, MinutesIn
from services.kpi.register_errors import MeetingArchived, MeetingInvalid, NoSuchMeeting
from services.kpi.tasks_register.service import assign
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError


async def record(tx: Tx, who: Principal, body: MeetingIn) -> UUID:
    """Store that a meeting was held, and who came. Raises NoSuchCommunity, MeetingInvalid."""
    place = await access.community(tx, who, body.community_id)
    if body.held_at > tx.now:
        raise _invalid("held_at", "会议尚未召开", "Was not held yet")
    people = [row.person_id for row in body.attendance]
    if len(set(people)) != len(people):
        raise _invalid("attendance", "同一人只能列一次", "Lists somebody twice")
    for number, row in enumerate(body.attendance):
        if row.attendance == "excused" and row.reason is None:
            raise _invalid(f"attendance.{number}.reason", "请假须注明原因", "An excuse has its reason")
    values = body.model_dump(exclude={"community_id", "attendance"})
    more = {"community_id": place.id, "recorded_by": who.sub, "state": "recorded", "file_ids": [], "decisions": []}
    id_ = await repository.add(tx, {**values, **more}, [row.model_dump() for row in body.attendance])
    tx.audit("meeting.recorded", "meeting", id_, after={"kind": body.kind})
    return id_


async def archive(tx: Tx, who: Principal, meeting_id: UUID, body: MinutesIn, version: int | None) -> None:
    """Put the minutes on file; every decision becomes a task of whoever is responsible for it.

    Raises NoSuchMeeting, LostUpdate, MeetingArchived, MeetingInvalid.
    """
    row = await get(tx, who, meeting_id, lock=True)
    registers.demand(row, version)
    if row.state != "recorded":
        raise MeetingArchived()
    if (name := lacking(row.kind, row.outsiders, len(body.decisions))) is not None:
        raise _invalid(name, "此类会议须填写", "Minutes of this kind are not complete without")
    values = body.model_dump(mode="json", include={"minutes", "decisions"})
    more = {"state": "archived", "file_ids": body.file_ids, "archived_by": who.sub, "archived_at": tx.now}
    version = await repository.change(tx, row, {**values, **more})
    place = await access.community(tx, who, row.community_id)
    for number, decision in enumerate(body.decisions):
        # row: C-247, E-045 tasks with who is responsible and until when; the minutes are archived
        await assign(tx, who, place, {"kind": "meeting", **decision.model_dump()}, ("meeting", row.id, number))
    held_on = row.held_at.astimezone(ZoneInfo(row.timezone)).date().isoformat()
    tx.audit("meeting.archived", "meeting", row.id, after={"decisions": len(body.decisions)})
    tx.emit(
        "meeting.archived.v1",
        subject=row.id,
        seq=version,
        community_id=row.community_id,
        data={"kind": row.kind, "held_on": held_on, "chair_id": str(row.chair_id)},
    )


async def relay(tx: Tx, who: Principal, meeting_id: UUID, on: date, note: str, version: int | None) -> None:
    """Note that its spirit was passed on. Raises NoSuchMeeting, LostUpdate, MeetingInvalid."""
    row = await get(tx, who, meeting_id, lock=True)
    registers.demand(row, version)
    zone = ZoneInfo(row.timezone)
    if not row.held_at.astimezone(zone).date() <= on <= tx.now.astimezone(zone).date():
        raise _invalid("on", "应在会后、今天之前", "Should lie between the meeting and today")
    # row: C-259 relayed to those below and the departments concerned
    await repository.change(tx, row, {"relayed_on": on, "relayed_note": note})
    tx.audit("meeting.relayed", "meeting", row.id, after={"on": on.isoformat()})


async def get(tx: Tx, who: Principal, meeting_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A meeting within reach. Raises NoSuchMeeting."""
    row = await repository.get(tx, who, meeting_id, lock=lock)
    if row is None:
        raise NoSuchMeeting()
    return row


async def attendance(tx: Tx, meeting_id: UUID) -> Sequence[Row[Any]]:
    """Who came, and who did not."""
    return await repository.attendance(tx, meeting_id)


async def page(
    tx: Tx,
    who: Principal,
    filters: Mapping[str, Any],
    held: tuple[datetime | None, datetime | None],
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Meetings within reach."""
    return await repository.page(tx, who, filters, held, after, limit)


def _invalid(path: str, zh: str, en: str) -> MeetingInvalid:
    return MeetingInvalid(fields=[FieldError(path, zh, en)])
