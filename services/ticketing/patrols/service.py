"""Recording patrols, opening what was found on them, reading the records, and the duty behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import community, within_reach, zone_of
from services.ticketing.domain.clocks import fire_at, in_time, whole
from services.ticketing.domain.late_entry import entry_time
from services.ticketing.domain.round_errors import (
    NoSuchPatrol,
    OwnPatrol,
    PatrolInvalid,
    PatrolRead,
)
from services.ticketing.domain.ticket_errors import TicketInvalid
from services.ticketing.models import patrol_days, patrol_duties, patrols
from services.ticketing.patrols import repository
from services.ticketing.patrols.schemas import DutyIn, FindingIn, PatrolIn, PatrolReviewIn
from services.ticketing.tickets.intake import create
from services.ticketing.tickets.schemas import TicketIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7

DAY: Final = "patrol.day"
READ: Final = "patrol.read"
#: A patrol is over within a day.
LONGEST: Final = timedelta(hours=24)
MOST_DAYS: Final = 92


async def record(tx: Tx, who: Principal, body: PatrolIn) -> Row[Any]:
    """Store a patrol, and open a ticket for each finding in the same breath.

    Raises:
        NoSuchCommunity: unknown, or outside the caller's reach.
        PatrolInvalid: its beginning lies after its end or more than a day before; a finding that no ticket can be of.
        TicketInvalid: the time, or no reason for telling it late.
        What taking in a ticket refuses.
    """
    ended = entry_time(body.occurred_at, tx.now, body.late_reason)
    if not timedelta() <= ended - body.started_at <= LONGEST:
        told = ("开始时间应在结束之前的24小时内", "It begins before its end, and at most 24 hours")
        raise PatrolInvalid(fields=[FieldError("started_at", *told)])
    place = await community(tx, who, body.community_id)
    # row: B-032, C-149, C-164, G-023 what a patrol finds becomes a ticket at once, with the record or not at all
    found = [await _open(tx, who, body, ended, n, finding) for n, finding in enumerate(body.findings)]
    day = place.local_date(ended)
    duty = await repository.duty(tx, community_id=place.id, lock=True)
    limit = None if duty is None else duty.review_hours
    id = uuid7()
    read_by = None if limit is None else whole(tx.now) + timedelta(hours=limit)
    row = {
        "id": id,
        "community_id": place.id,
        "day": day,
        "started_at": body.started_at,
        "ended_at": ended,
        "patrolled_by": who.sub,
        "areas": body.areas,
        "whole": body.whole,
        "note": body.note,
        "late_reason": body.late_reason,
        "ticket_ids": found,
        "review_due_at": read_by,
        "reviewed_by": None,
        "reviewed_at": None,
        "review_note": None,
    }
    await repository.add(tx, row)
    if read_by is not None:
        tx.set_timer(READ, id, fire_at(read_by))
    data = {"day": day, "whole": body.whole, "patrolled_by": who.sub, "ticket_ids": found}
    tx.emit("patrol.recorded.v1", subject=id, seq=1, data=data, occurred_at=ended, community_id=place.id)
    tx.audit("patrol.recorded", "patrol", id, after={**data, "late_reason": body.late_reason})
    if duty is not None and body.whole:
        await _made_up(tx, duty, day)
    return await find(tx, who, id)


async def _open(tx: Tx, who: Principal, body: PatrolIn, ended: datetime, place: int, finding: FindingIn) -> UUID:
    told = {"community_id": body.community_id, "channel": "patrol", "late_reason": body.late_reason}
    try:
        row = await create(tx, who, TicketIn(**told, **finding.model_dump(), occurred_at=ended))
    except TicketInvalid as refused:
        wrong = [FieldError(f"findings.{place}.{fault.path}", fault.zh, fault.en) for fault in refused.fields]
        raise PatrolInvalid(fields=wrong) from refused
    id: UUID = row["id"]
    return id


async def _made_up(tx: Tx, duty: Row[Any], day: date) -> None:
    """A day that was found without a patrol had one after all, told late."""
    judged = await repository.judged(tx, duty.community_id, day)
    if judged is not None and not judged.done:
        await repository.judge(tx, duty.community_id, day, True)
        await _tell(tx, duty, "patrol.made_up.v1", {"day": day})


async def _tell(tx: Tx, duty: Row[Any], type: str, data: dict[str, Any]) -> None:
    seq = await repository.told(tx, duty)
    told = {**data, "role": "supervisor", "org_units": list(duty.path)}
    tx.emit(type, subject=duty.id, seq=seq, data=told, community_id=duty.community_id)


async def review(tx: Tx, who: Principal, id: UUID, body: PatrolReviewIn) -> Row[Any]:
    """Somebody who leads has read the record.

    Raises:
        NoSuchPatrol.
        OwnPatrol: by whoever made it.
        PatrolRead: that is on record already.
    """
    row = await find(tx, who, id, lock=True)
    if row.patrolled_by == who.sub:
        raise OwnPatrol()
    if row.reviewed_at is not None:
        raise PatrolRead()
    # row: B-033 reader and time stand on the record
    await repository.change(tx, row, {"reviewed_by": who.sub, "reviewed_at": tx.now, "review_note": body.note})
    tx.cancel_timer(READ, id)
    on_time = None if row.review_due_at is None else in_time(tx.now, row.review_due_at)
    data = {"reviewed_at": tx.now, "reviewed_by": who.sub, "on_time": on_time}
    tx.emit("patrol.reviewed.v1", subject=id, seq=row.version + 1, data=data, community_id=row.community_id)
    tx.audit("patrol.reviewed", "patrol", id, after={"note": body.note})
    return await find(tx, who, id)


async def overdue(tx: Tx, id: UUID) -> None:
    """Nobody read a record within its limit: whoever leads hears of it, once."""
    row = await repository.one(tx, id, lock=True)
    duty = None if row is None else await repository.duty(tx, community_id=row.community_id)
    if row is None or duty is None or row.reviewed_at is not None:
        return
    await repository.change(tx, row, {})
    # row: B-033 a record that nobody reads in time is told to whoever leads
    data = {"due_at": row.review_due_at, "role": "supervisor", "org_units": list(duty.path)}
    tx.emit("patrol.review_overdue.v1", subject=id, seq=row.version + 1, data=data, community_id=row.community_id)


async def find(tx: Tx, who: Principal, id: UUID, *, lock: bool = False) -> Row[Any]:
    """One patrol. Raises NoSuchPatrol."""
    row = await repository.one(tx, id, within_reach(tx, who, community_column=patrols.c.community_id), lock=lock)
    if row is None:
        raise NoSuchPatrol()
    return row


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, day: date | None, unread: bool, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Patrols within reach, the newest record first."""
    conditions = within_reach(tx, who, community_column=patrols.c.community_id)
    conditions += [] if community_id is None else [patrols.c.community_id == community_id]
    conditions += [] if day is None else [patrols.c.day == day]
    conditions += [patrols.c.reviewed_at.is_(None)] if unread else []
    return await repository.page(tx, conditions, after, limit)


async def set_duty(tx: Tx, who: Principal, body: DutyIn) -> Row[Any]:
    """Have a community patrolled every day from a day on.

    Raises:
        NoSuchCommunity. PatrolInvalid: it ends before it begins.
    """
    place = await community(tx, who, body.community_id)
    if body.until is not None and body.until < body.since:
        told = ("不能早于开始日期", "Should not lie before since")
        raise PatrolInvalid(fields=[FieldError("until", *told)])
    await repository.set_duty(tx, {"id": uuid7(), **body.model_dump()})
    row = await repository.duty(tx, community_id=place.id, lock=True)
    assert row is not None  # stored above
    tx.audit("patrol_duty.set", "patrol_duty", row.id, after=body.model_dump(mode="json"))
    set_day(tx, row, max(body.since, place.local_date(tx.now)))
    return row


def set_day(tx: Tx, duty: Row[Any], day: date) -> None:
    """Set the timer of the end of a day; none after the duty's last."""
    if duty.until is not None and day > duty.until:
        tx.cancel_timer(DAY, duty.id)
    else:
        midnight = datetime.combine(day + timedelta(days=1), time(), zone_of(duty.timezone))
        tx.set_timer(DAY, duty.id, midnight.astimezone(UTC))


async def close_day(tx: Tx, duty_id: UUID) -> None:
    """The day that has just ended is judged, and the next one's end is set; however late, each day has its own."""
    duty = await repository.duty(tx, id=duty_id, lock=True)
    if duty is None:
        return
    day = (tx.now - timedelta(seconds=1)).astimezone(zone_of(duty.timezone)).date()
    set_day(tx, duty, day + timedelta(days=1))
    if await repository.judged(tx, duty.community_id, day) is not None:
        return
    # row: B-032 every day the whole park
    done = await repository.walked(tx, duty.community_id, day)
    await repository.judge(tx, duty.community_id, day, done)
    if not done:
        await _tell(tx, duty, "patrol.missed.v1", {"day": day})


async def duties(tx: Tx, who: Principal, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Duties within reach."""
    return await repository.duties(
        tx, within_reach(tx, who, community_column=patrol_duties.c.community_id), after, limit
    )


async def days(tx: Tx, who: Principal, first: date, last: date, community_id: UUID | None) -> Sequence[Row[Any]]:
    """Days that are over, within reach. Raises PatrolInvalid: in the wrong order, or too many."""
    if not first <= last or (last - first).days >= MOST_DAYS:
        told = (f"应为 1 至 {MOST_DAYS} 天", f"Should be 1 to {MOST_DAYS} days")
        raise PatrolInvalid(fields=[FieldError("query.last", *told)])
    conditions = within_reach(tx, who, community_column=patrol_days.c.community_id)
    conditions += [] if community_id is None else [patrol_days.c.community_id == community_id]
    return await repository.days(tx, conditions, first, last)
