"""Direct debit: an agreement at move-in, one file for what is due, and the bank's answer, taken once."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.billing.domain import debits as rules
from shared.ids import uuid7
from tests.billing.village import HANDLERS, Village, event, tell, yuan

ACCOUNT = "6222020200112230017"


@pytest.fixture
async def billed(village: Village) -> Village:
    """January and February billed: 200.00 each for the first unit, 187.00 for the second."""
    await village.standard("2.00")
    for period in ("2025-01", "2025-02"):
        await village.bill(period)
    return village


async def mandate(v: Village, n: int = 0, **more: Any) -> Any:
    number = list(v.units)[n]
    body = {
        "unit_id": str(v.units[number]),
        "payer_id": str(v.owners[number]),
        "bank": "工商银行",
        "account": ACCOUNT,
        "holder": "王芳",
        "since": "2025-01-01",
        **more,
    }
    return await v.post("debit-mandates", {k: x for k, x in body.items() if x is not None})


async def collect(v: Village, on: str = "2025-04-01") -> Any:
    return await v.post("debit-runs", {"community_id": str(v.id), "collect_on": on})


async def sent(v: Village, run: dict[str, Any]) -> list[list[str]]:
    answer = await v.api.post(f"/billing/v1/debit-runs/{run['id']}/file", headers=v.finance)
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.text, newline="")))


async def hear(v: Village, run: dict[str, Any], *results: tuple[int, str, str], number: str | None = None) -> Any:
    accepted = sum(int(Decimal(amount) * 100) for _, amount, code in results if code == "00")
    lines = [f"H,1,{number or run['number']},20250401"]
    lines += [f"R,{n},{amount},{code},20250401,B{n}" for n, amount, code in results]
    lines += [f"T,{len(results)},{accepted // 100}.{accepted % 100:02d}"]
    return await upload(v, run, "\r\n".join(lines))


async def upload(v: Village, run: dict[str, Any], text: str) -> Any:
    answer = await v.post(f"debit-runs/{run['id']}/answer", {"file": text})
    await v.world.drain(v.org)
    return answer


async def lines(v: Village, run: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await v.get(f"debit-runs/{run['id']}/lines")
    return found


async def test_c064_collections_by_bank_are_handled_at_move_in(village: Village) -> None:
    """C-064: whoever moves in has an agreement, or declined one; until then they are on the list."""

    async def waiting() -> list[str]:
        found = await village.get("debit-mandates-to-handle", community_id=str(village.id))
        return [item["unit"] for item in found["items"]]

    assert await waiting() == ["1-0001", "1-0002"]
    assert (await mandate(village)).status_code == 201
    declined = await mandate(village, 1, declined=True, bank=None, account=None, holder=None)
    assert (declined.status_code, declined.json()["state"]) == (201, "declined")
    assert await waiting() == []
    moved_in = {"person_id": str(uuid7()), "unit_id": str(village.first()), "role": "owner", "until": None}
    data = {**moved_in, "since": "2025-03-15"}
    told = event(village.org, "relation.upserted.v1", uuid7(), data, community_id=village.id)
    await tell(village.world, village.org, [told])
    assert await waiting() == ["1-0001"]


async def test_an_account_is_sealed_masked_and_opened_in_the_file_alone(billed: Village) -> None:
    made = await mandate(billed)
    assert made.status_code == 201 and made.json()["account_mask"] == "6222****0017"
    seen = await billed.get("debit-mandates")
    assert ACCOUNT not in str(seen) and "王芳" not in str(seen)
    async with billed.world.runtime("billing").db.read(billed.org) as tx:
        for table in ("debit_mandates", "audit", "outbox"):
            rows = await tx.raw.fetch(f"SELECT t::text AS text FROM billing.{table} t WHERE org_id = $1", billed.org)
            assert not any(ACCOUNT in row["text"] or "王芳" in row["text"] for row in rows)
    run = (await collect(billed)).json()
    first = await sent(billed, run)
    assert first[1][4:6] == [ACCOUNT, "王芳"]
    assert await sent(billed, run) == first
    owner = next(iter(billed.owners.values()))
    await tell(billed.world, billed.org, [event(billed.org, "person.erased.v1", owner, {})])
    assert (await sent(billed, run))[1][4:6] == ["", ""]
    (after,) = (await billed.get("debit-mandates"))["items"]
    assert (after["state"], after["account_mask"]) == ("ended", None)
    assert "person.erased.v1" in HANDLERS


async def test_a_file_has_a_line_a_mandate_its_totals_and_its_hash(billed: Village) -> None:
    await mandate(billed)
    await mandate(billed, 1)
    made = await collect(billed)
    assert made.status_code == 201, made.text
    run = made.json()
    assert (run["lines"], yuan(run["amount"]), run["state"]) == (2, "774.00", "sent")
    answer = await billed.api.post(f"/billing/v1/debit-runs/{run['id']}/file", headers=billed.finance)
    body, last = answer.text[: answer.text.rindex("T,")], answer.text[answer.text.rindex("T,") :]
    assert last.strip() == f"T,2,774.00,{hashlib.sha256(body.encode()).hexdigest()}"
    found = await sent(billed, run)
    assert found[0] == ["H", "1", run["number"], "20250401", "2", "774.00"]
    assert [row[6] for row in found[1:3]] == ["400.00", "374.00"]


async def test_a_bill_is_with_the_bank_once_however_many_ask(billed: Village) -> None:
    await mandate(billed)
    answers = await asyncio.gather(*(collect(billed) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    (run,) = [a.json() for a in answers if a.status_code == 201]
    assert (await hear(billed, run, (1, "400.00", "01"))).status_code == 200
    (line,) = await lines(billed, run)
    assert (line["state"], line["code"], line["reason"]["zh"], line["payment_id"]) == (
        "refused",
        "01",
        "余额不足",
        None,
    )
    assert yuan((await billed.get(f"accounts/{billed.first()}"))["owed"]) == "400.00"
    again = await collect(billed)
    assert (again.status_code, yuan(again.json()["amount"])) == (201, "400.00")
    assert (await billed.get(f"debit-runs/{run['id']}"))["state"] == "done"
    await billed.proven()


async def test_what_the_bank_collected_is_counted_though_its_reference_stands_on_other_money(billed: Village) -> None:
    await mandate(billed)
    run = (await collect(billed)).json()
    taken = {"method": "direct_debit", "reference": f"{run['number']}-1"}
    await billed.pay("1.00", "2025-04-01", **taken)
    assert (await hear(billed, run, (1, "400.00", "00"))).status_code == 200
    (line,) = await lines(billed, run)
    assert line["state"] == "booked"
    assert yuan((await billed.get(f"payments/{line['payment_id']}"))["amount"]) == "400.00"
    account = await billed.get(f"accounts/{billed.first()}")
    assert (yuan(account["owed"]), yuan(account["prepayment"])) == ("0.00", "1.00")
    await billed.proven()


async def test_accepted_collections_are_booked_once_however_often_the_answer_comes(billed: Village) -> None:
    await mandate(billed)
    await mandate(billed, 1)
    run = (await collect(billed)).json()
    await billed.pay("200.00", "2025-03-31")  # somebody paid one of its bills meanwhile
    results = ((1, "400.00", "00"), (2, "374.00", "05"))
    answers = await asyncio.gather(*(hear(billed, run, *results) for _ in range(3)))
    assert {a.status_code for a in answers} == {200}
    first, second = await lines(billed, run)
    assert (first["state"], second["state"]) == ("booked", "refused")
    (paid,) = (await billed.get("payments", method="direct_debit"))["items"]
    assert (paid["id"], yuan(paid["amount"]), paid["reference"]) == (
        first["payment_id"],
        "400.00",
        f"{run['number']}-1",
    )
    account = await billed.get(f"accounts/{billed.first()}")
    assert (yuan(account["owed"]), yuan(account["prepayment"])) == ("0.00", "200.00")
    done = await billed.get(f"debit-runs/{run['id']}")
    assert (done["state"], done["differences"]) == ("done", [])
    await billed.proven()


async def test_what_differs_is_listed_by_kind_and_not_booked(billed: Village) -> None:
    await mandate(billed)
    await mandate(billed, 1)
    run = (await collect(billed)).json()
    told = await hear(billed, run, (1, "399.00", "00"), (7, "10.00", "00"))
    kinds = [(d["kind"], d["line"]) for d in told.json()["differences"]]
    assert kinds == [("amount", 1), ("unknown_line", 7), ("missing", 2)]
    assert (await billed.get("payments"))["items"] == []
    await hear(billed, run, (1, "400.00", "01"), (2, "374.00", "00"))
    changed = (await hear(billed, run, (1, "400.00", "00"), (2, "374.00", "00"))).json()
    assert [(d["kind"], d["ours"], d["theirs"]) for d in changed["differences"]] == [("changed", "01", "00")]
    assert [line["state"] for line in await lines(billed, run)] == ["refused", "booked"]
    await billed.proven()


async def test_what_is_no_answer_changes_nothing(billed: Village) -> None:
    await mandate(billed)
    run = (await collect(billed)).json()
    head = f"H,1,{run['number']},20250401\r\n"
    for data in (
        "",
        "\x00",
        "你好",
        head,  # cut off
        f"{head}R,1,400.00,00,,B\r\nT,1,400.00\r\n",  # accepted without a day
        f"{head}R,1,4e2,00,20250401,B\r\nT,1,400.00\r\n",
        f"{head}R,1,400.00,00,20251301,B\r\nT,1,400.00\r\n",
        f'{head}R,1,"400.00',
    ):
        refused = await upload(billed, run, data)
        assert refused.status_code == 422, data
    other = await hear(billed, run, (1, "400.00", "00"), number="TD20250401-999")
    assert (other.status_code, other.json()["code"]) == (409, "billing.debit_run.other")
    assert (await lines(billed, run))[0]["state"] == "sent"
    stranger = {**billed.world.token("finance", billed.org, units=[uuid4()])}
    for method, path in (("GET", ""), ("GET", "/lines"), ("POST", "/file")):
        found = await billed.api.request(method, f"/billing/v1/debit-runs/{run['id']}{path}", headers=stranger)
        assert found.status_code == 404


async def test_a_mandate_names_what_it_collects_and_ends(billed: Village) -> None:
    missing = await mandate(billed, account=None, fee_kinds=["deposit"])
    assert [e["path"] for e in missing.json()["errors"]] == ["account", "fee_kinds.0"]
    made = (await mandate(billed, fee_kinds=["parking"])).json()
    assert (await mandate(billed)).json()["code"] == "billing.debit_mandate.exists"
    assert (await collect(billed)).json()["code"] == "billing.debit_run.nothing"
    early = await billed.post(f"debit-mandates/{made['id']}/end", {"ended_on": "2024-12-31", "reason": "-"})
    assert [e["path"] for e in early.json()["errors"]] == ["ended_on"]
    body = {"ended_on": "2025-03-31", "reason": "更换银行卡"}
    assert (await billed.post(f"debit-mandates/{made['id']}/end", body)).json()["state"] == "ended"
    assert (await billed.post(f"debit-mandates/{made['id']}/end", body)).status_code == 409
    assert (await mandate(billed)).status_code == 201
    assert yuan((await collect(billed, "2025-02-24")).json()["amount"]) == "200.00"  # what is due by then


def test_both_files_are_what_their_description_says() -> None:
    day = datetime(2025, 3, 25, tzinfo=UTC).date()
    text = rules.file_out("TD1", day, [rules.Collection(1, "TS1", '农行"东"', "62220202", "李,静", 1)])
    assert text.startswith('H,1,TD1,20250325,1,0.01\r\nD,1,TS1,"农行""东""",62220202,"李,静",0.01\r\nT,1,0.01,')
    run, results, found = rules.file_in("H,1,TD1,20250325\r\nR,1,0.01,00,20250325,B1\r\nT,2,0.02\r\n")
    assert (run, found[0].kind, results[0]) == ("TD1", "total", rules.Result(1, 1, "00", day, "B1"))
    assert rules.mask("12345678") == "****" and UUID(int=0) != uuid4()
