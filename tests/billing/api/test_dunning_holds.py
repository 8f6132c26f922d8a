"""Holds: a named reason, evidence and the supervisor's approval; disputed is not unwilling (AMB-117)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.billing.debtors import Debtors
from tests.billing.village import Village
from tests.support.world import Standing

PROMISE = {"kind": "promise", "until_on": "2025-04-15"}


@pytest.fixture
async def debtors(village: Village, now: Standing) -> Debtors:
    """Two households that owe January and February, dunned since 1 April."""
    found = await Debtors(village, now).bill("2025-01", "2025-02")
    await found.plan("2025-04")
    return found


def states(steps: dict[str, Any]) -> dict[str, str]:
    return {kind: step["state"] for kind, step in steps.items()}


async def test_amb117_a_dispute_holds_the_ladder_and_is_reported_apart(debtors: Debtors) -> None:
    """AMB-117: the steps leave with their reason, demand and packet go on, the debtor stays and counts by the
    contact."""
    ticket = uuid4()
    await debtors.hold(kind="dispute", ticket_id=str(ticket), until_on="2025-04-25")
    assert states(await debtors.steps()) == {
        "sms": "suspended",
        "call": "suspended",
        "visit": "suspended",
        "demand": "open",
        "legal": "open",
    }
    said = await debtors.village.feed("dunning.suspended.v1")
    assert sorted(e["data"]["kind"] for e in said) == ["call", "sms", "visit"]
    assert {e["data"]["cause"] for e in said} == {"dispute"}
    report = await debtors.report("2025-04")
    assert (report["disputed"], report["promised"], report["debtors"], report["dunned"]) == (1, 0, 2, 0)
    await debtors.to("2025-04-21 00:00")
    missed = await debtors.village.get("dunning-steps", missed="true")
    first = str(debtors.village.first())
    assert {s["kind"] for s in missed["items"] if s["unit_id"] == first} == {"demand"}

    await debtors.ticket_closed(ticket)
    steps = await debtors.steps()
    assert (steps["call"]["state"], steps["visit"]["state"]) == ("suspended", "open")
    assert (await debtors.report("2025-04"))["disputed"] == 0


async def test_amb117_the_contact_that_led_to_it_counts_as_dunned(debtors: Debtors) -> None:
    await debtors.to("2025-04-12 10:00")
    step = (await debtors.steps())["call"]
    await debtors.post(f"dunning-steps/{step['id']}/contacts", {"result": "no_answer"})
    assert (await debtors.report("2025-04"))["dunned"] == 0
    await debtors.hold(**PROMISE)
    assert (await debtors.report("2025-04"))["dunned"] == 1


async def test_amb117_nobody_approves_what_they_asked_for(debtors: Debtors) -> None:
    case = await debtors.case()
    path = f"dunning-cases/{case['id']}/holds"
    body = {**PROMISE, "reason": "业主承诺月中缴费", "evidence": "通话录音"}
    asked = await debtors.post(path, body, debtors.supervisor)
    assert (await debtors.steps())["call"]["state"] == "open"
    decision = f"dunning-holds/{asked['id']}/decision"
    own = await debtors.village.post(decision, {"approve": True}, debtors.supervisor)
    assert own.status_code in (403, 409), own.text
    clerk = await debtors.village.post(decision, {"approve": True}, debtors.clerk)
    assert clerk.status_code == 403
    assert await debtors.refused(path, body) == "billing.dunning_hold.exists"
    manager = debtors.village.world.token("cs_manager", debtors.village.org)
    assert (await debtors.post(decision, {"approve": False}, manager))["state"] == "refused"
    assert (await debtors.steps())["call"]["state"] == "open"
    assert await debtors.refused(decision, {"approve": True}, manager) == "billing.dunning_hold.not_now"
    await debtors.post(path, body)


async def test_what_a_hold_needs_is_named(debtors: Debtors) -> None:
    path = f"dunning-cases/{(await debtors.case())['id']}/holds"
    told = {"reason": "原因", "evidence": "证据"}
    for body in (
        {"kind": "dispute", "until_on": "2025-04-20"},
        {"kind": "promise"},
        {"kind": "promise", "until_on": "2025-03-31"},
        {"kind": "promise", "until_on": "2025-09-01"},
        {"kind": "instalment", "first_on": "2025-04-10"},
        {"kind": "instalment", "parts": 3},
    ):
        assert await debtors.refused(path, {**told, **body}) == "billing.dunning_hold.invalid"


async def test_a_promise_that_is_not_kept_ends_with_its_day(debtors: Debtors) -> None:
    hold = await debtors.hold(**PROMISE)
    await debtors.to("2025-04-15 23:59")
    assert (await debtors.village.get(f"dunning-holds/{hold['id']}"))["state"] == "active"
    await debtors.to("2025-04-16 00:00")
    found = await debtors.village.get(f"dunning-holds/{hold['id']}")
    assert (found["state"], found["ended_cause"]) == ("broken", "not_paid")
    steps = states(await debtors.steps())
    assert (steps["sms"], steps["call"], steps["visit"]) == ("suspended", "open", "open")


async def test_a_promise_that_is_kept_settles_the_case(debtors: Debtors) -> None:
    hold = await debtors.hold(**PROMISE)
    await debtors.village.pay("400.00", "2025-04-01")
    assert (await debtors.village.get(f"dunning-holds/{hold['id']}"))["state"] == "kept"
    assert set(states(await debtors.steps()).values()) == {"cancelled"}
    await debtors.to("2025-04-16 00:00")
    assert (await debtors.case())["state"] == "settled"


async def test_instalments_hold_while_each_part_is_paid(debtors: Debtors) -> None:
    hold = await debtors.hold(kind="instalment", parts=3, first_on="2025-04-10")
    assert [(p["due_on"], p["amount"]["amount"]) for p in hold["parts"]] == [
        ("2025-04-10", "133.34"),
        ("2025-05-10", "133.33"),
        ("2025-06-10", "133.33"),
    ]
    assert set(states(await debtors.steps()).values()) == {"suspended"}
    await debtors.to("2025-04-10 12:00")
    await debtors.village.pay("133.34", "2025-04-10")
    await debtors.to("2025-04-11 00:00")
    assert (await debtors.village.get(f"dunning-holds/{hold['id']}"))["state"] == "active"
    await debtors.to("2025-05-01 09:00")
    assert set(states(await debtors.steps(period="2025-05")).values()) == {"suspended"}
    await debtors.to("2025-05-11 00:00")
    assert (await debtors.village.get(f"dunning-holds/{hold['id']}"))["state"] == "broken"
    assert (await debtors.steps(period="2025-05"))["call"]["state"] == "open"
