"""Posts, their days and the daily check of roster and presence (B-030, B-031, C-147)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row as DbRow

from services.ticketing.access import zone_of
from services.ticketing.assignments.repository import org_unit
from services.ticketing.domain.rosters import Span, minutes, window
from services.ticketing.domain.staff_errors import DayNotOver, NoSuchPost, PostExists, RosterInvalid
from services.ticketing.errors import NoSuchOrgUnit
from services.ticketing.models import post_days, posts
from services.ticketing.rosters import repository
from services.ticketing.rosters.judging import CLOSE, close_day, day_data, uncovered
from services.ticketing.rosters.schemas import CheckIn, GapOut, PostDayOut, PostIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

#: Days that one listing of gaps covers at most.
MOST_DAYS = 31
_ZONE = "Asia/Shanghai"


async def make(tx: Tx, who: Principal, body: PostIn) -> DbRow[Any]:
    """Declare a post; each of its days is judged at its close from now on.

    Raises:
        NoSuchOrgUnit, PostExists; RosterInvalid: it ends before it begins.
    """
    place = await org_unit(tx, body.org_unit_id, lock=True)
    if place is None or not who.sees(place.path):
        raise NoSuchOrgUnit()
    if body.until is not None and body.until < body.since:
        raise RosterInvalid(fields=[FieldError("until", "不能早于开始日期", "Should not lie before since")])
    if any(at.tzinfo is not None for at in (body.opens, body.closes)):
        raise RosterInvalid(fields=[FieldError("opens", "请填写当地时间", "Should be local times")])
    if await repository.post_of(tx, body.org_unit_id, body.code) is not None:
        raise PostExists()
    id = await repository.insert(tx, posts, {**body.model_dump(), "timezone": _ZONE})
    row = await repository.one(tx, posts, id)
    assert row is not None  # stored above
    tx.audit("post.made", "post", id, after=body.model_dump(mode="json"))
    today = tx.now.astimezone(zone_of(_ZONE)).date()
    set_close(tx, row, max(body.since, today))
    return row


def hours_of(post: DbRow[Any], day: date) -> Span:
    """A post's hours on a day."""
    return window(day, post.opens, post.closes, zone_of(post.timezone))


def set_close(tx: Tx, post: DbRow[Any], day: date) -> None:
    """Set the timer of the first close from a day on that is still to come; none after the post's last day."""
    while hours_of(post, day).end <= tx.now:
        day += timedelta(days=1)
    if post.until is None or day <= post.until:
        # row: B-030 every day, at the close of its hours
        tx.set_timer(CLOSE, post.id, hours_of(post, day).end)


async def find(tx: Tx, who: Principal, id: UUID) -> DbRow[Any]:
    """A post of an org unit within reach. Raises NoSuchPost."""
    row = await repository.one(tx, posts, id)
    place = None if row is None else await org_unit(tx, row.org_unit_id)
    if row is None or place is None or not who.sees(place.path):
        raise NoSuchPost()
    return row


async def days(
    tx: Tx, who: Principal, first: date, last: date, org_unit_id: UUID | None, post_id: UUID | None, gaps_only: bool
) -> Sequence[PostDayOut]:
    """Days of posts within reach: past ones as they were judged, others as the roster stands now.

    Raises:
        RosterInvalid: the days are in the wrong order, or too many.
    """
    if not first <= last < first + timedelta(days=MOST_DAYS):
        told = (f"应为 1 至 {MOST_DAYS} 天", f"Should be 1 to {MOST_DAYS} days")
        raise RosterInvalid(fields=[FieldError("query.last", *told)])
    where = repository.under(tx, who, posts)
    where += [] if org_unit_id is None else [posts.c.org_unit_id == org_unit_id]
    where += [] if post_id is None else [posts.c.id == post_id]
    found = await repository.posts_of(tx, where)
    stored = await repository.days_of(tx, [post.id for post in found], first, last) if found else {}
    answer = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for post in found:
            if day < post.since or (post.until is not None and day > post.until):
                continue
            shown = await _shown(tx, post, day, stored.get((post.id, day)))
            if shown.minutes or not gaps_only:
                answer.append(shown)
    return answer


async def _shown(tx: Tx, post: DbRow[Any], day: date, stored: DbRow[Any] | None) -> PostDayOut:
    closed = hours_of(post, day).end <= tx.now
    if stored is not None and closed:
        return day_out(post, stored)
    found = await uncovered(tx, post, day)
    return PostDayOut(
        post_id=post.id,
        org_unit_id=post.org_unit_id,
        post=post.code,
        day=day,
        minutes=minutes(found),
        gaps=[GapOut(start=gap.start, end=gap.end) for gap in found],
        closed=closed,
        checked_by=None if stored is None else stored.checked_by,
        checked_at=None if stored is None else stored.checked_at,
    )


def day_out(post: DbRow[Any], row: DbRow[Any], *, closed: bool = True) -> PostDayOut:
    """A stored day of a post."""
    return PostDayOut(
        post_id=post.id,
        org_unit_id=post.org_unit_id,
        post=post.code,
        day=row.day,
        minutes=row.minutes,
        gaps=[
            GapOut(start=datetime.fromisoformat(gap["start"]), end=datetime.fromisoformat(gap["end"]))
            for gap in row.gaps
        ],
        closed=closed,
        checked_by=row.checked_by,
        checked_at=row.checked_at,
    )


async def check(tx: Tx, who: Principal, id: UUID, body: CheckIn) -> PostDayOut:
    """Record that roster and presence of a day were checked (B-031); again on the same day, the first time counts.

    Raises:
        NoSuchPost. DayNotOver: the day has not begun. RosterInvalid: the post is not staffed on that day.
    """
    post = await find(tx, who, id)
    if body.day < post.since or (post.until is not None and body.day > post.until):
        told = ("该岗点当日不设岗", "The post is not staffed on that day")
        raise RosterInvalid(fields=[FieldError("day", *told)])
    if tx.now.astimezone(zone_of(post.timezone)).date() < body.day:
        raise DayNotOver()
    await repository.one(tx, posts, id, lock=True)  # two checks, or a check and the close, come one after the other
    row = await close_day(tx, post, body.day)
    if row.checked_at is None:
        # row: B-031 the daily check leaves its record
        await repository.change(tx, post_days, row, {"checked_by": who.sub, "checked_at": tx.now, "note": body.note})
        told_as = {**day_data(post, body.day), "checked_at": tx.now}
        place = await repository.only_community(tx, post.org_unit_id)
        tx.emit("roster.checked.v1", subject=row.id, seq=row.version + 1, data=told_as, community_id=place)
        tx.audit("roster.checked", "post", post.id, after={"day": body.day, "note": body.note})
    again = await repository.lock_day(tx, post.id, body.day)
    assert again is not None  # stored above
    return day_out(post, again, closed=hours_of(post, body.day).end <= tx.now)
