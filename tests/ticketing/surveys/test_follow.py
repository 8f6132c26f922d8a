"""After the close: households called back, and improvements carried out and looked at (C-118, C-119, C-126)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.ticketing.domain.surveys import sample, stage
from tests.support.world import World
from tests.ticketing.support import Community, Register
from tests.ticketing.surveys.support import OPENS, Clock, by_app, clerk, opened, results, sheet

H = timedelta(hours=1)
MEASURES = [
    {"department": "工程部", "text": "增设夜班维修岗", "due_on": "2025-05-31"},
    {"department": "保洁部", "text": "楼道每日两次清扫"},
]


def test_the_sample_follows_from_its_seed_and_no_household_is_favoured() -> None:
    homes = [UUID(int=n) for n in range(200)]
    drawn = sample("a" * 32, homes, 20)
    assert len(set(drawn)) == 20 and sample("a" * 32, homes[::-1], 20) == drawn
    assert sample("b" * 32, homes, 20) != drawn
    assert sorted(sample("a" * 32, homes, 500)) == homes
    times = dict.fromkeys(homes, 0)
    for n in range(400):
        for home in sample(f"{n:032x}", homes, 20):
            times[home] += 1
    assert 15 <= min(times.values()) and max(times.values()) <= 75  # 40 expected


@pytest.mark.parametrize(
    ("survey", "report", "measures", "assigned", "found"),
    [
        ("draft", None, 0, [], "designed"),
        ("open", None, 0, [], "collecting"),
        ("closed", None, 0, [], "closed"),
        ("closed", "submitted", 2, [], "report_submitted"),
        ("closed", "returned", 2, [], "report_returned"),
        ("closed", "approved", 2, ["assigned"], "approved_by_gm"),
        ("closed", "approved", 2, ["assigned", "verified"], "improvements_assigned"),
        ("closed", "approved", 2, ["verified", "verified"], "improvements_verified"),
    ],
)
def test_c119_how_far_a_survey_has_come(
    survey: str, report: str | None, measures: int, assigned: list[str], found: str
) -> None:
    assert stage(survey, report, measures, assigned) == found


async def closed(register: Register, community: Community, *, entered_by: UUID | None = None) -> str:
    """A closed survey with three answers, one of them typed in."""
    id = await opened(register, community)
    for n in (0, 1):
        await by_app(register, community, id, n)
    body = {**sheet(community, 2), "call": "外呼 7"}
    await register.post(f"/surveys/{id}/phone-answers", body, clerk(register, entered_by))
    assert (await register.post(f"/surveys/{id}/close", None)).status_code == 200
    return id


async def test_the_sample_is_drawn_once_after_the_close_and_called_by_others(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    entered = uuid4()
    still = await opened(register, community)
    qa = clerk(register, role="qa")
    early = await register.post(f"/surveys/{still}/recalls", {"size": 3}, qa)
    assert (early.status_code, early.json()["code"]) == (409, "ticketing.survey_recall.not_now")
    id = await closed(register, community, entered_by=entered)
    assert (await register.post(f"/surveys/{id}/recalls", {"size": 3}, clerk(register))).status_code == 403
    twice = await asyncio.gather(*(register.post(f"/surveys/{id}/recalls", {"size": 5}, qa) for _ in range(2)))
    assert sorted(a.status_code for a in twice) == [201, 409]
    drawn = (await register.get(f"/surveys/{id}/recalls")).json()["items"]
    homes = [UUID(r["unit_id"]) for r in drawn]
    assert homes == sample(drawn[0]["seed"], community.units[:3], 5)
    (typed,) = [r for r in drawn if r["entered_by"]]
    path = f"/surveys/{id}/recalls/{typed['id']}/result"
    own = await register.post(path, {"result": "agree"}, clerk(register, entered))
    assert (own.status_code, own.json()["code"]) == (403, "ticketing.survey_recall.own_entry")
    assert (await register.post(path, {"result": "not_reached"}, clerk(register))).status_code == 200
    again = await register.post(path, {"result": "differ", "note": "业主称未接到调查电话"}, clerk(register))
    assert (again.status_code, again.json()["result"]) == (200, "differ")
    done = await register.post(path, {"result": "agree"}, clerk(register))
    assert (done.status_code, done.json()["code"]) == (409, "ticketing.survey_recall.done")
    (other,) = [r for r in drawn if r["unit_id"] == str(community.units[0])]
    path = f"/surveys/{id}/recalls/{other['id']}/result"
    both = await asyncio.gather(
        *(register.post(path, {"result": r}, clerk(register, uuid4())) for r in ("agree", "differ"))
    )
    assert sorted(a.status_code for a in both) == [200, 409]
    found = (await results(register, id))["recalls"]
    assert (found["drawn"], found["agree"] + found["differ"], found["not_reached"]) == (3, 2, 0)
    assert found["differ_share"]["denominator"] == 2
    told = await register.events("survey.recalled.v1")
    assert [e["data"]["outcome"] for e in told][:2] == ["not_reached", "differ"] and len(told) == 3


async def test_a_survey_nobody_answered_has_nobody_to_call(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    id = await opened(register, community)
    await register.post(f"/surveys/{id}/close", None)
    drawn = await register.post(f"/surveys/{id}/recalls", {"size": 3}, clerk(register, role="qa"))
    assert (drawn.status_code, drawn.json()["items"]) == (201, [])


async def approved(register: Register, community: Community) -> str:
    id = await closed(register, community)
    body = {"analysis": "维修时效得分最低", "measures": MEASURES}
    assert (await register.post(f"/surveys/{id}/report", body, clerk(register, role="supervisor"))).status_code == 201
    answer = await register.post(f"/surveys/{id}/report/approve", {}, clerk(register, role="gm"))
    assert answer.status_code == 200, answer.text
    return id


async def assigned(register: Register, id: str, place: int, to: UUID, **more: Any) -> httpx.Response:
    body = {"place": place, "assignee_id": str(to), **more}
    return await register.post(f"/surveys/{id}/measures", body, clerk(register, role="supervisor"))


async def test_c118_c119_d003_measures_are_assigned_after_the_approval_and_verified_by_others(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(OPENS)
    early, worker = await closed(register, community), uuid4()
    refused = await assigned(register, early, 0, worker)
    assert (refused.status_code, refused.json()["code"]) == (409, "ticketing.survey_measure.not_now")
    id = await approved(register, community)
    assert (await results(register, id))["stage"] == "approved_by_gm"
    first = await assigned(register, id, 0, worker)
    assert (first.status_code, first.json()["due_on"], first.json()["department"]) == (201, "2025-05-31", "工程部")
    no_day = await assigned(register, id, 1, worker)
    assert (no_day.status_code, [e["path"] for e in no_day.json()["errors"]]) == (422, ["due_on"])
    assert (await assigned(register, id, 2, worker)).status_code == 404
    assert (await assigned(register, id, 0, worker)).status_code == 409
    second = await assigned(register, id, 1, worker, due_on="2025-06-30")
    assert second.status_code == 201 and (await results(register, id))["stage"] == "improvements_assigned"
    mine, gm = clerk(register, worker, "engineer"), clerk(register, role="gm")
    for made in (first, second):
        path = f"/surveys/{id}/measures/{made.json()['id']}"
        before = await register.post(f"{path}/verify", {"accepted": True}, gm)
        assert (before.status_code, before.json()["code"]) == (409, "ticketing.survey_measure.state")
        other = await register.post(f"{path}/done", {"result": "x"}, clerk(register, role="engineer"))
        assert (other.status_code, other.json()["code"]) == (403, "ticketing.survey_measure.not_yours")
        clock.by(H)
        assert (await register.post(f"{path}/done", {"result": "已到位"}, mine)).json()["state"] == "done"
        own = await register.post(f"{path}/verify", {"accepted": True}, clerk(register, worker, "qa"))
        assert (own.status_code, own.json()["code"]) == (403, "ticketing.survey_measure.own")
    path = f"/surveys/{id}/measures/{first.json()['id']}"
    assert (await register.post(f"{path}/verify", {"accepted": False}, gm)).status_code == 422
    back = await register.post(f"{path}/verify", {"accepted": False, "note": "仍无夜班"}, gm)
    assert (back.json()["state"], back.json()["sent_back"], back.json()["done_at"]) == ("assigned", True, None)
    await register.post(f"{path}/done", {"result": "夜班已排"}, mine)
    for made in (first, second):
        path = f"/surveys/{id}/measures/{made.json()['id']}"
        answers = await asyncio.gather(
            *(register.post(f"{path}/verify", {"accepted": True}, clerk(register, role="gm")) for _ in range(2))
        )
        assert sorted(a.status_code for a in answers) == [200, 409]
    assert (await results(register, id))["stage"] == "improvements_verified"
    listed = (await register.get(f"/surveys/{id}/measures")).json()["items"]
    assert [(m["place"], m["state"]) for m in listed] == [(0, "verified"), (1, "verified")]
    told = [e["type"].split("_", 1)[1] for e in await register.events() if "survey.measure" in e["type"]]
    assert told.count("verified.v1") == 2 and told.count("sent_back.v1") == 1


async def test_one_measure_assigned_twice_at_once_goes_to_one(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    id = await approved(register, community)
    answers = await asyncio.gather(*(assigned(register, id, 0, uuid4()) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409]


async def test_strangers_see_and_change_nothing(
    register: Register, community: Community, standing: Clock, other_org: Callable[[], Awaitable[UUID]], world: World
) -> None:
    standing(OPENS)
    id = await approved(register, community)
    made = (await assigned(register, id, 0, uuid4())).json()["id"]
    drawn = await register.post(f"/surveys/{id}/recalls", {"size": 1}, clerk(register, role="qa"))
    recall = drawn.json()["items"][0]["id"]
    (branch,) = await register.stored("org-units", [{"external_id": "B", "name": "B", "kind": "branch"}])
    foreign = await other_org()
    for role in ("qa", "project_manager"):
        for headers in (register.staff(role, [branch]), world.token(role, foreign)):
            for path in (f"/surveys/{id}/recalls", f"/surveys/{id}/measures"):
                assert (await register.get(path, headers)).status_code == 404
            for path, body in (
                (f"/surveys/{id}/recalls", {"size": 1}),
                (f"/surveys/{id}/measures/{made}/done", {"result": "x"}),
                (f"/surveys/{id}/measures/{made}/verify", {"accepted": True}),
            ):
                assert (await register.post(path, body, headers)).status_code == 404
    here = await opened(register, community)
    crossed = f"/surveys/{here}/recalls/{recall}/result"
    assert (await register.post(crossed, {"result": "agree"}, clerk(register))).status_code == 404
    crossed = f"/surveys/{here}/measures/{made}/verify"
    assert (await register.post(crossed, {"accepted": True}, clerk(register, role="gm"))).status_code == 404
