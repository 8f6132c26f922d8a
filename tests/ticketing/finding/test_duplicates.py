"""The same thing reported twice: suggested at intake, merged so that nothing received or missed disappears."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, M, S
from tests.ticketing.support import BASE

Clock = Callable[[datetime], Standing]


async def duplicates(desk: Desk, ticket: dict[str, Any]) -> dict[str, Any]:
    answer = await desk.register.get(f"/tickets/{ticket['id']}/duplicates", desk.staff("clerk"))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def merge(desk: Desk, ticket: dict[str, Any], into: dict[str, Any], **more: Any) -> Any:
    headers = {**desk.staff("supervisor"), **more.pop("headers", {})}
    body = {"into": into["id"], "reason": "同一业主就同一件事再次来电"}
    return await desk.register.api.post(f"{BASE}/tickets/{ticket['id']}/merge", json=body, headers=headers)


async def test_likely_duplicates_are_offered_after_the_intake(desk: Desk, standing: Clock) -> None:
    now = standing(NOON)
    leak = await desk.ticket("repair", summary="厨房水管漏水", fields={"category": "water"})
    lobby = await desk.ticket("repair", n=1, summary="大堂灯坏了")
    now.by(H)
    again = await desk.ticket("repair", summary="厨房水管又漏水了", fields={"category": "water"})
    elsewhere = await desk.ticket("repair", n=2, summary="大堂灯不亮、大堂灯坏了")
    found = await duplicates(desk, again)
    assert [(f["ticket"]["id"], f["reasons"]) for f in found["likely"]] == [
        (leak["id"], ["unit", "category", "text"])
    ]
    assert found["likely"][0]["refused"] is None and found["merged_into"] is None
    (other,) = (await duplicates(desk, elsewhere))["likely"]
    assert other["ticket"]["id"] == lobby["id"] and "text" in other["reasons"]
    assert "each owner" in other["refused"]["en"]
    now.by(91 * 24 * H)
    late = await desk.ticket("repair", summary="厨房水管漏水")
    assert (await duplicates(desk, late))["likely"] == []
    assert (await desk.register.get(f"/tickets/{late['id']}/duplicates", desk.owner())).status_code == 403


async def test_a_merged_case_goes_on_in_the_main_one_and_stays_received(desk: Desk, standing: Clock) -> None:
    now = standing(NOON)
    main = await desk.ticket("repair", summary="漏水")
    now.by(M)
    double = await desk.ticket("repair", summary="还在漏水")
    answer = await merge(desk, double, main)
    assert answer.status_code == 200, answer.text
    merged = answer.json()
    assert (merged["merged_into"], merged["state"], merged["number"]) == (main["id"], "cancelled", double["number"])
    assert await desk.states(double) == {"repair.arrival": "cancelled", "repair.dispatch": "cancelled"}
    assert await desk.states(main) == {"repair.arrival": "running", "repair.dispatch": "running"}
    told = await desk.register.events("ticket.merged.v1")
    assert [(str(e["subject"]), e["data"]["merged_into"]) for e in told] == [(double["id"], main["id"])]
    assert await desk.register.events("ticket.cancelled.v1") == []
    assert len(await desk.register.events("ticket.created.v1")) == 2
    assert [e["action"] for e in await desk.entries(main)] == ["create", "merged-in"]
    assert (await desk.entries(double))[1]["data"]["number"] == main["number"]
    assert [t["id"] for t in (await duplicates(desk, main))["merged"]] == [double["id"]]
    listed = await desk.register.get("/tickets", kind="repair")
    assert {t["id"] for t in listed.json()["items"]} == {main["id"], double["id"]}
    # Twice is once, and what it goes on in does not change.
    assert (await merge(desk, double, main)).status_code == 409


async def test_b007_a_missed_promise_stays_missed_when_its_case_is_merged(desk: Desk, standing: Clock) -> None:
    """B-007: merging is no way out of a breach, and no way out of a promise that still runs."""
    now = standing(NOON)
    main = await desk.ticket()
    await desk.do(main, "respond")
    now.by(H)
    double = await desk.ticket()
    refused = await merge(desk, double, main)
    assert (refused.status_code, refused.json()["code"]) == (409, "ticketing.ticket.not_mergeable")
    assert (await duplicates(desk, double))["likely"][0]["refused"] is not None
    now.by(10 * M + S)
    await desk.register.fire_timers()
    assert (await merge(desk, double, main)).status_code == 200
    states = await desk.states(double)
    assert (states["complaint.response"], states["complaint.plan"]) == ("breached", "cancelled")
    assert await desk.register.events("clock.breach_withdrawn.v1") == []


async def test_a_merge_wants_both_within_reach_a_present_version_and_leaves_nothing_half_done(
    desk: Desk, standing: Clock
) -> None:
    now = standing(NOON)
    there = Desk(desk.register, await desk.register.community("W"))
    main = await desk.ticket("repair")
    far = await there.ticket("repair")
    now.by(M)
    double = await desk.ticket("repair")
    assert (await merge(desk, double, double)).status_code == 422
    assert (await merge(desk, double, far)).status_code == 409
    assert (await merge(desk, double, main, headers={"If-Match": '"9"'})).status_code == 412
    assert (await merge(desk, main, double)).status_code == 409  # the first received is the main one
    (unit,) = await desk.register.stored(
        "org-units", [{"external_id": "X", "name": "X", "kind": "branch", "parent": None}]
    )
    stranger = desk.register.staff("supervisor", [unit])
    assert (await merge(desk, double, main, headers=stranger)).status_code == 404
    assert (await merge(desk, double, main, headers=desk.staff("clerk"))).status_code == 403
    assert await desk.register.events("ticket.merged.v1") == []
    assert [e["action"] for e in await desk.entries(double)] == ["create"]


async def test_two_merges_of_a_pair_at_once_make_one(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    one, other = await desk.ticket("repair"), await desk.ticket("repair")
    answers = await asyncio.gather(merge(desk, one, other), merge(desk, other, one))
    assert sorted(a.status_code for a in answers) == [200, 409]
    assert len(await desk.register.events("ticket.merged.v1")) == 1
