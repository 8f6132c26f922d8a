"""What may wait waits: quiet hours, a household's cap, digests and opt-outs, over the database and its timers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.notify.domain.restraint import CAP
from services.notify.models import deliveries, household_tells, inbox, messages, preferences
from services.notify.telling.service import Telling, deliver
from shared import clock as machine
from shared.timers import firing
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.support.world import World


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of March 2025 in China."""
    return datetime(2025, 3, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.fixture
async def desk(world: World, org: UUID, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as found:
        await found.approve("aliyun_sms")
        await found.approve("aliyun_sms", "bill.issued")
        yield found


async def release(desk: Desk) -> None:
    """Fire what is due by the business clock."""
    await firing.fire_due(desk.feed.rt, desk.feed.org, machine.now())


async def notice(desk: Desk, homes: list[tuple[UUID, UUID]], message_class: str = "notice") -> None:
    """Tell households something general, as a campaign would."""
    tellings = []
    for home in homes:
        event = desk.feed.reminder(home)
        tellings.append(
            Telling(event, "bill.reminder", message_class, "person", home[1], home[0], event.data["variables"])
        )
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        await deliver(tx, tellings)


async def test_a_reminder_of_the_evening_rings_in_the_morning(desk: Desk, standing: Callable[[datetime], Any]) -> None:
    clock = standing(local(7, 20))
    await desk.remind()
    [held] = await desk.rows(deliveries)
    assert (held.state, held.held_for, held.held_until) == ("held", "quiet", local(8, 8))
    await desk.run()
    assert desk.aliyun.calls == 0
    clock.to(local(8, 7, 59))
    await release(desk)
    assert await desk.states() == [("sms", "held")]
    clock.to(local(8, 8))
    await release(desk)
    await desk.run()
    assert len(desk.aliyun.taken) == 1
    assert await desk.told() == ["message.delivered.v1"]


async def test_a_run_that_is_held_has_one_timer(desk: Desk, standing: Callable[[datetime], Any]) -> None:
    standing(local(7, 22))
    homes = [await desk.feed.household(f"1-{n}", phone=f"1380013{n:04d}") for n in range(5)]
    await desk.feed.apply([desk.feed.reminder(home) for home in homes])
    async with desk.feed.rt.db.read(desk.feed.org) as tx:
        count = await tx.raw.fetchval("SELECT count(*) FROM notify.timers WHERE org_id = $1", desk.feed.org)
    assert count == 1
    assert await desk.jobs() == []


async def test_the_text_message_in_place_of_a_mail_does_not_ring_at_night(
    desk: Desk, standing: Callable[[datetime], Any]
) -> None:
    standing(local(7, 23))
    desk.mail.rcpt["owner@example.com"] = "550 no such mailbox"
    home = await desk.feed.household(email="owner@example.com", phone="13800138000")
    await desk.feed.apply(desk.feed.bills([home]))
    await desk.run()
    assert await desk.states() == [("email", "failed"), ("sms", "held")]
    assert (await desk.rows(deliveries))[1].held_until == local(8, 9)


async def test_a_household_hears_three_notices_and_surveys_a_week_and_the_next_one_later(
    desk: Desk, standing: Callable[[datetime], Any]
) -> None:
    standing(local(7, 10))
    home = await desk.feed.household(email="owner@example.com")
    for message_class in ("notice", "survey", "campaign", "survey"):
        await notice(desk, [home], message_class)
    assert [s for _, s in await desk.states()] == ["queued"] * CAP + ["held"]
    last = (await desk.rows(deliveries))[-1]
    assert (last.held_for, last.held_until) == ("cap", local(14, 10))
    # dunning and bills know no cap
    await desk.feed.apply([desk.feed.reminder(home), *desk.feed.bills([home])])
    assert [s for _, s in await desk.states()][-2:] == ["queued", "queued"]
    assert len(await desk.rows(inbox)) == 6


async def test_two_sources_that_tell_one_household_at_once_count_together(
    desk: Desk, standing: Callable[[datetime], Any]
) -> None:
    standing(local(7, 10))
    home = await desk.feed.household(email="owner@example.com")
    await asyncio.gather(*(notice(desk, [home]) for _ in range(2 * CAP)))
    states = [s for _, s in await desk.states()]
    assert (states.count("queued"), states.count("held")) == (CAP, CAP)


async def test_a_repeated_notice_is_not_counted_again(desk: Desk, standing: Callable[[datetime], Any]) -> None:
    standing(local(7, 10))
    home = await desk.feed.household(email="owner@example.com")
    event = desk.feed.reminder(home)
    telling = Telling(event, "bill.reminder", "notice", "person", home[1], home[0], event.data["variables"])
    for _ in range(2):
        async with desk.feed.rt.db.tx(desk.feed.org) as tx:
            await deliver(tx, [telling])
    async with desk.feed.rt.db.read(desk.feed.org) as tx:
        times = await tx.raw.fetchval("SELECT times FROM notify.household_tells WHERE org_id = $1", desk.feed.org)
    assert len(times) == 1


async def choose(api: httpx.AsyncClient, world: World, desk: Desk, home: tuple[UUID, UUID], **classes: str) -> None:
    me = world.token("resident", desk.feed.org, units=[home[0]], sub=home[1])
    answer = await api.post("/notify/v1/preferences", json={"classes": classes}, headers=me)
    assert answer.status_code == 200, answer.text


async def test_what_was_turned_off_is_in_the_inbox_and_nowhere_else(
    desk: Desk, standing: Callable[[datetime], Any], api: httpx.AsyncClient, world: World
) -> None:
    standing(local(7, 10))
    home = await desk.feed.household(email="owner@example.com", phone="13800138000")
    await choose(api, world, desk, home, billing="off")
    await desk.feed.apply([*desk.feed.bills([home]), desk.feed.reminder(home)])
    assert len(await desk.rows(inbox)) == 2
    assert await desk.states() == [("sms", "queued")]  # the reminder of a debt, which nobody may turn off


async def test_a_digest_of_the_day_is_one_message_in_the_evening(
    desk: Desk, standing: Callable[[datetime], Any], api: httpx.AsyncClient, world: World
) -> None:
    clock = standing(local(7, 10))
    home, other = await desk.feed.household(email="owner@example.com"), await desk.feed.household(email="b@example.com")
    await choose(api, world, desk, home, billing="digest")
    await choose(api, world, desk, other, billing="digest")
    await desk.feed.apply(desk.feed.bills([home, home, home, other]))
    clock.to(local(7, 18))
    await release(desk)
    await release(desk)
    await desk.run()
    assert sorted(desk.mail.recipients) == ["b@example.com", "owner@example.com"]
    states = [s for _, s in await desk.states()]
    assert (states.count("digested"), states.count("sent")) == (3, 2)  # a single line goes as itself
    [digest] = [m for m in await desk.rows(messages) if m.template == "digest"]
    assert digest.title == "今日 3 条消息"
    assert digest.body.count("- 2025-03 物业费账单") == 3
    assert len(await desk.rows(inbox)) == 4  # the digest stands for what is there already


async def test_an_erased_person_leaves_no_preference_and_nothing_held(
    desk: Desk, standing: Callable[[datetime], Any], api: httpx.AsyncClient, world: World
) -> None:
    clock = standing(local(7, 21))
    home = await desk.feed.household(phone="13800138000")
    await choose(api, world, desk, home, survey="off")
    await desk.feed.apply([desk.feed.reminder(home)])
    await desk.feed.apply([desk.feed.event("person.erased.v1", home[1], {}, seq=2)])
    assert await desk.rows(preferences) == []
    [message] = await desk.rows(messages)
    assert (message.title, message.shown) == (None, None)
    clock.to(local(8, 8))
    await release(desk)
    assert await desk.states() == [("sms", "cancelled")]


async def test_a_household_of_two_owners_hears_one_notice_at_the_same_time(
    desk: Desk, standing: Callable[[datetime], Any]
) -> None:
    standing(local(7, 10))
    home = await desk.feed.household(email="a@example.com")
    event = desk.feed.reminder(home)
    other = await desk.feed.household("1-2", email="b@example.com")
    tellings = [
        Telling(event, "bill.reminder", "notice", "person", person, home[0], event.data["variables"])
        for person in (home[1], other[1])
    ]
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        await tx.execute(
            household_tells.insert(),
            [{"org_id": tx.org_id, "unit_id": home[0], "times": [local(7, 9)] * (CAP - 1)}],
        )
        await deliver(tx, tellings)
    assert [s for _, s in await desk.states()] == ["queued", "queued"]
    async with desk.feed.rt.db.read(desk.feed.org) as tx:
        times = await tx.raw.fetchval("SELECT times FROM notify.household_tells WHERE org_id = $1", desk.feed.org)
    assert len(times) == CAP


async def test_of_two_rows_that_were_one_person_every_no_stands(
    desk: Desk, standing: Callable[[datetime], Any], api: httpx.AsyncClient, world: World
) -> None:
    standing(local(7, 10))
    loser, survivor = await desk.feed.household("1-1"), await desk.feed.household("1-2")
    await choose(api, world, desk, loser, survey="off", billing="off")
    await choose(api, world, desk, survivor, billing="digest")
    merged = desk.feed.event("person.merged.v1", loser[1], {"survivor_id": str(survivor[1])}, seq=2)
    await desk.feed.apply([merged])
    chosen = {(p.person_id, p.message_class): p.mode for p in await desk.rows(preferences)}
    assert chosen == {(survivor[1], "survey"): "off", (survivor[1], "billing"): "digest"}
