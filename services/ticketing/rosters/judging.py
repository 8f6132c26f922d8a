"""What came of shifts and of posts' days: judged when they are over, and again when a late record changes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.domain.rosters import (
    AROUND,
    LEAVE,
    Cover,
    Judged,
    Punches,
    Span,
    gaps,
    judge,
    merged,
    minutes,
    stay,
    window,
)
from services.ticketing.models import attendance, post_days, posts, shifts
from services.ticketing.rosters import repository
from shared.db.tx import Tx
from shared.holidays import SHANGHAI

#: Fires when a shift can be judged: a clock-out may come this long after its end.
JUDGE = "shift.judge"
#: Fires at the close of a post's day; its subject is the post.
CLOSE = "post.close"
#: Fires when a record touched a post's day that was closed; its subject is the stored day.
REVIEW = "post.review"


def span_of(row: Row[Any]) -> Span:
    """A stored shift or leave as a span."""
    return Span(row.starts_at, row.ends_at)


def bar_span(row: Row[Any], within: Span) -> Span:
    """A stored bar as far as it matters for a span."""
    return Span(row.since, row.until or max(within.end, row.since))


async def away(tx: Tx, person_ids: Collection[UUID], within: Span) -> dict[UUID, list[Span]]:
    """When people do not work although they may be rostered: approved leave, and bars."""
    found: dict[UUID, list[Span]] = {}
    for row in await repository.leaves_of(tx, person_ids, within, ["approved"]):
        found.setdefault(row.person_id, []).append(span_of(row))
    for row in await repository.bars_of(tx, person_ids, within):
        # row: D-086 whoever is barred covers nothing, whenever the roster was made
        found.setdefault(row.person_id, []).append(bar_span(row, within))
    return found


async def judge_shift(tx: Tx, shift_id: UUID) -> None:
    """Judge a shift that is over and say what came of it, if that is new. A later one gets its timer again.

    The shift's row is locked, so that two late records of one shift come one after the other.
    """
    shift = await repository.one(tx, shifts, shift_id, lock=True)
    if shift is None:
        return
    stored = await repository.attendance_of(tx, shift_id)
    if shift.cancelled_at is not None:
        if stored is not None and not stored.cancelled:
            await _store(tx, shift, stored, Judged(()), None, cancelled=True)
        return
    ripe = shift.ends_at + AROUND
    if tx.now < ripe:
        tx.set_timer(JUDGE, shift_id, ripe)
        return
    span = span_of(shift)
    records = await repository.stays(tx, [shift.person_id], span)
    free = await repository.leaves_of(tx, [shift.person_id], span, ["approved"])
    found = judge(span, [Punches(r.in_at, r.out_at) for r in records], [span_of(r) for r in free])
    kind = min((r.kind for r in free), default=None) if LEAVE in found.outcomes else None
    await _store(tx, shift, stored, found, kind, cancelled=False)


async def _store(
    tx: Tx, shift: Row[Any], stored: Row[Any] | None, found: Judged, leave_kind: str | None, *, cancelled: bool
) -> None:
    values: dict[str, Any] = {
        "person_id": shift.person_id,
        "org_unit_id": shift.org_unit_id,
        "post": shift.post,
        "day": shift.starts_at.astimezone(SHANGHAI).date(),
        "outcomes": list(found.outcomes),
        "late_minutes": found.late_minutes,
        "early_minutes": found.early_minutes,
        "leave_kind": leave_kind,
        "cancelled": cancelled,
    }
    if stored is None:
        id, version = await repository.insert(tx, attendance, {"shift_id": shift.id, **values}), 1
    elif all(getattr(stored, name) == value for name, value in values.items()):
        return
    else:
        id, version = stored.id, stored.version + 1
        await repository.change(tx, attendance, stored, values)
    tx.emit(
        "attendance.recorded.v1",
        subject=id,
        seq=version,
        occurred_at=min(shift.ends_at, tx.now),
        data={
            "shift_id": str(shift.id),
            "person_id": str(shift.person_id),
            "org_unit_id": str(shift.org_unit_id),
            "post": shift.post,
            "day": values["day"].isoformat(),
            "outcomes": values["outcomes"],
            "late_minutes": found.late_minutes,
            "early_minutes": found.early_minutes,
            "leave_kind": leave_kind,
            "cancelled": cancelled,
        },
    )


async def uncovered(tx: Tx, post: Row[Any], day: date) -> list[Span]:
    """The time of a post's hours on a day that nobody covers, as the records stand now."""
    hours = window(day, post.opens, post.closes, zone_of(post.timezone))
    planned = await repository.shifts_at_post(tx, post.org_unit_id, post.code, hours)
    crew = {row.person_id for row in planned}
    free = await away(tx, crew, hours) if crew else {}
    # Nobody is present yet in hours that are still to come.
    kept = post.presence_kept and hours.start <= tx.now
    there: dict[UUID, list[Span]] = {}
    if kept and crew:
        for record in await repository.stays(tx, crew, hours):
            span = stay(record.in_at, record.out_at, tx.now)
            if span is not None:
                there.setdefault(record.person_id, []).append(span)
    covers = []
    for person in crew:
        mine = tuple(span_of(row) for row in planned if row.person_id == person)
        present: tuple[Span, ...] | None = None
        if kept:
            # As long as the day lasts, what is still to come counts as it is rostered.
            ahead = [Span(max(tx.now, hours.start), hours.end)] if tx.now < hours.end else []
            present = tuple(merged([*there.get(person, []), *ahead]))
        covers.append(Cover(mine, tuple(free.get(person, ())), present))
    return gaps(hours, covers)


async def close_day(tx: Tx, post: Row[Any], day: date) -> Row[Any]:
    """Store what came of a post's day, and tell it: a day without a gap is one that was covered; the stored row."""
    found = await uncovered(tx, post, day)
    values: dict[str, Any] = {
        "minutes": minutes(found),
        "gaps": [{"start": _text(g.start), "end": _text(g.end)} for g in found],
    }
    stored = await repository.lock_day(tx, post.id, day)
    if stored is None:
        more = {"post_id": post.id, "day": day, "checked_by": None, "checked_at": None, "note": None}
        await repository.insert(tx, post_days, {**more, **values})
    elif stored.minutes != values["minutes"] or stored.gaps != values["gaps"]:
        await repository.change(tx, post_days, stored, values)
    else:
        return stored
    row = await repository.lock_day(tx, post.id, day)
    assert row is not None  # stored above
    # row: B-030, C-147 an uncovered minute is told, and taken back when a late record shows somebody was there
    tx.emit(
        "roster.gap.v1",
        subject=row.id,
        seq=row.version,
        data={**day_data(post, day), **values},
        community_id=await repository.only_community(tx, post.org_unit_id),
    )
    return row


def day_data(post: Row[Any], day: date) -> dict[str, Any]:
    """What every event about a post's day carries."""
    return {
        "post_id": str(post.id),
        "org_unit_id": str(post.org_unit_id),
        "post": post.code,
        "day": day.isoformat(),
    }


def _text(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat()


async def review(tx: Tx, person_ids: Collection[UUID], org_unit_ids: Collection[UUID], spans: Iterable[Span]) -> None:
    """After a change of shifts, presence, leave or bars: have what was judged already judged again by the worker.

    ``org_unit_ids``: where the change was; shifts of these people say where else. A month's table of a time clock
    touches hundreds of shifts, which is no work for one transaction.
    """
    touched = merged(spans)
    if not touched:
        return
    whole = Span(touched[0].start - AROUND, touched[-1].end + AROUND)
    places = set(org_unit_ids)
    for row in await repository.shifts_of(tx, person_ids, whole):
        places.add(row.org_unit_id)
        if row.ends_at + AROUND <= tx.now:
            tx.set_timer(JUDGE, row.id, tx.now)
    found = await repository.posts_of(tx, [posts.c.org_unit_id.in_(sorted(places))])
    if not found:
        return
    first = whole.start.astimezone(SHANGHAI).date() - timedelta(days=1)
    last = whole.end.astimezone(SHANGHAI).date()
    for row in (await repository.days_of(tx, [post.id for post in found], first, last)).values():
        tx.set_timer(REVIEW, row.id, tx.now)
