"""What makes no sense is refused with its place in the file or the body and the reason, and nothing is stored.

Weights that do not add up, an unknown indicator, a target without operator, a cycle, a blank at signing, an
observation without evidence, a judged value out of range.
"""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.catalogue import checked, definitions
from services.kpi.domain.letters import LetterError
from shared.ids import uuid7
from tests.kpi.api.support import SUPERVISOR
from tests.kpi.api.test_letters_in_force import Office
from tests.kpi.api.test_observations import Desk
from tests.kpi.api.test_reviews import MANAGER, Card, full_self_score
from tests.kpi.support import Feed
from tests.support.world import World

BLANKS = dict.fromkeys(
    (
        "customer_satisfaction_rate_target",
        "complaint_resolution_rate_target",
        "customer_return_rate_target",
        "team_performance_score_target",
    ),
    "90",
)


def changed(template: str, place: str, value: Any) -> dict[str, Any]:
    """A letter's file with one place in it said otherwise (None: left out)."""
    raw: Any = copy.deepcopy(dict(definitions()[template]))
    *path, last = (int(part) if part.isdigit() else part for part in place.split("."))
    at = raw
    for part in path:
        at = at[part]
    if value is None:
        del at[last]
    else:
        at[last] = value
    found: dict[str, Any] = raw
    return found


@pytest.mark.parametrize(
    ("template", "place", "value", "path", "reason"),
    [
        (
            "T003S",
            "sections.0.points",
            35,
            "sections",
            ("各项分值合计为105分，与满分100分不符", "the points add up to 105"),
        ),
        (
            "T002B",
            "sections.1.items.0.points",
            9,
            "sections",
            ("合计为99分", "the points add up to 99, the maximum is 100"),
        ),
        ("T001Q", "maximum", None, "maximum", ("缺少文件所载的满分", "the full points of the document are missing")),
        (
            "T003S",
            "sections.3.items.0.indicator",
            "fee.colection.rate",
            "sections.3.items.0.indicator",
            ("没有指标 fee.colection.rate", "no such indicator: fee.colection.rate"),
        ),
        (
            "T003S",
            "reported.0.indicator",
            "fee.collection.quarter.rate",
            "reported.0.indicator",
            ("指标 fee.collection.quarter.rate 重复", "stands on the letter twice"),
        ),
        (
            "T003S",
            "sections.0.items.1.rule",
            "per_moon",
            "sections.0.items.1.rule",
            ("没有计分规则", "no such scoring rule"),
        ),
        ("T003S", "sections.0.items.1.target.op", None, "sections.0.items.1.target", ("比较符须为", "op must be =")),
        ("T004A", "reported.3.target", {"op": "≥", "value": 1}, "reported.3.target", ("比较符须为", "op must be =")),
        (
            "T003G",
            "sections.0.items.0.with.compose",
            ["plan.annual.achievement.rate"],
            "sections.0.items.0.with.compose",
            ("循环引用", "a cycle: plan.annual.achievement.rate"),
        ),
        (
            "T003G",
            "reported.0.with",
            {"compose": ["plan.annual.achievement.rate"]},
            "sections.0.items.0.with.compose",
            ("循环引用：revenue.achievement.rate", "a cycle: revenue.achievement.rate"),
        ),
        (
            "T003G",
            "sections.0.items.0.with.compose",
            ["no.such.rate"],
            "sections.0.items.0.with.compose",
            ("责任书中没有指标 no.such.rate", "no line no.such.rate"),
        ),
    ],
)
def test_a_faulty_letter_file_is_refused_with_its_place_and_the_reason(
    template: str, place: str, value: Any, path: str, reason: tuple[str, str]
) -> None:
    with pytest.raises(LetterError) as refused:
        checked(template, changed(template, place, value))
    assert refused.value.path == f"{template}.yaml: {path}"
    assert reason[0] in refused.value.zh and reason[1] in refused.value.en


@pytest.mark.parametrize("template", sorted(definitions()))
def test_every_shipped_letter_passes_the_same_checks(template: str) -> None:
    assert checked(template, definitions()[template]).template == template


def problem(answer: httpx.Response) -> tuple[int, str, list[str]]:
    told = answer.json()
    for error in told["errors"]:
        assert error["message"]
    return answer.status_code, told["code"], [error["path"] for error in told["errors"]]


async def test_a_letter_with_a_blank_is_not_made_not_negotiated_and_not_signed(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    """AMB-050, AMB-052: every blank of the document is named, and what stood before stands."""
    office = Office(api, world, org)
    with pytest.raises(AssertionError):
        await office.draft("T001L")
    qa, told = world.token("qa", org), {"community_id": str(office.feed.community), "subject_id": str(SUPERVISOR)}
    body = {"template": "T001L", "term": "2025", **told, "parameters": {**BLANKS, "customer_return_rate_target": None}}
    answer = await office.post("", "hr", **body)
    assert problem(answer) == (422, "kpi.letter.blank", ["parameters.customer_return_rate_target"])
    assert (await api.get("/kpi/v1/letters", headers=qa)).json()["items"] == []
    await office.draft("T001L", parameters=BLANKS)
    before = await office.papers()
    emptied = {"customer_return_rate_target": None, "team_performance_score_target": None}
    answer = await office.post("/negotiation", "hr", parameters=emptied, note="留待商定")
    assert problem(answer) == (422, "kpi.letter.blank", [f"parameters.{name}" for name in emptied])
    assert await office.papers() == before  # neither the paper nor a record of it


async def test_an_observation_without_evidence_is_not_kept(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    desk = Desk(api, world, Feed(world, org))
    desk.feed.register()
    await desk.feed.apply()
    for evidence in ([], None):
        assert problem(await desk.record(file_ids=evidence))[::2] == (422, ["file_ids"])
    left_out = {"indicator": "sop.sampling.pass.rate", "community_id": str(desk.feed.community), "on": "2025-03-07"}
    headers = world.token("supervisor", org)
    answer = await api.post(
        "/kpi/v1/observations", json={**left_out, "numerator": 1, "denominator": 2}, headers=headers
    )
    assert problem(answer)[::2] == (422, ["file_ids"])
    assert (await api.get("/kpi/v1/observations", headers=headers)).json()["items"] == []
    assert await desk.value() == ("no_data", None)


@pytest.mark.parametrize(
    ("indicator", "points"),
    [
        ("emergency.plan.unimplemented.count", "21"),  # F-074: 5 to 20
        ("emergency.plan.unimplemented.count", "4.99"),
        ("violation.ticket.red.count", "2"),  # F-069: at least 3
        ("score.quality.1.respect", "7"),  # a quarrel: 2 to 6
    ],
)
async def test_points_outside_of_the_letters_range_are_refused_when_they_are_given(
    api: httpx.AsyncClient, world: World, org: UUID, indicator: str, points: str
) -> None:
    desk = Desk(api, world, Feed(world, org))
    desk.feed.register()
    await desk.feed.apply()
    reading: dict[str, Any] = {"parts": {"quarrel": 1}} if indicator.startswith("score.") else {"count": 1}
    marks = [{"points": points, "reason": "后果严重"}]
    answer = await desk.record(indicator, **reading, marks=marks)
    assert problem(answer) == (422, "kpi.judgement.out_of_range", ["marks.0.points"])
    listed = await api.get("/kpi/v1/observations", headers=world.token("supervisor", org))
    assert listed.json()["items"] == []
    within = [{"points": "5", "reason": "后果严重"}]
    assert (await desk.record(indicator, **reading, marks=within)).status_code == 201


async def test_a_column_with_points_beyond_a_lines_maximum_is_not_kept(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    card = Card(api, world, org)
    await card.open()
    lines = await full_self_score(card)
    first = {"points": "99", "reason": "突出", "evidence": ["system"]}
    given = [{**line, "evidence": ["system"], **(first if n == 0 else {})} for n, line in enumerate(lines)]
    answer = await card.score("manager", given, role="cs_manager", sub=MANAGER)
    assert problem(answer)[::2] == (422, ["lines.0.points"])
    read = await api.get(f"/kpi/v1/reviews/{card.review['id']}", headers=world.token("gm", org, sub=uuid7()))
    assert [column["column"] for column in read.json()["columns"]] == ["self"]
