"""Rates of hazards over the register: found in the period or left over from before, with last year's beside them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.scorecards.verify import verify
from shared.ids import uuid7
from tests.kpi.api.support import evidence, freeze, letter
from tests.kpi.support import Feed, local
from tests.support.world import World

MARCH = "2025-03"
LAST_MARCH = local(3, 5) - timedelta(days=365)


def tell(feed: Feed, found: datetime, rectified: int, of: int, **entry: str) -> list[UUID]:
    """So many hazards of a day, the first of them rectified two days later."""
    return [feed.hazard(found, found + timedelta(days=2) if n < rectified else None, **entry) for n in range(of)]


async def line(api: httpx.AsyncClient, world: World, feed: Feed, indicator: str, **parameters: str) -> dict[str, Any]:
    """A line of March's sealed card of the business hall, which verifies."""
    made = await letter(api, world, feed, template="T001Q", subject_id=str(uuid7()), parameters=parameters)
    card = (await freeze(api, world, feed, made["id"], MARCH)).json()
    async with world.runtime("kpi").db.tx(feed.org) as tx:
        found = await verify(tx, UUID(card["id"]))
    assert (found.ok, found.differences, found.drift) == (True, [], [])
    item: dict[str, Any] = next(item for item in card["items"] if item["indicator"] == indicator)
    return {**item, "card": card}


@pytest.fixture
async def feed(world: World, org: UUID) -> Feed:
    made = Feed(world, org)
    made.register()
    return made


async def test_amb098_what_is_left_over_counts_until_it_is_rectified(
    world: World, api: httpx.AsyncClient, feed: Feed
) -> None:
    """A-121, AMB-045: four of five last March; of the one left over and four found this March three are rectified."""
    left = tell(feed, LAST_MARCH, 4, 5, level="2")[4]
    new = tell(feed, local(3, 7), 3, 4, level="2")
    tell(feed, local(2, 7), 2, 2, level="2")  # found and rectified in February: over
    tell(feed, local(4, 1), 0, 3, level="2")  # found in April
    await feed.apply()
    found = await line(api, world, feed, "hazard.rectification.rate")
    assert (found["value"], found["target"], found["state"]) == ("60.00", "≥81", "missed")
    cases = await evidence(api, world, feed, found["card"], indicator="hazard.rectification.rate")
    by_state = {state: {c["subject_id"] for c in cases if c["state"] == state} for state in ("open_before", "found")}
    assert by_state == {"open_before": {str(left)}, "found": {str(id_) for id_ in new}}
    path = "/kpi/v1/indicators/hazard.l2.rate/value"
    values = {}
    for period in ("2024-12", "2025-02", MARCH, "2025-04", "2025", "2024"):
        query = {"period": period, "community_id": str(feed.community)}
        answer = (await api.get(path, params=query, headers=world.token("qa", feed.org))).json()
        values[period] = (answer["numerator"], answer["denominator"])
    assert values == {
        "2024-12": ("0", "1"),
        "2025-02": ("2", "3"),
        MARCH: ("3", "5"),
        "2025-04": ("0", "5"),
        "2025": ("5", "10"),
        "2024": ("4", "5"),
    }


async def test_a_hazard_found_not_to_be_in_order_is_open_again_and_a_corrected_one_changes_its_rate(
    world: World, api: httpx.AsyncClient, feed: Feed
) -> None:
    """A-124, A-125, A-126: the second look decides, and the entry as it stands corrected."""
    back, moved = tell(feed, local(3, 7), 2, 2, level="1")
    case = {"kind": "hazard", "number": "Y1", "unit_id": None, "reporter_id": None}
    feed.tell("ticket.reopened.v1", local(3, 12), {**case, "reopened_at": "2025-03-12T01:00:00Z", "round": 2}, back)
    entry = {"level": "2", "party": "user", "appliance": "other", "found_in": "patrol", "line": None}
    told = {**case, **entry, "found_at": "2025-03-07T01:00:00Z"}
    feed.tell("hazard.corrected.v1", local(3, 13), told, moved)
    await feed.apply()
    for indicator, value in (("hazard.l1.nonleak.company.rate", "0.00"), ("hazard.l2.rate", "100.00")):
        assert (await line(api, world, feed, indicator))["value"] == value


async def test_amb045_last_year_may_have_been_recorded_by_hand(
    world: World, api: httpx.AsyncClient, feed: Feed
) -> None:
    """A-124: 84.2 % confirmed last March, the register from this year on."""
    tell(feed, local(3, 7), 17, 20, level="1")
    await feed.apply()
    code = "hazard.l1.nonleak.company.rate"
    body: dict[str, Any] = {"indicator": code, "community_id": str(feed.community), "on": "2024-03-20"}
    body |= {"numerator": 842, "denominator": 1000, "file_ids": [str(uuid7())]}
    made = await api.post("/kpi/v1/observations", json=body, headers=world.token("supervisor", feed.org))
    assert made.status_code == 201, made.text
    said = {"decision": "confirm"}
    path = f"/kpi/v1/observations/{made.json()['id']}/review"
    assert (await api.post(path, json=said, headers=world.token("safety", feed.org))).status_code == 200
    found = await line(api, world, feed, "hazard.l1.nonleak.company.rate")
    assert (found["value"], found["target"], found["deduction"]) == ("85.00", "≥85.2", "0.20")
    by_hand = await line(api, world, feed, "hazard.l1.nonleak.company.rate", hazard_facts="recorded")
    assert by_hand["value"] is None  # nothing was recorded of this year


async def test_what_only_the_register_tells_is_not_recorded_by_hand(
    world: World, api: httpx.AsyncClient, feed: Feed
) -> None:
    """A-009, A-012, A-014."""
    await feed.apply()
    for code in ("revisit.phone.rate", "ticket.followup.timeliness.rate", "fee.collection.rate"):
        body: dict[str, Any] = {"indicator": code, "community_id": str(feed.community), "on": "2025-03-20"}
        body |= {"numerator": 1, "denominator": 1, "file_ids": [str(uuid7())]}
        answer = await api.post("/kpi/v1/observations", json=body, headers=world.token("supervisor", feed.org))
        assert (answer.status_code, answer.json()["code"]) == (422, "kpi.observation.computed")
