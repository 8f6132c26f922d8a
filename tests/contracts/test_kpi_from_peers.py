"""What kpi makes of what ticketing and billing really send: a small quarter through all three APIs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.ticketing.domain.surveys import DEFAULT_DIMENSIONS
from services.ticketing.orgs.service import create_in
from tests.support.world import Standing, World
from tests.ticketing.cases import Desk
from tests.ticketing.support import Community, Register

START = datetime(2025, 3, 7, 1, tzinfo=UTC)
H, M = timedelta(hours=1), timedelta(minutes=1)


class Quarter:
    """One community over all services, and the readings kpi has of it."""

    def __init__(self, world: World, api: httpx.AsyncClient, org: UUID, clock: Standing) -> None:
        self.world, self.api, self.org, self.clock = world, api, org, clock
        self.register = Register(world, api, org)
        self.community: Community | None = None

    async def begin(self) -> Desk:
        async with self.world.runtime("ticketing").db.tx(self.org) as tx:
            await create_in(tx, "测试物业")
        self.community = await self.register.community("CX", dwellings=4, occupied=3)
        return Desk(self.register, self.community)

    async def billing(self, path: str, body: Any) -> Any:
        answer = await self.api.post(f"/billing/v1/{path}", json=body, headers=self.world.token("finance", self.org))
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def read(self, code: str, **query: str) -> dict[str, Any]:
        await self.world.drain(self.org)
        assert self.community is not None
        answer = await self.api.get(
            f"/kpi/v1/indicators/{code}/value",
            params={"period": "2025-Q1", "community_id": str(self.community.id), **query},
            headers=self.world.token("qa", self.org),
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def quarter(world: World, api: httpx.AsyncClient, org: UUID, standing: Callable[[datetime], Standing]) -> Quarter:
    """An organisation with nothing in it yet, on 7 March 2025, 09:00."""
    return Quarter(world, api, org, standing(START))


async def test_complaints_with_a_breach_a_late_entry_and_both_kinds_of_rating(quarter: Quarter) -> None:
    desk = await quarter.begin()
    kept = await desk.handled(n=0)
    await desk.do(kept, "sign", desk.owner(0), signer_name="张伟", method="app")
    await desk.do(kept, "rate", desk.owner(0), score=90)

    late, entered_late = await desk.ticket(n=1), await desk.ticket(n=2)
    quarter.clock.by(11 * M)
    await quarter.register.fire_timers()
    found = await quarter.read("complaint.handling.timeliness.rate")
    assert found["cases"] == {"met": 1, "late": 2}

    occurred = (START + 8 * M).isoformat().replace("+00:00", "Z")
    await desk.do(entered_late, "respond", occurred_at=occurred)
    await desk.do(late, "respond")
    for ticket in (late, entered_late):
        await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
        await desk.do(ticket, "plan", text="更换导靴")
        await desk.do(ticket, "complete", result="已更换")
    await desk.do(late, "sign", desk.owner(1), signer_name="张伟", method="app")
    call = await desk.due_call(late)
    assert (await desk.call(call, "reached", rating=60)).status_code < 300

    found = await quarter.read("complaint.handling.timeliness.rate")
    assert (found["numerator"], found["denominator"], found["cases"]) == ("2", "3", {"met": 2, "late": 1})
    rating = await quarter.read("complaint.resolution.satisfaction.rate")
    assert (rating["numerator"], rating["denominator"]) == ("1", "2")
    assert (await quarter.read("complaint.signoff.rate"))["value"] == "100.00"
    assert (await quarter.read("complaint.response.timeliness"))["numerator"] == "2"


async def test_archives_at_their_last_check(quarter: Quarter) -> None:
    await quarter.begin()
    assert quarter.community is not None
    fields = {"name": "张伟", "contact": {"phone": "13812341234"}, "house": {"area": "93.50"}, "service_history": []}
    ids = await quarter.register.stored(
        "archives", [{"external_id": f"A{n}", "unit": f"CX-1-{n}", "fields": fields} for n in (1, 2, 3, 4)]
    )
    for findings in ([(False, False)] * 4, [(True, False), (True, True), (False, True)]):
        quarter.clock.by(24 * H)
        items = [
            {"file_id": str(i), "complete": c, "up_to_date": u, **({} if c else {"missing": ["contact"]})}
            for i, (c, u) in zip(ids, findings, strict=False)
        ]
        answer = await quarter.register.post(
            "/archive-checks", {"community_id": str(quarter.community.id), "month": "2025-03", "items": items}
        )
        assert answer.status_code == 201, answer.text
    complete = await quarter.read("archive.completeness.rate")
    assert (complete["numerator"], complete["denominator"]) == ("2", "4")
    update = await quarter.read("archive.update.rate")
    assert (update["numerator"], update["denominator"]) == ("2", "4")


async def test_a_survey_of_the_occupied_households(quarter: Quarter) -> None:
    desk = await quarter.begin()
    assert quarter.community is not None
    closes = (START + 48 * H).isoformat().replace("+00:00", "Z")
    draft = {"community_id": str(quarter.community.id), "period": "2025-Q1", "title": "调查", "closes_at": closes}
    survey = (await quarter.register.post("/surveys", draft)).json()["id"]
    assert (await quarter.register.post(f"/surveys/{survey}/open", None)).status_code == 200
    for n, mark in ((0, 60), (0, 90), (1, 80)):
        body = {"unit_id": str(quarter.community.units[n]), "marks": dict.fromkeys(DEFAULT_DIMENSIONS, mark)}
        answer = await quarter.register.post(f"/surveys/{survey}/answers", body, desk.owner(n))
        assert answer.status_code < 300, answer.text
    quarter.clock.by(49 * H)
    coverage = await quarter.read("survey.coverage.rate")
    assert (coverage["numerator"], coverage["denominator"]) == ("2", "3")
    assert (await quarter.read("survey.score"))["value"] == "85.00"
    assert (await quarter.read("survey.count"))["value"] == "1.00"
    assert (await quarter.read("survey.dimension.count"))["value"] == "8.00"
    # C-124: a topic's survey has numbers of its own and is in none of these.
    later = (START + 96 * H).isoformat().replace("+00:00", "Z")
    topic = (await quarter.register.post("/surveys", {**draft, "type": "cleaning", "closes_at": later})).json()
    assert (await quarter.register.post(f"/surveys/{topic['id']}/open", None)).status_code == 200
    body = {"unit_id": str(quarter.community.units[0]), "marks": dict.fromkeys(topic["dimensions"], 0)}
    answer = await quarter.register.post(f"/surveys/{topic['id']}/answers", body, desk.owner(0))
    assert answer.status_code == 201, answer.text
    again = await quarter.read("survey.coverage.rate")
    assert (again["numerator"], again["denominator"]) == (coverage["numerator"], coverage["denominator"])
    assert (await quarter.read("survey.score"))["value"] == "85.00"
    assert (await quarter.read("survey.dimension.count"))["value"] == "8.00"


async def test_the_collection_rate_is_that_of_billing(quarter: Quarter) -> None:
    await quarter.begin()
    assert quarter.community is not None
    community = str(quarter.community.id)
    await quarter.register.stored(
        "units",
        [
            {
                "external_id": f"CX-1-{n}",
                "community": "CX",
                "building": "CX-1",
                "number": f"1-{n}01",
                "area": "93.50",
                "sold_on": "2019-06-01",
                "occupied_from": "2020-06-01",
            }
            for n in (1, 2, 3, 4)
        ],
    )
    await quarter.world.drain(quarter.org)
    standard = {
        "community_id": community,
        "code": "wy",
        "name": "物业费",
        "rule": "area",
        "fee_kind": "property",
        "effective_from": "2025-01-01",
        "params": {"rate": "2.00"},
        "due_day": 20,
    }
    await quarter.billing("charge-standards", standard)
    await quarter.billing("billing-runs", {"community_id": community, "standard_code": "wy", "period": "2025-03"})
    await quarter.world.drain(quarter.org)
    for n, amount, value_date in ((0, "187.00", "2025-03-06"), (1, "200.00", "2025-03-07"), (2, "50.00", "2025-03-05")):
        body = {
            "community_id": community,
            "unit_id": str(quarter.community.units[n]),
            "method": "bank_transfer",
            "amount": {"amount": amount, "currency": "CNY"},
            "value_date": value_date,
        }
        await quarter.billing("payments", body)
    found = await quarter.read("fee.collection.quarter.rate")
    assert (found["numerator"], found["denominator"]) == ("424", "748")
    assert found["beside"] == {"prepayment": "13"}
    theirs = await quarter.api.get(
        "/billing/v1/collection-rates",
        params={"community_id": community, "period": "2025-Q1"},
        headers=quarter.world.token("finance", quarter.org),
    )
    assert theirs.json()["rate"] == found["value"]
