"""What is signed, by whom and before whom; refusals, and what the general manager decides (B-011, AMB-105)."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import update

from services.ticketing.models import ticket_signatures, tickets
from tests.ticketing.cases import NOON, Desk, M
from tests.ticketing.owners.test_talk import sent


async def employee(desk: Desk, code: str, role: str = "clerk") -> UUID:
    """Somebody on the register of staff."""
    row = {"external_id": code, "name": "李四", "phone": None, "roles": [role], "units": []}
    (id,) = await desk.register.stored("staff", [row])
    return id


async def shown(desk: Desk, ticket: dict[str, Any], headers: dict[str, str] | None = None) -> httpx.Response:
    return await desk.register.get(f"/tickets/{ticket['id']}/sign-document", headers or desk.owner())


async def signatures(desk: Desk, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await desk.register.get(f"/tickets/{ticket['id']}/signatures")).json()
    return found


async def test_c026_the_signer_reads_the_very_document_that_the_hash_covers(desk: Desk, standing: Any) -> None:
    """B-011: what is signed cannot be moved to other words. G-010: strokes are seen by those who may open contacts."""
    standing(NOON)
    early = await desk.ticket()
    assert (await shown(desk, early)).status_code == 409
    ticket = await desk.handled()
    page = (await shown(desk, ticket)).json()
    assert hashlib.sha256(page["canonical"].encode()).hexdigest() == page["document_hash"] == ticket["document_hash"]
    read = {line["name"]: line["value"] for line in page["lines"]}
    assert read["result"] == "已更换" and read["completed_at"] == "2025-03-07 09:00:00" and read["rounds"] == "1"
    assert (await shown(desk, ticket, desk.owner(1))).status_code == 404
    strokes = await sent(desk, engineer := desk.staff("engineer", desk.engineer))
    at = {"latitude": 31.2304, "longitude": 121.4737, "accuracy": 8.0}
    signed = await desk.do(
        ticket,
        "sign",
        engineer,
        signer_name="张1伟",
        method="device",
        signature_file=strokes,
        document_hash=page["document_hash"],
        place=at,
    )
    assert signed["state"] == "closed" and signed["attachments"] == []  # the strokes hang on no list
    (row,) = await signatures(desk, ticket)
    assert (row["intact"], row["has_artefact"], row["file_id"]) == (True, True, strokes)
    assert "place" not in row and "121" not in str(row["signer_name"])
    opened = await desk.register.post(f"/tickets/{ticket['id']}/signatures/open", {"reason": "核对签字"})
    assert opened.json()[0]["place"] == at and opened.json()[0]["document"] == page["canonical"]
    for reader, status in ((desk.owner(), 404), (desk.staff("hr"), 404), (desk.staff("qa"), 200)):
        assert (await desk.register.get(f"/files/{strokes}", reader)).status_code == status


@pytest.mark.parametrize(
    ("values", "what"),
    [({"result": "未更换"}, "tickets"), ({"summary": "别的事"}, "tickets"), ({"document": "{}"}, "signatures")],
)
async def test_b011_whoever_changes_what_was_signed_is_found_out(desk: Desk, values: Any, what: str) -> None:
    ticket = await desk.handled()
    await desk.do(ticket, "sign", desk.owner(), signer_name="张1伟", method="app")
    assert (await signatures(desk, ticket))[0]["intact"] is True
    db = desk.register.world.runtime("ticketing").db
    table, key = (tickets, tickets.c.id) if what == "tickets" else (ticket_signatures, ticket_signatures.c.ticket_id)
    async with db.job(desk.register.org) as tx:  # somebody with the database in their hands
        await tx.execute(
            update(table).where(table.c.org_id == desk.register.org, key == UUID(ticket["id"])).values(**values)
        )
    assert (await signatures(desk, ticket))[0]["intact"] is False


async def test_what_an_earlier_round_signed_stays_intact_when_the_work_is_done_again(desk: Desk) -> None:
    ticket = await desk.handled()
    await desk.do(ticket, "sign", desk.owner(), signer_name="张1伟", method="app")
    await desk.do(ticket, "reopen", desk.owner(), reason="又响了")
    await desk.do(ticket, "complete", result="换了电机")
    await desk.do(ticket, "sign", desk.owner(), signer_name="张1伟", method="app")
    assert [s["intact"] for s in await signatures(desk, ticket)] == [True, True]
    first, second = await signatures(desk, ticket)
    assert first["document_hash"] != second["document_hash"]


async def test_d085_a_slip_on_paper_wants_its_scan_and_a_second_person(desk: Desk) -> None:
    """C-026, AMB-105: neither the handler nor whoever records it is a witness, nor is somebody unknown."""
    ticket, clerk_id = await desk.handled(), await employee(desk, "S1")
    clerk = desk.staff("clerk", clerk_id)
    slip = {"signer_name": "张1伟", "method": "paper"}
    bare = await desk.try_(ticket, "sign", clerk, **slip)
    assert [e["path"] for e in bare.json()["errors"]] == ["signature", "witness_id"]
    scan = await sent(desk, clerk)
    for nobody in (clerk_id, desk.engineer, uuid4()):
        wrong = await desk.try_(ticket, "sign", clerk, **slip, signature_file=scan, witness_id=str(nobody))
        assert [e["path"] for e in wrong.json()["errors"]] == ["witness_id"], wrong.text
    foreign = await sent(desk, desk.staff("clerk"))
    witness = str(await employee(desk, "S2", "butler"))
    theirs = await desk.try_(ticket, "sign", clerk, **slip, signature_file=foreign, witness_id=witness)
    assert [e["path"] for e in theirs.json()["errors"]] == ["signature_file"]
    assert await signatures(desk, ticket) == []  # nothing half done
    signed = await desk.do(ticket, "sign", clerk, **slip, signature_file=scan, witness_id=witness)
    assert signed["state"] == "closed"
    (row,) = await signatures(desk, ticket)
    assert (row["method"], row["witness_id"], row["file_id"]) == ("paper", witness, scan)


async def test_amb105_a_refusal_before_a_witness_keeps_the_case_open_for_the_general_manager(
    desk: Desk, standing: Any
) -> None:
    clock = standing(NOON)
    ticket, gm = await desk.handled(), desk.staff("gm")
    butler, witness = desk.staff("butler"), str(await employee(desk, "S3"))
    ask = {"ground": "refused", "reason": "再次上门沟通"}
    nothing = await desk.try_(ticket, "decide-unsigned", gm, **ask)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "ticketing.ticket.no_refusal")
    no = {"signer_name": "张1伟", "method": "device", "refused": True, "reason": "仍有异响"}
    silent = await desk.try_(ticket, "sign", butler, **no, witness_id=witness)
    assert [e["path"] for e in silent.json()["errors"]] == ["statement"]
    told = await desk.do(ticket, "sign", butler, **no, witness_id=witness, statement="业主当面表示不签")
    assert (told["state"], told["closed_at"]) == ("reopened", None)
    for role in ("supervisor", "cs_manager", "project_manager", "admin"):
        assert (await desk.try_(ticket, "decide-unsigned", desk.staff(role), **ask)).status_code == 403
    stays = await desk.do(ticket, "decide-unsigned", gm, **ask)
    assert (stays["state"], stays["closed_at"]) == ("reopened", None)
    early = await desk.try_(ticket, "decide-unsigned", gm, **ask, close=True)
    assert (early.status_code, early.json()["code"]) == (409, "ticketing.ticket.not_now")
    await desk.do(ticket, "complete", result="已加装减震垫")
    clock.by(90 * 24 * 60 * M)
    await desk.register.fire_timers()
    now = (await desk.register.get(f"/tickets/{ticket['id']}")).json()
    assert now["state"] == "handled"  # no automatic closure
    closed = await desk.do(ticket, "decide-unsigned", gm, **ask, close=True)
    assert closed["state"] == "closed" and closed["signed_at"] is None
    said = [e["data"]["close"] for e in await desk.register.events("ticket.unsigned_decided.v1")]
    assert said == [False, True] and await desk.register.events("ticket.signed_off.v1") == []
    assert (await desk.clocks(ticket))["complaint.signoff"]["state"] != "met"  # nobody signed, and it says so
    lines = {e["action"]: e for e in await desk.entries(ticket, desk.owner())}
    assert lines["keep-open"]["data"] == {"ground": "refused", "close": False}  # the reason is the company's own
    over = await desk.try_(ticket, "decide-unsigned", gm, **ask)
    assert (over.status_code, over.json()["code"]) == (409, "ticketing.ticket.nothing_unsigned")
    opened = await desk.register.post(f"/tickets/{ticket['id']}/signatures/open", {"reason": "核对"})
    assert opened.json()[0]["statement"] == "业主当面表示不签"


async def test_amb105_closing_on_a_refusal_wants_a_witness_and_somebody_else_than_the_handler(desk: Desk) -> None:
    ticket, gm = await desk.handled(), uuid4()
    await desk.do(ticket, "sign", desk.staff(), signer_name="张", method="device", refused=True, reason="不满意")
    await desk.do(ticket, "complete", result="再次处理", handler_id=str(gm))
    close = {"close": True, "reason": "多次沟通无果"}
    bare = await desk.try_(ticket, "decide-unsigned", desk.staff("gm"), ground="refused", **close)
    assert (bare.status_code, bare.json()["code"]) == (409, "ticketing.ticket.no_refusal")
    own = await desk.try_(ticket, "decide-unsigned", desk.staff("gm", gm), ground="unreachable", **close)
    assert (own.status_code, own.json()["code"]) == (403, "ticketing.ticket.own_case")
    repair = await desk.ticket("repair")
    other = await desk.try_(repair, "decide-unsigned", desk.staff("gm"), ground="unreachable", **close)
    assert (other.status_code, other.json()["code"]) == (409, "ticketing.ticket.nothing_unsigned")


async def test_g010_the_picture_of_a_signature_goes_with_its_person(desk: Desk) -> None:
    ticket, engineer = await desk.handled(), desk.staff("engineer")
    strokes = await sent(desk, engineer)
    await desk.do(ticket, "sign", engineer, signer_name="张1伟", method="device", signature_file=strokes)
    seen = desk.staff("cs_manager")
    assert (await desk.register.get(f"/files/{strokes}", seen)).status_code == 200
    erased = await desk.register.post(f"/people/{desk.community.people[0]}/erase", {"reason": "迁出"})
    assert erased.status_code == 200, erased.text
    assert (await desk.register.get(f"/files/{strokes}", seen)).status_code == 404
    (row,) = await signatures(desk, ticket)
    assert (row["signer_name"], row["intact"]) == ("", True)


async def test_amb110_the_owner_is_asked_to_rate_each_round(desk: Desk) -> None:
    ticket = await desk.handled()
    await desk.do(ticket, "rate", desk.owner(), score=60, comment="响了一晚上")
    await desk.do(ticket, "reopen", desk.owner(), reason="又响了")
    await desk.do(ticket, "complete", result="再次更换")
    asked = [e["data"]["round"] for e in await desk.register.events("ticket.rating_requested.v1")]
    assert asked == [1, 2]
    (event,) = await desk.register.events("ticket.rated.v1")
    assert "响了" not in str(event["data"])


async def test_only_ones_own_case_is_taken_back(desk: Desk) -> None:
    mine = await desk.ticket(headers=desk.owner())
    (tenant_id,) = await desk.register.stored("people", [{"external_id": "T1", "name": "房客", "phone": None}])
    home = {"unit": "CX-1-1", "role": "tenant", "since": "2020-01-01", "powers": ["sees_bills"]}
    await desk.register.stored("relations", [{"external_id": "T1R", "person": "T1", **home}])
    flat = desk.register.world.token("resident", desk.register.org, units=[desk.community.units[0]], sub=tenant_id)
    other = await desk.try_(mine, "cancel", flat, reason="不用修了")
    assert (other.status_code, other.json()["code"]) == (403, "ticketing.ticket.relation_power_missing")
    theirs = await desk.ticket(headers=flat)
    assert (await desk.do(theirs, "cancel", flat, reason="好了"))["state"] == "cancelled"
    assert (await desk.do(mine, "cancel", desk.owner(), reason="自行处理"))["state"] == "cancelled"


async def test_g006_a_record_names_its_page_on_paper(desk: Desk) -> None:
    ticket = await desk.ticket("repair", paper_no="登记簿2025-03-017")
    await desk.do(ticket, "dispatch", assignee_id=str(desk.engineer), paper_no="维修单0812")
    await desk.do(ticket, "complete", result="已修", paper_no="维修单0812")
    said = {e["action"]: e["data"].get("paper_no") for e in await desk.entries(ticket) if e["data"].get("paper_no")}
    assert said == {"create": "登记簿2025-03-017", "dispatch": "维修单0812", "complete": "维修单0812"}
