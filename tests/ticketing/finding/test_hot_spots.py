"""Hot spots: counts, shares, change and repeat places, each number with the cases behind it (C-029)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, get_type_hints

import pytest

from services.ticketing.domain.hot_spots import WORDS, change, share
from services.ticketing.domain.kind import kinds
from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk

Clock = Callable[[datetime], Standing]
DAY = timedelta(days=1)


@pytest.mark.parametrize(("part", "whole", "percent"), [(1, 3, "33.3"), (2, 3, "66.7"), (1, 8, "12.5"), (0, 0, "0.0")])
def test_shares_are_rounded_half_up_once(part: int, whole: int, percent: str) -> None:
    assert share(part, whole) == Decimal(percent)


def test_change_has_no_number_without_a_before() -> None:
    assert change(3, 0) is None and change(3, 2) == Decimal("50.0") and change(1, 3) == Decimal("-66.7")


@pytest.mark.parametrize(("kind", "field"), [("complaint", "topic"), ("repair", "category")])
def test_every_topic_has_words(kind: str, field: str) -> None:
    hints = get_type_hints(kinds()[kind].fields)
    assert set(hints[field].__args__) <= set(WORDS)


async def spots(desk: Desk, headers: dict[str, str] | None = None, **query: Any) -> dict[str, Any]:
    answer = await desk.register.get("/analysis/hot-spots", headers or desk.staff("supervisor"), **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def behind(desk: Desk, link: str) -> set[str]:
    """The cases that a number leads to."""
    answer = await desk.register.api.get(link, headers=desk.staff("supervisor"))
    assert answer.status_code == 200, answer.text
    return {t["id"] for t in answer.json()["items"]}


async def test_c029_g021_topics_of_a_month_with_change_repeats_and_cases(desk: Desk, standing: Clock) -> None:
    """C-029, E-006, E-007, E-062, E-063, G-022: which topics, how many, what changed, and which cases they are."""
    now = standing(NOON - 20 * DAY)  # in February
    await desk.ticket(n=0, fields={"topic": "order"})
    await desk.ticket(n=0, fields={"topic": "facility"})
    now.to(NOON)
    made = [await desk.ticket(n=n, fields={"topic": "facility"}) for n in (0, 0, 1)]
    await desk.ticket(n=1, fields={"topic": "environment"})
    await desk.ticket("repair", n=1, fields={"category": "lift"})
    await desk.do(made[0], "rule-validity", desk.staff("qa"), valid=True, reason="属实")
    found = await spots(desk, period="2025-03", by="topic")
    assert (found["count"], found["previous"], found["previous_period"]) == (4, 2, "2025-02")
    assert [(i["key"], i["count"], i["share"], i["previous"], i["change"]) for i in found["items"]] == [
        ("facility", 3, "75.0", 1, "200.0"),
        ("environment", 1, "25.0", 0, None),
        ("order", 0, "0.0", 1, "-100.0"),
    ]
    first = found["items"][0]
    assert (first["valid"], first["repeat_places"], first["repeat_cases"]) == (1, 1, 2)
    assert first["name"] == {"zh": "设施设备", "en": "facilities"}
    assert await behind(desk, first["cases"]) == {t["id"] for t in made}
    assert await behind(desk, found["items"][2]["cases"]) == set()


@pytest.mark.parametrize("by", ["unit", "building", "community", "org_unit", "category"])
async def test_every_grouping_leads_to_its_cases(desk: Desk, standing: Clock, by: str) -> None:
    standing(NOON)
    for n in (0, 0, 1):
        await desk.ticket("repair", n=n, fields={"category": "water"})
    found = await spots(desk, period="2025-Q1", by=by, kind="repair")
    assert sum(i["count"] for i in found["items"]) == found["count"] == 3
    for item in found["items"]:
        assert len(await behind(desk, item["cases"])) == item["count"]
    if by == "unit":
        assert [(i["name"]["zh"], i["count"]) for i in found["items"]] == [("1-101", 2), ("1-201", 1)]


async def test_a_month_ends_at_midnight_of_the_community(desk: Desk, standing: Clock) -> None:
    edge = datetime.fromisoformat("2025-03-31T15:59:59.900+00:00")  # a tenth before April in Shanghai
    now = standing(edge)
    await desk.ticket()
    now.to(edge + timedelta(milliseconds=100))
    await desk.ticket(n=1)
    assert (await spots(desk, period="2025-03"))["count"] == 1
    april = await spots(desk, period="2025-04", community_id=str(desk.community.id))
    assert (april["count"], april["previous"]) == (1, 1)


async def test_numbers_end_where_one_s_org_units_end(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    await desk.ticket()
    (west,) = await desk.register.stored(
        "org-units", [{"external_id": "WEST", "name": "WEST", "kind": "branch", "parent": None}]
    )
    seen = desk.register.staff("supervisor", [west])
    assert (await spots(desk, seen, period="2025-03"))["items"] == []
    there = await desk.register.get(
        "/analysis/hot-spots", seen, period="2025-03", community_id=str(desk.community.id)
    )
    assert there.status_code == 404
    assert (await spots(desk, period="2025-03", org_unit_id=str(west)))["items"] == []
    for bad in ("2025-13", "March"):
        assert (await desk.register.get("/analysis/hot-spots", period=bad)).status_code == 422
    clerk = await desk.register.get("/analysis/hot-spots", desk.staff("clerk"), period="2025-03")
    assert clerk.status_code == 403
