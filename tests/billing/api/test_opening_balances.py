"""Debts from before come in bill by bill, at their own age, all or none, and go again while nobody paid on them."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import python_calamine as calamine

from services.notify.domain.catalogue import notices
from tests.billing.village import Village, yuan
from tests.support.world import Standing

HEADINGS = "房号,费用,账期,到期日,欠费金额（元）,最近一次时效中断日"
GOOD = (
    "1-0001,物业服务费,2022-05,2022-05-25,200.00,2024-06-30",
    "1-0001,property,2024/12,2024年12月25日,200,",
    "1-0002,parking,2024-11,2024-11-25,150.5,",
)


async def begin(v: Village, *rows: str, mode: str = "all", **more: Any) -> Any:
    text = "\n".join([HEADINGS, *rows])
    return await send(v, text.encode(), mode=mode, **more)


async def send(v: Village, data: bytes, by: dict[str, str] | None = None, **form: Any) -> Any:
    told = {"community_id": str(v.id), **form}
    files = {"file": ("opening.csv", data)}
    answer = await v.api.post("/billing/v1/opening-imports", data=told, files=files, headers=by or v.finance)
    await v.world.drain(v.org)
    return answer


async def state(v: Village, made: Any) -> dict[str, Any]:
    found: dict[str, Any] = await v.get(f"opening-imports/{made.json()['id']}")
    return found


async def test_a_dry_run_counts_and_stores_no_bill(village: Village) -> None:
    made = await begin(village, *GOOD, mode="check")
    assert made.status_code == 202, made.text
    told = await state(village, made)
    assert (told["state"], told["rows"], told["errors"], yuan(told["amount"])) == ("checked", 3, 0, "550.50")
    assert await village.bills() == []
    refused = await village.post(f"opening-imports/{told['id']}/undo", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.opening_import.not_now")


async def test_each_row_is_a_bill_of_its_own_age_and_the_books_agree(village: Village) -> None:
    told = await state(village, await begin(village, *GOOD))
    assert (told["state"], told["issued"]) == ("done", 3)
    bills = {(b["period"], b["fee_kind"]): b for b in await village.bills()}
    old = bills["2022-05", "property"]
    assert (old["due_date"], yuan(old["open"]), old["source"]) == ("2022-05-25", "200.00", "opening")
    assert old["payer_id"] is None  # nobody of the register paid for the unit then
    assert bills["2024-12", "property"]["payer_id"] == str(next(iter(village.owners.values())))
    assert yuan(bills["2024-11", "parking"]["amount"]) == "150.50"
    assert yuan((await village.get(f"accounts/{village.first()}"))["owed"]) == "400.00"
    await village.pay("250.00", "2025-04-01")  # the oldest first
    assert [yuan(b["open"]) for b in await village.bills(unit_id=str(village.first()))] == ["0.00", "150.00"]
    events = await village.feed("bill.issued.v1")
    assert [notices("billing", "bill.issued.v1", e["data"]) for e in events] == [[], [], []]
    await village.proven()


ADVANCE = "1-0002,预存款,2024-12,2024-12-20,300.00,"


async def test_money_paid_in_advance_keeps_its_day_and_pays_the_first_bill(village: Village) -> None:
    told = await state(village, await begin(village, ADVANCE))
    assert (told["state"], told["issued"], yuan(told["amount"])) == ("done", 1, "300.00")
    (paid,) = (await village.get("payments"))["items"]
    assert (paid["method"], paid["value_date"], yuan(paid["prepaid_open"])) == ("opening", "2024-12-20", "300.00")
    second = list(village.units.values())[1]
    account = await village.get(f"accounts/{second}")
    assert (yuan(account["owed"]), yuan(account["prepayment"])) == ("0.00", "300.00")
    await village.standard("2.00")
    await village.bill("2025-01")
    (bill,) = await village.bills(unit_id=str(second))
    assert (bill["state"], yuan(bill["open"])) == ("paid", "0.00")
    (money,) = (await village.get(f"bills/{bill['id']}"))["payments"]
    assert money["value_date"] == "2024-12-20"
    await village.proven()
    # told again it would be money twice; nobody at the counter takes in money of before
    assert (await state(village, await begin(village, ADVANCE)))["state"] == "refused"
    by_hand = await village.post("payments", village.payment("1.00", "2025-03-01", method="opening"))
    assert (by_hand.status_code, by_hand.json()["errors"][0]["path"]) == (422, "method")
    undo = await village.post(f"opening-imports/{told['id']}/undo", {})  # a bill lives on it
    assert (undo.status_code, undo.json()["code"]) == (409, "billing.opening_import.paid")


async def test_money_paid_in_advance_goes_again_while_no_bill_took_of_it(village: Village) -> None:
    bad = await state(village, await begin(village, ADVANCE + "2025-01-31"))
    assert (bad["state"], bad["errors"]) == ("refused", 1)  # it has no limitation period
    told = await state(village, await begin(village, *GOOD, ADVANCE))
    assert (told["state"], told["issued"]) == ("done", 4)
    second = list(village.units.values())[1]
    account = await village.get(f"accounts/{second}")  # what was owed then is paid by it, the oldest first
    assert (yuan(account["owed"]), yuan(account["prepayment"])) == ("0.00", "149.50")
    other = await state(village, await begin(village, "1-0001,预存款,2024-11,2024-11-20,1000.00,"))
    await village.proven()
    refused = await village.post(f"opening-imports/{told['id']}/undo", {})
    assert refused.json()["code"] == "billing.opening_import.paid"
    clean = await state(village, await begin(village, "1-0002,预存款,2024-10,2024-10-20,80.00,"))
    assert (await village.post(f"opening-imports/{clean['id']}/undo", {})).status_code == 202
    await village.world.drain(village.org)
    assert (await village.get(f"opening-imports/{clean['id']}"))["state"] == "undone"
    assert yuan((await village.get(f"accounts/{second}"))["prepayment"]) == "149.50"
    assert other["state"] == "done"
    await village.proven()
    again = await state(village, await begin(village, "1-0002,预存款,2024-10,2024-10-20,80.00,"))
    assert again["state"] == "done"  # what was undone may come in again


async def test_every_bad_cell_is_named_and_nothing_is_stored(village: Village) -> None:
    made = await begin(
        village,
        GOOD[0],
        "9-9999,property,2024-13,2025-04-01,0,",
        "1-0001,押金,2024-10,2024-10-25,12.345,2024-01-01",
        "1-0001,property,2024-10,,5.00,",
        "1-0001,property,2024-09,2024-09-25,5.00,2024-09-25",
        "1-0001,property,2022-5,2022-05-25,7.00,",
    )
    told = await state(village, made)
    assert told["state"] == "refused" and await village.bills() == []
    errors = await village.get(f"opening-imports/{told['id']}/errors")
    assert [(e["row"], e["cell"]) for e in errors] == [
        (3, "A3"),
        (3, "C3"),
        (3, "D3"),
        (3, "E3"),
        (4, "B4"),
        (5, "D5"),
        (6, "F6"),
        (7, "C7"),
    ]
    assert errors[-1]["message"]["zh"] == "与第 2 行重复"
    path = f"/billing/v1/opening-imports/{told['id']}/corrections.xlsx"
    book = (await village.api.get(path, headers=village.finance)).content
    rows = calamine.CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "9-9999" and "没有此房号" in rows[1][-1]
    again = await send(village, book, mode="check")  # the file comes back as it is, with the same errors
    assert (await state(village, again))["rows"] == 5


async def test_what_is_no_table_or_has_no_headings_is_refused(village: Village) -> None:
    for data in (b"", b"\x00\x01", "房号,金额\n1-0001,5".encode(), b"PK\x03\x04 not a workbook"):
        assert (await send(village, data)).status_code == 422
    assert (await send(village, b"a,b", mode="some")).status_code == 422
    stranger = village.world.token("finance", village.org, units=[uuid4()])
    assert (await send(village, HEADINGS.encode(), stranger)).status_code == 404
    late = HEADINGS + "\n" + "1-0001,x,y,z,0,\n" * 400 + "9\x009,x,y,z,0,\n"
    assert (await state(village, await send(village, late.encode())))["errors"] == 802
    template = await village.api.get("/billing/v1/opening-imports/template.xlsx", headers=village.finance)
    assert (await send(village, template.content, mode="check")).status_code == 202


async def test_the_same_debt_is_not_owed_twice_however_often_it_is_imported(village: Village) -> None:
    answers = await asyncio.gather(*(begin(village, *GOOD) for _ in range(3)))
    states = sorted([(await state(village, a))["state"] for a in answers])
    assert states == ["done", "refused", "refused"]
    assert len(await village.bills()) == 3
    later = await state(village, await begin(village, GOOD[0]))
    assert (later["state"], later["errors"]) == ("refused", 1)


async def test_an_import_is_undone_while_nobody_paid_and_can_come_again(village: Village) -> None:
    made = await begin(village, *GOOD)
    undone = await village.post(f"opening-imports/{made.json()['id']}/undo", {})
    assert undone.status_code == 202, undone.text
    await village.world.drain(village.org)
    assert (await state(village, made))["state"] == "undone"
    assert [yuan(b["open"]) for b in await village.bills()] == ["0.00", "0.00", "0.00"]
    assert yuan((await village.get(f"accounts/{village.first()}"))["owed"]) == "0.00"
    again = await begin(village, *GOOD)
    assert (await state(village, again))["state"] == "done"
    await village.pay("0.01", "2025-04-01")
    paid = await village.post(f"opening-imports/{again.json()['id']}/undo", {})
    assert (paid.status_code, paid.json()["code"]) == (409, "billing.opening_import.paid")
    await village.proven()


async def test_late_fees_of_opening_balances_count_from_the_cutover(village: Village, now: Standing) -> None:
    await begin(village, "1-0001,property,2022-05,2022-05-25,1000.00,", cutover_on="2025-04-01")
    body = {"code": "late", "name": "违约金", "rule": "late_fee", "fee_kind": "late_fee"}
    terms = {"daily_rate": "0.001", "grace_days": 0, "cap": "100"}
    made = await village.standard(start="2022-01-01", params=terms, **body)
    assert made.status_code == 201, made.text
    now.to(datetime(2025, 4, 11, 2, tzinfo=UTC))
    asked = {"community_id": str(village.id), "standard_code": "late", "until": "2025-04-11"}
    assert (await village.post("late-fee-runs", asked)).status_code == 202
    await village.world.drain(village.org)
    (fee,) = [b for b in await village.bills() if b["fee_kind"] == "late_fee"]
    assert yuan(fee["amount"]) == "10.00"  # ten days, not a thousand


@pytest.mark.parametrize("interrupted", ["", "2024-06-30"])
async def test_the_limitation_period_begins_anew_where_the_table_says_so(village: Village, interrupted: str) -> None:
    await begin(village, f"1-0001,property,2024-06,2024-06-25,1000.00,{interrupted}")
    plan = {"community_id": str(village.id), "period": "2025-04"}
    supervisor = village.world.token("supervisor", village.org)
    assert (await village.post("dunning-plans", plan, supervisor)).status_code in (201, 202)
    await village.world.drain(village.org)
    (case,) = (await village.get("dunning-cases", community_id=str(village.id)))["items"]
    pack = await village.get(f"dunning-cases/{case['id']}/pack")
    assert pack["limitation_on"] == ("2027-06-30" if interrupted else "2027-06-25")
    assert case["oldest_due"] == "2024-06-25"
