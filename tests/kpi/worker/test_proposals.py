"""What was proposed on a complaint waits in kpi for a second person, linked to the complaint."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.observations.proposing import on_proposed
from shared.contracts.envelope import Event
from shared.ids import uuid7
from tests.kpi.support import Feed, local
from tests.support.world import World

HELD = "complaint.accountability_proposed.v1"


def event(feed: Feed, type: str, data: dict[str, Any], subject: UUID, by: UUID | None) -> Event:
    told = {"kind": "complaint", "number": "C20250307-0001", "unit_id": None, "reporter_id": None, **data}
    at = local(3, 7, 23)
    common = {"source": "ticketing", "org_id": feed.org, "community_id": feed.community, "trace_id": "test"}
    ids = {"id": uuid7(), "subject": subject, "seq": 1, "position": 1, "actor_id": by}
    return Event(type=type, occurred_at=at, recorded_at=at, data=told, **common, **ids)


async def hear(feed: Feed, *events: Event) -> None:
    async with feed.world.runtime("kpi").db.tx(feed.org) as tx:
        await on_proposed(tx, events)


async def test_c023_c031_c032_proposals_hang_on_their_complaint_and_count_once_confirmed(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed, me, complaint = Feed(world, org), uuid7(), uuid7()
    feed.register()
    await feed.apply()
    told = [
        event(feed, "complaint.deduction_proposed.v1", {"points": 4, "employee_id": str(uuid7())}, complaint, me),
        event(feed, "complaint.fault_recorded.v1", {"fault": "reputation_damage"}, complaint, me),
        event(feed, HELD, {"cause": "media", "measure": "warning"}, complaint, me),
        event(feed, HELD, {"cause": "collective", "measure": "transfer"}, uuid7(), me),
    ]
    await hear(feed, *told)
    await hear(feed, *told)  # heard twice
    headers = world.token("qa", org)
    path = "/kpi/v1/observations"
    found = (await api.get(path, params={"case_id": str(complaint)}, headers=headers)).json()["items"]
    assert {o["indicator"] for o in found} == {
        "complaint.valid.count",
        "knowledge.reputation.damage.count",
        "media.negative.count",
    }
    assert len((await api.get(path, headers=headers)).json()["items"]) == 4
    deduction = next(o for o in found if o["indicator"] == "complaint.valid.count")
    assert deduction["marks"] == [{"points": "4", "reason": "C20250307-0001"}]
    assert (deduction["state"], deduction["on"], deduction["recorded_by"]) == ("recorded", "2025-03-07", str(me))
    value = f"/kpi/v1/indicators/complaint.valid.count/value?period=2025-03&community_id={feed.community}"
    assert (await api.get(value, headers=headers)).json()["value"] in (None, "0")
    review = f"{path}/{deduction['id']}/review"
    own = await api.post(review, json={"decision": "confirm"}, headers=world.token("cs_manager", org, sub=me))
    assert own.status_code == 403
    assert (await api.post(review, json={"decision": "confirm"}, headers=world.token("gm", org))).status_code == 200
    assert (await api.get(value, headers=headers)).json()["value"] == "1.00"


async def test_c121_c122_e034_shares_that_others_measured_wait_for_a_second_person_too(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed, me = Feed(world, org), uuid7()
    feed.register()
    await feed.apply()
    agency = {"year": 2025, "carried_out_on": "2025-02-20", "valid_answers": 400, "satisfied_answers": 371}
    staff = {"about_id": str(uuid7()), "year": 2025, "forms": 8, "satisfied": 6}
    await hear(
        feed,
        event(feed, "third_party_survey.imported.v1", agency, uuid7(), me),
        event(feed, "staff_sample.closed.v1", staff, uuid7(), me),
    )
    headers = world.token("gm", org)
    found = (await api.get("/kpi/v1/observations", headers=headers)).json()["items"]
    seen = {o["indicator"]: (o["on"], o["sampled"], o["reading"]["value"], o["state"]) for o in found}
    assert seen == {
        "customer.satisfaction.annual.rate": ("2025-02-20", 400, "371/4", "recorded"),
        "staff.satisfaction.manager.rate": ("2025-03-07", 8, "75", "recorded"),
    }
    for one in found:
        path = f"/kpi/v1/observations/{one['id']}/review"
        assert (await api.post(path, json={"decision": "confirm"}, headers=headers)).status_code == 200
    year = f"/kpi/v1/indicators/customer.satisfaction.annual.rate/value?period=2025&community_id={feed.community}"
    assert (await api.get(year, headers=headers)).json()["value"] == "92.75"


async def test_a_proposal_of_nobody_or_of_an_unknown_fault_is_refused(world: World, org: UUID) -> None:
    feed = Feed(world, org)
    for data, by in (({"fault": "misunderstanding"}, None), ({"fault": "unheard_of"}, uuid7())):
        with pytest.raises((ValueError, KeyError)):
            await hear(feed, event(feed, "complaint.fault_recorded.v1", data, uuid7(), by))
