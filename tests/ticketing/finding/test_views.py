"""Saved views: kept by a person, shared with a role or an org unit, used by the list, never wider than their reader."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.ticketing.cases import Desk
from tests.ticketing.support import BASE

URGENT = {"title": "紧急报修", "filters": {"kind": "repair", "urgency": "urgent"}}


async def keep(desk: Desk, headers: dict[str, str], **body: Any) -> httpx.Response:
    return await desk.register.post("/ticket-views", {**URGENT, **body}, headers)


async def kept(desk: Desk, headers: dict[str, str], **body: Any) -> dict[str, Any]:
    answer = await keep(desk, headers, **body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def titles(desk: Desk, headers: dict[str, str]) -> list[str]:
    return [v["title"] for v in (await desk.register.get("/ticket-views", headers)).json()["items"]]


async def found(desk: Desk, view: str, headers: dict[str, str] | None = None, **filters: Any) -> list[str]:
    answer = await desk.register.get("/tickets", headers, view=view, **filters)
    assert answer.status_code == 200, answer.text
    return [t["id"] for t in answer.json()["items"]]


async def test_a_view_is_the_list_s_filters_and_what_is_asked_with_it_goes_first(desk: Desk) -> None:
    me = desk.staff("clerk", uuid4())
    urgent = await desk.ticket("repair", urgency="urgent")
    calm = await desk.ticket("repair")
    await desk.ticket("complaint", urgency="urgent")
    view = await kept(desk, me, filters={"kind": "repair", "urgency": "urgent", "state": ["received", "on_site"]})
    assert await found(desk, view["id"], me) == [urgent["id"]]
    assert await found(desk, view["id"], me, urgency="normal") == [calm["id"]]
    assert await found(desk, view["id"], me, state="dispatched") == []
    assert (await desk.register.get("/tickets", me, view=str(uuid4()))).status_code == 404


async def test_a_view_is_its_owner_s_to_change_and_to_remove(desk: Desk) -> None:
    me, other = desk.staff("clerk", uuid4()), desk.staff("clerk", uuid4())
    view = await kept(desk, me)
    path = f"{BASE}/ticket-views/{view['id']}"
    assert (await desk.register.api.get(path, headers=other)).status_code == 404, "not shared"
    changed = {"title": "逾期", "filters": {"overdue": True}}
    put = await desk.register.api.put(path, json=changed, headers={**me, "If-Match": '"1"'})
    assert (put.status_code, put.json()["version"], put.json()["filters"]["overdue"]) == (200, 2, True)
    assert (await desk.register.api.put(path, json=changed, headers={**me, "If-Match": '"1"'})).status_code == 412
    assert (await desk.register.api.delete(path, headers=other)).status_code == 404
    assert (await desk.register.api.delete(path, headers=me)).status_code == 204
    assert await titles(desk, me) == []


async def test_a_view_is_shared_with_a_role_or_an_org_unit_by_those_who_lead(desk: Desk) -> None:
    lead = desk.staff("supervisor", uuid4())
    await kept(desk, lead, title="工程看", shared_role="engineer")
    view = await kept(desk, lead, title="全公司看", shared_org_unit_id=str(desk.register.org))
    await kept(desk, lead, title="本公司工程看", shared_role="engineer", shared_org_unit_id=str(desk.register.org))
    await kept(desk, lead, title="自己看")
    assert await titles(desk, desk.staff("engineer")) == ["工程看", "全公司看", "本公司工程看"]
    assert await titles(desk, desk.staff("clerk")) == ["全公司看"]
    elsewhere = desk.register.staff("engineer", [uuid4()])
    assert await titles(desk, elsewhere) == ["工程看"]
    path = f"{BASE}/ticket-views/{view['id']}"
    refused = await desk.register.api.put(path, json=URGENT, headers=desk.staff("clerk"))
    assert (refused.status_code, refused.json()["code"]) == (403, "ticketing.view.not_yours")
    clerk = await keep(desk, desk.staff("clerk"), shared_role="engineer")
    assert (clerk.status_code, clerk.json()["code"]) == (403, "ticketing.view.share")
    assert (await keep(desk, lead, title="x", shared_org_unit_id=str(uuid4()))).status_code == 404


async def test_a_shared_view_shows_nobody_more_than_they_may_see(desk: Desk) -> None:
    lead = desk.staff("supervisor", uuid4())
    ticket = await desk.ticket("repair", urgency="urgent")
    view = await kept(desk, lead, shared_role="engineer")
    assert await found(desk, view["id"], lead) == [ticket["id"]]
    assert await found(desk, view["id"], desk.register.staff("engineer", [uuid4()])) == []


async def test_a_name_is_kept_once_even_at_once_and_filters_are_those_of_the_list(desk: Desk) -> None:
    me = desk.staff("clerk", UUID(int=5))
    answers = await asyncio.gather(*(keep(desk, me) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409]
    for filters, path in (
        ({"colour": "red"}, "filters.colour"),
        ({"kind": "party"}, "filters.kind"),
        ({"state": ["x"] * 21}, "filters.state"),
    ):
        wrong = await keep(desk, me, title="y", filters=filters)
        assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, path), wrong.text
    assert (await keep(desk, desk.owner())).status_code == 403
