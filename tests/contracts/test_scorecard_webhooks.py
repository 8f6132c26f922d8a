"""A close and a restatement reach a subscriber signed, through outbox, feed and notify, as they happen."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from uuid import UUID

import httpx

from deploy.simulators._server import served
from shared.ids import uuid7
from tests.kpi.api.support import SUPERVISOR, freeze, letter
from tests.kpi.support import Feed, local
from tests.support.simulators.webhooks import Receiver
from tests.support.world import World

HANDLING = "complaint.handling.timeliness.rate"


async def test_a_close_and_an_upheld_objections_restatement_are_brought_signed_and_once(
    world: World, api: httpx.AsyncClient, org: UUID
) -> None:
    receiver = Receiver()
    async with served(receiver.app) as url:
        body = {"name": "集团绩效", "url": f"{url}/hook", "events": ["scorecard.frozen.v1"]}
        made = await api.post("/notify/v1/webhooks", json=body, headers=world.token("admin", org))
        assert made.status_code == 201, made.text
        secret = base64.b64decode(made.json()["secret"].removeprefix("whsec_"))
        feed = Feed(world, org)
        feed.register()
        feed.complaint(local(3, 7), responds_after=timedelta(minutes=30), mark=90)
        feed.complaint(local(3, 8), responds_after=timedelta(minutes=5), mark=90)
        await feed.apply()
        signed = await letter(api, world, feed, parameters={"unmeasured": "full"})
        closed = (await freeze(api, world, feed, signed["id"])).json()
        await world.drain(org)
        await world.drain(org)
        (told,) = receiver.taken
        assert told.genuine(secret) and not told.genuine(b"x" * 32)
        said = json.loads(told.body)
        assert said["type"] == "scorecard.frozen.v1" and said["data"]["source"] == "kpi"
        assert said["data"]["subject"] == closed["id"]
        wanted = {"revision": 1, "hash": closed["hash"], "total": closed["total"], "period": "2025-Q1"}
        assert wanted.items() <= said["data"]["data"].items()
        assert str(SUPERVISOR) not in told.body.decode(), "whose letter it is, is read, not told"

        cases = await api.get(
            closed["evidence_url"], params={"indicator": HANDLING, "state": "late"}, headers=world.token("qa", org)
        )
        doubt = {"fact_id": cases.json()["items"][0]["fact_id"], "reason": "另约时间", "file_ids": [str(uuid7())]}
        raised = await api.post("/kpi/v1/objections", json=doubt, headers=world.token("supervisor", org))
        decided = await api.post(
            f"/kpi/v1/objections/{raised.json()['id']}/decision",
            json={"decision": "uphold", "reason": "证据充分"},
            headers=world.token("qa", org),
        )
        assert decided.status_code == 200, decided.text
        await world.drain(org)
        _, again = receiver.taken
        assert again.genuine(secret) and again.headers["webhook-id"] != told.headers["webhook-id"]
        restated = json.loads(again.body)["data"]
        assert [restated["subject"]] == decided.json()["restated"]
        assert (restated["data"]["revision"], restated["data"]["hash"] != closed["hash"]) == (2, True)
