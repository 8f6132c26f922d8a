"""What stands behind a line of a card: numbers, exclusions with reasons, rule and letter, raw and adjusted rate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.kpi.domain.catalogue import indicators
from services.kpi.domain.verdicts import words
from shared.ids import uuid7
from tests.kpi.api.support import SUPERVISOR, evidence, freeze, letter
from tests.kpi.support import Feed, local
from tests.support.world import World

HANDLING = "complaint.handling.timeliness.rate"
SATISFIED = "complaint.resolution.satisfaction.rate"
RATE = "fee.collection.quarter.rate"
CHECKED = "archive.update.rate"


class Line:
    """A closed card, and a hand on its evidence."""

    def __init__(self, api: httpx.AsyncClient, world: World, org: UUID) -> None:
        self.api, self.world, self.org = api, world, org
        self.feed = Feed(world, org)
        self.feed.register()
        self.qa = world.token("qa", org)

    async def close(self, **parameters: str) -> dict[str, Any]:
        await self.feed.apply()
        self.letter = await letter(self.api, self.world, self.feed, parameters={"unmeasured": "full", **parameters})
        answer = await freeze(self.api, self.world, self.feed, self.letter["id"])
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def item(self, card: str, code: str) -> dict[str, Any]:
        answer = await self.api.get(f"/kpi/v1/scorecards/{card}/items/{code}", headers=self.qa)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def uphold(self, card: dict[str, Any], code: str, state: str) -> str:
        """Take the first case in a state out; the id of the card that stands then."""
        fact = (await evidence(self.api, self.world, self.feed, card, indicator=code, state=state))[0]["fact_id"]
        body = {"fact_id": fact, "reason": "业主另约时间", "file_ids": [str(uuid7())]}
        raised = await self.api.post(
            "/kpi/v1/objections", json=body, headers=self.world.token("supervisor", self.org, sub=SUPERVISOR)
        )
        assert raised.status_code == 201, raised.text
        decided = await self.api.post(
            f"/kpi/v1/objections/{raised.json()['id']}/decision",
            json={"decision": "uphold", "reason": "证据充分"},
            headers=self.qa,
        )
        assert decided.status_code == 200, decided.text
        (restated,) = decided.json()["restated"]
        return str(restated)


@pytest.fixture
def behind(api: httpx.AsyncClient, world: World, org: UUID) -> Line:
    return Line(api, world, org)


async def test_a_line_shows_both_numbers_its_exclusions_its_rule_and_its_letter(behind: Line) -> None:
    behind.feed.bill(10_000, "2025-01-31", [(10_000, "2025-02-20")], prepaid=500)
    behind.feed.bill(10_000, "2025-01-31", [(10_000, "2025-04-02")])
    card = await behind.close()
    found = await behind.item(card["id"], RATE)
    assert (found["adjusted"]["numerator"], found["adjusted"]["denominator"]) == ("100", "200")
    assert found["raw"] == found["adjusted"] and found["objected"] == 0
    assert {row["state"]: (row["cases"], row["numerator"]) for row in found["exclusions"]} == {
        "credited_after_quarter": (1, "100"),
        "prepayment": (1, "5"),
    }
    assert all(row["title"]["zh"] and row["title"]["en"] for row in found["exclusions"] + found["counted"])
    assert found["definition"] == {"cash_basis": "settled", "collection_reading": "allocated"}
    assert (found["letter_id"], found["template"], found["letter_hash"]) == (
        behind.letter["id"],
        "T003S",
        behind.letter["hash"] if "hash" in behind.letter else found["letter_hash"],
    )
    assert found["rule"] and found["target"] and len(found["terms_hash"]) == 64
    assert found["indicator_version"] == indicators()[RATE].version
    page = await behind.api.get(found["evidence_url"], headers=behind.qa)
    assert page.status_code == 200 and page.json()["items"]
    used = await behind.api.get(page.json()["items"][0]["originals_url"], headers=behind.qa)
    assert (used.status_code, used.json()["items"]) == (200, []), "nobody had its originals produced yet"


@pytest.mark.parametrize("parameters", [{}, {"satisfied_from": "85"}])
async def test_after_an_objection_the_raw_and_the_adjusted_rate_stand_side_by_side(
    behind: Line, parameters: dict[str, str]
) -> None:
    for mark in (90, 60):
        behind.feed.complaint(local(3, 7), responds_after=timedelta(minutes=5), mark=mark)
    card = await behind.close(**parameters)
    restated = await behind.uphold(card, SATISFIED, "unsatisfied")
    found = await behind.item(restated, SATISFIED)
    assert (found["raw"]["value"], found["adjusted"]["value"], found["objected"]) == ("50.00", "100.00", 1)
    (out,) = [row for row in found["exclusions"] if row["state"] == "objection_upheld"]
    assert out["cases"] == 1 and "申诉" in out["title"]["zh"]
    first = await behind.item(card["id"], SATISFIED)
    assert first["raw"] == first["adjusted"], "the card that was closed first knew of no objection"


async def test_the_raw_rate_of_a_register_is_that_of_the_last_check(behind: Line) -> None:
    files = [uuid7() for _ in range(4)]
    behind.feed.files(files, local(1, 1))
    behind.feed.check(local(3, 20), [(file, True, n > 0) for n, file in enumerate(files)])
    card = await behind.close()
    restated = await behind.uphold(card, CHECKED, "outdated")
    found = await behind.item(restated, CHECKED)
    assert (found["raw"]["numerator"], found["raw"]["denominator"]) == ("3", "4")


async def test_a_state_that_no_case_is_in_is_refused_with_those_there_are(behind: Line) -> None:
    behind.feed.complaint(local(3, 7), responds_after=timedelta(minutes=30), mark=90)
    card = await behind.close()
    path = f"/kpi/v1/scorecards/{card['id']}/evidence"
    wrong = await behind.api.get(path, params={"indicator": HANDLING, "state": "lat"}, headers=behind.qa)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "kpi.input.invalid")
    (field,) = wrong.json()["errors"]
    assert field["path"] == "query.state" and "counted、excluded、late" in field["message"]
    for state in ("counted", "excluded", "late"):
        right = await behind.api.get(path, params={"indicator": HANDLING, "state": state}, headers=behind.qa)
        assert right.status_code == 200
    assert (await behind.api.get(path, params={"indicator": "x"}, headers=behind.qa)).status_code == 404
    line = await behind.api.get(f"/kpi/v1/scorecards/{card['id']}/items/x", headers=behind.qa)
    assert (line.status_code, line.json()["code"]) == (404, "kpi.indicator.unknown")
    elsewhere = behind.world.token("qa", behind.org, units=[uuid7()])
    hidden = await behind.api.get(f"/kpi/v1/scorecards/{card['id']}/items/{HANDLING}", headers=elsewhere)
    assert hidden.status_code == 404


def test_every_shipped_state_has_words_in_both_languages() -> None:
    assert words("late").zh == "超时" and words("made_up_state").en == "made up state"
