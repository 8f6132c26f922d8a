"""Observations over the API: recorded with evidence, confirmed by a second person, and only then counted (AMB-058)."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.scorecards.verify import verify
from shared.ids import uuid7
from tests.kpi.api.support import SUPERVISOR, freeze, letter
from tests.kpi.support import Feed
from tests.support.world import World

SAMPLING = "sop.sampling.pass.rate"


class Desk:
    """One community, and short ways to record and review there."""

    def __init__(self, api: httpx.AsyncClient, world: World, feed: Feed) -> None:
        self.api, self.world, self.feed, self.org = api, world, feed, feed.org

    async def record(
        self, indicator: str = SAMPLING, on: str = "2025-03-07", role: str = "supervisor", **more: Any
    ) -> httpx.Response:
        reading = (
            {} if {"value", "count", "parts", "grade", "state"} & set(more) else {"numerator": 46, "denominator": 50}
        )
        body = {"indicator": indicator, "community_id": str(self.feed.community), "on": on, **reading}
        body |= {"file_ids": [str(uuid7())], **more}
        return await self.api.post("/kpi/v1/observations", json=body, headers=self.world.token(role, self.org))

    async def review(self, id_: str, role: str = "qa", decision: str = "confirm", **more: Any) -> httpx.Response:
        headers = {**self.world.token(role, self.org, sub=more.pop("sub", None)), **more.pop("headers", {})}
        path = f"/kpi/v1/observations/{id_}/review"
        return await self.api.post(path, json={"decision": decision, **more}, headers=headers)

    async def seen(self, indicator: str, reviewer: str, on: str = "2025-03-07", **more: Any) -> str:
        answer = await self.record(indicator, on, **more)
        assert answer.status_code == 201, answer.text
        confirmed = await self.review(answer.json()["id"], reviewer)
        assert confirmed.status_code == 200, confirmed.text
        return str(answer.json()["id"])

    async def value(self, indicator: str = SAMPLING, period: str = "2025-Q1", **more: str) -> tuple[str, str | None]:
        path = f"/kpi/v1/indicators/{indicator}/value"
        params = {"period": period, "community_id": str(self.feed.community), **more}
        answer = await self.api.get(path, params=params, headers=self.world.token("qa", self.org))
        assert answer.status_code == 200, answer.text
        return answer.json()["state"], answer.json()["value"]


@pytest.fixture
async def desk(api: httpx.AsyncClient, world: World, org: UUID) -> Desk:
    feed = Feed(world, org)
    feed.register()
    await feed.apply()
    return Desk(api, world, feed)


async def test_only_what_a_second_person_confirmed_counts(desk: Desk) -> None:
    first = (await desk.record(sampled=50, note="三月抽检")).json()
    assert (first["state"], first["reviewed_by"], first["sampled"]) == ("recorded", None, 50)
    assert first["reading"]["value"] == "92" and len(first["file_ids"]) == 1
    assert await desk.value() == ("no_data", None)
    confirmed = await desk.review(first["id"], headers={"If-Match": '"1"'})
    assert (confirmed.status_code, confirmed.json()["state"], confirmed.headers["etag"]) == (200, "confirmed", '"2"')
    assert confirmed.json()["reviewed_by"] not in (None, first["recorded_by"])
    assert await desk.value() == ("measured", "92.00")
    await desk.seen(SAMPLING, "qa", "2025-02-01", numerator=50, denominator=50)
    assert await desk.value() == ("measured", "96.00")  # 96 of 100 over the quarter
    assert await desk.value(period="2025-03") == ("measured", "92.00")
    assert await desk.value(period="2025-Q2") == ("no_data", None)
    assert await desk.value(as_of="2025-01-01T00:00:00Z") == ("no_data", None)


async def test_nobody_confirms_what_they_recorded_and_only_the_named_role_does(desk: Desk) -> None:
    me = uuid7()
    body = {
        "indicator": SAMPLING,
        "community_id": str(desk.feed.community),
        "on": "2025-03-07",
        "numerator": 1,
        "denominator": 1,
        "file_ids": [str(uuid7())],
    }
    made = await desk.api.post("/kpi/v1/observations", json=body, headers=desk.world.token("qa", desk.org, sub=me))
    id_ = made.json()["id"]
    for role, sub, status, code in (
        ("qa", me, 403, "kpi.observation.own"),
        ("gm", me, 403, "kpi.observation.own"),
        ("finance", uuid7(), 403, "kpi.observation.not_the_reviewer"),
        ("clerk", uuid7(), 403, None),
    ):
        answer = await desk.review(id_, role, sub=sub)
        assert answer.status_code == status
        assert code is None or answer.json()["code"] == code
    assert (await desk.review(id_, "gm")).status_code == 200


async def test_a_rejection_says_why_and_a_review_stands(desk: Desk) -> None:
    id_ = (await desk.record()).json()["id"]
    bare = await desk.review(id_, decision="reject")
    assert (bare.status_code, bare.json()["errors"][0]["path"]) == (422, "note")
    stale = await desk.review(id_, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    rejected = await desk.review(id_, decision="reject", note="抽检表缺页")
    assert (rejected.json()["state"], rejected.json()["review_note"]) == ("rejected", "抽检表缺页")
    again = await desk.review(id_)
    assert (again.status_code, again.json()["code"]) == (409, "kpi.observation.reviewed")
    assert await desk.value() == ("no_data", None)


async def test_of_two_reviews_at_once_one_wins(desk: Desk) -> None:
    id_ = (await desk.record()).json()["id"]
    answers = await asyncio.gather(desk.review(id_), desk.review(id_, "gm", decision="reject", note="重复"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.parametrize(
    ("change", "status", "code", "path"),
    [
        ({"indicator": "no.such"}, 404, "kpi.indicator.unknown", None),
        ({"indicator": "survey.score", "value": 90}, 422, "kpi.observation.computed", None),
        ({"on": "2999-01-01"}, 422, "kpi.input.invalid", "on"),
        ({"file_ids": []}, 422, None, "file_ids"),
        ({"value": 90}, 422, "kpi.input.invalid", "value"),
        ({"denominator": "many"}, 422, "kpi.input.invalid", "denominator"),
        ({"community_id": "01940000-0000-7000-8000-0000000000ff"}, 404, "kpi.community.unknown", None),
        ({"marks": [{"points": "0", "reason": "无"}]}, 422, "kpi.input.invalid", "marks.0.points"),
        ({"marks": [{"points": "3"}]}, 422, None, "marks.0.reason"),
    ],
)
async def test_what_cannot_be_recorded_is_refused_by_path(
    desk: Desk, change: dict[str, Any], status: int, code: str | None, path: str | None
) -> None:
    more = {"numerator": 46, "denominator": 50, **change} if "value" in change and len(change) == 1 else change
    answer = await desk.record(**more)
    assert answer.status_code == status, answer.text
    if code is not None:
        assert answer.json()["code"] == code
    if path is not None:
        assert [error["path"] for error in answer.json()["errors"]] == [path]


async def test_a_list_shows_one_s_reach_by_state(desk: Desk) -> None:
    id_ = (await desk.record()).json()["id"]
    waiting = {"state": "recorded", "indicator": SAMPLING}
    for headers, expected in (
        (desk.world.token("qa", desk.org), [id_]),
        (desk.world.token("qa", desk.org, units=[uuid7()]), []),
    ):
        listed = await desk.api.get("/kpi/v1/observations", params=waiting, headers=headers)
        assert [row["id"] for row in listed.json()["items"]] == expected
        one = await desk.api.get(f"/kpi/v1/observations/{id_}", headers=headers)
        assert one.status_code == (200 if expected else 404)


async def test_f030_f031_a_month_is_scored_from_observations_and_recomputes(desk: Desk) -> None:
    """Judged points come with their reasons and are frozen with the reading (AMB-071)."""
    await desk.seen("conduct.attire.violation.count", "cs_manager", count=2)
    judged = [{"points": "5", "reason": "影响较大"}, {"points": "3", "reason": "轻微"}]
    await desk.seen("complaint.valid.count", "cs_manager", count=2, marks=judged)
    await desk.seen("complaint.valid.count", "cs_manager", "2025-02-07", count=9)  # another month
    made = await letter(desk.api, desk.world, desk.feed, template="T002A")
    answer = await freeze(desk.api, desk.world, desk.feed, made["id"], "2025-03")
    assert answer.status_code == 201, answer.text
    assert answer.json()["total"] == "90.00"  # 100 - 2 x 1 - 5 - 3
    async with desk.world.runtime("kpi").db.tx(desk.org) as tx:
        found = await verify(tx, UUID(answer.json()["id"]))
    assert (found.ok, found.recomputed) == (True, "90.00")


async def test_f065_last_year_s_value_stands_beside_the_month(desk: Desk) -> None:
    """A-121, AMB-045, AMB-049: recorded, where the letter says that its hazards are."""
    await desk.seen("hazard.rectification.rate", "safety", "2024-03-20", numerator=842, denominator=1000)
    await desk.seen("hazard.rectification.rate", "safety", "2025-03-20", numerator=849, denominator=1000)
    chosen = {"hazard_facts": "recorded"}
    made = await letter(desk.api, desk.world, desk.feed, template="T001Q", parameters=chosen)
    card = (await freeze(desk.api, desk.world, desk.feed, made["id"], "2025-03")).json()
    line = next(item for item in card["items"] if item["indicator"] == "hazard.rectification.rate")
    assert (line["points"], line["target"], line["state"]) == ("4.70", "≥85.2", "missed")
    async with desk.world.runtime("kpi").db.tx(desk.org) as tx:
        assert (await verify(tx, UUID(card["id"]))).ok


async def test_a_grade_and_kinds_are_named_as_the_letter_names_them(desk: Desk) -> None:
    """A-038, A-167."""
    assert (await desk.record("business.target.score", grade="较好")).status_code == 201
    kinds = await desk.record("score.quality.3.attendance", parts={"sick_leave": 2})
    assert kinds.status_code == 201
    wrong = await desk.record("score.quality.3.attendance", parts={"holiday": 2})
    assert [error["path"] for error in wrong.json()["errors"]] == ["parts.holiday"]


async def test_an_unfilled_letter_and_a_broken_off_one_are_not_made(desk: Desk) -> None:
    """AMB-036, AMB-052."""
    body = {"community_id": str(desk.feed.community), "subject_id": str(SUPERVISOR), "term": "2025"}
    gm = desk.world.token("gm", desk.org)
    blank = await desk.api.post("/kpi/v1/letters", json={"template": "T001L", **body}, headers=gm)
    assert (blank.status_code, blank.json()["code"]) == (422, "kpi.letter.blank")
    assert "parameters.customer_return_rate_target" in [error["path"] for error in blank.json()["errors"]]
    broken = await desk.api.post("/kpi/v1/letters", json={"template": "T003E", **body}, headers=gm)
    assert (broken.status_code, broken.json()["code"]) == (409, "kpi.template.incomplete")


async def test_indicators_tell_where_their_facts_come_from(desk: Desk) -> None:
    staff = desk.world.token("clerk", desk.org)
    seen = (await desk.api.get(f"/kpi/v1/indicators/{SAMPLING}", headers=staff)).json()
    assert (seen["source"], seen["reviewer"]) == ("observations", "qa")
    assert (
        seen["counts"]["zh"] and seen["of"]["en"] and seen["recorded_on"] == {"zh": "抽查记录", "en": "Sampling record"}
    )
    computed = (await desk.api.get("/kpi/v1/indicators/survey.score", headers=staff)).json()
    assert (computed["source"], computed["counts"], computed["reviewer"]) == ("events", None, None)
    template = (await desk.api.get("/kpi/v1/templates/T000", headers=staff)).json()
    assert [who["zh"] for who in template["signatories"]] == ["责任人", "总经理"]
    error = next(line for line in template["reported"] if line["row"] == "A-006")
    assert error["target"]["options"] == {"false": "≤2", "true": "≤98"}


async def test_amb049_the_month_and_the_year_are_scored_each_from_the_same_facts(desk: Desk) -> None:
    for on, red in (("2025-02-10", 1), ("2025-03-07", 2)):
        await desk.seen("violation.ticket.red.count", "safety", on, count=red)
    signed = await letter(desk.api, desk.world, desk.feed, template="T001Q")

    async def tickets(period: str) -> tuple[str, str]:
        card = (await freeze(desk.api, desk.world, desk.feed, signed["id"], period)).json()
        line = next(item for item in card["items"] if item["indicator"] == "violation.ticket.red.count")
        return line["value"], line["deduction"]

    assert [await tickets(period) for period in ("2025-02", "2025-03", "2025")] == [
        ("1.00", "3.00"),
        ("2.00", "3.00"),
        ("3.00", "3.00"),
    ]
    quarter = await freeze(desk.api, desk.world, desk.feed, signed["id"], "2025-Q1")
    assert quarter.json()["code"] == "kpi.scorecard.period_outside_term"
