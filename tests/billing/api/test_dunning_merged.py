"""Two people of the register turn out to be one: nobody is dunned twice for one debt."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from shared.ids import uuid7
from tests.billing.debtors import Debtors
from tests.billing.village import Village, event, tell
from tests.support.world import Standing


@pytest.fixture
async def debtors(village: Village, now: Standing) -> Debtors:
    """Two households that owe January and February, dunned since 1 April."""
    found = await Debtors(village, now).bill("2025-01", "2025-02")
    await found.plan("2025-04")
    return found


async def merge(debtors: Debtors, loser: UUID, survivor: UUID) -> None:
    """Ticketing says it, twice."""
    village = debtors.village
    said = event(village.org, "person.merged.v1", loser, {"survivor_id": str(survivor)})
    for _ in range(2):
        await tell(village.world, village.org, [said])


async def open_cases(debtors: Debtors) -> list[dict[str, Any]]:
    """The open cases of the first unit."""
    first = str(debtors.village.first())
    return list((await debtors.village.get("dunning-cases", unit_id=first, state="open"))["items"])


async def test_the_case_and_its_waiting_steps_follow_and_the_next_plan_opens_no_second_one(debtors: Debtors) -> None:
    village = debtors.village
    loser, survivor = next(iter(village.owners.values())), uuid7()
    (before,) = await open_cases(debtors)
    await merge(debtors, loser, survivor)
    (after,) = await open_cases(debtors)
    assert (after["id"], after["payer_id"], after["amount"]) == (before["id"], str(survivor), before["amount"])
    steps = await debtors.steps(case_id=before["id"])
    assert {step["payer_id"] for step in steps.values() if step["state"] == "open"} == {str(survivor)}
    count = len((await village.get("dunning-steps", case_id=before["id"], limit=200))["items"])
    await debtors.plan("2025-04")  # asked for again: the same plan
    await debtors.to("2025-05-01 09:00")  # and the next month's
    (later,) = await open_cases(debtors)
    assert later["id"] == before["id"]
    found = (await village.get("dunning-steps", case_id=before["id"], limit=200))["items"]
    assert len(found) == count + len([step for step in found if step["period"] == "2025-05"])
    await village.pay("400.00", "2025-05-01")
    assert await open_cases(debtors) == []


async def test_two_cases_of_one_unit_become_one_that_owes_both(debtors: Debtors, now: Standing) -> None:
    village = debtors.village
    owner, payer = next(iter(village.owners.values())), uuid7()
    data = {"person_id": str(payer), "unit_id": str(village.first()), "role": "payer", "since": "2025-03-01"}
    relation = event(village.org, "relation.upserted.v1", uuid7(), {**data, "until": None}, community_id=village.id)
    await tell(village.world, village.org, [relation])
    await village.bill("2025-03")
    await debtors.to("2025-05-01 09:00")  # May's plan duns both
    assert {case["payer_id"] for case in await open_cases(debtors)} == {str(owner), str(payer)}
    await merge(debtors, payer, owner)
    (case,) = await open_cases(debtors)
    assert (case["payer_id"], case["bills"], case["amount"]["amount"]) == (str(owner), 3, "600.00")
    steps = (await village.get("dunning-steps", period="2025-05", community_id=str(village.id), limit=200))["items"]
    waiting = [s for s in steps if s["unit_id"] == str(village.first()) and s["state"] in ("open", "asked")]
    assert {step["case_id"] for step in waiting} == {case["id"]}
    await village.proven()
