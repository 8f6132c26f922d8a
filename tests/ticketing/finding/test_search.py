"""Search over tickets, units, places and people: what is found, by whom, in what order, and what erasure leaves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.ticketing.models import search_documents
from services.ticketing.search import tasks
from services.ticketing.search.marks import hasher
from services.ticketing.sessions.secrets import vault
from tests.ticketing.cases import Desk
from tests.ticketing.support import Community, Register


@pytest.fixture
def found(desk: Desk) -> Callable[..., Awaitable[list[dict[str, Any]]]]:
    async def ask(q: str, headers: dict[str, str] | None = None, **query: Any) -> list[dict[str, Any]]:
        answer = await desk.register.get("/search", headers, q=q, **query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    return ask


Found = Callable[..., Awaitable[list[dict[str, Any]]]]


async def settle(desk: Desk) -> None:
    await desk.register.world.drain(desk.register.org, timers=False)


async def test_tickets_are_found_by_words_numbers_and_beginnings_in_that_order(desk: Desk, found: Found) -> None:
    old = await desk.ticket("repair", summary="厨房水管漏水", detail="已持续三天")
    new = await desk.ticket("repair", summary="卫生间漏水")
    lift = await desk.ticket(summary="电梯噪音很大")
    await settle(desk)
    assert [f["id"] for f in await found("漏水", types="ticket")] == [new["id"], old["id"]]
    assert [f["id"] for f in await found("厨房 漏水", types="ticket")] == [old["id"]]
    assert [f["id"] for f in await found("音", types="ticket")] == [lift["id"]]
    assert [f["id"] for f in await found("持续3天", types="ticket")] == []  # 三天 is no address
    exact = await found(new["number"])
    assert [(f["id"], f["match"]) for f in exact] == [(new["id"], "number")]
    begins = await found(new["number"][:9], types="ticket")
    assert [(f["id"], f["match"]) for f in begins] == [(new["id"], "prefix"), (old["id"], "prefix")]
    tail = await found(new["number"][-4:], types="ticket")
    assert new["id"] in [f["id"] for f in tail]
    assert exact[0]["state_name"] == {"zh": "已登记", "en": "received"}


async def test_units_and_places_are_found_by_number_and_by_the_names_around_them(desk: Desk, found: Found) -> None:
    await settle(desk)
    (unit,) = await found("1-201", types="unit")
    assert unit["id"] == str(desk.community.units[1]) and unit["match"] == "number"
    assert len(await found("CX 一幢", types="unit")) == 4
    assert [f["kind"] for f in await found("1幢", types="building")] == ["building"]
    assert [f["id"] for f in await found("cx", types="community")] == [str(desk.community.id)]
    # A renamed community is found by its new name, and so are its units.
    await desk.register.stored("communities", [{"external_id": "CX", "name": "翠溪花园"}])
    await settle(desk)
    assert len(await found("翠溪 1-201", types="unit")) == 1
    assert await found("CX", types="unit") == []


async def test_c073_people_are_found_by_name_and_phone_end_and_masked(desk: Desk, found: Found) -> None:
    """C-073, C-076: the owner's file is found from what a caller says; nothing is shown in full."""
    await settle(desk)
    (person,) = await found("张2伟", types="person")
    assert person["id"] == str(desk.community.people[1])
    assert (person["title"], person["phone"]) == ("张*", "138****0002")
    assert [f["id"] for f in await found("0002", types="person")] == [person["id"]]
    assert [f["id"] for f in await found("138 1234 0002", types="person")] == [person["id"]]
    assert [f["id"] for f in await found("张2伟 0002", types="person")] == [person["id"]]
    assert await found("张2伟 0003", types="person") == []
    ticket = await desk.ticket(contact={"name": "韩梅梅", "phone": "13900008888"})
    await settle(desk)
    assert [f["id"] for f in await found("韩梅")] == [ticket["id"]]
    assert [f["id"] for f in await found("8888")] == [ticket["id"]]


async def test_residents_find_their_own_tickets_and_units_and_nobody(desk: Desk, found: Found) -> None:
    mine = await desk.ticket("repair", n=0, summary="阳台漏水", contact={"name": "张一", "phone": "13900007777"})
    await desk.ticket("repair", n=1, summary="书房漏水")
    await settle(desk)
    assert [f["id"] for f in await found("漏水", desk.owner(0))] == [mine["id"]]
    assert {f["id"] for f in await found("1-101", desk.owner(0), types="unit")} == {str(desk.community.units[0])}
    assert await found("张一", desk.owner(0)) == await found("7777", desk.owner(0)) == []
    assert await found("CX", desk.owner(0), types="community") == []


async def test_staff_find_what_lies_under_their_org_units(
    desk: Desk, register: Register, found: Found, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    east, west = await register.stored(
        "org-units",
        [{"external_id": c, "name": c, "kind": "branch", "parent": None} for c in ("EAST", "WEST")],
    )
    there: Community = await register.community("W", unit="WEST")
    away = await desk.ticket("repair", n=0, summary="地下室漏水")
    moved = Desk(register, there)
    here = await moved.ticket("repair", n=0, summary="门厅漏水")
    await settle(desk)
    seen = register.staff("clerk", [west])
    assert {f["id"] for f in await found("漏水", seen)} == {here["id"]}
    assert {f["id"] for f in await found(away["number"], seen)} == set()
    assert {f["id"] for f in await found("张1伟", seen, types="person")} == {str(there.people[0])}
    assert await found("漏水", register.staff("clerk", [east])) == []
    assert {f["id"] for f in await found("漏水", community_id=str(there.id))} == {here["id"]}
    stranger = await other_org()
    assert await found("漏水", register.world.token("admin", stranger)) == []


async def test_people_are_not_found_by_whoever_may_not_read_them(desk: Desk, register: Register, found: Found) -> None:
    await desk.ticket(contact={"name": "韩梅梅", "phone": "13900008888"})
    await settle(desk)
    scope = ["search.find", "ticket.read"]
    system = register.world.token("integrator", register.org, units=[register.org], scope=scope)
    assert await found("张1伟", system) == await found("韩梅梅", system) == await found("8888", system) == []
    assert len(await found("电梯", system)) == 1


async def test_pages_skip_and_repeat_nothing_over_all_tiers(desk: Desk, register: Register) -> None:
    made = [await desk.ticket("repair", n=i % 3, summary=f"漏水{i}") for i in range(7)]
    await settle(desk)
    for q in ("漏水", made[0]["number"][:9], "1"):
        whole = (await register.get("/search", q=q, limit=100)).json()["items"]
        seen, cursor = [], None
        while True:
            page = (await register.get("/search", q=q, limit=2, **({"cursor": cursor} if cursor else {}))).json()
            seen += page["items"]
            if (cursor := page["next"]) is None:
                break
        assert seen == whole and len({f["id"] for f in seen}) == len(seen)
        assert {t["id"] for t in made} <= {f["id"] for f in whole}


@pytest.mark.parametrize("q", ["'", "\\", "a:*", "!(&|)", "<->", "%", "\u0000x", "'; DROP TABLE x; --", "漏 & !水"])
async def test_nothing_typed_is_an_operator(desk: Desk, register: Register, q: str) -> None:
    answer = await register.get("/search", q=q)
    assert answer.status_code in (200, 422), answer.text
    assert (await register.get("/tickets", q=q)).status_code in (200, 422)


async def test_an_erased_person_is_found_no_more_before_the_feed_has_said_so(
    desk: Desk, register: Register, found: Found
) -> None:
    person = desk.community.people[2]
    ticket = await desk.ticket(n=2, contact={"name": "张3伟", "phone": "13812340003", "person_id": str(person)})
    await settle(desk)
    assert {f["id"] for f in await found("张3伟")} == {str(person), ticket["id"]}
    answer = await register.post(f"/people/{person}/erase", {"reason": "业主要求"})
    assert answer.status_code == 200, answer.text
    assert await found("张3伟") == await found("0003", types="person") == []
    async with register.world.runtime("ticketing").db.read(register.org) as tx:
        rows = await tx.rows(
            select(search_documents.c.personal).where(
                search_documents.c.org_id == register.org, search_documents.c.id.in_([person, UUID(ticket["id"])])
            )
        )
    assert [row.personal for row in rows] == ["", ""]
    await settle(desk)
    assert await found("张3伟") == []
    assert [f["id"] for f in await found("电梯噪音")] == [ticket["id"]]


async def test_phone_numbers_stand_in_no_document(desk: Desk, register: Register) -> None:
    await desk.ticket(contact={"name": "韩梅梅", "phone": "13900008888"})
    await settle(desk)
    async with register.world.runtime("ticketing").db.read(register.org) as tx:
        rows = await tx.rows(select(search_documents).where(search_documents.c.org_id == register.org))
    stored = " ".join(f"{row.words} {row.personal}" for row in rows)
    assert "8888" not in stored and "13812340001" not in stored and "韩梅" in stored
    one, other = hasher(vault("11" * 32)), hasher(vault("22" * 32))
    assert one(register.org, "8888") in stored and other(register.org, "8888") not in stored


async def test_documents_are_made_anew_from_nothing_and_older_readings_change_nothing(
    desk: Desk, register: Register, found: Found
) -> None:
    ticket = await desk.ticket("repair", summary="厨房漏水")
    await settle(desk)
    rt = register.world.runtime("ticketing")
    async with rt.db.tx(register.org) as tx:
        await tx.raw.execute("DELETE FROM ticketing.search_documents WHERE org_id = $1", register.org)
    assert await found("漏水") == []
    answer = await register.post("/search/rebuild", {})
    assert answer.status_code == 202, answer.text
    await settle(desk)
    assert [f["id"] for f in await found("漏水")] == [ticket["id"]]
    assert len(await found("1-", types="unit")) == 4
    async with rt.db.tx(register.org) as tx:
        await tx.raw.execute("UPDATE ticketing.search_documents SET seq = 99 WHERE id = $1", UUID(ticket["id"]))
        await tx.raw.execute(
            "UPDATE ticketing.tickets SET summary = '别的事' WHERE org_id = $1 AND id = $2",
            register.org,
            UUID(ticket["id"]),
        )
        await tasks.refresh(tx, hasher(vault("11" * 32)), "ticket", [UUID(ticket["id"])])
    assert [f["id"] for f in await found("漏水")] == [ticket["id"]]


async def test_words_of_plan_and_result_are_found_too(desk: Desk, found: Found) -> None:
    ticket = await desk.handled()
    await settle(desk)
    assert [f["id"] for f in await found("更换导靴")] == [ticket["id"]]
    assert [f["id"] for f in await found("已更换")] == [ticket["id"]]
