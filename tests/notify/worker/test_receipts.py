"""Receipts: they resolve what is unknown, send on what did not arrive, and cannot be made up or repeated."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from deploy.simulators.sms import Taken
from services.notify.domain.delivery import Outcome, Result, State
from services.notify.models import deliveries, receipts
from services.notify.sending import claims, records
from services.notify.sending.calling import Tried
from services.notify.sending.echo import echo_of, read_echo
from services.notify.sending.records import Verdict
from services.notify.sending.tasks import send
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.notify.worker.desk import TOKEN, Desk, desk_of
from tests.support.world import World

DAY = datetime.fromisoformat("2025-03-07T10:00:00+08:00")


@pytest.fixture
async def desk(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[Desk]:
    standing(DAY)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as found:
        await found.approve("aliyun_sms")
        yield found


async def bring(
    api: httpx.AsyncClient, reports: Any, provider: str = "aliyun_sms", token: str = TOKEN
) -> httpx.Response:
    return await api.post(f"/notify/v1/receipts/{provider}", params={"token": token}, json=reports)


async def test_b067_a_receipt_says_when_the_reminder_arrived_and_a_second_one_changes_nothing(
    desk: Desk, api: httpx.AsyncClient
) -> None:
    await desk.remind()
    await desk.run()
    report = desk.aliyun.report(desk.aliyun.taken[0])
    first, again = await bring(api, [report]), await bring(api, [report, report])
    assert (first.status_code, first.json()) == (200, {"code": 0, "msg": "接收成功"})
    assert again.status_code == 200
    assert await desk.states() == [("sms", "delivered")]
    [kept] = await desk.rows(receipts)
    assert (kept.arrived, kept.at) == (True, datetime(2025, 3, 7, 1, 0, 3, tzinfo=UTC))
    assert await desk.told() == ["message.delivered.v1", "message.confirmed.v1"]


async def test_a_silence_is_resolved_by_the_receipt(desk: Desk, api: httpx.AsyncClient) -> None:
    desk.aliyun.moods.hang = 1.0
    await desk.remind(email="owner@example.com")
    await desk.run()
    assert await desk.states() == [("sms", "unknown")]
    await bring(api, [desk.aliyun.report(desk.aliyun.taken[0])])
    assert await desk.states() == [("sms", "delivered")]
    assert await desk.told() == ["message.delivered.v1", "message.confirmed.v1"]
    assert desk.mail.recipients == []


async def test_what_a_provider_took_and_lost_is_told_over_the_next_channel(desk: Desk, api: httpx.AsyncClient) -> None:
    """Answers 200 and loses it: the receipt says so."""
    desk.aliyun.moods.lose = True
    await desk.remind(email="owner@example.com")
    await desk.run()
    assert await desk.states() == [("sms", "sent")]
    [row] = await desk.rows(deliveries)
    lost = Taken("13800138000", "", {}, "", echo_of("22" * 32, desk.feed.org, row.id), row.reference)
    await bring(api, [desk.aliyun.report(lost, arrived=False)])
    await desk.run()
    assert await desk.states() == [("sms", "failed"), ("email", "sent")]
    assert desk.mail.recipients == ["owner@example.com"]


async def test_what_a_provider_took_and_never_reports_stays_handed_over_and_is_never_said_to_have_arrived(
    desk: Desk, api: httpx.AsyncClient, world: World, standing: Callable[[datetime], Any]
) -> None:
    """Answers 200, loses it, is silent for good: nobody can know, so nothing is repeated and no arrival is proven."""
    desk.aliyun.moods.lose = True
    cause = await desk.remind(email="owner@example.com")
    await desk.run()
    standing(DAY + timedelta(days=30))
    await world.drain(desk.feed.org)
    assert await desk.states() == [("sms", "sent")]
    assert (desk.aliyun.calls, desk.mail.recipients) == (1, [])
    assert await desk.told() == ["message.delivered.v1"]  # handed over; dunning waits for message.confirmed.v1
    staff = world.token("cs_manager", desk.feed.org)
    shown = (await api.get("/notify/v1/messages?state=sent", headers=staff)).json()["items"]
    assert [m["cause_id"] for m in shown] == [str(cause)]
    proof = (await api.get(f"/notify/v1/messages/{shown[0]['id']}/proof", headers=staff)).json()
    [delivery] = proof["deliveries"]
    assert [(e["kind"], e.get("outcome")) for e in delivery["entries"]] == [("attempt", "sent")]
    again = await api.post(
        f"/notify/v1/messages/{shown[0]['id']}/replay",
        headers=world.token("cs_manager", desk.feed.org),
        json={"channel": None, "may_arrive_twice": False},
    )
    assert again.status_code == 409


async def test_what_did_not_arrive_and_has_no_other_channel_is_reported_as_failed(
    desk: Desk, api: httpx.AsyncClient
) -> None:
    await desk.remind()
    await desk.run()
    await bring(api, [desk.aliyun.report(desk.aliyun.taken[0], arrived=False)])
    assert await desk.states() == [("sms", "failed")]
    assert await desk.told() == ["message.delivered.v1", "message.failed.v1"]


async def test_a_receipt_that_is_faster_than_our_record_stands(desk: Desk, api: httpx.AsyncClient) -> None:
    await desk.remind()
    [job] = await desk.jobs()
    [delivery] = [UUID(i) for i in job.payload["deliveries"]]
    run = uuid7()
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        [claimed] = await claims.claim(tx, [delivery], run)
    taken = Taken("13800138000", "", {}, "", echo_of("22" * 32, desk.feed.org, delivery), "biz-1")
    await bring(api, [desk.aliyun.report(taken)])
    async with desk.feed.rt.db.tx(desk.feed.org) as tx:
        tried = [Tried(claimed, "aliyun_sms", Result(Outcome.SENT, "OK"), tx.wall, tx.wall, "13800138000")]
        assert await records.put(tx, run, tried, {delivery: Verdict(State.SENT)}, {}) == set()
    await send(desk.feed.rt, job)
    assert await desk.states() == [("sms", "delivered")]
    assert await desk.told() == ["message.delivered.v1", "message.confirmed.v1"]


async def test_a_contrary_word_after_the_first_is_kept_and_changes_nothing(desk: Desk, api: httpx.AsyncClient) -> None:
    await desk.remind(email="owner@example.com")
    await desk.run()
    [taken] = desk.aliyun.taken
    await bring(api, [desk.aliyun.report(taken), desk.aliyun.report(taken, arrived=False)])
    assert await desk.states() == [("sms", "delivered")]
    assert len(await desk.rows(receipts)) == 2


async def test_tencent_reports_by_its_own_number_and_is_asked_again_for_what_is_not_known_yet(
    desk: Desk, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.approve("tencent_sms")
    desk.aliyun.moods.codes["13800138000"] = "isv.AMOUNT_NOT_ENOUGH"
    await desk.remind()
    await desk.run()
    report = desk.tencent.report(desk.tencent.taken[0])
    early = await bring(api, [{**report, "sid": "not-known"}, report], "tencent_sms")
    assert (early.status_code, early.json()["code"]) == (503, "notify.receipt.too_early")
    assert await desk.states() == [("sms", "delivered")]  # what is known has been taken
    late = await bring(api, [report], "tencent_sms")
    assert (late.status_code, late.json()) == (200, {"result": 0, "errmsg": "OK"})


async def test_nobody_without_the_token_finds_the_address(desk: Desk, api: httpx.AsyncClient) -> None:
    await desk.remind()
    await desk.run()
    report = [desk.aliyun.report(desk.aliyun.taken[0])]
    for provider, token in (("aliyun_sms", "guess"), ("nobody", TOKEN), ("aliyun_sms", "回执")):
        answer = await bring(api, report, provider, token)
        assert (answer.status_code, answer.json()["code"]) == (404, "notify.receipt.no_receiver")
    assert await desk.states() == [("sms", "sent")]


async def test_a_receipt_that_was_made_up_is_passed_over(desk: Desk, api: httpx.AsyncClient, world: World) -> None:
    await desk.remind()
    await desk.run()
    [taken] = desk.aliyun.taken
    org, delivery, mark = taken.echo.split(".")
    other = await world.new_org()
    for forged in (f"{org}.{delivery}.{'0' * 32}", f"{other.hex}.{delivery}.{mark}", "12345", f"{org}.x.{mark}"):
        taken.echo = forged
        assert (await bring(api, [desk.aliyun.report(taken, arrived=False)])).status_code == 200
    assert await desk.states() == [("sms", "sent")]
    assert await desk.rows(receipts) == []


async def test_what_is_no_report_is_422(desk: Desk, api: httpx.AsyncClient) -> None:
    answer = await bring(api, {"a": 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "notify.receipt.malformed")


def test_an_echo_is_read_only_with_the_key_that_made_it() -> None:
    org, delivery = uuid7(), uuid7()
    echo = echo_of("11" * 32, org, delivery)
    assert read_echo("11" * 32, echo) == (org, delivery)
    assert read_echo("22" * 32, echo) is None
    assert read_echo("", echo) is None and echo_of("", org, delivery) == ""
    assert len(echo) == 98
