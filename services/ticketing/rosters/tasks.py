"""What the worker does for rosters: shifts and days that are over are judged; both may run twice and late."""

from __future__ import annotations

from datetime import timedelta

from services.ticketing.access import zone_of
from services.ticketing.models import post_days, posts
from services.ticketing.rosters import repository
from services.ticketing.rosters.judging import CLOSE, JUDGE, REVIEW, close_day, judge_shift
from services.ticketing.rosters.posts import hours_of, set_close
from shared.db.tx import Tx
from shared.runtime import Timer


async def fire_judge(tx: Tx, timer: Timer) -> None:
    """A shift's records are in: late, early, absent, or all well."""
    await judge_shift(tx, timer.subject_id)


async def fire_close(tx: Tx, timer: Timer) -> None:
    """The close of a post's day; the next day's follows. However late it fires, each day has its own."""
    post = await repository.one(tx, posts, timer.subject_id, lock=True)
    if post is None:
        return
    today = tx.now.astimezone(zone_of(post.timezone)).date()
    # The hours that close now began today, or yesterday where they run over midnight.
    for day in (today - timedelta(days=1), today):
        if hours_of(post, day).end == tx.now:
            await close_day(tx, post, day)
    set_close(tx, post, today - timedelta(days=1))


async def fire_review(tx: Tx, timer: Timer) -> None:
    """A late record touched a post's day that was closed already."""
    seen = await repository.one(tx, post_days, timer.subject_id)
    post = None if seen is None else await repository.one(tx, posts, seen.post_id, lock=True)
    if seen is not None and post is not None:
        await close_day(tx, post, seen.day)


TIMERS = {JUDGE: fire_judge, CLOSE: fire_close, REVIEW: fire_review}
