"""Cash goes through a drawer that somebody keeps, counts and hands to somebody else, and is settled in time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.billing.village import Village, yuan
from tests.support.world import Standing


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "CNY"}


def pieces(*items: tuple[str, int]) -> list[dict[str, Any]]:
    return [{"value": money(value), "pieces": n} for value, n in items]


class Desk:
    """A village with a cashier, the next one, and finance, who is not the headers of the village."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.cashier = village.world.token("clerk", village.org, sub=uuid4())
        self.next = village.world.token("clerk", village.org, sub=uuid4())
        self.finance = village.world.token("finance", village.org, sub=uuid4())

    async def open(self, amount: str = "500.00", by: dict[str, str] | None = None) -> dict[str, Any]:
        body = {"community_id": str(self.village.id), "float": money(amount)}
        made = await self.village.post("cash-shifts", body, by or self.cashier)
        assert made.status_code == 201, made.text
        found: dict[str, Any] = made.json()
        return found

    async def cash(self, amount: str, by: dict[str, str] | None = None, **more: Any) -> Any:
        body = self.village.payment(amount, "2025-04-01", method="cash", **more)
        return await self.village.post("payments", body, by or self.cashier)

    async def act(
        self, shift: dict[str, Any], what: str, body: dict[str, Any], by: dict[str, str] | None = None
    ) -> Any:
        return await self.village.post(f"cash-shifts/{shift['id']}/{what}", body, by or self.cashier)

    async def shifts(self, **params: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.village.get("cash-shifts", **params))["items"]
        return items


@pytest.fixture
async def desk(village: Village) -> Desk:
    await village.standard("2.00")
    await village.bill("2025-01")
    return Desk(village)


async def test_the_first_cash_opens_the_drawer_and_is_counted_in_it(desk: Desk) -> None:
    assert (await desk.cash("100.50")).status_code == 201
    assert (await desk.cash("50.00")).status_code == 201
    assert (await desk.cash("30.00", desk.next)).status_code == 201
    mine = [s for s in await desk.shifts() if s["cashier_id"] != (await desk.shifts())[0]["cashier_id"]]
    (shift,) = mine
    assert (shift["state"], shift["by_first_cash"], yuan(shift["float"])) == ("open", True, "0.00")
    report = await desk.village.get(f"cash-shifts/{shift['id']}/report")
    assert yuan(report["expected_now"]) == "150.50"
    assert [(s["kind"], s["times"], yuan(s["amount"])) for s in report["sums"]] == [("payment", 2, "150.50")]
    closed = await desk.act(shift, "close", {"count": pieces(("100.00", 1), ("50.00", 1), ("0.50", 1))})
    assert closed.status_code == 200, closed.text
    told = closed.json()
    assert (told["state"], yuan(told["difference"]), yuan(told["owed"])) == ("closed", "0.00", "150.50")
    await desk.village.proven()


async def test_where_drawers_are_opened_by_hand_cash_without_one_is_refused(desk: Desk) -> None:
    policy = f"/billing/v1/cash-policies/{desk.village.id}"
    body = {"settle_days": 2, "opening_by_hand": True}
    put = await desk.village.api.put(policy, json=body, headers=desk.finance)
    assert (put.status_code, put.json()["own"], put.headers["etag"]) == (200, True, '"1"')
    stale = await desk.village.api.put(policy, json=body, headers={**desk.finance, "If-Match": '"7"'})
    assert stale.status_code == 412
    refused = await desk.cash("100.00", reference="K-1")
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.cash_shift.none_open")
    assert (await desk.village.get("payments"))["items"] == []
    shift = await desk.open("200.00")
    assert shift["settle_due_at"] == "2025-04-03T16:00:00Z"
    assert (await desk.cash("100.00", reference="K-1")).status_code == 201
    again = await desk.village.post(
        "cash-shifts", {"community_id": str(desk.village.id), "float": money("1")}, desk.cashier
    )
    assert (again.status_code, again.json()["code"]) == (409, "billing.cash_shift.open")
    assert (await desk.village.pay("10.00", "2025-04-01"))["method"] == "bank_transfer"  # needs no drawer
    await desk.village.proven()


async def test_over_and_short_stand_beside_with_their_reason(desk: Desk) -> None:
    shift = await desk.open("100.00")
    await desk.cash("60.00")
    count = {"count": pieces(("100.00", 1), ("50.00", 1), ("5.00", 1))}
    silent = await desk.act(shift, "close", count)
    assert [e["path"] for e in silent.json()["errors"]] == ["reason"] and silent.status_code == 422
    for wrong in (pieces(("3.00", 1)), pieces(("100.00", 1), ("100.00", 1)), pieces(("-1.00", 1))):
        refused = await desk.act(shift, "close", {"count": wrong})
        assert refused.status_code == 422, refused.text
    assert (await desk.act(shift, "close", count, desk.next)).json()["code"] == "billing.cash_shift.not_yours"
    closed = (await desk.act(shift, "close", {**count, "reason": "找零差错"})).json()
    assert (yuan(closed["expected"]), yuan(closed["counted"]), yuan(closed["difference"])) == (
        "160.00",
        "155.00",
        "-5.00",
    )
    assert (closed["difference_reason"], yuan(closed["owed"])) == ("找零差错", "55.00")
    (event,) = await desk.village.feed("cash_shift.closed.v1")
    assert event["data"]["difference_fen"] == -500
    twice = await desk.act(shift, "close", {**count, "reason": "再次"})
    assert (twice.status_code, twice.json()["code"]) == (409, "billing.cash_shift.not_now")


async def test_b076_a_drawer_goes_to_the_next_cashier_and_its_takings_to_finance_each_signed_by_two(
    desk: Desk, now: Standing
) -> None:
    """B-076: what is carried to the next shift keeps its own end, and is settled with it."""
    first = await desk.open("100.00")
    await desk.cash("60.00")
    count = pieces(("100.00", 1), ("50.00", 1), ("10.00", 1))
    await desk.act(first, "close", {"count": count})
    partly = await desk.act(first, "hand-over", {"to": "cashier", "amount": money("60.00")})
    assert [e["path"] for e in partly.json()["errors"]] == ["amount"]
    offered = await desk.act(first, "hand-over", {"to": "cashier"})
    assert (offered.json()["state"], yuan(offered.json()["offered"])) == ("offered", "160.00")
    own = await desk.act(first, "receive", {"amount": money("160.00")})
    assert (own.status_code, own.json()["code"]) == (409, "billing.cash_shift.second_person")
    other = await desk.act(first, "receive", {"amount": money("150.00")}, desk.next)
    assert (other.status_code, other.json()["code"]) == (409, "billing.cash_shift.other_amount")
    back = await desk.act(first, "refuse", {"reason": "少一张"}, desk.next)
    assert (back.json()["state"], back.json()["refusal"]) == ("closed", "少一张")
    await desk.act(first, "hand-over", {"to": "cashier"})
    now.by(timedelta(hours=20))  # the next morning, within the first shift's time
    taken = await desk.act(first, "receive", {"amount": money("160.00")}, desk.next)
    assert taken.json()["state"] == "received" and taken.json()["settled_at"] is None
    second = await desk.village.get(f"cash-shifts/{taken.json()['successor_id']}")
    assert (yuan(second["float"]), yuan(second["carried"])) == ("160.00", "60.00")
    assert second["opened_on"] == "2025-04-02" and second["settle_due_at"] == first["settle_due_at"]
    await desk.cash("40.00", desk.next)
    await desk.act(second, "close", {"count": pieces(("100.00", 2))}, desk.next)
    less = await desk.act(second, "hand-over", {"to": "finance", "amount": money("99.99")}, desk.next)
    assert less.status_code == 422
    offered = await desk.act(second, "hand-over", {"to": "finance"}, desk.next)
    assert yuan(offered.json()["offered"]) == "100.00"
    clerk = await desk.act(second, "receive", {"amount": money("100.00")}, desk.cashier)
    assert (clerk.status_code, clerk.json()["code"]) == (409, "billing.cash_shift.wrong_receiver")
    done = await desk.act(second, "receive", {"amount": money("100.00")}, desk.finance)
    assert (done.json()["state"], done.json()["in_time"]) == ("received", True)
    assert (await desk.village.get(f"cash-shifts/{first['id']}"))["in_time"] is True
    assert await desk.shifts(unsettled=True) == []
    now.by(timedelta(days=3))
    events = await desk.village.feed("cash_shift.settled.v1", "cash_shift.settle_missed.v1")
    assert sorted(e["data"]["shift_id"] for e in events) == sorted([first["id"], second["id"]])
    assert all(e["data"]["in_time"] for e in events)
    await desk.village.proven()


@pytest.mark.parametrize(("hour", "in_time"), [(datetime(2025, 4, 2, 15, 59, 59, tzinfo=UTC), True), (None, False)])
async def test_b076_cash_is_settled_by_the_end_of_the_next_day_to_the_second(
    desk: Desk, now: Standing, hour: datetime | None, in_time: bool
) -> None:
    """B-076: fees collected are settled promptly; midnight itself is too late, and does not go unnoticed."""
    shift = await desk.open("0.00")
    await desk.cash("80.00")
    await desk.act(shift, "close", {"count": pieces(("20.00", 4))})
    await desk.act(shift, "hand-over", {"to": "bank", "reference": "CK-1"})
    now.to(hour or datetime(2025, 4, 2, 16, tzinfo=UTC))
    await desk.village.world.drain(desk.village.org)
    missed = await desk.village.feed("cash_shift.settle_missed.v1")
    assert [e["data"]["shift_id"] for e in missed] == ([] if in_time else [shift["id"]])
    done = await desk.act(shift, "receive", {"amount": money("80.00")}, desk.finance)
    assert (done.json()["in_time"], done.json()["reference"]) == (in_time, "CK-1")
    (event,) = await desk.village.feed("cash_shift.settled.v1")
    assert event["data"]["in_time"] is in_time
    assert len(await desk.village.feed("cash_shift.settle_missed.v1")) == (0 if in_time else 1)


async def test_a_bank_deposit_names_its_slip_and_an_empty_drawer_is_settled_at_its_close(desk: Desk) -> None:
    shift = await desk.open("50.00")
    closed = await desk.act(shift, "close", {"count": pieces(("50.00", 1))})
    assert closed.json()["in_time"] is True and yuan(closed.json()["owed"]) == "0.00"
    other = await desk.open("0.00")
    await desk.cash("5.00")
    await desk.act(other, "close", {"count": pieces(("5.00", 1))})
    refused = await desk.act(other, "hand-over", {"to": "bank"})
    assert [e["path"] for e in refused.json()["errors"]] == ["reference"]
    above = await desk.act(other, "hand-over", {"to": "finance", "amount": money("5.01")})
    assert [e["path"] for e in above.json()["errors"]] == ["amount"]


async def test_a_drawer_left_open_over_midnight_is_told_every_night(desk: Desk, now: Standing) -> None:
    shift = await desk.open()
    now.by(timedelta(hours=14))  # midnight local
    await desk.village.world.drain(desk.village.org)
    now.by(timedelta(days=1))
    told = await desk.village.feed("cash_shift.left_open.v1")
    assert [e["data"]["nights"] for e in told] == [1, 2]
    assert (await desk.village.get(f"cash-shifts/{shift['id']}"))["nights"] == 2
    standing_in = await desk.act(shift, "close", {"count": pieces(("100.00", 5))}, desk.finance)
    assert standing_in.status_code == 200
    await desk.act(shift, "hand-over", {"to": "finance", "amount": money("500.00")}, desk.finance)
    same = await desk.act(shift, "receive", {"amount": money("500.00")}, desk.finance)
    assert same.json()["code"] == "billing.cash_shift.second_person"
    now.by(timedelta(days=1))
    assert len(await desk.village.feed("cash_shift.left_open.v1")) == 2


async def test_a_deposit_goes_back_in_cash_out_of_an_open_drawer_that_holds_it(desk: Desk) -> None:
    v = desk.village
    body = {"unit_id": str(v.first()), "purpose": "装修押金", "amount": money("300.00"), "due_date": "2025-04-10"}
    bill = (await v.post("deposits", body)).json()["bill_id"]
    told = [{"bill_id": bill, "amount": money("300.00")}]
    await v.pay("300.00", "2025-04-01", allocations=told)
    back = {"amount": money("300.00"), "method": "cash"}
    none = await v.post(f"deposits/{bill}/return", back, desk.finance)
    assert (none.status_code, none.json()["code"]) == (409, "billing.cash_shift.none_open")
    shift = await desk.open("299.99", desk.finance)
    little = await v.post(f"deposits/{bill}/return", back, desk.finance)
    assert (little.status_code, little.json()["code"]) == (409, "billing.cash_shift.not_enough")
    await desk.cash("0.01", desk.finance)
    assert (await v.post(f"deposits/{bill}/return", back, desk.finance)).status_code == 200
    assert yuan((await v.get(f"cash-shifts/{shift['id']}/report"))["expected_now"]) == "0.00"
    await v.proven()


async def test_a_reversal_leaves_the_drawer_it_was_booked_to_and_a_closed_one_shows_it_beside(desk: Desk) -> None:
    v = desk.village
    shift = await desk.open("0.00")
    wrong = (await desk.cash("70.00")).json()
    moved = (await desk.cash("30.00")).json()
    to = {"unit_id": str(list(v.units.values())[1]), "reason": "记错房号"}
    new = (await v.post(f"payments/{moved['id']}/move", to)).json()["new_payment_id"]
    assert (await v.post(f"payments/{wrong['id']}/reverse", {"reason": "录错金额"})).status_code == 200
    report = await v.get(f"cash-shifts/{shift['id']}/report")
    assert yuan(report["expected_now"]) == "30.00"
    await desk.act(shift, "close", {"count": pieces(("10.00", 3))})
    await v.post(f"payments/{new}/reverse", {"reason": "没有这笔"})
    after = await v.get(f"cash-shifts/{shift['id']}/report")
    assert (yuan(after["expected_now"]), yuan(after["shift"]["expected"])) == ("0.00", "30.00")
    assert [e["after_close"] for e in after["entries"]][-1] is True
    await v.proven()


async def test_cash_at_once_goes_through_one_drawer_and_a_close_in_between_loses_none(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.cash("1.00") for _ in range(12)))
    assert {a.status_code for a in answers} == {201}
    (shift,) = await desk.shifts()
    closing = desk.act(shift, "close", {"count": pieces(("1.00", 12)), "reason": "清点时还在收款"})
    more = [desk.cash("1.00") for _ in range(8)]
    mixed = await asyncio.gather(*more[:4], closing, *more[4:])
    assert [a.status_code for a in mixed] == [201, 201, 201, 201, 200, 201, 201, 201, 201]
    reports = [await desk.village.get(f"cash-shifts/{s['id']}/report") for s in await desk.shifts()]
    assert sum(len(r["entries"]) for r in reports) == 20
    assert not any(e["after_close"] for r in reports for e in r["entries"] if r["shift"]["id"] == shift["id"])
    assert yuan(mixed[4].json()["expected"]) == next(
        yuan(r["expected_now"]) for r in reports if r["shift"]["id"] == shift["id"]
    )
    await desk.village.proven()


async def test_shift_and_day_reports_as_data_table_and_paper(desk: Desk) -> None:
    v = desk.village
    shift = await desk.open("100.00")
    await desk.cash("60.00", reference="SJ-1")
    await v.pay("40.00", "2025-04-01")
    undone = await v.pay("5.00", "2025-04-01")
    await v.post(f"payments/{undone['id']}/reverse", {"reason": "误记"})
    await desk.act(shift, "close", {"count": pieces(("100.00", 1), ("50.00", 1)), "reason": "短款"})
    day = await v.get(f"cash-days/{v.id}", day="2025-04-01")
    figures = ("received", "undone", "net")
    found = {m["method"]: (m["payments"], *(yuan(m[name]) for name in figures)) for m in day["methods"]}
    assert found == {"cash": (1, "60.00", "0.00", "60.00"), "bank_transfer": (2, "45.00", "5.00", "40.00")}
    assert (yuan(day["net"]), yuan(day["over_short"]), yuan(day["unsettled"])) == ("100.00", "-10.00", "60.00")
    for path in (f"cash-shifts/{shift['id']}/report/file", f"cash-days/{v.id}/file"):
        for format, head in (("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
            sent = await v.api.get(f"/billing/v1/{path}", params={"format": format}, headers=desk.finance)
            assert sent.status_code == 200 and sent.content.startswith(head), sent.text
    table = f"/billing/v1/cash-shifts/{shift['id']}/report/file?format=csv"
    assert "收款,1-0001,SJ-1,60.00" in (await v.api.get(table, headers=desk.finance)).text
    stranger = v.world.token("finance", v.org, units=[uuid4()])
    of_shift = f"cash-shifts/{shift['id']}"
    for path in (of_shift, f"{of_shift}/report/file", f"cash-days/{v.id}"):
        assert (await v.api.get(f"/billing/v1/{path}", headers=stranger)).status_code == 404
