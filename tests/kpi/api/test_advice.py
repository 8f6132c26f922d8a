"""A real quarter as if the letter said otherwise, what would close its gaps, and today's list by points at stake."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared import clock
from shared.ids import uuid7
from tests.kpi.api import test_each_document as documents
from tests.kpi.api.support import letter
from tests.kpi.support import Feed, local, z
from tests.support.world import World

COLLECTION = "fee.collection.quarter.rate"


async def quarter(api: httpx.AsyncClient, world: World, org: UUID) -> tuple[Feed, str]:
    feed = Feed(world, org)
    feed.quarter(scale=100)
    await feed.apply()
    return feed, (await letter(api, world, feed))["id"]


async def as_if(api: httpx.AsyncClient, world: World, org: UUID, id_: str, role: str = "gm", **body: Any) -> Any:
    answer = await api.post(
        f"/kpi/v1/letters/{id_}/as-if", json={"period": "2025-Q1", **body}, headers=world.token(role, org)
    )
    return answer.status_code, answer.json()


async def test_a_quarter_as_if_the_target_were_95(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    _, id_ = await quarter(api, world, org)
    status, same = await as_if(api, world, org, id_)
    assert (status, same["now"], same["difference"]) == (200, same["as_if"], "0.00")
    _, found = await as_if(api, world, org, id_, changes=[{"indicator": COLLECTION, "target": "95"}])
    points = {name: {s["section"]: s["points"] for s in found[name]["sections"]} for name in ("now", "as_if")}
    assert (points["now"]["collection"], points["as_if"]["collection"]) == ("17.20", "2.20")
    assert found["difference"] == "-15.00"
    _, flat = await as_if(
        api, world, org, id_, changes=[{"indicator": COLLECTION, "rule": "flat_on_miss", "points": "4"}]
    )
    assert flat["difference"] == "3.80"
    _, floor = await as_if(api, world, org, id_, parameters={"partial_policy": "floor"})
    assert next(s["points"] for s in floor["as_if"]["sections"] if s["section"] == "collection") == "19.00"
    assert (await as_if(api, world, org, id_))[1]["now"] == same["now"]  # nothing was stored


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"changes": [{"indicator": "typo", "target": "1"}]}, "changes.0.indicator"),
        ({"changes": [{"indicator": COLLECTION, "op": "<="}]}, "changes.0.target"),
        ({"changes": [{"indicator": COLLECTION, "target": "-1"}]}, "changes.0.target"),
        ({"changes": [{"indicator": COLLECTION, "target": "many"}]}, "changes.0.target"),
        ({"changes": [{"indicator": "survey.count", "points": "3"}]}, "changes.0.points"),
        ({"parameters": {"typo": "x"}}, "parameters.typo"),
        ({"period": "2025-Q5"}, "period"),
        ({"calendar": {"hours": ["18:00-09:00"]}}, "calendar.hours"),
        ({"calendar": {"hours": ["09:00-12:00", "11:00-13:00"]}}, "calendar.hours"),
        ({"calendar": {"hours": ["soon"]}}, "calendar.hours"),
    ],
)
async def test_what_a_letter_cannot_say_is_refused_with_its_place(
    api: httpx.AsyncClient, world: World, org: UUID, change: dict[str, Any], path: str
) -> None:
    feed = Feed(world, org)
    feed.register()
    await feed.apply()
    id_ = (await letter(api, world, feed))["id"]
    status, found = await as_if(api, world, org, id_, **change)
    assert (status, found["code"]) == (422, "kpi.input.invalid")
    assert [error["path"] for error in found["errors"]] == [path]


STATUTORY = {"days": "statutory", "hours": ["09:00-12:00", "13:00-18:00"]}
WEEKENDS = {"days": "weekends", "hours": ["09:00-18:00"]}


async def test_a_quarter_as_if_another_calendar_had_held(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    """An evening's complaint, one on a Sunday that was worked in exchange (调休), one at noon, and one that is late."""
    feed = Feed(world, org)
    feed.register()
    for received, minutes in (
        (local(3, 7, 18, 30), 20),  # a Friday: by working hours there is time until Monday 09:10
        (local(1, 26, 10), 11),  # a make-up day: late by the statutory calendar, not by one that knows weekends alone
        (local(3, 6, 11, 55), 60),  # the noon break does not count: 5 minutes before it, none after 13:00 yet
        (local(3, 5, 10), 11),  # late by all of them
    ):
        feed.complaint(received, responds_after=timedelta(minutes=minutes), mark=90)
    await feed.apply()
    id_ = (await letter(api, world, feed))["id"]
    _, same = await as_if(api, world, org, id_, calendar={"days": "every_day"})
    assert (same["difference"], same["now"]) == ("0.00", same["as_if"])  # around the clock is what held

    async def late(calendar: dict[str, Any]) -> tuple[Any, Any]:
        status, found = await as_if(api, world, org, id_, calendar=calendar)
        assert status == 200, found
        line = next(i for i in found["as_if"]["items"] if i["indicator"] == "complaint.handling.timeliness.rate")
        return (line["numerator"], line["denominator"]), found["difference"]

    assert await late({"days": "every_day"}) == (("0", "4"), "0.00")
    assert await late(STATUTORY) == (("2", "4"), "10.00")  # the evening's and the one at noon
    assert await late(WEEKENDS) == (("2", "4"), "10.00")  # the evening's and the Sunday's; here noon is worked
    assert (await as_if(api, world, org, id_))[1]["now"] == same["now"]  # nothing was stored


async def test_repairs_and_follow_up_calls_run_by_the_calendar_that_is_tried(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    """Reached after 25 hours, called after 52: late around the clock, in time where a day has nine hours. An
    appointment stays as agreed."""
    feed = Feed(world, org)
    feed.register()
    documents.repair(feed, timedelta(hours=25), accepted=True)
    documents.complaint(feed, called=False)
    await feed.apply()
    id_ = (await letter(api, world, feed, template="T004E0", term="2025"))["id"]
    status, found = await as_if(api, world, org, id_, period="2025", calendar=WEEKENDS)
    assert status == 200, found
    lines = {name: {i["indicator"]: i["state"] for i in found[name]["items"]} for name in ("now", "as_if")}
    assert (lines["now"]["repair.timeliness.rate"], lines["as_if"]["repair.timeliness.rate"]) == ("missed", "met")
    # Nobody has called to this day: that is too late by any calendar.
    assert (lines["now"]["complaint.revisit.rate"], lines["as_if"]["complaint.revisit.rate"]) == ("missed", "missed")
    assert lines["as_if"]["complaint.handling.rate"] == lines["now"]["complaint.handling.rate"] == "met"


async def test_gaps_name_the_fewest_cases_that_reach_each_target(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    _, id_ = await quarter(api, world, org)
    answer = await api.get(
        f"/kpi/v1/letters/{id_}/gaps", params={"period": "2025-Q1"}, headers=world.token("supervisor", org)
    )
    assert answer.status_code == 200, answer.text
    gaps = {gap["indicator"]: gap for gap in answer.json()["items"]}
    money = gaps[COLLECTION]
    assert (money["lacking"], money["cases"], money["enough"], money["points"]) == ("32500", 1, True, "7.80")
    assert money["advice"] == {
        "zh": "物业费季度收缴率：再收1户、共¥32,500.00，即达90%。",
        "en": "Quarterly collection rate of the property fee: 1 more room, ¥32,500.00, to reach 90 %.",
    }
    [room] = money["closing"]
    assert room["link"] == f"/billing/v1/bills/{room['subject']}" and room["worth"] == "41666.86"
    files = gaps["archive.update.rate"]
    assert (files["lacking"], files["cases"], files["points"]) == ("2", 2, "4.00")
    assert gaps["survey.coverage.rate"]["points"] == "10.00"
    late = gaps["complaint.handling.timeliness.rate"]
    assert (late["cases"], late["enough"]) == (0, False)  # what came too late stays late


async def test_letters_and_communities_out_of_reach_are_not_there(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    gm = world.token("gm", org)
    assert (await as_if(api, world, org, str(uuid7())))[0] == 404
    missing = await api.get(f"/kpi/v1/letters/{uuid7()}/gaps", params={"period": "2025-Q1"}, headers=gm)
    assert missing.status_code == 404
    assert (await api.get("/kpi/v1/actions", params={"community_id": str(uuid7())}, headers=gm)).status_code == 404
    assert (await api.get("/kpi/v1/actions", headers=world.token("resident", org))).status_code == 403
    assert (await api.get("/kpi/v1/actions", headers=gm)).json() == {"items": []}


async def test_the_days_list_is_by_points_and_what_is_done_leaves_it(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    """今日保分清单: an open complaint costs five points, a file two for each of its hundredths."""
    feed, now, me = Feed(world, org), clock.now(), uuid7()
    feed.register()
    files = [uuid7() for _ in range(10)]
    feed.files(files, now - timedelta(hours=2))
    feed.check(now - timedelta(hours=1), [(file, n > 0, True) for n, file in enumerate(files)])
    ticket, base = uuid7(), {"kind": "complaint", "number": "C1", "unit_id": None, "reporter_id": None}
    due = z(now + timedelta(minutes=9))
    clocks = [{"clock": "complaint.response", "due_at": due}]
    feed.tell("ticket.created.v1", now, {**base, "urgency": "normal", "received_at": z(now), "clocks": clocks}, ticket)
    feed.tell("ticket.dispatched.v1", now, {**base, "assignee_id": str(me), "department": None}, ticket)
    await feed.apply()
    signed = await letter(api, world, feed, term=f"{now:%Y}")
    listed = (await api.get("/kpi/v1/actions", headers=world.token("gm", org))).json()["items"]
    first = listed[0]
    assert (first["indicator"], first["points"], first["worth"]) == ("archive.completeness.rate", "16.00", "1")
    mine = {"mine": True, "community_id": str(feed.community)}
    supervisor = world.token("supervisor", org, sub=me)
    [own] = [
        one
        for one in (await api.get("/kpi/v1/actions", params=mine, headers=supervisor)).json()["items"]
        if one["indicator"] == "complaint.handling.timeliness.rate"
    ]
    assert (own["points"], own["running"], own["letter_id"]) == ("5.00", True, signed["id"])
    assert own["link"] == f"/ticketing/v1/tickets/{ticket}"
    assert own["due_at"].startswith(due[:16])
    feed.tell("ticket.responded.v1", now, {**base, "responded_at": z(now)}, ticket)
    await feed.apply()
    after = (await api.get("/kpi/v1/actions", params=mine, headers=supervisor)).json()["items"]
    assert all(one["indicator"] != "complaint.handling.timeliness.rate" for one in after)
