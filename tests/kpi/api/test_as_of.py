"""Time travel: what was believed of an indicator and of a scorecard at a past moment, and what was learned since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.scorecards import provisional
from shared import clock
from shared.ids import uuid7
from tests.kpi.api.support import SUPERVISOR, freeze, letter
from tests.kpi.support import Feed, local, z
from tests.support.world import World

HANDLING = "complaint.handling.timeliness.rate"
SATISFIED = "complaint.resolution.satisfaction.rate"


class Past:
    """A community whose past is asked for."""

    def __init__(self, api: httpx.AsyncClient, world: World, org: UUID) -> None:
        self.api, self.world, self.org = api, world, org
        self.feed = Feed(world, org)
        self.feed.register()
        self.qa = world.token("qa", org)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.api.get(f"/kpi/v1{path}", params=params, headers=self.qa)

    async def value(self, moment: datetime, code: str = HANDLING) -> dict[str, Any]:
        answer = await self.get(
            f"/indicators/{code}/value",
            period="2025-Q1",
            community_id=str(self.feed.community),
            as_of=z(moment),
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def card(self, moment: datetime, letter_id: str, **more: Any) -> httpx.Response:
        return await self.get("/scorecards/as-of", letter_id=letter_id, period="2025-Q1", as_of=z(moment), **more)


@pytest.fixture
def past(api: httpx.AsyncClient, world: World, org: UUID) -> Past:
    return Past(api, world, org)


def line(card: dict[str, Any], code: str = HANDLING) -> tuple[str, str | None, str | None]:
    found = next(item for item in card["items"] if item["indicator"] == code)
    return found["state"], found["numerator"], found["denominator"]


async def test_a_value_as_of_a_moment_names_the_cases_that_stand_otherwise_now(past: Past) -> None:
    known = past.feed.complaint(local(3, 3), responds_after=timedelta(minutes=5), mark=90)
    later = [past.feed.complaint(local(3, 7), responds_after=timedelta(minutes=30), mark=90) for _ in range(25)]
    await past.feed.apply()
    then = await past.value(local(3, 5))
    assert (then["numerator"], then["denominator"], then["cases"]) == ("1", "1", {"met": 1})
    assert {row["subject"] for row in then["learned"]} < {str(ticket) for ticket in later}
    assert len(then["learned"]) == 20
    first = then["learned"][0]
    assert first["before"] is None and first["link"] == f"/ticketing/v1/tickets/{first['subject']}"
    assert (first["after"]["state"], first["after"]["title"]["zh"]) == ("late", "超时")
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        asked = httpx.URL(then["learned_url"]).copy_merge_params({"limit": 7, **cursor})
        page = await past.api.get(asked, headers=past.qa)
        assert page.status_code == 200, page.text
        found += [row["subject"] for row in page.json()["items"]]
        if page.json()["next"] is None:
            break
        cursor = {"cursor": page.json()["next"]}
    assert sorted(found) == sorted(str(ticket) for ticket in later)
    now = await past.value(local(12, 31))
    assert (now["numerator"], now["denominator"], now["learned"]) == ("1", "26", [])
    early = await past.value(local(3, 3, 9, 1))
    assert next(row for row in early["learned"] if row["subject"] == str(known))["before"]["state"] == "within_limit"


async def test_a_case_that_left_the_period_is_told_of_in_the_period_it_left(past: Past) -> None:
    bill = past.feed.bill(10_000, "2025-01-31", [(10_000, "2025-02-20")])
    await past.feed.apply()
    then = await past.value(local(1, 2), "fee.collection.quarter.rate")
    assert then["numerator"] == "100" and then["learned"] == []
    credit = {"bill_id": str(bill), "unit_id": str(uuid7()), "fee_kind": "property", "due_date": "2025-01-31"}
    past.feed.tell(
        "bill.credited.v1",
        local(2, 25),
        {**credit, "amount_fen": 4_000, "kind": "credit", "credit_id": str(uuid7())},
        bill,
    )
    await past.feed.apply()
    again = await past.value(local(1, 2), "fee.collection.quarter.rate")
    assert again["denominator"] == then["denominator"], "what was believed then stays what it was"
    assert [row["after"]["denominator"] for row in again["learned"] if row["after"]["state"] == "due"] == ["6000"]


async def test_before_the_close_the_card_is_what_could_be_known_and_after_it_what_was_frozen(past: Past) -> None:
    past.feed.complaint(local(3, 3), responds_after=timedelta(minutes=5), mark=90)
    past.feed.complaint(local(3, 7), responds_after=timedelta(minutes=30), mark=90)
    await past.feed.apply()
    signed = await letter(past.api, past.world, past.feed, parameters={"unmeasured": "full"})
    before = (await past.card(local(3, 5), signed["id"])).json()
    assert (before["status"], before["scorecard_id"], before["revision"]) == ("provisional", None, 0)
    assert line(before) == ("met", "1", "1") and before["standing_id"] is None
    assert {row["indicator"] for row in before["learned"]} >= {HANDLING}
    closed = (await freeze(past.api, past.world, past.feed, signed["id"])).json()
    at_close = datetime.fromisoformat(closed["frozen_at"])
    assert (await past.card(local(3, 5), signed["id"])).json() | {"standing_id": None} == before

    late = past.feed.complaint(local(3, 9), responds_after=timedelta(minutes=30), mark=90)
    past.feed.told = [replace(event, recorded_at=at_close + timedelta(microseconds=1)) for event in past.feed.told]
    await past.feed.apply()
    restated = (await freeze(past.api, past.world, past.feed, signed["id"], restate=True, reason="late entry")).json()
    answer = await past.card(at_close, signed["id"])
    assert answer.status_code == 200, answer.text
    then = answer.json()
    assert (then["status"], then["scorecard_id"], then["total"]) == ("closed", closed["id"], closed["total"])
    assert then["standing_id"] == restated["id"] and then["knowledge_until"] == closed["frozen_at"]
    only = await past.get(
        "/scorecards/as-of/learned",
        letter_id=signed["id"],
        period="2025-Q1",
        as_of=closed["frozen_at"],
        indicator=HANDLING,
    )
    assert [(row["subject"], row["before"], row["after"]["state"]) for row in only.json()["items"]] == [
        (str(late), None, "late")
    ]
    now = (await past.card(datetime.fromisoformat(restated["frozen_at"]), signed["id"])).json()
    assert (now["status"], now["scorecard_id"], now["learned"]) == ("restated", restated["id"], [])


async def test_a_line_under_the_letters_own_definition_is_as_the_last_night_had_it(past: Past, standing: Any) -> None:
    business = standing(local(3, 10))
    past.feed.complaint(local(3, 3), responds_after=timedelta(minutes=5), mark=82)
    await past.feed.apply()
    signed = await letter(past.api, past.world, past.feed, parameters={"unmeasured": "full", "satisfied_from": "85"})
    async with past.world.runtime("kpi").db.tx(past.org) as tx:
        await provisional.refresh(tx, UUID(signed["id"]))
        first = tx.now
    business.to(local(3, 11))
    past.feed.complaint(local(3, 4), responds_after=timedelta(minutes=5), mark=90)
    await past.feed.apply()
    for _ in range(2):
        async with past.world.runtime("kpi").db.tx(past.org) as tx:
            await provisional.refresh(tx, UUID(signed["id"]))
            second = tx.now
    assert line((await past.card(first, signed["id"])).json(), SATISFIED)[1:] == ("0", "1")
    assert line((await past.card(second, signed["id"])).json(), SATISFIED)[1:] == ("1", "2")
    async with past.world.runtime("kpi").db.read(past.org) as tx:
        kept = await tx.raw.fetchval(
            "SELECT count(*) FROM kpi.facts WHERE org_id = $1 AND indicator LIKE $2", past.org, f"{SATISFIED}#%"
        )
    assert kept == 2, "a night that learns nothing leaves no version"


async def test_an_observation_counts_from_its_confirmation_on(past: Past) -> None:
    code = "sop.sampling.pass.rate"
    await past.feed.apply()
    signed = await letter(past.api, past.world, past.feed, template="T001P")
    ask = {
        "indicator": code,
        "community_id": str(past.feed.community),
        "on": "2025-03-07",
        "numerator": 46,
        "denominator": 50,
        "file_ids": [str(uuid7())],
    }
    made = await past.api.post("/kpi/v1/observations", json=ask, headers=past.world.token("supervisor", past.org))
    assert made.status_code == 201, made.text
    before = clock.now()
    answer = await past.api.post(
        f"/kpi/v1/observations/{made.json()['id']}/review",
        json={"decision": "confirm"},
        headers=past.world.token("gm", past.org),
    )
    assert answer.status_code == 200, answer.text
    then = await past.value(before, code)
    assert then["state"] != "measured"
    assert [row["subject"] for row in then["learned"]] == [made.json()["id"]]
    page = await past.get(
        "/scorecards/as-of/learned",
        letter_id=signed["id"],
        period="2025",
        as_of=z(before),
        indicator=code,
    )
    assert [row["link"] for row in page.json()["items"]] == [f"/kpi/v1/observations/{made.json()['id']}"]


async def test_a_moment_to_come_and_a_draft_are_refused(past: Past) -> None:
    await past.feed.apply()
    signed = await letter(past.api, past.world, past.feed)
    to_come = await past.card(datetime(2190, 1, 1, tzinfo=UTC), signed["id"])
    assert (to_come.status_code, to_come.json()["code"]) == (422, "kpi.input.invalid")
    body = {
        "template": "T001R",
        "community_id": str(past.feed.community),
        "subject_id": str(SUPERVISOR),
        "term": "2025",
        "parameters": {},
    }
    draft = await past.api.post("/kpi/v1/letters", json=body, headers=past.world.token("gm", past.org))
    assert draft.status_code == 201, draft.text
    unsigned = await past.card(local(3, 1), draft.json()["id"])
    assert (unsigned.status_code, unsigned.json()["code"]) == (409, "kpi.letter.not_in_force")
    assert (await past.card(local(3, 1), str(uuid7()))).status_code == 404
    unknown = await past.get(
        "/scorecards/as-of/learned", letter_id=signed["id"], period="2025-Q1", as_of=z(local(3, 1)), indicator="x"
    )
    assert unknown.status_code == 404
    elsewhere = past.world.token("qa", past.org, units=[uuid7()])
    path = f"/kpi/v1/scorecards/as-of?letter_id={signed['id']}&period=2025-Q1&as_of={z(local(3, 1))}"
    assert (await past.api.get(path, headers=elsewhere)).status_code == 404
    assert str(SUPERVISOR) == (await past.card(local(3, 1), signed["id"])).json()["subject_id"]
