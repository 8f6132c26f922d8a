"""The store of customer service: what comes in, goes out and is counted; never more out than there is (C-254)."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.company_errors import StoreInvalid, StoreShort
from services.ticketing.domain.stores import MOST, after
from tests.ticketing.cases import Desk
from tests.ticketing.support import BASE


class Store:
    """One community's store with umbrellas in it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.id = desk, ""

    async def post(self, path: str, role: str, **body: Any) -> httpx.Response:
        at = f"{BASE}/store-items{path}"
        return await self.desk.register.api.post(at, json=body, headers=self.desk.staff(role))

    async def open(self, **more: Any) -> httpx.Response:
        body = {"community_id": str(self.desk.community.id), "code": "YS-01", "name": "雨伞", "measure": "把"}
        return await self.post("", "supervisor", **{**body, "minimum": 5, **more})

    async def move(self, kind: str, quantity: int, role: str = "clerk", **more: Any) -> httpx.Response:
        return await self.post(f"/{self.id}/movements", role, kind=kind, quantity=quantity, purpose="前台", **more)

    async def stock(self) -> int:
        answer = await self.desk.register.get(f"/store-items/{self.id}", self.desk.staff("clerk"))
        found: int = answer.json()["quantity"]
        return found


@pytest.fixture
async def store(desk: Desk) -> Store:
    made = Store(desk)
    answer = await made.open()
    assert answer.status_code == 201, answer.text
    made.id = answer.json()["id"]
    return made


async def test_c254_stock_comes_in_goes_out_and_each_movement_stands_with_what_was_left(store: Store) -> None:
    assert (await store.move("in", 20)).status_code == 201
    ticket = await store.desk.ticket("repair")
    out = await store.move("out", 17, ticket_id=ticket["id"])
    assert (out.json()["change"], out.json()["stock"], out.json()["ticket_id"]) == (-17, 3, ticket["id"])
    short = await store.move("out", 4)
    assert (short.status_code, short.json()["code"]) == (409, "ticketing.store_item.short")
    assert "3" in short.json()["detail"] and await store.stock() == 3
    low = await store.desk.register.get("/store-items", store.desk.staff("clerk"), low="true")
    assert [(row["code"], row["quantity"], row["low"]) for row in low.json()["items"]] == [("YS-01", 3, True)]
    told = await store.desk.register.get(f"/store-items/{store.id}/movements", store.desk.staff("qa"), limit="1")
    assert [(m["kind"], m["stock"]) for m in told.json()["items"]] == [("out", 3)]
    more = await store.desk.register.get(
        f"/store-items/{store.id}/movements", store.desk.staff("qa"), cursor=told.json()["next"]
    )
    assert [(m["kind"], m["stock"]) for m in more.json()["items"]] == [("in", 20)]


async def test_c254_a_count_is_the_supervisors_and_its_difference_stands_as_a_movement(store: Store) -> None:
    await store.move("in", 20)
    assert (await store.post(f"/{store.id}/counts", "clerk", quantity=18, purpose="破损两把")).status_code == 403
    counted = await store.post(f"/{store.id}/counts", "supervisor", quantity=18, purpose="破损两把")
    assert (counted.status_code, counted.json()["kind"], counted.json()["change"]) == (201, "count", -2)
    assert await store.stock() == 18


async def test_c254_hands_that_reach_for_the_last_ones_at_once_get_no_more_than_there_are(store: Store) -> None:
    await store.move("in", 5)
    answers = await asyncio.gather(*(store.move("out", 2) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409, 409]
    assert await store.stock() == 1


async def test_c254_the_store_is_customer_services_own_and_ends_at_its_community(store: Store) -> None:
    for role in ("engineer", "security", "finance"):
        assert (await store.move("in", 1, role)).status_code == 403
    away = store.desk.register.world.token("clerk", store.desk.register.org, units=[uuid4()])
    got = await store.desk.register.get(f"/store-items/{store.id}", away)
    assert (got.status_code, got.json()["code"]) == (404, "ticketing.store_item.unknown")
    assert (await store.desk.register.get("/store-items", away)).json()["items"] == []


async def test_what_is_not_kept_or_cannot_be_is_refused_with_nothing_stored(store: Store) -> None:
    twice = await store.open()
    assert (twice.status_code, twice.json()["code"]) == (409, "ticketing.store_item.exists")
    for bad in ({"quantity": 0}, {"quantity": MOST + 1}, {"kind": "count"}, {"purpose": ""}, {"purpose": "a\x00"}):
        body = {"kind": "in", "quantity": 1, "purpose": "采购", **bad}
        assert (await store.post(f"/{store.id}/movements", "clerk", **body)).status_code == 422
    nobody = await store.move("out", 1, handed_to=str(uuid4()))
    assert (nobody.status_code, nobody.json()["errors"][0]["path"]) == (422, "handed_to")
    assert (await store.move("out", 1, ticket_id=str(uuid4()))).status_code == 404
    await store.move("in", MOST)
    assert (await store.move("in", 1)).json()["errors"][0]["path"] == "quantity"
    headers = {**store.desk.staff("supervisor"), "If-Match": '"1"'}
    path = f"{BASE}/store-items/{store.id}"
    late = await store.desk.register.api.patch(path, json={"retired": True}, headers=headers)
    assert late.status_code == 412
    gone = await store.desk.register.api.patch(path, json={"retired": True}, headers=store.desk.staff("supervisor"))
    assert gone.status_code == 200 and gone.json()["retired_at"] is not None
    assert (await store.move("out", 1)).json()["code"] == "ticketing.store_item.retired"
    assert (await store.desk.register.get("/store-items", store.desk.staff("clerk"))).json()["items"] == []


@given(st.integers(0, MOST), st.sampled_from(["in", "out", "count", "lost", "damaged"]), st.integers(0, MOST))
def test_c254_stock_is_never_less_than_nothing_nor_more_than_fits(stock: int, kind: Any, quantity: int) -> None:
    try:
        left = after(stock, kind, quantity)
    except StoreShort:
        assert kind in ("out", "lost", "damaged") and quantity > stock
    except StoreInvalid:
        assert kind == "in" and stock + quantity > MOST
    else:
        assert 0 <= left <= MOST and (left == quantity if kind == "count" else abs(left - stock) == quantity)


async def test_b037_what_is_lost_or_damaged_leaves_the_stock_or_the_hands_it_was_in_and_is_told(store: Store) -> None:
    await store.move("in", 5)
    broken = await store.post(f"/{store.id}/losses", "clerk", how="damaged", quantity=2, purpose="跌落")
    assert (broken.status_code, broken.json()["kind"], broken.json()["change"]) == (201, "damaged", -2)
    short = await store.post(f"/{store.id}/losses", "clerk", how="lost", quantity=4, purpose="遗失")
    assert (short.status_code, short.json()["code"]) == (409, "ticketing.store_item.short")
    row = {"external_id": "S", "name": "李静", "roles": ["engineer"], "units": [str(store.desk.register.org)]}
    (holder,) = await store.desk.register.stored("staff", [row])
    carried = {"purpose": "巡查途中遗失", "handed_to": str(holder)}
    lost = await store.post(f"/{store.id}/losses", "clerk", how="lost", quantity=4, **carried)
    assert (lost.status_code, lost.json()["change"], lost.json()["stock"]) == (201, 0, 3)
    nobody = await store.post(
        f"/{store.id}/losses", "clerk", how="lost", quantity=1, purpose="遗失", handed_to=str(uuid4())
    )
    assert nobody.status_code == 422 and await store.stock() == 3
    told = await store.desk.register.events("store_item.lost.v1")
    assert [(e["data"]["code"], e["data"]["how"], e["data"]["quantity"]) for e in told] == [
        ("YS-01", "damaged", 2),
        ("YS-01", "lost", 4),
    ]
