"""Text messages over two providers and e-mail behind them: who is asked, what is never repeated, where it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.notify.channels.providers import aliyun_sms
from services.notify.domain.delivery import BACKOFF, FALL_BACK_AFTER, Outcome
from services.notify.models import deliveries
from services.notify.sending import claims
from services.notify.sending.tasks import send
from shared import clock
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.support.world import World

DAY = datetime.fromisoformat("2025-03-07T10:00:00+08:00")


@pytest.fixture
async def desk(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[Desk]:
    standing(DAY)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as found:
        yield found


async def test_c056_a_debtor_is_reminded_by_text_message_in_the_providers_own_template(desk: Desk) -> None:
    await desk.approve("aliyun_sms")
    await desk.remind(email="owner@example.com")
    await desk.run()
    [taken] = desk.aliyun.taken
    assert (taken.number, taken.template, taken.signature) == ("13800138000", "SMS_154950909", "翠湖物业")
    assert taken.parameters == {"place": "翠湖花园 1-1", "amount": "213.42 元", "due": "2025年3月25日"}
    assert await desk.states() == [("sms", "sent")]
    assert desk.mail.recipients == []
    assert await desk.told() == ["message.delivered.v1"]


async def test_tencent_is_given_the_same_in_its_own_order(desk: Desk) -> None:
    await desk.approve("tencent_sms")
    await desk.remind()
    await desk.run()
    [taken] = desk.tencent.taken
    assert (taken.number, taken.template) == ("+8613800138000", "1110")
    assert taken.parameters == ["翠湖花园 1-1", "213.42 元", "2025年3月25日"]
    assert desk.aliyun.calls == 0


@pytest.mark.parametrize("state", ["pending", "rejected"])
async def test_an_unapproved_template_never_sends_and_mail_takes_its_place(desk: Desk, state: str) -> None:
    await desk.approve("aliyun_sms", state=state)
    await desk.remind(email="owner@example.com")
    await desk.run()
    await desk.run()
    assert desk.aliyun.calls == desk.tencent.calls == 0
    assert await desk.states() == [("sms", "failed"), ("email", "sent")]
    assert desk.mail.recipients == ["owner@example.com"]


@pytest.mark.parametrize("trouble", ["isv.AMOUNT_NOT_ENOUGH", "isv.BUSINESS_LIMIT_CONTROL", "isv.SMS_TEMPLATE_ILLEGAL"])
async def test_what_one_provider_does_not_take_the_next_one_gets_at_once(desk: Desk, trouble: str) -> None:
    await desk.approve("aliyun_sms")
    await desk.approve("tencent_sms")
    desk.aliyun.moods.codes["13800138000"] = trouble
    await desk.remind()
    await desk.run()
    assert [provider for provider, _ in await desk.asked()] == ["aliyun_sms", "tencent_sms"]
    assert len(desk.tencent.taken) == 1
    assert await desk.states() == [("sms", "sent")]


async def test_what_may_be_under_way_is_given_to_nobody_else(desk: Desk) -> None:
    """A provider that answers after 30 s, and one that answers 500 after sending."""
    await desk.approve("aliyun_sms")
    await desk.approve("tencent_sms")
    desk.aliyun.moods.hang = 1.0
    await desk.remind("1-1", email="owner@example.com")
    await desk.run()
    desk.aliyun.moods.hang, desk.aliyun.moods.fail_after = 0.0, True
    await desk.remind("1-2", phone="13800138001", email="owner2@example.com")
    await desk.run()
    assert await desk.states() == [("sms", "unknown"), ("sms", "unknown")]
    assert desk.tencent.calls == 0
    assert desk.mail.recipients == []
    assert await desk.jobs() == []
    assert await desk.told() == []


async def test_a_number_that_does_not_exist_is_told_by_mail(desk: Desk) -> None:
    await desk.approve("aliyun_sms")
    await desk.approve("tencent_sms")
    desk.aliyun.moods.codes["13800138000"] = "isv.MOBILE_NUMBER_ILLEGAL"
    await desk.remind(email="owner@example.com")
    await desk.run()
    await desk.run()
    assert desk.tencent.calls == 0  # it would say the same
    assert await desk.states() == [("sms", "failed"), ("email", "sent")]
    assert await desk.told() == ["message.delivered.v1"]


async def test_the_last_channel_that_fails_is_reported_as_failed(desk: Desk) -> None:
    await desk.approve("aliyun_sms")
    desk.aliyun.moods.codes["13800138000"] = "isv.MOBILE_NUMBER_ILLEGAL"
    desk.mail.rcpt["owner@example.com"] = "550 no such mailbox"
    await desk.remind(email="owner@example.com")
    await desk.run()
    await desk.run()
    assert await desk.states() == [("sms", "failed"), ("email", "failed")]
    assert await desk.told() == ["message.failed.v1"]


async def test_with_all_providers_away_mail_takes_over_after_a_few_attempts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.approve("aliyun_sms")
    gone = aliyun_sms.settings().model_copy(update={"url": "http://127.0.0.1:9", "connect_timeout": 0.2})
    monkeypatch.setattr(aliyun_sms, "settings", lambda: gone)
    await desk.remind(email="owner@example.com")
    for _ in range(FALL_BACK_AFTER):
        await desk.run()
        await desk.later()
    assert await desk.states() == [("sms", "failed"), ("email", "queued")]
    await desk.run()
    assert desk.mail.recipients == ["owner@example.com"]


async def test_without_another_channel_what_nobody_takes_is_parked_not_dropped(desk: Desk) -> None:
    await desk.approve("aliyun_sms")
    desk.aliyun.moods.codes["13800138000"] = "isv.AMOUNT_NOT_ENOUGH"
    await desk.remind()
    for _ in range(len(BACKOFF[Outcome.ACCOUNT]) + 1):
        await desk.run()
        await desk.later()
    assert await desk.states() == [("sms", "parked")]
    assert await desk.told() == []


async def test_a_provider_that_rejects_every_tenth_costs_nobody_a_message(desk: Desk) -> None:
    await desk.approve("aliyun_sms")
    await desk.approve("tencent_sms")
    desk.aliyun.moods.every_tenth = "isv.BUSINESS_LIMIT_CONTROL"
    numbers = [f"1380013{n:04d}" for n in range(25)]
    homes = [await desk.feed.household(f"1-{n}", phone=number) for n, number in enumerate(numbers)]
    await desk.feed.apply([desk.feed.reminder(home) for home in homes])
    await desk.run()
    came = [t.number for t in desk.aliyun.taken] + [t.number.removeprefix("+86") for t in desk.tencent.taken]
    assert sorted(came) == sorted(numbers)
    assert len(desk.tencent.taken) == 2
    assert {state for _, state in await desk.states()} == {"sent"}


async def test_a_provider_that_is_down_is_left_alone_and_the_other_carries_all(desk: Desk) -> None:
    await desk.approve("aliyun_sms")
    await desk.approve("tencent_sms")
    desk.aliyun.moods.throttle = 30
    homes = [await desk.feed.household(f"1-{n}", phone=f"1380013{n:04d}") for n in range(12)]
    await desk.feed.apply([desk.feed.reminder(home) for home in homes])
    await desk.run()
    assert desk.aliyun.calls == 2
    assert len(desk.tencent.taken) == 12


async def test_a_worker_killed_between_the_send_and_its_record_sends_nothing_twice(desk: Desk) -> None:
    await desk.approve("aliyun_sms")
    await desk.remind()
    [job] = await desk.jobs()
    ids = [UUID(i) for i in job.payload["deliveries"]]
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:  # claimed, sent, and gone
        await claims.claim(tx, ids, uuid7())
    await send(desk.feed.rt, job)
    assert await desk.states() == [("sms", "unknown")]
    assert desk.aliyun.calls == 0


async def test_a_repeated_request_sends_nothing_again_also_when_the_address_is_new(desk: Desk) -> None:
    await desk.approve("aliyun_sms")
    home = await desk.feed.household(phone="13800138000")
    asked = desk.feed.reminder(home)
    await desk.feed.apply([asked])
    await desk.run()
    person = {"name": "王", "email": "new@example.com", "phone": None, "locale": "zh"}
    await desk.feed.apply(
        [desk.feed.event("person.upserted.v1", home[1], {"version": 2}, seq=2)],
        prepared={"person.upserted.v1": {home[1]: person}},
    )
    await desk.feed.apply([asked])
    await desk.run()
    assert await desk.states() == [("sms", "sent")]
    assert desk.mail.recipients == []


async def test_calls_are_spaced_as_the_provider_allows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.approve("aliyun_sms")
    slow = aliyun_sms.settings().model_copy(update={"rate": 20})
    monkeypatch.setattr(aliyun_sms, "settings", lambda: slow)
    homes = [await desk.feed.household(f"1-{n}", phone=f"1380013{n:04d}") for n in range(5)]
    await desk.feed.apply([desk.feed.reminder(home) for home in homes])
    began = clock.monotonic()
    await desk.run()
    assert clock.monotonic() - began >= 4 / 20
    assert len(desk.aliyun.taken) == 5


async def test_an_erased_person_gets_no_text_message_that_was_waiting(desk: Desk) -> None:
    await desk.approve("aliyun_sms")
    home = await desk.feed.household(phone="13800138000")
    await desk.feed.apply([desk.feed.reminder(home)])
    await desk.feed.apply([desk.feed.event("person.erased.v1", home[1], {}, seq=2)])
    await desk.run()
    assert desk.aliyun.calls == 0
    assert [d.state for d in await desk.rows(deliveries)] == ["cancelled"]
