"""Codes printed at once: a slip for each unit, kept nowhere; the bill on it is the present household's own."""

from __future__ import annotations

from typing import Any

import pytest

from services.ticketing.activations.schemas import PrintedOut
from services.ticketing.activations.slips import TEMPLATE, _of_household, _slip
from services.ticketing.models import metadata
from shared import clock
from shared.documents import render
from shared.ids import uuid7
from tests.ticketing.support import Community, Register


async def slips(register: Register, **body: Any) -> Any:
    return await register.post("/activation-codes/slips", body)


def bill(payer: str | None, amount: str = "120.00", **more: Any) -> dict[str, Any]:
    values = {"number": "B1", "fee_kind": "property", "period": "2025-03", "due_date": "2025-03-25"}
    return {**values, "payer_id": payer, "open": {"amount": amount, "currency": "CNY"}, **more}


def printed(**more: Any) -> PrintedOut:
    values = {"id": uuid7(), "unit_id": uuid7(), "community": "翠溪花园", "building": "1幢", "number": "1-101"}
    return PrintedOut(**{**values, "role": "owner", "code": "7K3M-9XQ2-VT8R-4HND", "expires_at": clock.now(), **more})


async def test_slips_are_answered_once_and_kept_nowhere(register: Register, community: Community) -> None:
    answer = await slips(register, community_id=str(community.id))
    assert answer.status_code == 201, answer.text
    assert answer.headers["content-type"] == "application/pdf" and answer.content.startswith(b"%PDF")
    assert answer.headers["cache-control"] == "no-store"
    issued = (await register.get("/activation-codes", state="issued")).json()["items"]
    assert len(issued) == len(community.units)
    async with register.world.runtime("ticketing").db.read(register.org) as tx:
        kept = await tx.raw.fetchval("SELECT count(*) FROM ticketing.files WHERE org_id = $1", register.org)
    assert kept == 0 and "ticketing.files" in metadata.tables
    # printed again: what was printed before is good no more
    assert (await slips(register, community_id=str(community.id))).status_code == 201
    assert len((await register.get("/activation-codes", state="issued")).json()["items"]) == len(community.units)


async def test_without_billing_no_bill_is_printed_and_no_code_is_revoked(
    register: Register, community: Community
) -> None:
    first = await register.post("/activation-codes", {"unit_ids": [str(community.units[0])]})
    answer = await slips(register, unit_ids=[str(community.units[0])], bills=True)
    assert (answer.status_code, answer.json()["code"]) == (503, "ticketing.activation.bills_unavailable")
    issued = (await register.get("/activation-codes", state="issued")).json()["items"]
    assert [i["id"] for i in issued] == [first.json()["items"][0]["id"]]


async def test_slips_of_units_out_of_reach_are_not_made(register: Register, community: Community) -> None:
    clerk = register.staff("clerk", [uuid7()])
    body = {"unit_ids": [str(community.units[0])]}
    answer = await register.post("/activation-codes/slips", body, clerk)
    assert (answer.status_code, answer.json()["code"]) == (404, "ticketing.unit.unknown")
    assert (await register.post("/activation-codes/slips", body, register.resident(community, 0))).status_code == 403


def test_a_bill_on_the_slip_is_never_that_of_the_household_before() -> None:
    mine, theirs = uuid7(), uuid7()
    shown = _of_household([bill(str(theirs)), bill(str(mine), "80.00"), bill(None, "0.50")], {mine})
    assert [b["open"]["amount"] for b in shown] == ["80.00", "0.50"]
    slip = _slip(printed(), shown)
    assert (slip["owed"], slip["unit"], slip["code"]) == ("80.50", "1幢 1-101", "7K3M-9XQ2-VT8R-4HND")


@pytest.mark.parametrize("bills", [True, False])
def test_what_stands_on_a_slip_is_text_and_never_markup(bills: bool) -> None:
    owed = [bill(None, number=f"B{n}") for n in range(40)]
    many = [_slip(printed(community='#panic("x") *花园*'), owed) for _ in "ab"]
    content = {"organisation": "#let 物业", "issued_on": "2025-04-01", "slips": many, "bills": bills}
    assert render(TEMPLATE, content, clock.now()).startswith(b"%PDF")
