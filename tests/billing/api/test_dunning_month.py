"""A month of the ladder: planned once, messages, calls, visits, omissions, and money that stops it all."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.billing.dunning import plans
from shared.periods import Period
from tests.billing.debtors import Debtors, local
from tests.billing.village import Village
from tests.support.world import Standing


@pytest.fixture
async def debtors(village: Village, now: Standing) -> Debtors:
    """Two households that owe January to March on 1 April, 10:00; nothing is planned yet."""
    return await Debtors(village, now).bill("2025-01", "2025-02", "2025-03")


async def test_b070_each_month_is_planned_by_itself_when_it_begins(debtors: Debtors) -> None:
    """B-070, C-055: the plan of the month, with debtors, amounts and dates."""
    await debtors.to("2025-05-01 00:00")
    found = await debtors.village.get("dunning-plans", community_id=str(debtors.village.id))
    assert [(p["period"], p["state"], p["debtors"], p["requested_by"]) for p in found["items"]] == [
        ("2025-05", "done", 2, None)
    ]
    assert found["items"][0]["amount"]["amount"] == "1161.00"
    steps = await debtors.steps()
    assert {k: (s["opens_on"][8:], s["last_on"][8:]) for k, s in steps.items() if k in ("sms", "call", "visit")} == {
        "sms": ("01", "10"),
        "call": ("11", "20"),
        "visit": ("21", "31"),
    }
    await debtors.to("2025-06-01 00:00")
    found = await debtors.village.get("dunning-plans", community_id=str(debtors.village.id))
    assert {p["period"] for p in found["items"]} == {"2025-05", "2025-06"}


async def test_a_plan_asked_for_again_is_the_same_plan(debtors: Debtors) -> None:
    first = await debtors.plan("2025-04")
    before = await debtors.steps()
    again = await debtors.plan("2025-04")
    assert (again["id"], again["debtors"], again["steps"]) == (first["id"], first["debtors"], first["steps"])
    assert await debtors.steps() == before


async def test_a_plan_that_was_killed_goes_on_to_the_same_plan(debtors: Debtors) -> None:
    org, db = debtors.village.org, debtors.village.world.runtime("billing").db
    async with db.tx(org) as tx:
        plan_id = await plans.ensure(tx, debtors.village.id, Period.parse("2025-04"), None)
    async with db.tx(org) as tx:
        assert await plans.plan_chunk(tx, plan_id, 1)
    with pytest.raises(RuntimeError, match="killed"):
        async with db.tx(org) as tx:
            await plans.plan_chunk(tx, plan_id, 1)
            raise RuntimeError("killed")
    await debtors.drain()
    found = await debtors.plan("2025-04")
    assert (found["debtors"], found["steps"]) == (2, 10)
    async with db.read(org) as tx:
        stored = await tx.raw.fetch(
            "SELECT unit_id, kind FROM billing.dunning_steps WHERE org_id = $1 ORDER BY 1, 2", org
        )
    assert len(stored) == len({tuple(row) for row in stored}) == 10


async def test_a_month_to_come_cannot_be_planned(debtors: Debtors) -> None:
    body = {"community_id": str(debtors.village.id), "period": "2025-05"}
    assert await debtors.refused("dunning-plans", body, debtors.supervisor) == "billing.dunning_plan.not_begun"


async def test_b067_a_message_to_each_debtor_and_its_delivery_does_the_step(debtors: Debtors) -> None:
    """B-067, C-056, E-011."""
    await debtors.plan("2025-04")
    asked = await debtors.village.feed("message.requested.v1")
    assert len(asked) == 2
    assert {a["data"]["person_id"] for a in asked} == {str(owner) for owner in debtors.village.owners.values()}
    assert {a["data"]["variables"]["amount"] for a in asked} == {"600.00", "561.00"}
    step = (await debtors.steps())["sms"]
    assert step["state"] == "asked"
    await debtors.told("failed", step["id"])
    assert (await debtors.steps())["sms"]["result"] == "failed"
    await debtors.told("delivered", step["id"])
    await debtors.told("delivered", step["id"])
    step = (await debtors.steps())["sms"]
    assert (step["state"], step["on_time"], step["result"]) == ("done", True, "delivered")
    (done,) = await debtors.village.feed("dunning.sms.done.v1")
    assert done["data"]["on_time"] is True


async def test_messages_wait_for_the_contact_hours(debtors: Debtors) -> None:
    await debtors.to("2025-05-01 00:00")
    assert await debtors.village.feed("message.requested.v1") == []
    await debtors.to("2025-05-01 08:00")
    assert len(await debtors.village.feed("message.requested.v1")) == 2


async def test_a_call_is_recorded_with_its_outcome(debtors: Debtors) -> None:
    """B-068, C-057, E-013, D-042: by whom, when, and what came of it."""
    await debtors.plan("2025-04")
    step = (await debtors.steps())["call"]
    path = f"dunning-steps/{step['id']}/contacts"
    assert await debtors.refused(path, {"result": "refused"}) == "billing.dunning_step.too_early"
    await debtors.to("2025-04-12 10:00")
    assert await debtors.refused(path, {"result": "promised"}) == "billing.dunning_contact.invalid"
    assert await debtors.refused(path, {"result": "notice_left"}) == "billing.dunning_contact.invalid"
    assert (await debtors.post(path, {"result": "no_answer"}))["state"] == "open"
    done = await debtors.post(path, {"result": "refused", "occurred_at": local("2025-04-12 09:00").isoformat()})
    assert (done["state"], done["result"], done["attempts"], done["done_by"]) == (
        "done",
        "refused",
        2,
        str(debtors.clerk_id),
    )
    pack = await debtors.village.get(f"dunning-cases/{step['case_id']}/pack", debtors.supervisor)
    assert [(k["result"], k["by_id"]) for k in pack["parts"]["contacts"]] == [
        ("refused", str(debtors.clerk_id)),
        ("no_answer", str(debtors.clerk_id)),
    ]
    assert await debtors.refused(path, {"result": "refused"}) == "billing.dunning_step.ended"
    (event,) = await debtors.village.feed("dunning.call.done.v1")
    assert event["data"]["outcome"] == "refused"


async def test_nobody_is_called_at_night_or_again_at_once(debtors: Debtors) -> None:
    await debtors.plan("2025-04")
    steps = await debtors.steps()
    await debtors.to("2025-04-20 20:00")
    path = f"dunning-steps/{steps['call']['id']}/contacts"
    assert await debtors.refused(path, {"result": "refused"}) == "billing.dunning_contact.not_now"
    await debtors.post(path, {"result": "refused", "exception": "业主要求晚上来电"})
    await debtors.to("2025-04-21 19:59")
    path = f"dunning-steps/{steps['visit']['id']}/contacts"
    assert await debtors.refused(path, {"result": "refused"}) == "billing.dunning_contact.not_now"
    await debtors.to("2025-04-22 08:00")
    assert (await debtors.post(path, {"result": "notice_left"}))["state"] == "done"


async def test_b073_what_was_not_done_is_missed_and_a_late_record_can_withdraw_it(debtors: Debtors) -> None:
    """B-073, C-060, E-014: no omission goes unnoticed; both what was missed and what was told later stay visible."""
    await debtors.plan("2025-04")
    await debtors.to("2025-04-20 23:59")
    steps = await debtors.steps()
    assert steps["call"]["state"] == "open"
    await debtors.to("2025-04-21 00:00")
    missed = await debtors.village.get("dunning-steps", community_id=str(debtors.village.id), missed="true")
    assert sorted(s["kind"] for s in missed["items"]) == ["call", "call", "demand", "demand", "sms", "sms"]
    said = await debtors.village.feed("dunning.step_missed.v1")
    assert len(said) == 6
    call = [s for s in missed["items"] if s["kind"] == "call"]
    path = f"dunning-steps/{call[0]['id']}/contacts"
    told = await debtors.post(path, {"result": "refused", "occurred_at": local("2025-04-20 19:00").isoformat()})
    assert (told["on_time"], told["missed_at"]) == (True, "2025-04-20T16:00:00Z")
    path = f"dunning-steps/{call[1]['id']}/contacts"
    await debtors.to("2025-04-21 09:00")
    assert (await debtors.post(path, {"result": "refused"}))["on_time"] is False
    kept = await debtors.village.get(
        "dunning-steps", community_id=str(debtors.village.id), missed="true", kind="call"
    )
    assert [s["id"] for s in kept["items"]] == [call[1]["id"]]
    report = await debtors.report("2025-04")
    assert (report["debtors"], report["dunned"], report["coverage"], report["missed"]) == (2, 1, "50.00", 5)


async def test_money_stops_everything_in_its_own_transaction(debtors: Debtors) -> None:
    """C-065: what is paid is cleared; a part keeps the rest."""
    await debtors.plan("2025-04")
    await debtors.village.pay("200.00", "2025-04-01")
    case, steps = await debtors.case(), await debtors.steps()
    assert (case["state"], case["amount"]["amount"], case["oldest_due"]) == ("open", "400.00", "2025-02-25")
    assert {k: s["state"] for k, s in steps.items()} == {
        "sms": "asked",
        "call": "open",
        "visit": "open",
        "demand": "cancelled",
        "legal": "cancelled",
    }
    await debtors.village.pay("400.00", "2025-04-01")
    case, steps = await debtors.case(), await debtors.steps()
    assert (case["state"], case["amount"]["amount"]) == ("settled", "0.00")
    assert {(s["state"], s["cause"]) for s in steps.values()} == {("cancelled", "paid")}
    path = f"dunning-steps/{steps['call']['id']}/contacts"
    await debtors.to("2025-04-12 10:00")
    assert await debtors.refused(path, {"result": "refused"}) == "billing.dunning_step.ended"
    await debtors.to("2025-05-01 00:00")
    other = list(debtors.village.units.values())[1]
    missed = await debtors.village.get("dunning-steps", missed="true", period="2025-04")
    assert {s["unit_id"] for s in missed["items"]} == {str(other)}
    assert (await debtors.report("2025-04"))["debtors"] == 1
    assert list(await debtors.steps(period="2025-05")) == []


async def test_a_household_that_owes_again_has_its_case_again(debtors: Debtors) -> None:
    await debtors.plan("2025-04")
    await debtors.village.pay("600.00", "2025-04-01")
    await debtors.village.bill("2025-04")
    await debtors.to("2025-05-01 09:00")
    case = await debtors.case()
    assert (case["state"], case["amount"]["amount"], case["settled_at"]) == ("open", "200.00", None)


async def test_a_payment_and_a_plan_at_once_leave_no_step_for_paid_debt(debtors: Debtors) -> None:
    body = {"community_id": str(debtors.village.id), "period": "2025-04"}
    await asyncio.gather(
        debtors.plan("2025-04"),
        debtors.village.pay("600.00", "2025-04-01"),
        debtors.post("dunning-plans", body, debtors.supervisor),
    )
    await debtors.drain()
    assert all(s["state"] == "cancelled" for s in (await debtors.steps()).values())


async def test_parameters_of_a_community_hold_for_the_plans_to_come(debtors: Debtors) -> None:
    url = f"/billing/v1/dunning-policies/{debtors.village.id}"
    api: Any = debtors.village.api
    wrong = await api.put(url, json={"sms_to": 15}, headers=debtors.supervisor)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "billing.dunning_policy.invalid")
    assert (await api.put(url, json={"call_from": 9, "sms_to": 8}, headers=debtors.supervisor)).status_code == 200
    assert (await debtors.village.get(f"dunning-policies/{debtors.village.id}"))["own"] is True
    await debtors.plan("2025-04")
    assert (await debtors.steps())["sms"]["last_on"] == "2025-04-08"


async def test_when_to_contact_again_and_when_the_packet_goes_follow_the_communitys_own_parameters(
    debtors: Debtors,
) -> None:
    await debtors.plan("2025-04")
    case, call = await debtors.case(), (await debtors.steps())["call"]
    assert (case["oldest_due"], case["legal_due_from"], call["not_before"]) == ("2025-01-25", "2025-04-26", None)
    url = f"/billing/v1/dunning-policies/{debtors.village.id}"
    own = {"cool_down_hours": 72, "legal_months": 4}
    assert (await debtors.village.api.put(url, json=own, headers=debtors.supervisor)).status_code == 200
    assert (await debtors.case())["legal_due_from"] == "2025-05-26"
    await debtors.to("2025-04-12 10:00")
    await debtors.post(f"dunning-steps/{call['id']}/contacts", {"result": "acknowledged"})
    assert (await debtors.steps())["visit"]["not_before"] == "2025-04-15T02:00:00Z"


async def test_c062_d061_finance_confirms_the_plan_once(debtors: Debtors) -> None:
    plan = await debtors.plan("2025-04")
    path = f"dunning-plans/{plan['id']}/confirm"
    assert (await debtors.village.post(path, {}, debtors.clerk)).status_code == 403
    assert (await debtors.post(path, {}, debtors.village.finance))["confirmed_at"] is not None
    assert await debtors.refused(path, {}, debtors.village.finance) == "billing.dunning_plan.not_to_confirm"


async def test_d042_the_supervisor_gives_cases_to_clerks(debtors: Debtors) -> None:
    """D-042, C-055: the clerk finds the list of their own."""
    await debtors.plan("2025-04")
    case, clerk = await debtors.case(), str(debtors.clerk_id)
    path = f"dunning-cases/{case['id']}/hand-over"
    assert (await debtors.village.post(path, {"assignee_id": clerk}, debtors.clerk)).status_code == 403
    assert (await debtors.post(path, {"assignee_id": clerk}, debtors.supervisor))["assignee_id"] == clerk
    found = await debtors.village.get("dunning-steps", assignee_id=clerk, kind="call")
    assert [s["case_id"] for s in found["items"]] == [case["id"]]


async def test_old_arrears_stand_by_their_age(debtors: Debtors) -> None:
    """C-065: old arrears are seen as such."""
    await debtors.plan("2025-04")
    ages = {a["months"]: (a["households"], a["amount"]["amount"]) for a in (await debtors.report("2025-04"))["ageing"]}
    assert ages["1-3"] == (2, "1161.00")
    await debtors.to("2025-05-01 09:00")
    ages = {a["months"]: a["households"] for a in (await debtors.report("2025-05"))["ageing"]}
    assert ages["3-6"] == 2 and ages["1-3"] == 0


async def test_another_part_of_the_organisation_finds_nothing(debtors: Debtors) -> None:
    await debtors.plan("2025-04")
    stranger = debtors.village.world.token("supervisor", debtors.village.org, units=[uuid4()])
    step, case = (await debtors.steps())["call"], await debtors.case()
    assert (await debtors.village.get("dunning-steps", stranger))["items"] == []
    assert (await debtors.village.get("dunning-cases", stranger))["items"] == []
    path = f"dunning-steps/{step['id']}/contacts"
    assert await debtors.refused(path, {"result": "refused"}, stranger) == "billing.dunning_step.unknown"
    hold = {"kind": "promise", "reason": "承诺", "evidence": "录音", "until_on": "2025-04-20"}
    assert await debtors.refused(f"dunning-cases/{case['id']}/holds", hold, stranger) == "billing.dunning_case.unknown"


async def test_cutting_supplies_cannot_even_be_stored(debtors: Debtors) -> None:
    await debtors.plan("2025-04")
    step = UUID((await debtors.steps())["visit"]["id"])
    db = debtors.village.world.runtime("billing").db
    for measure in ("cut_water", "cut_power", "cut_heat", "cut_gas", "deny_access", "keep_belongings"):
        with pytest.raises(Exception, match="lawful"):
            async with db.tx(debtors.village.org) as tx:
                await tx.raw.execute(
                    "UPDATE billing.dunning_steps SET kind = $3 WHERE org_id = $1 AND id = $2",
                    debtors.village.org,
                    step,
                    measure,
                )
