"""Campaigns: drafted, estimated, approved by somebody else, sent once to each, paused, resumed, cancelled, reported."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from services.notify.campaigns import tasks
from services.notify.channels.providers import wechat_service
from services.notify.models import accounts, deliveries, messages
from shared import clock
from shared.db.helpers import insert_rows
from shared.ids import uuid7
from shared.runtime import Job
from shared.timers import firing
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.support.world import Standing, World

DAY = datetime.fromisoformat("2025-03-07T10:00:00+08:00")
NOTICE = {"subject": "楼道禁停电动车", "text": "即日起楼道内禁止停放电动车。"}
ACTIVITY = {"activity": "游园会", "held_on": "2025-03-12", "where": "中心广场"}


class Office:
    """A clerk who drafts, a manager who decides, and the providers."""

    def __init__(self, desk: Desk, api: httpx.AsyncClient, world: World, now: Standing) -> None:
        self.desk, self.api, self.world, self.now = desk, api, world, now
        self.org = desk.feed.org
        self.clerk = world.token("supervisor", self.org)
        self.manager = world.token("cs_manager", self.org)

    async def household(self, number: str, **contact: Any) -> tuple[UUID, UUID]:
        return await self.desk.feed.household(number, **contact)

    def body(self, **more: Any) -> dict[str, Any]:
        return {
            "name": "通告",
            "template": "campaign.notice",
            "variables": NOTICE,
            "communities": [str(self.desk.feed.community)],
            "reason": "消防安全",
            **more,
        }

    async def post(
        self, path: str = "", body: Any = None, headers: dict[str, str] | None = None, status: int = 200
    ) -> dict[str, Any]:
        url = f"/notify/v1/campaigns{path}"
        answer = await self.api.post(url, json=body, headers=headers or self.clerk)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.api.get(f"/notify/v1/campaigns/{id}", headers=self.clerk)).json()
        return found

    async def draft(self, **more: Any) -> str:
        return str((await self.post("", self.body(**more), status=201))["id"])

    async def approved(self, **more: Any) -> str:
        id = await self.draft(**more)
        assert (await self.post(f"/{id}/submit"))["stage"] == "pending"
        assert (await self.post(f"/{id}/decide", {"approve": True}, self.manager))["stage"] == "approved"
        return id

    async def begin(self) -> None:
        """Let the timers fire and the campaign's own job run, without sending anything."""
        rt = self.desk.feed.rt
        await firing.fire_due(rt, self.org, clock.now())
        async with rt.db.tx(self.org) as tx:
            rows = await tx.raw.fetch(
                "DELETE FROM notify.jobs WHERE org_id = $1 AND kind = 'campaign.step' RETURNING id, payload::text",
                self.org,
            )
        for row in rows:
            await tasks.step(rt, Job(row["id"], self.org, "campaign.step", json.loads(row["payload"]), 1, "test"))


@pytest.fixture
async def office(
    world: World,
    org: UUID,
    api: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    standing: Callable[[datetime], Standing],
) -> AsyncIterator[Office]:
    now = standing(DAY)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as desk:
        yield Office(desk, api, world, now)


async def test_e054_c252_a_notice_is_drafted_approved_by_another_and_issued_to_each_household(office: Office) -> None:
    for n in range(3):
        await office.household(f"1-{n}", email=f"o{n}@example.com")
    id = await office.approved()
    await office.begin()
    await office.desk.run()
    assert sorted(office.desk.mail.recipients) == [f"o{n}@example.com" for n in range(3)]
    await office.begin()
    seen = await office.get(id)
    assert (seen["stage"], seen["told"], seen["messages"], seen["read"]) == ("done", 3, 3, 0)
    assert seen["deliveries"] == [{"channel": "email", "state": "sent", "count": 3}]
    listed = await office.api.get("/notify/v1/messages", params={"subject_id": id}, headers=office.clerk)
    assert len(listed.json()["items"]) == 3  # the issue list


async def test_nobody_decides_what_they_asked_for_and_a_refusal_says_why(office: Office) -> None:
    await office.household("1-1")
    id = await office.draft()
    assert (await office.post(f"/{id}/decide", {"approve": True}, office.manager, 409))["code"] == (
        "notify.campaign.not_now"
    )
    mine = await office.post("", office.body(), office.manager, 201)
    await office.post(f"/{mine['id']}/submit", headers=office.manager)
    own = await office.post(f"/{mine['id']}/decide", {"approve": True}, office.manager, 403)
    assert own["code"] == "approval.request.own"
    await office.post(f"/{id}/submit")
    await office.post(f"/{id}/decide", {"approve": False}, office.manager, 422)
    refused = await office.post(f"/{id}/decide", {"approve": False, "reason": "措辞"}, office.manager)
    assert refused["stage"] == "refused"
    assert (await office.post(f"/{id}/submit"))["stage"] == "pending"  # mended, asked again
    await office.begin()
    assert await office.desk.rows(messages) == []


async def test_e029_c113_b122_an_activity_is_announced_three_days_before(office: Office) -> None:
    await office.household("1-1", email="a@example.com")
    held = {"template": "campaign.activity", "variables": ACTIVITY, "held_on": "2025-03-12"}
    late = await office.draft(**held, scheduled_at="2025-03-10T01:00:00Z")
    refused = await office.post(f"/{late}/submit", status=422)
    assert [e["path"] for e in refused["errors"]] == ["scheduled_at"]
    id = await office.approved(**held, scheduled_at="2025-03-09T15:59:00Z")  # 23:59 of the ninth
    await office.begin()
    assert await office.desk.rows(messages) == []
    office.now.to(datetime(2025, 3, 9, 15, 59, tzinfo=UTC))
    await office.begin()
    seen = await office.get(id)
    assert (seen["on_time"], seen["published_at"]) == (True, "2025-03-09T15:59:00Z")
    assert "campaign.published.v1" in await office.desk.told()
    proof = await office.api.get("/notify/v1/message-proofs", params={"subject_id": id}, headers=office.clerk)
    assert [p["created_at"] for p in proof.json()["items"]] == ["2025-03-09T15:59:00Z"]


async def test_e029_an_activity_planned_too_late_is_announced_late_and_says_so(office: Office) -> None:
    await office.household("1-1", email="a@example.com")
    soon = {"template": "campaign.activity", "variables": ACTIVITY, "held_on": "2025-03-09"}
    id = await office.approved(**soon)
    await office.begin()
    assert (await office.get(id))["on_time"] is False


async def test_an_estimate_says_whom_it_reaches_and_what_it_costs(office: Office) -> None:
    await office.household("1-1", email="a@example.com", phone="13800138000")
    await office.household("1-2", phone="13800138001")
    await office.household("2-1")
    id = await office.draft()
    url = f"/notify/v1/campaigns/{id}/estimate"
    found = (await office.api.get(url, headers=office.clerk)).json()
    assert (found["people"], found["households"], found["unreachable"]) == (3, 3, 1)
    assert found["channels"] == {"email": 1, "sms": 1}
    assert (found["sms_segments"], found["cost"]["amount"]) == (1, "0.05")
    one = await office.draft(number_prefix="1-")
    assert (await office.api.get(f"/notify/v1/campaigns/{one}/estimate", headers=office.clerk)).json()["people"] == 2


async def test_an_estimate_counts_every_channel_that_is_set_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    given = wechat_service.ServiceAccountSettings(app_id="wx", secret=SecretStr("s"))
    monkeypatch.setattr(wechat_service, "settings", lambda: given)
    _, follower = await office.household("1-1", email="a@example.com", phone="13800138000")
    _, gone = await office.household("1-2", email="b@example.com")
    await office.household("1-3")
    async with office.desk.feed.rt.db.tx(office.org) as tx:
        for person, address, disabled in ((follower, "o1", None), (gone, "o2", tx.now)):
            base = {"id": uuid7(), "version": 1, "created_at": tx.now, "updated_at": tx.now, "disabled_at": disabled}
            row = {**base, "person_id": person, "kind": "wechat_service", "address": address}
            await insert_rows(tx, accounts, [row])
    url = f"/notify/v1/campaigns/{await office.draft()}/estimate"
    found = (await office.api.get(url, headers=office.clerk)).json()
    assert (found["channels"], found["unreachable"]) == ({"wechat_account": 1, "email": 1}, 1)
    route = {"message_class": "notice", "channels": ["visit", "email"]}
    assert (await office.api.post("/notify/v1/routes", json=route, headers=office.manager)).status_code == 200
    found = (await office.api.get(url, headers=office.clerk)).json()
    assert (found["channels"], found["unreachable"]) == ({"visit": 3}, 0)  # as the organisation's route has it


async def test_a_building_or_a_list_alone_is_written_to(office: Office) -> None:
    await office.household("1-1", email="a@example.com")
    await office.household("10-1", email="b@example.com")
    chosen, _ = await office.household("3-1", email="c@example.com")
    await office.approved(number_prefix="1-")
    await office.approved(units=[str(chosen)])
    await office.approved(roles=["tenant"])
    await office.begin()
    await office.desk.run()
    assert sorted(office.desk.mail.recipients) == ["a@example.com", "c@example.com"]


async def test_a_step_done_twice_writes_to_nobody_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "PEOPLE", 2)
    for n in range(5):
        await office.household(f"1-{n}", email=f"o{n}@example.com")
    id = await office.approved()
    await office.begin()
    rt = office.desk.feed.rt
    await tasks.step(rt, Job(uuid7(), office.org, "campaign.step", {"campaign": id}, 2, "test"))
    await office.desk.run()
    assert len(office.desk.mail.recipients) == len(await office.desk.rows(deliveries)) == 5


async def test_paused_nothing_more_is_sent_and_resumed_everything_once(office: Office) -> None:
    for n in range(4):
        await office.household(f"1-{n}", email=f"o{n}@example.com")
    id = await office.approved()
    await office.begin()
    assert (await office.post(f"/{id}/pause"))["stage"] == "paused"
    await office.desk.run()
    assert office.desk.mail.recipients == []
    urgent = await office.household("9-1", email="urgent@example.com")
    await office.desk.feed.apply(
        [office.desk.feed.ticket("created", uuid7(), *urgent, received_at="2025-03-07T01:00:00Z")]
    )
    await office.desk.run()
    assert office.desk.mail.recipients == ["urgent@example.com"]  # what is no campaign goes on
    assert (await office.post(f"/{id}/resume"))["stage"] == "running"
    await office.desk.run()
    await office.desk.run()
    assert len(office.desk.mail.recipients) == 5
    async with office.desk.feed.rt.db.tx(office.org) as tx:
        await tx.raw.execute("UPDATE notify.jobs SET run_at = $2 WHERE org_id = $1", office.org, tx.wall)
    await office.begin()
    assert (await office.get(id))["stage"] == "done"
    assert (await office.post(f"/{id}/pause", status=409))["code"] == "notify.campaign.not_now"


async def test_cancelled_what_was_not_sent_is_not_sent(office: Office) -> None:
    await office.household("1-1", email="a@example.com")
    id = await office.approved()
    await office.begin()
    assert (await office.post(f"/{id}/cancel"))["stage"] == "cancelled"
    await office.desk.run()
    assert office.desk.mail.recipients == []
    assert await office.desk.states() == [("email", "cancelled")]
    asked = await office.draft()
    await office.post(f"/{asked}/submit")
    await office.post(f"/{asked}/cancel")
    late = await office.post(f"/{asked}/decide", {"approve": True}, office.manager, 409)
    assert late["code"] == "notify.campaign.not_now"


async def test_a_typhoon_goes_at_once_by_every_way_and_a_notice_waits_for_the_morning(office: Office) -> None:
    await office.household("1-1", email="a@example.com", phone="13800138000")
    office.now.to(datetime(2025, 3, 7, 15, 0, tzinfo=UTC))  # 23:00
    storm = {"warning": "台风橙色预警", "text": "请关好门窗。"}
    await office.approved(template="campaign.typhoon", variables=storm)
    await office.begin()
    assert sorted(await office.desk.states()) == [("email", "queued"), ("sms", "queued")]
    await office.household("2-1", phone="13800138001")
    await office.approved(number_prefix="2-")
    await office.begin()
    assert ("sms", "held") in await office.desk.states()


async def test_a_campaign_keeps_the_wording_that_was_decided_upon(office: Office) -> None:
    await office.household("1-1", email="a@example.com")
    url, words = "/notify/v1/templates/campaign.notice", {"body": "{{ subject }}：{{ text }}", "sms": "{{ subject }}"}

    async def publish(title: str) -> str:
        body = {locale: {**words, "title": f"{title}{{{{ subject }}}}"} for locale in ("zh", "en")}
        assert (await office.api.put(f"{url}/draft", json=body, headers=office.manager)).status_code == 200
        done = await office.api.post(f"{url}/draft/publish", headers=office.manager)
        return str(done.json()["id"])

    first = await publish("一：")
    await office.approved()
    await publish("二：")
    await office.begin()
    [message] = await office.desk.rows(messages)
    assert (message.title, str(message.template_version_id)) == (f"一：{NOTICE['subject']}", first)


async def test_what_cannot_be_is_refused(office: Office) -> None:
    await office.household("1-1")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"template": "bill.issued"}, "template"),
        ({"template": "campaign.none"}, "template"),
        ({"communities": [str(uuid7())]}, "communities"),
        ({"template": "campaign.activity", "variables": ACTIVITY}, "held_on"),
        ({"variables": {**NOTICE, "colour": "red"}}, "variables.colour"),
        ({"variables": {"subject": "x"}}, "variables.text"),
    ]
    for change, path in wrong:
        answer = await office.post("", office.body(**change), status=422)
        assert path in [e["path"] for e in answer["errors"]], answer
    narrow = office.world.token("supervisor", office.org, units=[uuid7()])
    await office.post("", office.body(), narrow, 422)
    id = await office.draft()
    hidden = await office.api.get(f"/notify/v1/campaigns/{id}", headers=narrow)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "notify.campaign.unknown")


async def test_the_household_hears_of_three_notices_a_week(office: Office) -> None:
    await office.household("1-1", email="a@example.com")
    for _ in range(4):
        await office.approved()
        await office.begin()
    assert [state for _, state in await office.desk.states()] == ["queued"] * 3 + ["held"]
    assert timedelta(days=6) < (await office.desk.rows(deliveries))[-1].held_until - DAY <= timedelta(days=8)
