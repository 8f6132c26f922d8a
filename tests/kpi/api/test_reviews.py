"""The review of a monthly scorecard: three columns by three persons, justified, signed, side by side."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.ids import uuid7
from tests.kpi.api.support import SUPERVISOR, freeze, letter
from tests.kpi.support import Feed
from tests.support.world import World

MANAGER, GM = uuid7(), uuid7()


class Card:
    """A T002B card under review."""

    def __init__(self, api: httpx.AsyncClient, world: World, org: UUID) -> None:
        self.api, self.world, self.org = api, world, org
        self.feed = Feed(world, org)
        self.review: dict[str, Any] = {}

    async def open(self, template: str = "T002B", period: str = "2025-03", **more: Any) -> dict[str, Any]:
        self.feed.register()
        await self.feed.apply()
        self.letter = await letter(self.api, self.world, self.feed, template=template, **more)
        answer = await self.api.post(
            "/kpi/v1/reviews",
            json={"letter_id": self.letter["id"], "period": period},
            headers=self.world.token("hr", self.org),
        )
        assert answer.status_code == 201, answer.text
        self.review = answer.json()
        return self.review

    def lines(self, change: dict[str, dict[str, Any]] | None = None, base: str = "maximum") -> list[dict[str, Any]]:
        """Every line with full points, some of them otherwise."""
        change = change or {}
        return [
            {"code": line["code"], "points": line[base]} | change.get(line["code"], {}) for line in self.review["lines"]
        ]

    async def score(
        self, column: str, lines: list[dict[str, Any]], *, role: str, sub: UUID, **more: Any
    ) -> httpx.Response:
        if column == "self":
            more.setdefault("analysis", "本月投诉集中")
        return await self.api.post(
            f"/kpi/v1/reviews/{self.review['id']}/scores",
            json={"column": column, "lines": lines, **more},
            headers=self.world.token(role, self.org, sub=sub),
        )

    async def lend(self, place: str, to: UUID, *, role: str, sub: UUID) -> httpx.Response:
        return await self.api.post(
            f"/kpi/v1/reviews/{self.review['id']}/delegations",
            json={"place": place, "to": str(to), "grounds": "经理外出，书面委托"},
            headers=self.world.token(role, self.org, sub=sub),
        )


@pytest.fixture
def card(api: httpx.AsyncClient, world: World, org: UUID) -> Card:
    return Card(api, world, org)


async def full_self_score(card: Card) -> list[dict[str, Any]]:
    """The self score as the facts give it, so that nothing needs a reason."""
    lines = card.lines(base="computed")
    answer = await card.score("self", lines, role="supervisor", sub=SUPERVISOR)
    assert answer.status_code == 200, answer.text
    return lines


async def test_c210_to_c215_e041_e042_three_persons_fill_three_columns_and_the_audit_is_final(card: Card) -> None:
    review = await card.open()
    assert (review["state"], review["next"], review["party"]["zh"]) == (
        "open",
        ["self"],
        "客服主管、楼宇管家",
    )  # C-213, C-233, C-234
    assert all({"title", "maximum", "computed"} <= line.keys() for line in review["lines"])  # C-230, C-231, C-232
    lines = await full_self_score(card)
    first = card.review["lines"][0]["code"]
    lower = [
        line
        | (
            {"points": "2", "reason": "两次与业主争执", "evidence": ["complaint_record"]}
            if line["code"] == first
            else {}
        )
        for line in lines
    ]
    # C-211 the manager's first score; D-082 by another person than the first
    grounded = [line if line["code"] == first else line | {"evidence": ["system"]} for line in lower]
    answer = await card.score("manager", grounded, role="cs_manager", sub=MANAGER)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["next"]) == ("manager_scored", ["gm"])
    answer = await card.score("gm", grounded, role="gm", sub=GM)  # C-212 the audit decides
    found = answer.json()
    assert found["state"] == "final" and found["next"] == []
    assert [(c["column"], c["scorer_id"]) for c in found["columns"]] == [
        ("self", str(SUPERVISOR)),
        ("manager", str(MANAGER)),
        ("gm", str(GM)),
    ]
    assert [c["analysis"] for c in found["columns"]] == ["本月投诉集中", None, None]  # E-042
    assert len({c["hash"] for c in found["columns"]}) == 3 and all(
        len(c["hash"]) == 64 for c in found["columns"]
    )  # C-214, C-215
    frozen = (await freeze(card.api, card.world, card.feed, card.letter["id"], "2025-03")).json()
    assert frozen["columns"] == {c["column"]: c["total"] for c in found["columns"]}
    assert (frozen["total"], frozen["final"]) == (found["columns"][2]["total"], True)
    checked = await card.api.get(
        f"/kpi/v1/scorecards/{frozen['id']}/verification", headers=card.world.token("qa", card.org)
    )
    assert checked.json()["ok"] is True
    late = await card.score("gm", lines, role="gm", sub=uuid7())
    assert (late.status_code, late.json()["code"]) == (409, "kpi.scorecard.frozen")


async def test_d082_one_person_never_fills_two_columns_not_even_by_delegation(card: Card) -> None:
    """C-210: three columns, three persons."""
    await card.open()
    wrong_order = await card.score("manager", card.lines(), role="cs_manager", sub=MANAGER)
    assert (wrong_order.status_code, wrong_order.json()["code"]) == (409, "kpi.review.column_not_due")
    other = await card.score("self", card.lines(base="computed"), role="supervisor", sub=uuid7())
    assert (other.status_code, other.json()["code"]) == (403, "kpi.review.not_the_scorer")
    lines = await full_self_score(card)
    grounded = [line | {"evidence": ["system"]} for line in lines]
    for role, sub, code in (
        ("cs_manager", SUPERVISOR, "kpi.review.same_person"),
        ("clerk", uuid7(), "kpi.review.not_the_scorer"),
    ):
        answer = await card.score("manager", grounded, role=role, sub=sub)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    lent = {"delegated_by": str(MANAGER), "delegation": "经理外出，书面委托"}
    half = await card.score("manager", grounded, role="clerk", sub=uuid7(), delegated_by=str(MANAGER))
    assert half.status_code == 422
    clerk = uuid7()
    unlent = await card.score("manager", grounded, role="clerk", sub=clerk, **lent)
    assert (unlent.status_code, unlent.json()["code"]) == (403, "kpi.review.not_the_scorer"), "not on one's own word"
    assert (await card.lend("manager", clerk, role="cs_manager", sub=MANAGER)).status_code == 200
    answer = await card.score("manager", grounded, role="clerk", sub=uuid7(), **lent)
    assert answer.status_code == 403, "lent to one person is lent to nobody else"
    answer = await card.score("manager", grounded, role="clerk", sub=clerk, **lent)
    assert answer.status_code == 200, answer.text
    assert answer.json()["columns"][1]["delegated_by"] == str(MANAGER)
    answer = await card.score("gm", grounded, role="gm", sub=MANAGER)  # who lent a column fills no other
    assert (answer.status_code, answer.json()["code"]) == (403, "kpi.review.same_person")


async def test_c210_c216_every_difference_says_why_and_every_deduction_on_what_grounds(card: Card) -> None:
    await card.open()
    first = card.review["lines"][0]["code"]
    without = await card.score(
        "self", card.lines({first: {"points": "1"}}, "computed"), role="supervisor", sub=SUPERVISOR
    )
    assert (without.status_code, without.json()["errors"][0]["path"]) == (422, "lines.0.reason")
    lines = await full_self_score(card)
    for change, path in (
        ({"points": "1", "evidence": ["leave"]}, "lines.0.reason"),
        ({"points": "1", "reason": "缺勤"}, "lines.0.evidence"),
        ({"points": "99", "reason": "x"}, "lines.0.points"),
    ):
        rest = [line | {"evidence": ["system"]} for line in lines]
        given = [{**line, "evidence": [], **change} if line["code"] == first else line for line in rest]
        answer = await card.score("manager", given, role="cs_manager", sub=MANAGER)
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path), answer.text
    short = await card.score("manager", lines[1:], role="cs_manager", sub=MANAGER)
    assert short.status_code == 422
    unknown = [line | {"evidence": ["hearsay"]} for line in lines]  # C-218 only the kinds the sheet names
    assert (await card.score("manager", unknown, role="cs_manager", sub=MANAGER)).status_code == 422


async def test_c217_the_appraised_analyses_what_affected_the_self_score(card: Card) -> None:
    await card.open()
    answer = await card.score("self", card.lines(base="computed"), role="supervisor", sub=SUPERVISOR, analysis=None)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "analysis")


async def test_two_reviewers_at_once_one_wins_and_the_other_is_told(card: Card) -> None:
    await card.open()
    lines = [line | {"evidence": ["system"]} for line in await full_self_score(card)]
    answers = await asyncio.gather(*(card.score("manager", lines, role="cs_manager", sub=uuid7()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"kpi.review.column_not_due"}


async def test_c223_c224_self_superior_and_department_stand_beside_each_other_in_any_order(card: Card) -> None:
    names = (
        "customer_satisfaction_rate",
        "complaint_resolution_rate",
        "customer_return_rate",
        "team_performance_score",
    )
    review = await card.open("T001L", period="2025", parameters={f"{name}_target": "90" for name in names})
    assert set(review["next"]) == {"self", "superior", "department"}
    people = {"department": ("qa", uuid7()), "superior": ("gm", GM), "self": ("supervisor", SUPERVISOR)}
    contents = ["target_completion", "quality", "efficiency", "team_building"]
    assert [(line["code"], line["maximum"]) for line in review["lines"]] == [(code, "25.00") for code in contents]
    for (column, (role, sub)), points in zip(people.items(), ("20", "22.5", "22"), strict=True):
        lines = [
            {"code": code, "points": points, "reason": "按计划完成情况", "evidence": ["plan_tracking"]}
            for code in contents
        ]
        answer = await card.score(column, lines, role=role, sub=sub)
        assert answer.status_code == 200, answer.text
    frozen = (await freeze(card.api, card.world, card.feed, card.letter["id"], "2025")).json()
    assert (frozen["total"], frozen["final"]) == ("86.00", True)


async def test_a_letter_that_facts_alone_decide_has_no_review(card: Card) -> None:
    card.feed.register()
    await card.feed.apply()
    signed = await letter(card.api, card.world, card.feed)
    body = {"letter_id": signed["id"], "period": "2025-Q1"}
    answer = await card.api.post("/kpi/v1/reviews", json=body, headers=card.world.token("hr", card.org))
    assert (answer.status_code, answer.json()["code"]) == (409, "kpi.review.no_columns")


async def test_a_period_is_reviewed_once_and_read_within_reach(card: Card) -> None:
    review = await card.open()
    body = {"letter_id": card.letter["id"], "period": "2025-03"}
    again = await card.api.post("/kpi/v1/reviews", json=body, headers=card.world.token("hr", card.org))
    assert (again.status_code, again.json()["code"]) == (409, "kpi.review.exists")
    listed = await card.api.get(
        "/kpi/v1/reviews", params={"period": "2025-03"}, headers=card.world.token("qa", card.org)
    )
    assert [row["id"] for row in listed.json()["items"]] == [review["id"]]
    elsewhere = card.world.token("qa", card.org, units=[uuid7()])
    assert (await card.api.get(f"/kpi/v1/reviews/{review['id']}", headers=elsewhere)).status_code == 404
    stale = await card.api.post(
        f"/kpi/v1/reviews/{review['id']}/scores",
        json={"column": "self", "lines": card.lines(base="computed"), "analysis": "x"},
        headers={**card.world.token("supervisor", card.org, sub=SUPERVISOR), "If-Match": '"9"'},
    )
    assert stale.status_code == 412


async def test_d082_a_place_is_lent_by_whoever_holds_it_and_never_lent_on(card: Card) -> None:
    await card.open()
    clerk, other = uuid7(), uuid7()
    for place, to, role, sub in (
        ("gm", other, "cs_manager", MANAGER),  # another's post
        ("manager", other, "supervisor", SUPERVISOR),  # one's own letter
        ("manager", SUPERVISOR, "cs_manager", MANAGER),  # to the person appraised
        ("manager", MANAGER, "cs_manager", MANAGER),  # to oneself
        ("self", other, "supervisor", uuid7()),
        ("department", other, "qa", uuid7()),  # no column of this letter
    ):
        answer = await card.lend(place, to, role=role, sub=sub)
        assert (answer.status_code, answer.json()["code"]) == (403, "kpi.delegation.not_their_place")
    for _ in range(2):
        lent = await card.lend("manager", clerk, role="cs_manager", sub=MANAGER)
        assert [row["lent_to"] for row in lent.json()["items"]] == [str(clerk)]
    assert (await card.lend("manager", other, role="clerk", sub=clerk)).status_code == 403
    listed = await card.api.get(
        f"/kpi/v1/reviews/{card.review['id']}/delegations", headers=card.world.token("qa", card.org)
    )
    assert [(row["place"], row["lent_by"]) for row in listed.json()["items"]] == [("manager", str(MANAGER))]


@pytest.mark.parametrize("seed", range(3))
async def test_a_column_and_a_close_at_once_lose_no_column(card: Card, seed: int) -> None:
    await card.open()
    lines = card.lines(base="computed")

    async def late() -> httpx.Response:
        await asyncio.sleep(0.004 * seed)
        return await card.score("self", lines, role="supervisor", sub=SUPERVISOR)

    closed, scored = await asyncio.gather(freeze(card.api, card.world, card.feed, card.letter["id"], "2025-03"), late())
    assert closed.status_code == 201
    assert scored.status_code in (200, 409)
    assert ("self" in closed.json()["columns"]) == (scored.status_code == 200), "what was taken is in the card"
