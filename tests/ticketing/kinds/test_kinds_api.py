"""Packs, the list of kinds, deeds and what is done at once: by the public API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from shared import clock
from tests.ticketing.cases import Desk, z


async def deed(desk: Desk, ticket: dict[str, Any], name: str, role: str, sub: UUID | None = None, **fields: Any) -> Any:
    body = {"deed": name, "fields": fields}
    return await desk.register.post(f"/tickets/{ticket['id']}/deeds", body, desk.staff(role, sub))


async def hazard(desk: Desk, **more: Any) -> dict[str, Any]:
    entry = {"level": "1_leak", "party": "user", **more}
    return await desk.ticket("hazard", fields=entry, headers=desk.staff("safety"))


async def test_a_kind_of_a_pack_that_is_off_is_not_taken_in(
    desk: Desk, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    asked = {"fields": {"business": "payment"}}
    refused = await desk.intake("gas_counter", **asked)
    assert (refused.status_code, refused.json()["code"]) == (422, "ticketing.ticket.kind_off")
    assert "gas_counter" in refused.json()["detail"]
    on = await asyncio.gather(*(desk.register.post("/packs/gas", {"on": True}) for _ in range(3)))
    assert {a.status_code for a in on} == {200}
    taken = await desk.ticket("gas_counter", **asked)
    assert taken["number"].startswith("GC")
    elsewhere = desk.register.world.token("admin", await other_org())
    packs = (await desk.register.get("/packs", elsewhere)).json()["items"]
    assert {p["code"]: p["on"] for p in packs} == {
        "property": True,
        "gas": False,
        "water": False,
        "heating": False,
        "retail": False,
    }
    assert (await desk.register.post("/packs/gas", {"on": False, "reason": "业务转出"})).status_code == 200
    assert (await desk.intake("gas_counter", **asked)).status_code == 422
    told = await deed(desk, taken, "tell-safety-notice", "clerk")
    assert told.json()["state"] == "in_progress", "what is there goes on to its end"
    trail = [(a["before"]["on"], a["after"]["on"]) for a in await desk.register.audits("pack")]
    assert trail[0] == (False, True) and trail[-1] == (True, False)


async def test_property_is_always_on_and_only_an_administrator_switches(desk: Desk) -> None:
    assert (await desk.register.post("/packs/property", {"on": False})).status_code == 409
    assert (await desk.register.post("/packs/shipping", {"on": True})).status_code == 404
    assert (await desk.register.post("/packs/gas", {"on": True}, desk.staff("cs_manager"))).status_code == 403


async def test_the_list_of_kinds_says_all_that_forms_and_buttons_need(desk: Desk) -> None:  # C-013, C-293
    def by_code(answer: Any) -> dict[str, Any]:
        return {k["code"]: k for k in answer.json()["items"]}

    found = by_code(await desk.register.get("/kinds", desk.owner()))
    assert {"inquiry", "suggestion", "hazard", "incident", "emergency", "dispute"} <= found.keys()
    assert "water_hotline" not in found
    entry = found["hazard"]
    assert entry["fields"]["required"] == ["level"] and entry["pack"] == "property"
    actions = {a["code"]: a for a in entry["actions"]}
    assert actions["verify"]["actors"] == ["engineer", "safety"] and actions["verify"]["deed"]
    assert actions["verify"]["transitions"] == {"rectified": "verified"}
    assert actions["register"]["fields"]["properties"]["deadline"]["format"] == "date-time"
    assert "resident" not in actions["create"]["actors"]
    assert {c["row"] for c in entry["clocks"]} >= {"B-029", "B-036", "B-039"}
    assert found["emergency"]["clocks"][0]["limits"][0]["text"]["en"]
    await desk.register.post("/packs/water", {"on": True})
    assert by_code(await desk.register.get("/kinds"))["water_hotline"]["pack"] == "water"


async def test_b003_what_can_be_done_at_once_is_taken_in_and_done_in_one_contact(desk: Desk) -> None:
    answer = await desk.intake("inquiry", fields={"topic": "fees"}, result="按季收取，已说明")
    assert answer.status_code == 201, answer.text
    done = answer.json()
    assert (done["state"], done["version"], answer.headers["etag"]) == ("completed", 2, '"2"')
    assert done["completed_at"] == done["received_at"]
    assert [e["type"] for e in await desk.register.events("inquiry.closed.v1")] == ["inquiry.closed.v1"]
    for headers, kind in ((desk.owner(), "inquiry"), (None, "complaint")):
        refused = await desk.intake(kind, result="好了", headers=headers)
        assert refused.status_code == 422 and refused.json()["errors"][0]["path"] == "result"


async def test_c151_to_c156_a_hazard_goes_round_the_loop_by_different_hands(desk: Desk) -> None:
    assert (await desk.intake("hazard", fields={"level": "2"}, headers=desk.owner())).status_code == 403
    assert (await desk.intake("hazard", fields={"level": "9"}, headers=desk.staff("safety"))).status_code == 422
    ticket, engineer = await hazard(desk), uuid4()
    deadline = z(clock.now().replace(microsecond=0) + timedelta(days=3))
    early = await deed(desk, ticket, "verify", "safety")
    assert early.status_code == 409
    assert (await deed(desk, ticket, "register", "safety")).status_code == 422
    assert (await deed(desk, ticket, "register", "clerk", deadline=deadline)).status_code == 403
    entered = await deed(desk, ticket, "register", "safety", deadline=deadline)
    assert entered.json()["deadline"] == deadline and entered.json()["state"] == "registered"
    assert (await desk.clocks(ticket))["nonconformity.deadline"]["due_at"] == deadline
    assert (await deed(desk, ticket, "assign", "safety", assignee_id=str(engineer))).status_code == 200
    await desk.do(ticket, "complete", desk.staff("engineer", engineer), result="已更换软管")
    own = await deed(desk, ticket, "verify", "engineer", engineer)
    assert (own.status_code, own.json()["code"]) == (403, "ticketing.ticket.own_case")
    assert (await deed(desk, ticket, "verify", "gm")).status_code == 403
    verified = await deed(desk, ticket, "verify", "safety")
    assert verified.json()["state"] == "verified" and verified.json()["fields"]["verified_at"]
    ended = await deed(desk, ticket, "finish", "safety")
    assert ended.json()["state"] == "closed" and ended.json()["closed_at"]
    corrected = await deed(desk, ticket, "correct", "safety", level="1", reason="非漏气")
    assert corrected.json()["fields"]["level"] == "1"
    said = [e["type"] for e in await desk.register.events() if e["type"].startswith("hazard.")]
    assert said == ["hazard.opened.v1", "hazard.rectified.v1", "hazard.verified.v1", "hazard.corrected.v1"]
    line = [e for e in await desk.entries(ticket) if e["action"] == "correct"][0]
    assert line["data"]["reason"] == "非漏气" and line["action_name"]["zh"] == "更正"
    assert (await desk.try_(ticket, "cancel", reason="误报")).status_code == 409  # G-018


async def test_unknown_deeds_and_strange_fields_are_named(desk: Desk) -> None:
    ticket = await hazard(desk)
    unknown = await deed(desk, ticket, "propose-major", "supervisor", reason="x")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "ticketing.ticket.no_such_deed")
    assert "verify" in unknown.json()["detail"]
    strange = await deed(desk, ticket, "correct", "safety", reason="x", colour="red")
    assert strange.json()["errors"][0]["path"] == "fields.colour"
    assert (await desk.register.get(f"/tickets/{ticket['id']}")).json()["version"] == 1
    assert (await deed(desk, {"id": str(uuid4())}, "verify", "safety")).status_code == 404


async def test_one_of_two_verifications_at_the_same_time_counts(desk: Desk) -> None:
    ticket = await hazard(desk)
    deadline = z(clock.now() + timedelta(days=3))
    await deed(desk, ticket, "register", "safety", deadline=deadline)
    await desk.do(ticket, "complete", desk.staff("engineer"), result="已更换")
    answers = await asyncio.gather(
        *(deed(desk, ticket, name, "safety", reason="x") if name == "send-back" else deed(desk, ticket, name, "safety")
          for name in ("verify", "send-back", "verify"))
    )
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    found = (await desk.register.get(f"/tickets/{ticket['id']}")).json()
    assert found["state"] in ("verified", "rectifying") and found["version"] == 4


async def test_an_owner_does_not_read_who_was_held_responsible(desk: Desk) -> None:
    ticket = await desk.ticket("complaint")
    await deed(desk, ticket, "raise-major", "gm", reason="群体维权")
    await deed(desk, ticket, "coordinate", "gm", departments="工程、客服", agreed="工程部承担责任")
    staff = (await desk.register.get(f"/tickets/{ticket['id']}")).json()
    assert staff["fields"]["agreed"] == "工程部承担责任" and staff["major"]
    owner = (await desk.register.get(f"/tickets/{ticket['id']}", desk.owner())).json()
    assert "agreed" not in owner["fields"] and owner["fields"]["topic"] == "other"
    listed = (await desk.register.get("/tickets", desk.owner())).json()["items"]
    assert all("agreed" not in t["fields"] for t in listed)
    assert [e["data"]["major"] for e in await desk.register.events("ticket.classified.v1")] == [True]
    assert "coordinate" not in {e["action"] for e in await desk.entries(ticket, desk.owner())}


async def test_amb035_a_clerk_cannot_make_a_complaint_major(desk: Desk) -> None:
    ticket = await desk.ticket("complaint")
    refused = await desk.try_(ticket, "classify", major=True)
    assert (refused.status_code, refused.json()["code"]) == (403, "ticketing.ticket.major_by_decision")
    assert (await deed(desk, ticket, "raise-major", "supervisor", reason="x")).status_code == 403
    assert (await deed(desk, ticket, "propose-major", "supervisor", reason="联名")).status_code == 200


async def test_c299_a_dissatisfaction_is_urgent_whoever_took_it_in(desk: Desk) -> None:
    assert (await desk.ticket("dissatisfaction", urgency="normal"))["urgency"] == "urgent"


async def test_c165_c176_a_ruling_is_told_with_class_and_loss(desk: Desk) -> None:
    ticket = await desk.ticket("incident", fields={"event": "fire"}, headers=desk.staff("security"))
    report = {"cause": "老化", "responsibility": "维护", "handling_opinion": "更换", "prevention": "检测"}
    await deed(desk, ticket, "investigate", "safety", **report, plan_followed=True)
    ruling = {"definition_set": "T000", "event_class": "fire", "level": "general", "by_dereliction": True}
    assert (await deed(desk, ticket, "rule", "supervisor", **ruling)).status_code == 403
    wrong = await deed(desk, ticket, "rule", "qa", **{**ruling, "event_class": "flood"})
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["path"] == "fields.event_class"
    assert (await deed(desk, ticket, "rule", "qa", **ruling, loss_fen=20_000_001)).json()["state"] == "ruled"
    (told,) = await desk.register.events("incident.ruled.v1")
    assert (told["data"]["event_class"], told["data"]["major_loss"]) == ("fire", True)
    assert "cause" not in told["data"]


async def test_c264_what_a_household_needs_is_asked_back_about_and_followed_and_stands_in_its_file(desk: Desk) -> None:
    asked = await desk.ticket("customer_need", fields={"area": "elderly", "lasting": True}, headers=desk.owner())
    early = await deed(desk, asked, "follow", "butler", what="已上门", standing="under_way")
    assert (early.status_code, early.json()["code"]) == (409, "ticketing.ticket.not_now")
    wrong = await deed(desk, asked, "understand", "butler", need="每日问候", asked_by="letter")
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "fields.asked_by")
    assert (await deed(desk, asked, "understand", "engineer", need="x", asked_by="phone")).status_code == 403
    heard = await deed(desk, asked, "understand", "butler", need="独居老人，每日上午问候", asked_by="visit")
    assert (heard.status_code, heard.json()["state"]) == (200, "understood")
    assert (await desk.try_(asked, "complete", result="完成")).status_code == 409
    for what, standing in (("已上门问候", "under_way"), ("家属确认满意", "met")):
        assert (await deed(desk, asked, "follow", "butler", what=what, standing=standing)).status_code == 200
    done = await desk.do(asked, "complete", result="列入管家每日问候名单")
    assert (done["state"], done["fields"]["standing"], done["fields"]["need"]) == (
        "completed",
        "met",
        "独居老人，每日上午问候",
    )
    unit = desk.community.units[0]
    told = (await desk.register.get(f"/units/{unit}/timeline", desk.staff("clerk"))).json()["items"]
    assert any(line["subject_id"] == asked["id"] for line in told)
    seen = (await desk.register.get(f"/tickets/{asked['id']}/entries", desk.owner())).json()["items"]
    assert {"understand", "follow"} <= {line["action"] for line in seen}
