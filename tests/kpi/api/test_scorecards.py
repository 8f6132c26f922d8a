"""A quarter from events to a frozen scorecard: points, evidence, hash, restatement, verification."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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


def points(card: dict[str, Any]) -> list[str]:
    return [section["points"] for section in card["sections"]]


async def test_f052_the_quarter_scored_from_what_happened(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    """C-228, G-004: each number down to the cases it was made of."""
    feed = Feed(world, org)
    late = feed.quarter()
    await feed.apply()
    answer = await freeze(api, world, feed, (await letter(api, world, feed))["id"])
    assert answer.status_code == 201, answer.text
    card = answer.json()
    assert points(card) == ["12.50", "15.40", "12.20", "17.20"]
    assert (card["total"], card["maximum"], card["revision"], card["parked_events"]) == ("57.30", "100.00", 1, 0)
    assert answer.headers["location"] == f"/kpi/v1/scorecards/{card['id']}"
    states = {item["indicator"]: item["state"] for item in card["items"]}
    assert states[HANDLING] == "missed" and states["survey.count"] == "met" and states["activity.count"] == "no_data"

    cases = await evidence(api, world, feed, card, indicator=HANDLING)
    assert len(cases) == 40
    assert {UUID(c["subject_id"]): c["missed_clocks"] for c in cases if c["missed_clocks"]} == {
        ticket: ["complaint.response"] for ticket in late
    }
    assert all(c["link"] == f"/ticketing/v1/tickets/{c['subject_id']}" for c in cases)
    assert all({clock["clock"] for clock in c["clocks"]} == {"complaint.response", "complaint.plan"} for c in cases)
    assert len(await evidence(api, world, feed, card, indicator=HANDLING, state="late")) == 2
    beside = await evidence(api, world, feed, card, indicator="fee.collection.quarter.rate", state="excluded")
    assert sorted(c["state"] for c in beside) == ["credited_after_quarter", "prepayment"]
    outdated = await evidence(api, world, feed, card, indicator="archive.update.rate", state="outdated")
    assert len(outdated) == 35

    again = await api.get(f"/kpi/v1/scorecards/{card['id']}", headers=world.token("supervisor", org))
    assert again.json() == card
    listed = await api.get("/kpi/v1/scorecards", params={"period": "2025-Q1"}, headers=world.token("supervisor", org))
    assert [(line["id"], line["total"], line["stands"]) for line in listed.json()["items"]] == [
        (card["id"], "57.30", True)
    ]
    checked = await api.get(f"/kpi/v1/scorecards/{card['id']}/verification", headers=world.token("qa", org))
    assert checked.json() == {
        "ok": True,
        "scorecard_id": card["id"],
        "total": "57.30",
        "recomputed": "57.30",
        "differences": [],
        "drift": [],
    }


@pytest.mark.parametrize(("policy", "total"), [("floor", "64.00"), ("ceil", "52.00")])
async def test_f052_by_the_policy_the_parties_chose(
    api: httpx.AsyncClient, world: World, org: UUID, policy: str, total: str
) -> None:
    feed = Feed(world, org)
    feed.quarter()
    await feed.apply()
    signed = await letter(api, world, feed, parameters={"partial_policy": policy})
    assert (await freeze(api, world, feed, signed["id"])).json()["total"] == total


async def test_amb109_later_news_changes_a_frozen_number_only_by_restatement(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed = Feed(world, org)
    feed.register()
    feed.complaint(local(3, 7), responds_after=timedelta(minutes=1), mark=90)
    feed.complaint(datetime(2025, 3, 31, 15, tzinfo=UTC), responds_after=timedelta(hours=2), mark=None)
    await feed.apply()
    signed = await letter(api, world, feed, parameters={"unmeasured": "full"})
    card = (await freeze(api, world, feed, signed["id"])).json()
    assert [c["state"] for c in await evidence(api, world, feed, card, indicator=HANDLING)] == ["met", "late"]
    feed.complaint(local(3, 9), responds_after=timedelta(minutes=30), mark=None)
    await feed.apply()

    frozen = await api.get(f"/kpi/v1/scorecards/{card['id']}", headers=world.token("qa", org))
    assert frozen.json()["total"] == card["total"] == "95.00"
    checked = (await api.get(f"/kpi/v1/scorecards/{card['id']}/verification", headers=world.token("qa", org))).json()
    assert checked["ok"] is True and HANDLING in checked["drift"]
    refused = await freeze(api, world, feed, signed["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "kpi.scorecard.frozen")
    assert (await freeze(api, world, feed, signed["id"], restate=True)).status_code == 422
    second = (await freeze(api, world, feed, signed["id"], restate=True, reason="late entry")).json()
    assert (second["revision"], second["restates_id"], second["total"]) == (2, card["id"], "90.00")
    lines = (await api.get("/kpi/v1/scorecards", headers=world.token("qa", org))).json()["items"]
    assert {line["id"]: line["stands"] for line in lines} == {card["id"]: False, second["id"]: True}


async def test_amb109_a_case_inside_its_limit_at_the_end_enters_by_restatement(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed = Feed(world, org)
    feed.register()
    # Received at 23:55 on the last evening, answered after midnight, past its ten minutes.
    feed.complaint(datetime(2025, 3, 31, 15, 55, tzinfo=UTC), responds_after=timedelta(minutes=20), mark=None)
    await feed.apply()
    signed = await letter(api, world, feed, parameters={"unmeasured": "full"})
    card = (await freeze(api, world, feed, signed["id"])).json()
    line = next(item for item in card["items"] if item["indicator"] == HANDLING)
    assert (line["state"], card["total"]) == ("no_data", "100.00")
    assert [c["state"] for c in await evidence(api, world, feed, card, indicator=HANDLING)] == ["within_limit"]
    second = (await freeze(api, world, feed, signed["id"], restate=True, reason="decided since")).json()
    assert second["total"] == "95.00"
    checked = await api.get(f"/kpi/v1/scorecards/{second['id']}/verification", headers=world.token("qa", org))
    assert checked.json()["ok"] is True


async def test_f044_a_second_missed_quarter_withholds_pay_from_frozen_history(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed = Feed(world, org)
    feed.register()
    feed.bill(10_000, "2024-11-30", [(8_000, "2024-12-20")])
    feed.bill(10_000, "2025-01-31", [(8_999, "2025-02-20")])
    feed.bill(10_000, "2025-04-30", [(9_000, "2025-05-20")])
    await feed.apply()
    before = await letter(api, world, feed, term="2024")
    this = await letter(api, world, feed)
    fourth = (await freeze(api, world, feed, before["id"], "2024-Q4")).json()
    assert fourth["consequences"] == []
    first = (await freeze(api, world, feed, this["id"], "2025-Q1")).json()
    assert [c["kind"] for c in first["consequences"]] == ["withhold_pay"]
    second = (await freeze(api, world, feed, this["id"], "2025-Q2")).json()
    assert second["consequences"] == []


async def test_amb114_the_parties_may_choose_the_date_of_payment(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed = Feed(world, org)
    feed.register()
    feed.bill(10_000, "2025-03-31", [(10_000, "2025-04-02")])
    for event in feed.told:
        if event.type == "payment.allocated.v1":
            event.data["paid_on"] = "2025-03-31"  # type: ignore[index]  # the test's own dict
    await feed.apply()
    settled = await letter(api, world, feed)
    paid = await letter(api, world, feed, subject_id=str(uuid7()), parameters={"cash_basis": "paid"})
    rate = "fee.collection.quarter.rate"
    states = []
    for signed in (settled, paid):
        card = (await freeze(api, world, feed, signed["id"])).json()
        states.append(next(item["state"] for item in card["items"] if item["indicator"] == rate))
        checked = await api.get(f"/kpi/v1/scorecards/{card['id']}/verification", headers=world.token("qa", org))
        assert checked.json()["ok"] is True
        assert await evidence(api, world, feed, card, indicator=rate)
    assert states == ["missed", "met"]


async def test_verification_names_what_was_tampered_with(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    feed = Feed(world, org)
    feed.register()
    feed.complaint(local(3, 7), responds_after=timedelta(minutes=30), mark=60)
    await feed.apply()
    card = (await freeze(api, world, feed, (await letter(api, world, feed))["id"])).json()
    rt = world.runtime("kpi")
    async with rt.db.job(org) as tx:
        await tx.raw.execute("UPDATE kpi.facts SET numerator = 1 WHERE org_id = $1 AND indicator = $2", org, HANDLING)
    async with rt.db.read(org) as tx:
        found = await verify(tx, UUID(card["id"]))
    assert not found.ok
    assert any(f"{HANDLING}: the facts are not those" in difference for difference in found.differences)
    assert any(f"{HANDLING}: met instead of missed" in difference for difference in found.differences)


async def test_a_letter_scores_as_it_was_signed_and_its_hash_covers_that(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed = Feed(world, org)
    feed.register()
    feed.complaint(local(3, 7), responds_after=timedelta(minutes=30), mark=90)
    await feed.apply()
    signed = await letter(api, world, feed, parameters={"unmeasured": "full"})
    points_of_one = "'{sections,0,items,0,with,points}'"
    change = f"UPDATE kpi.letters SET definition = jsonb_set(definition, {points_of_one}, $2) WHERE org_id = $1"
    async with world.runtime("kpi").db.job(org) as tx:  # as if it had been signed under an older template
        await tx.raw.execute(change, org, "7")
    card = (await freeze(api, world, feed, signed["id"])).json()
    assert card["total"] == "93.00"
    async with world.runtime("kpi").db.job(org) as tx:
        await tx.raw.execute(change, org, "5")
    checked = await api.get(f"/kpi/v1/scorecards/{card['id']}/verification", headers=world.token("qa", org))
    assert checked.json()["ok"] is False
    assert "the hash of the scorecard does not cover what is stored" in checked.json()["differences"]


async def test_the_app_role_cannot_change_what_is_frozen(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    feed = Feed(world, org)
    feed.register()
    await feed.apply()
    await freeze(api, world, feed, (await letter(api, world, feed))["id"])
    for table in ("scorecards", "facts"):
        with pytest.raises(Exception, match="permission denied"):
            async with world.runtime("kpi").db.tx(org) as tx:
                await tx.raw.execute(f"UPDATE kpi.{table} SET org_id = org_id WHERE org_id = $1", org)


@pytest.mark.parametrize(
    ("period", "status", "code"),
    [
        ("2026-Q1", 422, "kpi.scorecard.period_outside_term"),
        ("2025-01", 422, "kpi.scorecard.period_outside_term"),
        ("2025", 422, "kpi.scorecard.period_outside_term"),
        ("soon", 422, "kpi.input.invalid"),
    ],
)
async def test_a_period_that_is_none_of_the_letters(
    api: httpx.AsyncClient, world: World, org: UUID, period: str, status: int, code: str
) -> None:
    feed = Feed(world, org)
    feed.register()
    await feed.apply()
    answer = await freeze(api, world, feed, (await letter(api, world, feed))["id"], period)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_quarter_is_frozen_only_after_its_last_second(
    api: httpx.AsyncClient, world: World, org: UUID, standing: Any
) -> None:
    feed = Feed(world, org)
    feed.register()
    await feed.apply()
    signed = await letter(api, world, feed)
    clock = standing(datetime(2025, 3, 31, 15, 59, 59, tzinfo=UTC))
    refused = await freeze(api, world, feed, signed["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "kpi.scorecard.period_not_over")
    clock.to(datetime(2025, 3, 31, 16, tzinfo=UTC))
    assert (await freeze(api, world, feed, signed["id"])).status_code == 201


async def test_facts_that_lag_behind_what_was_heard_are_not_frozen(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    from shared.messaging.puller import hear_head

    feed = Feed(world, org)
    feed.register()
    await feed.apply()
    signed = await letter(api, world, feed)
    await hear_head(world.runtime("kpi").db, org, "billing", 12)
    refused = await freeze(api, world, feed, signed["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "kpi.facts.behind")


async def test_nobody_closes_their_own_scorecard_and_the_desk_closes_none(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed = Feed(world, org)
    feed.register()
    await feed.apply()
    signed = await letter(api, world, feed)
    body = {"letter_id": signed["id"], "period": "2025-Q1"}
    own = await api.post("/kpi/v1/scorecards", json=body, headers=world.token("gm", org, sub=SUPERVISOR))
    assert (own.status_code, own.json()["code"]) == (403, "kpi.scorecard.own")
    desk = await api.post("/kpi/v1/scorecards", json=body, headers=world.token("supervisor", org))
    assert desk.status_code == 403
