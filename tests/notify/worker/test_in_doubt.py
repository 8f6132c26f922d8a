"""The daily word of messages in doubt: once a day to those who run the installation, with counts and nobody's name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from services.notify.domain.delivery import State
from services.notify.models import deliveries, messages
from services.notify.sending.doubt import TEMPLATE, tell
from services.notify.sending.repository import DOUBT
from shared.runtime import Timer
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.notify.worker.test_warnings import employee
from tests.support.world import World

EVENING = datetime.fromisoformat("2025-03-07T21:00:00+08:00")
MORNING = datetime.fromisoformat("2025-03-08T08:30:00+08:00").astimezone(UTC)


@pytest.fixture
async def desk(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[Desk]:
    standing(EVENING)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as found:
        yield found


async def silent(desk: Desk, *numbers: str) -> None:
    """Bills that the mail server took without a word."""
    for number in numbers:
        address = f"{number}@example.com"
        desk.mail.hang.add(address)
        home = await desk.feed.household(number, email=address)
        await desk.feed.apply(desk.feed.bills([home]))
        desk.feed.rt.state.pop("notify.health", None)  # a provider that went silent once rests
        await desk.run()


async def timers(desk: Desk) -> list[Timer]:
    async with desk.feed.rt.db.read(desk.feed.org) as tx:
        rows = await tx.raw.fetch(
            "SELECT id, kind, subject_id, fire_at FROM notify.timers WHERE org_id = $1 AND kind = $2 ORDER BY fire_at",
            desk.feed.org,
            DOUBT,
        )
    return [Timer(r["id"], r["kind"], r["subject_id"], r["fire_at"], {}) for r in rows]


async def fire(desk: Desk, timer: Timer) -> None:
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        timer.begin(tx)
        await tell(tx, timer)


async def words(desk: Desk) -> list[Any]:
    return [m for m in await desk.rows(messages) if m.template == TEMPLATE]


async def test_many_messages_in_doubt_are_one_word_a_day_to_those_who_run_the_installation(desk: Desk) -> None:
    operator = await employee(desk, "ops", units=[desk.feed.org])
    await employee(desk, "clerk", "supervisor", units=[desk.feed.org])
    await silent(desk, "1-1", "1-2")
    await silent(desk, "1-3")
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        [first, *_] = await desk.rows(deliveries)
        d = deliveries
        await tx.execute(update(d).where(d.c.org_id == tx.org_id, d.c.id == first.id).values(state=State.PARKED))
    [timer] = await timers(desk)
    assert timer.fire_at == MORNING
    for _ in range(2):  # a timer may fire twice
        await fire(desk, timer)
    [word] = await words(desk)
    assert (word.person_id, word.message_class, word.community_id) == (operator, "desk", None)
    assert "3 条" in word.title
    assert "结果不明 2 条" in word.body and "已搁置 1 条" in word.body and "docs/operations.md" in word.body
    assert "王小明" not in word.body and "@example.com" not in word.body


async def test_what_a_receipt_ended_before_the_morning_is_not_told(desk: Desk) -> None:
    await employee(desk, "admin", units=[desk.feed.org])
    await silent(desk, "1-1")
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        d = deliveries
        await tx.execute(update(d).where(d.c.org_id == tx.org_id).values(state=State.DELIVERED))
    [timer] = await timers(desk)
    await fire(desk, timer)
    assert await words(desk) == []


async def test_a_day_that_adds_nothing_says_nothing_and_the_next_that_does_names_all_that_stand(
    desk: Desk, standing: Callable[[datetime], Any]
) -> None:
    await employee(desk, "ops", units=[desk.feed.org])
    await silent(desk, "1-1", "1-2")
    [first] = await timers(desk)
    await fire(desk, first)
    standing(EVENING + timedelta(days=3))
    await silent(desk, "1-3")
    _, second = await timers(desk)
    assert second.fire_at == MORNING + timedelta(days=3)
    await fire(desk, second)
    told = await words(desk)
    assert [("2 条" in w.title, "结果不明 2 条" in w.body) for w in told[:1]] == [(True, True)]
    assert [("1 条" in w.title, "结果不明 3 条" in w.body) for w in told[1:]] == [(True, True)]


async def test_a_word_that_is_itself_in_doubt_is_not_told_of_the_next_day(
    desk: Desk, standing: Callable[[datetime], Any]
) -> None:
    await employee(desk, "ops", units=[desk.feed.org])
    await silent(desk, "1-1")
    [first] = await timers(desk)
    await fire(desk, first)
    [word] = await words(desk)
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:  # as if its own mail had met with silence
        d = deliveries
        [bill] = await desk.rows(deliveries)
        values = {"message_id": word.id, "updated_at": MORNING + timedelta(hours=1)}
        await tx.execute(update(d).where(d.c.org_id == tx.org_id, d.c.id == bill.id).values(**values))
    later = Timer(first.id, DOUBT, first.subject_id, MORNING + timedelta(days=1), {})
    await fire(desk, later)
    assert len(await words(desk)) == 1
