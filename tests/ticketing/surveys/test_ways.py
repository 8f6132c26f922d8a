"""Answers by telephone, on paper and by link: who, by which way, and which one counts (AMB-021)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select

from services.ticketing.models import survey_links
from services.ticketing.surveys.links import token_of
from tests.shared.files import samples
from tests.support.world import World
from tests.ticketing.cases import Desk
from tests.ticketing.support import BASE, Community, Register
from tests.ticketing.surveys.support import CLOSES, MARKS, OPENS, Clock, by_app, clerk, opened, results, sheet

H = timedelta(hours=1)


async def phoned(
    register: Register, community: Community, id: str, n: int, headers: dict[str, str] | None = None, **more: Any
) -> httpx.Response:
    body = {**sheet(community, n), "call": "外呼 0042", **more}
    return await register.post(f"/surveys/{id}/phone-answers", body, headers or clerk(register))


async def scanned(register: Register, headers: dict[str, str]) -> str:
    file = {"file": ("scan.jpg", samples.photo(), "image/jpeg")}
    answer = await register.api.post(f"{BASE}/files", files=file, headers=headers)
    assert answer.status_code == 201, answer.text
    id: str = answer.json()["id"]
    return id


async def linked(register: Register, community: Community, id: str, *numbers: int) -> list[str]:
    body = {"unit_ids": [str(community.units[n]) for n in numbers]}
    answer = await register.post(f"/surveys/{id}/links", body, clerk(register))
    assert answer.status_code == 201, answer.text
    return [link["token"] for link in answer.json()["items"]]


async def use(register: Register, token: str, mark: int = 85) -> httpx.Response:
    path = f"{BASE}/survey-links/{token}/answer"
    return await register.api.post(path, json={"marks": dict.fromkeys(MARKS, mark)})


async def test_an_answer_by_phone_names_its_call_and_who_typed_it(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    id, me = await opened(register, community), uuid4()
    owner = str(community.people[0])
    taken = await phoned(register, community, id, 0, clerk(register, me), person_id=owner)
    assert taken.status_code == 201, taken.text
    shown = taken.json()
    assert (shown["channel"], shown["entered_by"], shown["call"]) == ("phone", str(me), "外呼 0042")
    assert (await phoned(register, community, id, 1, call="")).status_code == 422
    wrong = await phoned(register, community, id, 1, person_id=owner)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "ticketing.survey.may_not_answer")
    (told,) = await register.events("survey.answered.v1")
    assert told["data"]["channel"] == "phone" and "call" not in told["data"]
    found = await results(register, id)
    assert found["staff_entered"] == {"numerator": 1, "denominator": 1, "percent": "100.00"}
    assert found["coverage"] == {"numerator": 1, "denominator": 3, "percent": "33.33"}


async def test_amb021_a_call_told_late_does_not_stand_against_what_came_after_it(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(OPENS)
    id = await opened(register, community)
    clock.to(OPENS + 2 * H)
    assert (await by_app(register, community, id, 0, 90)).json()["counted"] is True
    clock.to(OPENS + 3 * H)
    more = {"marks": dict.fromkeys(MARKS, 10), "late_reason": "系统故障"}
    late = await phoned(register, community, id, 0, occurred_at="2025-03-10T03:00:00Z", **more)
    assert (late.status_code, late.json()["counted"]) == (201, False)
    assert (await results(register, id))["mean"] == "90.00"
    assert len(await register.events("survey.answered.v1")) == 1
    early = await phoned(register, community, id, 1, occurred_at="2025-03-10T01:59:59Z", late_reason="x")
    assert early.status_code == 422  # before the survey was issued
    now = await phoned(register, community, id, 0, marks=dict.fromkeys(MARKS, 20))
    assert now.json()["counted"] is True
    found = await results(register, id)
    assert (found["mean"], found["own_replaced"]) == ("20.00", 1)  # reported: it replaced the household's own


async def test_nobody_enters_the_answer_of_their_own_household_or_of_their_own_case(
    desk: Desk, standing: Clock
) -> None:
    standing(OPENS)
    register, community = desk.register, desk.community
    (me,) = await register.stored(
        "staff", [{"external_id": "S1", "name": "张一", "phone": "13812340001", "roles": ["clerk"], "units": []}]
    )
    ticket = await desk.ticket("repair", n=1, fields={"category": "water"})
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer))
    id = await opened(register, community)
    for n, sub in ((0, me), (1, desk.engineer)):
        refused = await phoned(register, community, id, n, clerk(register, sub))
        assert (refused.status_code, refused.json()["code"]) == (403, "ticketing.survey.own_household")
        headers = clerk(register, sub)
        batch = {"scan": await scanned(register, headers), "items": [sheet(community, 2), sheet(community, n)]}
        refused = await register.post(f"/surveys/{id}/paper-answers", batch, headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "ticketing.survey.own_household")
        assert (await phoned(register, community, id, 2, clerk(register, sub))).status_code == 201
    assert (await phoned(register, community, id, 0)).status_code == 201


async def test_a_batch_of_paper_goes_in_with_its_scan_whole_or_not_at_all(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(OPENS)
    id, headers = await opened(register, community), clerk(register)
    path, scan = f"/surveys/{id}/paper-answers", await scanned(register, clerk(register, uuid4()))
    clock.to(OPENS + H)
    told = {"occurred_at": "2025-03-10T02:30:00Z", "late_reason": "纸质问卷集中录入"}
    items = [sheet(community, 0), sheet(community, 1, greening=101), sheet(community, 3), sheet(community, 0)]
    bad = await register.post(path, {"scan": scan, "items": items, **told}, headers)
    assert (bad.status_code, bad.json()["code"]) == (422, "ticketing.survey.answer_invalid")
    wrong = ["items.1.marks.greening", "items.2.unit_id", "items.3.unit_id"]
    assert [e["path"] for e in bad.json()["errors"]] == wrong
    foreign = await register.post(path, {"scan": scan, "items": items[:1], **told}, headers)
    assert [e["path"] for e in foreign.json()["errors"]] == ["scan.0"]  # somebody else's upload
    assert (await results(register, id))["answer_count"] == 0
    await by_app(register, community, id, 1, 40)
    batch = {"scan": await scanned(register, headers), "items": [sheet(community, 0), sheet(community, 1)], **told}
    stored = await register.post(path, batch, headers)
    assert (stored.status_code, stored.json()) == (201, {"stored": 2, "counted": 1})
    found = await results(register, id)
    assert (found["channels"], found["answer_count"]) == ({"app": 1, "paper": 1}, 2)
    answers = (await register.get(f"/surveys/{id}/answers")).json()["items"]
    assert [(a["channel"], a["scan_id"], a["counted"]) for a in answers if a["channel"] == "paper"] == [
        ("paper", batch["scan"], True),
        ("paper", batch["scan"], False),
    ]
    assert (await register.get(f"/files/{batch['scan']}", clerk(register))).status_code == 200
    assert (await register.get(f"/files/{batch['scan']}", register.resident(community, 0))).status_code == 404


async def test_a_link_answers_once_for_its_household_without_signing_in(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    id = await opened(register, community)
    first, second = await linked(register, community, id, 0, 1)
    shown = (await register.api.get(f"{BASE}/survey-links/{first}")).json()
    assert [q["code"] for q in shown["questions"]] == list(MARKS) and shown["questions"][0]["zh"] == "服务态度"
    assert (shown["open"], shown["used"]) == (True, False)
    assert str(community.units[0]) not in str(shown)
    short = await register.api.post(f"{BASE}/survey-links/{first}/answer", json={"marks": {"greening": 80}})
    assert (short.status_code, short.json()["code"]) == (422, "ticketing.survey.answer_invalid")
    assert (await use(register, first, 90)).status_code == 201
    twice = await use(register, first, 10)
    assert (twice.status_code, twice.json()["code"]) == (409, "ticketing.survey_link.used")
    (answer,) = (await register.get(f"/surveys/{id}/answers")).json()["items"]
    assert (answer["channel"], answer["unit_id"], answer["entered_by"]) == ("link", str(community.units[0]), None)
    (newer,) = await linked(register, community, id, 1)
    gone = await use(register, second)
    assert (gone.status_code, gone.json()["code"]) == (404, "ticketing.survey_link.unknown")
    assert (await use(register, newer)).status_code == 201


async def test_a_link_ends_with_its_survey_to_the_second(
    register: Register, community: Community, standing: Clock
) -> None:
    clock = standing(OPENS)
    id = await opened(register, community)
    tokens = await linked(register, community, id, 0, 1)
    clock.to(CLOSES - timedelta(seconds=1))
    assert (await use(register, tokens[0])).status_code == 201
    clock.to(CLOSES)
    late = await use(register, tokens[1])
    assert (late.status_code, late.json()["code"]) == (409, "ticketing.survey.not_open")
    body = {"unit_ids": [str(community.units[2])]}
    assert (await register.post(f"/surveys/{id}/links", body, clerk(register))).status_code == 409
    assert (await phoned(register, community, id, 2)).status_code == 409


async def test_only_the_hash_of_a_link_is_kept(register: Register, community: Community, standing: Clock) -> None:
    standing(OPENS)
    id = await opened(register, community)
    (token,) = await linked(register, community, id, 0)
    async with register.world.runtime("ticketing").db.read(register.org) as tx:
        (row,) = await tx.rows(select(survey_links).where(survey_links.c.org_id == register.org))
    assert token not in str(dict(row._mapping)) and len(row.token_hash) == 64
    assert token not in str(await register.audits("survey"))


async def test_a_link_nobody_made_is_unknown(
    register: Register, community: Community, standing: Clock, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    standing(OPENS)
    id = await opened(register, community)
    (token,) = await linked(register, community, id, 0)
    moved = token_of(await other_org())[:22] + token[22:]
    for forged in (token_of(register.org), token_of(uuid4()), moved, token[:-2], "x", "%20", "张"):
        assert (await register.api.get(f"{BASE}/survey-links/{forged}")).status_code == 404, forged
        assert (await use(register, forged)).status_code == 404, forged
    asked = await register.post(f"/surveys/{id}/links", {"unit_ids": [str(community.units[3])]}, clerk(register))
    assert (asked.status_code, [e["path"] for e in asked.json()["errors"]]) == (422, ["unit_ids.0"])


async def test_the_same_link_twice_at_once_answers_once(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    id = await opened(register, community)
    (token,) = await linked(register, community, id, 0)
    answers = await asyncio.gather(*(use(register, token, mark) for mark in (10, 40, 70, 90)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    assert (await results(register, id))["answer_count"] == 1


async def test_links_made_and_used_at_once_leave_one_that_works(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    id = await opened(register, community)
    (old,) = await linked(register, community, id, 0)
    *made, used = await asyncio.gather(*(linked(register, community, id, 0) for _ in range(3)), use(register, old))
    assert used.status_code in (201, 404)
    states = [(await use(register, token)).status_code for (token,) in made]
    assert sorted(states) == [201, 404, 404]


async def test_two_answers_of_a_household_at_once_leave_one_that_counts(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(OPENS)
    id = await opened(register, community)
    (token,) = await linked(register, community, id, 0)
    taken = await asyncio.gather(
        by_app(register, community, id, 0, 10), use(register, token, 50), phoned(register, community, id, 0)
    )
    assert [a.status_code for a in taken] == [201, 201, 201]
    answers = (await register.get(f"/surveys/{id}/answers")).json()["items"]
    assert [a["counted"] for a in answers].count(True) == 1
    (counted,) = [a for a in answers if a["counted"]]
    told = await register.events("survey.answered.v1")
    assert (await results(register, id))["answer_count"] == 1
    assert counted["id"] in {e["data"]["answer_id"] for e in told}


async def test_strangers_enter_nothing(
    register: Register, standing: Clock, other_org: Callable[[], Awaitable[UUID]], world: World
) -> None:
    standing(OPENS)
    a, _ = await register.stored(
        "org-units",
        [{"external_id": "A", "name": "A", "kind": "branch"}, {"external_id": "B", "name": "B", "kind": "branch"}],
    )
    there = await register.community("CB", unit="B")
    id = await opened(register, there)
    here = await register.community("CA", unit="A")
    for headers in (register.staff("clerk", [a]), world.token("clerk", await other_org())):
        assert (await phoned(register, there, id, 0, headers)).status_code == 404
        links = {"unit_ids": [str(there.units[0])]}
        assert (await register.post(f"/surveys/{id}/links", links, headers)).status_code == 404
        batch = {"scan": str(uuid4()), "items": [sheet(there, 0)]}
        assert (await register.post(f"/surveys/{id}/paper-answers", batch, headers)).status_code == 404
    elsewhere = await phoned(register, here, id, 0)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "ticketing.survey.household_not_asked")
    engineer = clerk(register, role="engineer")
    assert (await phoned(register, there, id, 0, engineer)).status_code == 403
