"""Paid service slips: priced to the fen, bound to what was read, settled before the case closes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.ticketing.documents.form import Subject, forms
from services.ticketing.domain.slips import Line, lines_hash, total_fen
from tests.support.world import Standing
from tests.ticketing.cases import z
from tests.ticketing.field.support import NINE, Crew

H = timedelta(hours=1)
LINES = [
    {"what": "material", "name": "PPR 接头", "quantity": "2.5", "unit": "个", "price": {"amount": "12.33"}},
    {"what": "labour", "name": "更换", "quantity": "50", "price": {"amount": "80.00"}, "source": None},
    {"what": "material", "name": "生料带", "quantity": "1", "price": {"amount": "3.00"}, "free": True},
]


@pytest.mark.parametrize(
    ("what", "quantity", "price", "fen"),
    [
        ("material", "2.5", 1233, 3083),  # 3082.5 goes up
        ("material", "0.333", 1000, 333),
        ("labour", "50", 8000, 6667),  # 6666.67
        ("labour", "1", 30, 1),  # half a fen goes up
        ("labour", "1", 29, 0),
        ("material", "1", 0, 0),
    ],
)
def test_e017_each_line_is_rounded_once_half_up(what: Any, quantity: str, price: int, fen: int) -> None:
    line = Line(what, "x", Decimal(quantity), "个", price)
    assert line.amount_fen == fen
    assert total_fen([line] * 3) == 3 * fen  # the total is the sum of the rounded lines
    assert Line(what, "x", Decimal(quantity), "个", price, free=True).amount_fen == 0


def test_e017_the_hash_covers_number_ticket_revision_lines_and_total() -> None:
    stored = [Line("labour", "更换", Decimal(50), "分钟", 8000).stored()]
    first = lines_hash("YC202503-0001", "R1", 1, stored, 6667)
    others = [
        lines_hash("YC202503-0002", "R1", 1, stored, 6667),
        lines_hash("YC202503-0001", "R2", 1, stored, 6667),
        lines_hash("YC202503-0001", "R1", 2, stored, 6667),
        lines_hash("YC202503-0001", "R1", 1, [], 6667),
        lines_hash("YC202503-0001", "R1", 1, stored, 6668),
    ]
    assert len({first, *others}) == 6
    assert first == lines_hash("YC202503-0001", "R1", 1, stored, 6667)


async def slip_of(crew: Crew, ticket: dict[str, Any], lines: Any = LINES, **more: Any) -> dict[str, Any]:
    return await crew.company.done(f"/tickets/{ticket['id']}/slips", "boss", lines=lines, **more)


def by_owner(crew: Crew) -> dict[str, str]:
    return crew.desk.owner()


async def confirm(crew: Crew, slip: dict[str, Any], n: int = 0, **more: Any) -> Any:
    body = {"lines_hash": slip["lines_hash"], "signer_name": "张1伟", "method": "app", **more}
    return await crew.register.post(f"/slips/{slip['id']}/confirm", body, crew.desk.owner(n))


async def test_c067_b074_a_slip_is_written_confirmed_and_posted_and_billing_can_follow(
    crew: Crew, clock: Standing
) -> None:
    ticket = await crew.repair()
    slip = await slip_of(crew, ticket)
    assert slip["number"] == "YC202503-0001" and slip["total"]["amount"] == "97.50"
    assert [line["amount"]["amount"] for line in slip["lines"]] == ["30.83", "66.67", "0.00"]
    assert (await crew.send(f"/slips/{slip['id']}/post", "boss")).status_code == 409  # nobody agreed yet
    clock.by(H)
    agreed = (await confirm(crew, slip)).json()
    assert (agreed["state"], agreed["confirmed_at"]) == ("confirmed", z(NINE + H))
    todo = await crew.company.get("/slips", "boss", state="confirmed")
    assert [s["id"] for s in todo["items"]] == [slip["id"]]
    assert (await crew.company.get("/slips", "west_boss"))["items"] == []
    clock.by(H)
    posted = await crew.company.done(f"/slips/{slip['id']}/post", "boss")
    assert (posted["state"], posted["posted_at"]) == ("posted", z(NINE + 2 * H))
    told = [e for e in await crew.register.events() if e["type"].startswith("slip.")]
    assert [e["type"] for e in told] == ["slip.created.v1", "slip.confirmed.v1", "slip.entered.v1"]
    assert {e["data"]["amount_fen"] for e in told} == {9750}
    assert told[-1]["data"]["posted_at"].startswith("2025-03-07T03:00:00")
    for action, body in (("void", {"reason": "x"}), ("post", {})):
        assert (await crew.send(f"/slips/{slip['id']}/{action}", "boss", **body)).status_code == 409
    assert (await confirm(crew, slip)).status_code == 409


async def test_e017_what_nobody_read_is_not_confirmed_and_changed_lines_want_a_new_confirmation(crew: Crew) -> None:
    ticket = await crew.repair()
    slip = await slip_of(crew, ticket)
    assert (await confirm(crew, slip)).status_code == 200
    cheaper = {"lines": LINES[:1]}
    path = f"/ticketing/v1/slips/{slip['id']}/lines"
    stale = {**crew.company.by("boss"), "If-Match": '"1"'}
    assert (await crew.register.api.put(path, json=cheaper, headers=stale)).status_code == 412
    changed = (await crew.register.api.put(path, json=cheaper, headers=crew.company.by("boss"))).json()
    assert (changed["state"], changed["revision"], changed["confirmed_at"]) == ("draft", 2, None)
    assert (await crew.send(f"/slips/{slip['id']}/post", "boss")).status_code == 409
    old = await confirm(crew, slip)
    assert (old.status_code, old.json()["code"]) == (409, "ticketing.slip.changed")
    assert (await confirm(crew, changed, 1)).status_code == 404  # next door
    assert (await confirm(crew, changed)).json()["state"] == "confirmed"


async def test_c015_a_refused_slip_keeps_the_case_open_until_it_is_settled(crew: Crew, clock: Standing) -> None:
    eva = await crew.engineer("eva", "water")
    ticket = await crew.repair()
    await crew.desk.do(ticket, "dispatch", assignee_id=str(eva))
    slip = await slip_of(crew, ticket)
    await crew.desk.do(ticket, "complete", result="已修好")
    assert (await confirm(crew, slip, refused=True)).status_code == 422  # without a reason
    refused = (await confirm(crew, slip, refused=True, reason="说好免费")).json()
    assert (refused["state"], refused["reason"]) == ("refused", "说好免费")
    owner = crew.desk.owner()
    answer = await crew.desk.try_(ticket, "sign", owner, signer_name="张1伟", method="app")
    assert (answer.status_code, answer.json()["code"]) == (409, "ticketing.slip.open")
    clock.by(8 * 24 * H)
    await crew.register.fire_timers()
    assert (await crew.case(ticket))["state"] == "completed"  # a week without a signature, and yet
    await crew.company.done(f"/slips/{slip['id']}/void", "boss", reason="保修期内")
    await crew.register.fire_timers()
    assert (await crew.case(ticket))["state"] == "closed"
    assert (await crew.send(f"/tickets/{ticket['id']}/slips", "boss", lines=LINES)).status_code == 409


async def test_d075_owners_list_the_slips_of_their_own_cases(crew: Crew, clock: Standing) -> None:
    slip = await slip_of(crew, await crew.repair())
    for n, found in ((0, [slip["id"]]), (1, [])):
        listed = (await crew.register.get("/slips", crew.desk.owner(n))).json()["items"]
        assert [s["id"] for s in listed] == found
    # somebody who moved in after the case came in reads nothing of it
    clock.by(timedelta(days=40))
    rows = [{"external_id": "NEW", "name": "新业主", "phone": "13900000000"}]
    (new,) = await crew.register.stored("people", rows)
    since = {"external_id": "NEW-R", "person": "NEW", "unit": "CX-1-1", "role": "owner", "since": "2025-04-10"}
    await crew.register.stored("relations", [since])
    token = crew.register.world.token("resident", crew.register.org, units=[crew.here.units[0]], sub=new)
    assert (await crew.register.get("/slips", token)).json()["items"] == []
    assert (await crew.register.get(f"/slips/{slip['id']}", token)).status_code == 404


async def test_e017_c067_the_slip_prints_as_it_was_priced_and_blank_without_one(crew: Crew) -> None:
    ticket = await crew.repair()
    path = f"/ticketing/v1/tickets/{ticket['id']}/documents/service-slip.pdf"
    blank = await crew.register.api.get(path, headers=crew.company.by("boss"))
    slip = await slip_of(crew, ticket)
    printed = await crew.register.api.get(path, headers=crew.company.by("boss"))
    assert blank.content.startswith(b"%PDF-") and printed.content.startswith(b"%PDF-")
    assert printed.headers["x-document-number"] != blank.headers["x-document-number"]
    row = {
        "number": slip["number"],
        "revision": 1,
        "state": "draft",
        "done_at": NINE,
        "confirmed_at": None,
        "lines_hash": slip["lines_hash"],
        "total_fen": 9750,
        "lines": [Line("labour", "更换", Decimal(50), "分钟", 8000).stored()],
    }
    zone = ZoneInfo("Asia/Shanghai")
    told = {"number": ticket["number"], "summary": "漏水"}
    subject = Subject(told, "翠溪花园", "翠溪花园 1-101", "1-101", "张伟", "13812341234", "", zone, slips=[row])
    content = forms()["service-slip"].content(subject)
    assert (content["name"], content["service"], content["total"]) == ("张伟", "漏水", "97.50")
    assert (content["done_at"], content["slip"]) == ("2025-03-07 09:00", "YC202503-0001")
    assert content["lines"] == [{"name": "更换", "quantity": "50 分钟", "price": "80.00 / h", "amount": "66.67"}]


async def test_who_confirms_how(crew: Crew) -> None:
    ticket = await crew.repair()
    slip = await slip_of(crew, ticket)
    body = {"lines_hash": slip["lines_hash"], "signer_name": "张1伟"}
    path = f"/slips/{slip['id']}/confirm"
    assert (await crew.send(path, "boss", **body, method="app")).status_code == 403
    assert (await crew.send(path, "boss", **body, method="device")).status_code == 422  # no strokes
    assert (await crew.send(path, "west_boss", **body, method="device", signature="c3Q=")).status_code == 404
    done = await crew.company.done(path, "boss", **body, method="device", signature="c3Q=")
    assert (done["state"], done["method"]) == ("confirmed", "device")
    kept = await crew.company.get(f"/tickets/{ticket['id']}/signatures", "boss")
    assert kept[0]["document_hash"] == slip["lines_hash"]
    assert "张1伟" not in str([e["data"] for e in await crew.register.events()])


async def test_bad_lines_are_refused_by_path(crew: Crew) -> None:
    ticket = await crew.repair()
    bad = [
        {**LINES[0], "quantity": "0"},
        {**LINES[0], "price": {"amount": "-1.00"}},
        {**LINES[1], "quantity": "1.5"},
        {**LINES[0], "price": {"amount": "1.00", "currency": "USD"}},
    ]
    for line, where in zip(bad, ("quantity", "price", "quantity", "price"), strict=True):
        answer = await crew.send(f"/tickets/{ticket['id']}/slips", "boss", lines=[line])
        assert answer.status_code == 422 and where in answer.json()["errors"][0]["path"], answer.text


async def test_c067_numbers_have_no_gaps_even_when_many_write_at_once_and_some_are_refused(crew: Crew) -> None:
    tickets = [await crew.repair() for _ in range(3)]
    gone = await crew.repair()
    await crew.desk.do(gone, "cancel", reason="x")
    answers = await asyncio.gather(
        *(crew.send(f"/tickets/{t['id']}/slips", "boss", lines=LINES) for t in [*tickets, gone, *tickets])
    )
    assert sorted(a.status_code for a in answers) == [201] * 6 + [409]
    numbers = sorted(a.json()["number"] for a in answers if a.status_code == 201)
    assert numbers == [f"YC202503-{n:04d}" for n in range(1, 7)]


async def test_of_a_confirmation_and_a_change_at_once_never_both_hold(crew: Crew) -> None:
    for _ in range(3):
        slip = await slip_of(crew, await crew.repair())
        path = f"/ticketing/v1/slips/{slip['id']}/lines"
        agreed, changed = await asyncio.gather(
            confirm(crew, slip),
            crew.register.api.put(path, json={"lines": LINES[1:]}, headers=crew.company.by("boss")),
        )
        assert changed.status_code == 200 and agreed.status_code in (200, 409)
        now = await crew.company.get(f"/slips/{slip['id']}", "boss")
        assert (now["state"], now["total"]["amount"], now["revision"]) == ("draft", "66.67", 2)
