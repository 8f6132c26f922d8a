"""Objections: against one case, with evidence, decided by somebody it does not touch; and the restatement they make."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.scorecards.verify import verify
from shared.ids import uuid7
from tests.kpi.api.support import SUPERVISOR, evidence, freeze, letter
from tests.kpi.support import Feed, local
from tests.support.world import World

HANDLING = "complaint.handling.timeliness.rate"
SATISFIED = "complaint.resolution.satisfaction.rate"


class Case:
    """A quarter with one late complaint of two."""

    def __init__(self, api: httpx.AsyncClient, world: World, org: UUID) -> None:
        self.api, self.world, self.org = api, world, org
        self.feed = Feed(world, org)

    async def play(self, **parameters: str) -> None:
        self.feed.register()
        self.late = self.feed.complaint(local(3, 7), responds_after=timedelta(minutes=30), mark=90)
        self.feed.complaint(local(3, 8), responds_after=timedelta(minutes=5), mark=90)
        await self.feed.apply()
        self.letter = await letter(self.api, self.world, self.feed, parameters={"unmeasured": "full", **parameters})

    async def close(self) -> dict[str, Any]:
        answer = await freeze(self.api, self.world, self.feed, self.letter["id"])
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def late_fact(self) -> str:
        rows = await self.api.get(
            "/kpi/v1/feeds/cases", params={"limit": 1000}, headers=self.world.token("qa", self.org)
        )
        return next(r["fact_id"] for r in rows.json()["items"] if r["indicator"] == HANDLING and r["numerator"] == "0")

    async def object(self, fact: str | None = None, sub: UUID = SUPERVISOR, **more: Any) -> httpx.Response:
        body = {
            "fact_id": fact or await self.late_fact(),
            "reason": "业主预约在次日",
            "file_ids": [str(uuid7())],
            **more,
        }
        return await self.api.post(
            "/kpi/v1/objections", json=body, headers=self.world.token("supervisor", self.org, sub=sub)
        )

    async def decide(self, objection: str, decision: str = "uphold", sub: UUID | None = None) -> httpx.Response:
        return await self.api.post(
            f"/kpi/v1/objections/{objection}/decision",
            json={"decision": decision, "reason": "证据充分"},
            headers=self.world.token("qa", self.org, sub=sub),
        )

    async def standing(self) -> dict[str, Any]:
        qa = self.world.token("qa", self.org)
        listed = await self.api.get("/kpi/v1/scorecards", params={"letter_id": self.letter["id"]}, headers=qa)
        row = next(row for row in listed.json()["items"] if row["stands"])
        found: dict[str, Any] = (await self.api.get(f"/kpi/v1/scorecards/{row['id']}", headers=qa)).json()
        return found


@pytest.fixture
def case(api: httpx.AsyncClient, world: World, org: UUID) -> Case:
    return Case(api, world, org)


def line(card: dict[str, Any], code: str = HANDLING) -> tuple[str, str]:
    found = next(item for item in card["items"] if item["indicator"] == code)
    return found["numerator"], found["denominator"]


@pytest.mark.parametrize("parameters", [{}, {"satisfied_from": "85"}])
async def test_an_upheld_objection_restates_the_closed_card_and_shows_what_changed(
    case: Case, parameters: dict[str, str]
) -> None:
    await case.play(**parameters)
    closed = await case.close()
    assert line(closed) == ("1", "2")
    raised = await case.object()
    assert raised.status_code == 201, raised.text
    assert line(await case.standing()) == ("1", "2"), "an objection alone changes nothing"
    decided = (await case.decide(raised.json()["id"])).json()
    card = await case.standing()
    assert decided["state"] == "upheld" and decided["restated"] == [card["id"]]
    assert (card["revision"], card["restates_id"], line(card)) == (2, closed["id"], ("1", "1"))
    assert decided["id"] in card["reason"]
    qa = case.world.token("qa", case.org)
    told = (await case.api.get(f"/kpi/v1/scorecards/{card['id']}/restatement", headers=qa)).json()
    assert (told["total_before"], told["total_after"]) == (closed["total"], card["total"])
    (changed,) = [item for item in told["items"] if item["indicator"] == HANDLING]
    assert (changed["before"]["value"], changed["after"]["value"]) == ("50.00", "100.00")
    (moved,) = [found for found in told["cases"] if found["indicator"] == HANDLING]
    assert (moved["subject"], moved["after"]) == (str(case.late), "objection_upheld")
    assert told["restated_by"] == decided["decided_by"]
    rows = await evidence(case.api, case.world, case.feed, card, indicator=HANDLING, state="objection_upheld")
    assert [row["detail"]["objected"]["counted"] for row in rows] == [True]
    async with case.world.runtime("kpi").db.read(case.org) as tx:
        assert (await verify(tx, UUID(card["id"]))).ok
    first = await case.api.get(f"/kpi/v1/scorecards/{closed['id']}/restatement", headers=qa)
    assert (first.status_code, first.json()["code"]) == (404, "kpi.scorecard.not_a_restatement")


async def test_a_refused_objection_changes_nothing(case: Case) -> None:
    await case.play()
    closed = await case.close()
    raised = (await case.object()).json()
    decided = (await case.decide(raised["id"], "refuse")).json()
    assert (decided["state"], decided["restated"]) == ("refused", [])
    assert (await case.standing())["id"] == closed["id"]
    again = await case.decide(raised["id"])
    assert (again.status_code, again.json()["code"]) == (409, "kpi.objection.decided")


async def test_neither_who_raised_it_nor_whose_letter_counts_it_decides(case: Case) -> None:
    await case.play()
    raiser = uuid7()
    raised = (await case.object(sub=raiser)).json()
    for sub in (raiser, SUPERVISOR):
        answer = await case.decide(raised["id"], sub=sub)
        assert (answer.status_code, answer.json()["code"]) == (403, "kpi.objection.own")
    desk = await case.api.post(
        f"/kpi/v1/objections/{raised['id']}/decision",
        json={"decision": "uphold", "reason": "x"},
        headers=case.world.token("supervisor", case.org),
    )
    assert desk.status_code == 403
    second = await case.object()
    assert (second.status_code, second.json()["code"]) == (409, "kpi.objection.open")
    assert (await case.object(fact=str(uuid7()))).status_code == 404
    assert (await case.object(file_ids=[])).status_code == 422


async def test_what_is_told_later_of_the_case_does_not_bring_it_back(case: Case) -> None:
    await case.play()
    await case.decide((await case.object()).json()["id"])
    case.feed.tell(
        "ticket.rated.v1",
        local(3, 20),
        {"kind": "complaint", "number": "C1", "score": 60, "satisfied": False, "rated_at": "2025-03-20T01:00:00Z"},
        case.late,
    )
    case.feed.tell(
        "ticket.responded.v1",
        local(3, 21),
        {"kind": "complaint", "number": "C1", "responded_at": "2025-03-07T02:30:00Z"},
        case.late,
    )
    await case.feed.apply()
    assert line(await case.close()) == ("1", "1")


@pytest.mark.parametrize("seed", range(4))
async def test_close_objection_and_late_events_at_once_lose_no_case_and_close_once(case: Case, seed: int) -> None:
    await case.play()
    raised = (await case.object()).json()

    async def late_event() -> None:
        await asyncio.sleep(0.01 * seed)
        case.feed.complaint(local(3, 9), responds_after=timedelta(minutes=5), mark=90)
        await case.feed.apply()

    async def closing() -> httpx.Response:
        await asyncio.sleep(0.005 * (3 - seed))
        return await freeze(case.api, case.world, case.feed, case.letter["id"])

    answers = await asyncio.gather(closing(), closing(), case.decide(raised["id"]), late_event())
    assert sorted(a.status_code for a in answers[:2] if a is not None) == [201, 409]
    assert answers[2] is not None and answers[2].status_code == 200
    top, bottom = line(await case.standing())
    assert top == bottom, "the upheld case is in no standing card, whichever came first"
    last = await freeze(case.api, case.world, case.feed, case.letter["id"], restate=True, reason="late events")
    assert line(last.json()) == ("2", "2"), "and the late one is not lost"


async def test_of_two_objections_at_once_one_stands_and_a_case_that_is_out_is_not_objected_to_again(case: Case) -> None:
    await case.play()
    fact = await case.late_fact()
    answers = await asyncio.gather(*(case.object(fact, uuid7()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    (raised,) = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"kpi.objection.open"}
    decided = await asyncio.gather(*(case.decide(raised) for _ in range(3)))
    assert sorted(answer.status_code for answer in decided) == [200, 409, 409], "it is decided once"
    again = await case.object(fact)
    assert (again.status_code, again.json()["code"]) == (409, "kpi.objection.case_out")


@pytest.mark.parametrize("seed", range(4))
async def test_close_restatement_objection_and_late_events_all_at_once_lose_no_case(case: Case, seed: int) -> None:
    await case.play()
    closed = await case.close()
    raised = (await case.object()).json()

    async def late_event() -> None:
        await asyncio.sleep(0.006 * seed)
        case.feed.complaint(local(3, 9), responds_after=timedelta(minutes=5), mark=90)
        await case.feed.apply()

    async def again(**more: Any) -> httpx.Response:
        await asyncio.sleep(0.004 * (3 - seed))
        return await freeze(case.api, case.world, case.feed, case.letter["id"], **more)

    first, second, third, decided, _ = await asyncio.gather(
        again(),
        again(restate=True, reason="a"),
        again(restate=True, reason="b"),
        case.decide(raised["id"]),
        late_event(),
    )
    assert (first.status_code, decided.status_code) == (409, 200), "it is closed once"
    assert [answer.status_code for answer in (second, third)] == [201, 201]
    qa = case.world.token("qa", case.org)
    listed = await case.api.get("/kpi/v1/scorecards", params={"letter_id": case.letter["id"]}, headers=qa)
    cards = {row["revision"]: row for row in listed.json()["items"]}
    assert len(cards) == len(listed.json()["items"]), "no revision twice"
    assert sorted(cards) == list(range(1, 1 + len(cards))) and cards[1]["id"] == closed["id"]
    assert [row["stands"] for _, row in sorted(cards.items())] == [False] * (len(cards) - 1) + [True]
    before = closed["id"]
    for revision in range(2, 1 + len(cards)):
        card = (await case.api.get(f"/kpi/v1/scorecards/{cards[revision]['id']}", headers=qa)).json()
        assert card["restates_id"] == before, "each restates the one before it"
        before = card["id"]
    top, bottom = line(await case.standing())
    assert top == bottom, "the upheld case is in no standing card, whichever came first"
    last = await again(restate=True, reason="late events")
    assert line(last.json()) == ("2", "2"), "and the late one is not lost"
    async with case.world.runtime("kpi").db.read(case.org) as tx:
        for row in cards.values():
            assert (await verify(tx, UUID(row["id"]))).ok
