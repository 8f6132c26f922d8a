"""Webhooks: what is brought, signed, tried again, switched off and refused."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from deploy.simulators._server import served
from services.notify.domain.webhooks import ATTEMPTS
from services.notify.models import inbox, messages, webhook_attempts, webhook_deliveries
from services.notify.webhooks.tasks import PRUNE, bring, prune
from services.ticketing.orgs.service import create_in
from shared import clock
from shared.errors import Throttled
from shared.ids import uuid7
from shared.runtime import Job, Timer
from tests.notify.support import Feed
from tests.support.simulators.webhooks import Receiver
from tests.support.world import World


class Hooks:
    """A receiver, a feed, and an administrator's hand on the API."""

    def __init__(self, feed: Feed, api: httpx.AsyncClient, world: World, receiver: Receiver, url: str) -> None:
        self.feed, self.api, self.receiver, self.url = feed, api, receiver, url
        self.admin = uuid7()
        self.headers = world.token("admin", feed.org, sub=self.admin)

    async def post(self, path: str = "", body: Any = None, headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.api.post(f"/notify/v1/webhooks{path}", json=body, headers=headers or self.headers)

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        return (await self.api.get(f"/notify/v1/webhooks{path}", headers=headers or self.headers)).json()

    async def patch(self, id: str, body: Any) -> httpx.Response:
        return await self.api.patch(f"/notify/v1/webhooks/{id}", json=body, headers=self.headers)

    async def subscribe(self, *events: str, **more: Any) -> tuple[str, bytes]:
        """(id, secret) of a new subscription."""
        body = {"name": "财务系统", "url": f"{self.url}/hook", "events": events or ("*",), **more}
        made = await self.post(body=body)
        assert made.status_code == 201, made.text
        return made.json()["id"], secret_of(made.json())

    async def jobs(self) -> list[Job]:
        async with self.feed.rt.db.tx(self.feed.org) as tx:
            rows = await tx.raw.fetch(
                "DELETE FROM notify.jobs WHERE org_id = $1 AND kind = 'webhook' RETURNING id, payload::text",
                self.feed.org,
            )
        return [Job(r["id"], self.feed.org, "webhook", json.loads(r["payload"]), 1, "test") for r in rows]

    async def run(self) -> None:
        for job in await self.jobs():
            await bring(self.feed.rt, job)

    async def later(self) -> None:
        """As if every wait were over."""
        d = webhook_deliveries
        async with self.feed.rt.db.tx(self.feed.org) as tx:
            await tx.execute(
                update(d)
                .where(d.c.org_id == tx.org_id, d.c.next_at.is_not(None))
                .values(next_at=tx.wall - timedelta(seconds=1))
            )

    async def rows(self, table: Any) -> list[Any]:
        async with self.feed.rt.db.read(self.feed.org) as tx:
            return list(await tx.rows(select(table).where(table.c.org_id == tx.org_id).order_by(table.c.id)))

    async def bill(self) -> UUID:
        """A bill is issued; the id of the event."""
        [said] = self.feed.bills([await self.feed.household()])
        await self.feed.apply([said])
        return said.id


def secret_of(body: dict[str, Any]) -> bytes:
    return base64.b64decode(body["secret"].removeprefix("whsec_"))


@pytest.fixture
async def hooks(world: World, org: UUID, api: httpx.AsyncClient) -> AsyncIterator[Hooks]:
    receiver = Receiver()
    async with served(receiver.app) as url:
        yield Hooks(Feed(world.runtime("notify"), org), api, world, receiver, url)


@pytest.fixture
def production(hooks: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation is no development one."""
    strict = hooks.feed.rt.settings.model_copy(update={"mode": "production"})
    monkeypatch.setattr(hooks.feed.rt, "settings", strict)


async def test_an_event_is_brought_signed_with_its_own_id_and_without_personal_data(hooks: Hooks) -> None:
    id, secret = await hooks.subscribe("bill.issued.v1")
    event = await hooks.bill()
    await hooks.run()
    [taken] = hooks.receiver.taken
    assert taken.headers["webhook-id"] == str(event)
    assert taken.genuine(secret) and not taken.genuine(b"x" * 32)
    body = json.loads(taken.body)
    assert (body["type"], body["data"]["source"], body["data"]["data"]["amount_fen"]) == (
        "bill.issued.v1",
        "billing",
        21_342,
    )
    [entry] = (await hooks.get(f"/{id}/deliveries"))["items"]
    assert (entry["state"], entry["attempts"], entry["last_status"]) == ("delivered", 1, 204)
    assert [a["answer"] for a in entry["log"]] == ["taken"]


async def test_the_same_event_applied_twice_is_brought_once(hooks: Hooks) -> None:
    await hooks.subscribe("bill.issued.v1")
    [said] = hooks.feed.bills([await hooks.feed.household()])
    await hooks.feed.apply([said])
    await hooks.feed.apply([said])
    [job] = await hooks.jobs()
    await bring(hooks.feed.rt, job)
    await bring(hooks.feed.rt, job)
    assert len(hooks.receiver.taken) == 1


async def test_events_come_from_the_feeds_as_they_happen(hooks: Hooks, world: World) -> None:
    """Of a type that notify itself has no use for, from the service that says it."""
    await hooks.subscribe("org.created.v1")
    async with world.runtime("ticketing").db.tx(hooks.feed.org) as tx:
        await create_in(tx, "翠湖物业")
    await world.drain(hooks.feed.org)
    assert [json.loads(t.body)["type"] for t in hooks.receiver.taken] == ["org.created.v1"]


async def test_only_types_and_places_that_were_asked_for(hooks: Hooks) -> None:
    await hooks.feed.household()
    await hooks.subscribe("ticket.created.v1")
    await hooks.subscribe("bill.issued.v1", scope=[str(hooks.feed.community)])
    nowhere = {"name": "x", "url": hooks.url, "events": ["*"], "scope": [str(uuid7())]}
    answer = await hooks.post(body=nowhere)
    assert (answer.status_code, answer.json()["code"]) == (422, "notify.webhook.invalid")
    await hooks.bill()
    hooks.feed.community = uuid7()  # another one, of which nothing is known
    await hooks.bill()
    await hooks.run()
    assert len(hooks.receiver.taken) == 1


async def test_while_a_secret_changes_both_sign(hooks: Hooks) -> None:
    id, old = await hooks.subscribe()
    changed = await hooks.post(f"/{id}/rotate-secret", {"keep_old_minutes": 60})
    new = secret_of(changed.json())
    assert changed.headers["Cache-Control"] == "no-store" and new != old
    await hooks.bill()
    await hooks.run()
    taken = hooks.receiver.taken[-1]
    assert taken.genuine(new) and taken.genuine(old)
    newest = secret_of((await hooks.post(f"/{id}/rotate-secret", {"keep_old_minutes": 0})).json())
    await hooks.bill()
    await hooks.run()
    taken = hooks.receiver.taken[-1]
    assert taken.genuine(newest) and not taken.genuine(new)
    assert "secret" not in await hooks.get(f"/{id}")


async def test_a_failure_is_tried_again_in_its_time_and_not_before(hooks: Hooks) -> None:
    id, _ = await hooks.subscribe("bill.issued.v1")
    hooks.receiver.status = 503
    await hooks.bill()
    [job] = await hooks.jobs()
    await bring(hooks.feed.rt, job)
    with pytest.raises(Throttled):
        await bring(hooks.feed.rt, job)
    hooks.receiver.status = 200
    await hooks.later()
    await hooks.run()
    [entry] = (await hooks.get(f"/{id}/deliveries"))["items"]
    assert (entry["state"], [a["status"] for a in entry["log"]]) == ("delivered", [503, 200])
    assert len({t.headers["webhook-id"] for t in hooks.receiver.taken}) == 1


async def test_after_ten_attempts_it_is_switched_off_and_its_owner_hears_of_it(hooks: Hooks) -> None:
    id, _ = await hooks.subscribe("bill.issued.v1")
    hooks.receiver.status = 500
    await hooks.bill()
    await hooks.bill()
    for _ in range(ATTEMPTS):
        await hooks.run()
        await hooks.later()
    assert len(hooks.receiver.taken) <= 2 * ATTEMPTS
    seen = await hooks.get(f"/{id}")
    assert (seen["enabled"], seen["disabled_for"]) == (False, "failures")
    assert {d.state for d in await hooks.rows(webhook_deliveries)} == {"failed", "stopped"}
    told = [m for m in await hooks.rows(messages) if m.template == "webhook.disabled"]
    assert [m.person_id for m in told] == [hooks.admin]
    assert "七天" in told[0].body
    assert {row.person_id for row in await hooks.rows(inbox)} >= {hooks.admin}
    await hooks.bill()
    assert await hooks.jobs() == []  # nothing is kept for one that is off


async def test_who_says_gone_is_left_alone_at_once(hooks: Hooks) -> None:
    id, _ = await hooks.subscribe("bill.issued.v1")
    hooks.receiver.status = 410
    await hooks.bill()
    await hooks.run()
    assert (await hooks.get(f"/{id}"))["disabled_for"] == "gone"


async def test_switched_on_again_what_was_stopped_is_sent_from_the_log(hooks: Hooks) -> None:
    id, _ = await hooks.subscribe("bill.issued.v1")
    event = await hooks.bill()
    assert (await hooks.patch(id, {"enabled": False})).json()["disabled_for"] == "owner"
    await hooks.run()
    [entry] = (await hooks.get(f"/{id}/deliveries"))["items"]
    again = f"/{id}/deliveries/{entry['id']}/resend"
    assert ((await hooks.post(again)).json()["code"], entry["state"]) == ("notify.webhook.off", "stopped")
    await hooks.patch(id, {"enabled": True})
    assert (await hooks.post(again)).status_code == 202
    assert (await hooks.post(again)).json()["code"] == "notify.webhook.waiting"
    await hooks.run()
    assert [t.headers["webhook-id"] for t in hooks.receiver.taken] == [str(event)]


async def test_it_can_be_tried_out_and_ended(hooks: Hooks) -> None:
    id, secret = await hooks.subscribe("bill.issued.v1")
    assert (await hooks.post(f"/{id}/test")).status_code == 202
    await hooks.run()
    assert json.loads(hooks.receiver.taken[0].body)["type"] == "webhook.test"
    assert hooks.receiver.taken[0].genuine(secret)
    ended = await hooks.api.delete(f"/notify/v1/webhooks/{id}", headers=hooks.headers)
    assert ended.status_code == 204
    assert (await hooks.post(f"/{id}/test")).status_code == 404
    await hooks.bill()
    assert await hooks.jobs() == []


async def test_a_redirect_is_not_followed(hooks: Hooks) -> None:
    id, _ = await hooks.subscribe("bill.issued.v1")
    hooks.receiver.status, hooks.receiver.location = 307, f"{hooks.url}/elsewhere"
    await hooks.bill()
    await hooks.run()
    assert [t.path for t in hooks.receiver.taken] == ["/hook"]
    [entry] = (await hooks.get(f"/{id}/deliveries"))["items"]
    assert (entry["state"], entry["last_status"]) == ("waiting", 307)


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "https://localhost/", "https://10.0.0.1/", "https://169.254.169.254/latest", "https://x/"],
)
async def test_an_address_in_our_own_network_is_refused_when_it_is_given(hooks: Hooks, url: str) -> None:
    made = await hooks.post(body={"name": "x", "url": url, "events": ["*"]})
    assert (made.status_code, made.json()["code"]) == (422, "notify.webhook.invalid")
    assert [e["path"] for e in made.json()["errors"]] == ["url"]


async def test_a_name_that_leads_inside_when_it_is_called_gets_nothing(
    hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(hooks.url.rsplit(":", 1)[1])
    id, _ = await hooks.subscribe("bill.issued.v1", url=f"https://hooks.example.com:{port}/hook")
    strict = hooks.feed.rt.settings.model_copy(update={"mode": "production"})
    monkeypatch.setattr(hooks.feed.rt, "settings", strict)
    asked, look_up = [], socket.getaddrinfo

    def rebound(host: Any, *args: Any, **more: Any) -> Any:
        asked.append(host)
        return look_up("127.0.0.1" if host == "hooks.example.com" else host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    await hooks.bill()
    await hooks.run()
    assert "hooks.example.com" in asked
    assert hooks.receiver.taken == []
    [entry] = (await hooks.get(f"/{id}/deliveries"))["items"]
    assert [(a["answer"], a["detail"]) for a in entry["log"]] == [("internal", "internal")]


async def test_a_receiver_that_is_away_is_silence(hooks: Hooks) -> None:
    id, _ = await hooks.subscribe("bill.issued.v1", url="http://127.0.0.1:9/hook")
    await hooks.bill()
    await hooks.run()
    [entry] = (await hooks.get(f"/{id}/deliveries"))["items"]
    assert [(a["answer"], a["status"]) for a in entry["log"]] == [("silent", None)]


async def test_a_connected_system_sees_and_changes_only_its_own(hooks: Hooks, world: World) -> None:
    await hooks.feed.household()
    id, _ = await hooks.subscribe()
    mine = world.token("integrator", hooks.feed.org, scope=["webhook.manage"], units=[hooks.feed.org])
    assert (await hooks.get("", mine))["items"] == []
    assert (await hooks.get(f"/{id}", mine))["code"] == "notify.webhook.unknown"
    made = await hooks.post(body={"name": "x", "url": hooks.url, "events": ["*"]}, headers=mine)
    assert made.status_code == 201
    assert [w["id"] for w in (await hooks.get("", mine))["items"]] == [made.json()["id"]]
    assert len((await hooks.get(""))["items"]) == 2
    narrow = world.token("integrator", hooks.feed.org, scope=["webhook.manage"], units=[hooks.feed.community])
    whole = await hooks.post(body={"name": "x", "url": hooks.url, "events": ["*"]}, headers=narrow)
    assert (whole.status_code, [e["path"] for e in whole.json()["errors"]]) == (422, ["scope"])


async def test_an_unknown_event_type_and_a_lost_update_are_refused(hooks: Hooks) -> None:
    made = await hooks.post(body={"name": "x", "url": hooks.url, "events": ["no.such.v1"]})
    assert (made.status_code, [e["path"] for e in made.json()["errors"]]) == (422, ["events"])
    id, _ = await hooks.subscribe()
    url = f"/notify/v1/webhooks/{id}"
    assert (await hooks.patch(id, {"name": "y"})).headers["ETag"] == '"2"'
    late = await hooks.api.patch(url, json={"name": "z"}, headers={**hooks.headers, "If-Match": '"1"'})
    assert late.status_code == 412


async def test_the_log_is_kept_thirty_days(hooks: Hooks) -> None:
    await hooks.subscribe("bill.issued.v1")
    await hooks.bill()
    await hooks.run()
    at = clock.now() + timedelta(days=31)
    async with hooks.feed.rt.db.tx(hooks.feed.org) as tx:
        tx.now = at
        await prune(tx, Timer(uuid7(), PRUNE, hooks.feed.org, at, {}))
    assert await hooks.rows(webhook_deliveries) == [] == await hooks.rows(webhook_attempts)
