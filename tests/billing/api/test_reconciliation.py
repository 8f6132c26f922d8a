"""The statement of a day against the books, and the close of that day for a legal entity."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.billing.village import Village, yuan


@pytest.fixture
async def billed(village: Village) -> Village:
    """January and February billed: 200.00 each for the first unit."""
    await village.standard("2.00")
    for period in ("2025-01", "2025-02"):
        await village.bill(period)
    return village


def line(reference: str, amount: str, kind: str = "payment") -> dict[str, Any]:
    return {"kind": kind, "reference": reference, "amount": {"amount": amount, "currency": "CNY"}}


async def send(village: Village, *lines: dict[str, Any], day: str = "2025-03-31", **more: Any) -> httpx.Response:
    body = {"org_unit_id": str(village.region), "method": "bank_transfer", "day": day, "lines": list(lines), **more}
    return await village.post("reconciliations", body)


async def test_a_day_is_compared_explained_and_closed(billed: Village) -> None:
    for reference, amount in (("A", "100.00"), ("B", "50.00"), ("C", "30.00"), ("D", "500.00"), ("E", "20.00")):
        paid = await billed.pay(amount, "2025-03-31", reference=reference)
        if reference == "C":
            await billed.post(f"payments/{paid['id']}/reverse", {"reason": "退票"})
        if reference == "D":
            asked = await billed.post(f"payments/{paid['id']}/refunds", {"amount": {"amount": "9.00"}, "reason": "多"})
            refund = asked.json()
            leader = billed.world.token("cs_manager", billed.org)
            await billed.post(f"approvals/{refund['approval_id']}/approve", {"reason": "同意"}, leader)
            out = await billed.post(f"refunds/{refund['id']}/pay", {"reference": "T-1"})
            assert out.json()["state"] == "paid"
    await billed.pay("1.00", "2025-03-30", reference="Z")  # another day
    await billed.pay("1.00", "2025-03-31", reference="Y", method="pos")  # another way
    statement = [line("A", "100.00"), line("B", "55.00"), line("C", "30.00"), line("D", "500.00"), line("X", "7.00")]
    first = await send(billed, *statement)
    assert first.status_code == 200, first.text
    day = first.json()
    kinds = {(d["kind"], d["reference"]) for d in day["differences"]}
    wanted = {("amount", "B"), ("status", "C"), ("refund", "D"), ("missing_there", "E"), ("missing_here", "X")}
    assert kinds == wanted
    assert (day["matched"], yuan(day["matched_amount"]), day["lines"]) == (1, "100.00", 5)
    path = f"reconciliations/{day['id']}"
    early = await billed.post(f"{path}/close", {})
    assert (early.status_code, early.json()["code"]) == (409, "billing.reconciliation.unexplained")
    nothing = await billed.post(f"{path}/explain", {"kind": "amount", "reference": "Q", "note": "-"})
    assert nothing.status_code == 422
    for kind, reference in sorted(wanted):
        told = await billed.post(f"{path}/explain", {"kind": kind, "reference": reference, "note": "已核实"})
        assert told.status_code == 200, told.text
    again = await send(billed, *statement[:-1], line("X", "8.00"))
    left = [d for d in again.json()["differences"] if d["note"] is None]
    assert [(d["kind"], d["reference"]) for d in left] == [("missing_here", "X")]  # other money, another explanation
    await billed.post(f"{path}/explain", {"kind": "missing_here", "reference": "X", "note": "挂账"})
    stale = await billed.post(f"{path}/close", {}, {"If-Match": '"1"'})
    assert stale.status_code == 412
    closed = await billed.post(f"{path}/close", {})
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    for answer in (
        await send(billed, *statement),
        await billed.post(f"{path}/close", {}),
        await billed.post(f"{path}/explain", {"kind": "amount", "reference": "B", "note": "-"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "billing.reconciliation.closed")


async def test_what_was_booked_since_the_import_is_not_closed_unseen(billed: Village) -> None:
    day = (await send(billed, line("A", "10.00"))).json()
    await billed.post(
        f"reconciliations/{day['id']}/explain", {"kind": "missing_here", "reference": "A", "note": "未入账"}
    )
    await billed.pay("5.00", "2025-03-31", reference="B")
    late = await billed.post(f"reconciliations/{day['id']}/close", {})
    assert late.json()["code"] == "billing.reconciliation.unexplained"
    assert (await billed.get(f"reconciliations/{day['id']}"))["state"] == "open"


async def test_a_moved_payment_is_one_line_of_the_statement(billed: Village) -> None:
    paid = await billed.pay("10.00", "2025-03-31", reference="A")
    right = str(list(billed.units.values())[1])
    await billed.post(f"payments/{paid['id']}/move", {"unit_id": right, "reason": "记错"})
    day = (await send(billed, line("A", "10.00"))).json()
    assert (day["matched"], day["differences"]) == (1, [])


async def test_a_day_that_is_not_over_and_what_lies_outside_is_refused(billed: Village) -> None:
    assert [e["path"] for e in (await send(billed, day="2025-04-01")).json()["errors"]] == ["day"]
    wrong = await send(billed, line("A", "-1.00"), method="barter")
    assert [e["path"] for e in wrong.json()["errors"]] == ["method", "lines.0.amount"]
    day = (await send(billed, line("A", "1.00"))).json()
    local = billed.world.token("finance", billed.org, units=[billed.region])
    assert (await billed.get("reconciliations", local))["items"][0]["id"] == day["id"]
    below = billed.world.token("finance", billed.org, units=[billed.id])
    body = {"org_unit_id": str(billed.region), "method": "pos", "day": "2025-03-31", "lines": []}
    assert (await billed.post("reconciliations", body, below)).status_code == 404
    assert (await billed.get("reconciliations", below))["items"] == []
    assert (await billed.post(f"reconciliations/{day['id']}/close", {}, below)).status_code == 404
    whole = {**body, "org_unit_id": str(billed.org)}
    assert (await billed.post("reconciliations", whole, local)).status_code == 404  # above one's own part
