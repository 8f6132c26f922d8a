"""Signatures, ratings and rulings: B-011, D-085, AMB-084, AMB-105, AMB-110, AMB-111, and who may not do them."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import update

from services.ticketing.models import relations
from tests.ticketing.cases import Desk


async def test_the_handler_neither_rates_nor_rules(desk: Desk) -> None:
    # C-022, AMB-084
    resident_handler = desk.community.people[0]
    ticket = await desk.ticket()
    await desk.do(ticket, "respond")
    await desk.do(ticket, "plan", text="x")
    await desk.do(ticket, "complete", result="x", handler_id=str(resident_handler))
    answer = await desk.try_(ticket, "rate", desk.owner(), score=100)
    assert (answer.status_code, answer.json()["code"]) == (403, "ticketing.ticket.own_case")
    handler = uuid4()
    other = await desk.ticket()
    await desk.do(other, "dispatch", assignee_id=str(handler))
    mine = await desk.try_(other, "rule-validity", desk.staff("project_manager", handler), valid=False, reason="x")
    assert mine.status_code == 403
    lead = await desk.try_(other, "rule-validity", desk.staff("supervisor"), valid=False, reason="x")
    assert lead.status_code == 403
    await desk.do(other, "propose-validity", desk.staff("supervisor"), valid=False, reason="非物业责任")
    ruled = await desk.do(other, "rule-validity", desk.staff("qa"), valid=True, reason="属实")
    assert ruled["valid"] is True
    (event,) = await desk.register.events("ticket.validity_ruled.v1")
    assert event["data"]["valid"] is True


async def test_only_owners_rate_and_each_round_once(desk: Desk) -> None:
    ticket = await desk.handled()
    assert (await desk.try_(ticket, "rate", desk.staff(), score=90)).status_code == 403
    assert (await desk.try_(ticket, "rate", desk.owner(1), score=90)).status_code == 404
    for wrong in (-1, 101, 79.5, "80"):
        assert (await desk.try_(ticket, "rate", desk.owner(), score=wrong)).status_code == 422
    assert (await desk.do(ticket, "rate", desk.owner(), score=79))["satisfied"] is False
    again = await desk.try_(ticket, "rate", desk.owner(), score=90)
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.ticket.already_rated")
    await desk.do(ticket, "reopen", desk.owner(), reason="又响了")
    await desk.do(ticket, "complete", result="再次更换")
    assert (await desk.do(ticket, "rate", desk.owner(), score=95))["satisfied"] is True


async def test_d085_a_complaint_closes_only_with_the_owners_signature(desk: Desk) -> None:
    # C-026, B-011
    ticket = await desk.handled()
    clerk = desk.staff()
    answer = await desk.try_(ticket, "sign", clerk, signer_name="张1伟", method="app")
    assert (answer.status_code, answer.json()["code"]) == (403, "ticketing.ticket.wrong_signer")
    assert (await desk.try_(ticket, "sign", desk.owner(), signer_name="x", method="paper")).status_code == 403
    answer = await desk.try_(ticket, "sign", clerk, signer_name="张1伟", method="device")
    assert answer.status_code == 422 and answer.json()["errors"][0]["path"] == "signature"
    stale = await desk.try_(ticket, "sign", desk.owner(), signer_name="x", method="app", document_hash="0" * 64)
    assert (stale.status_code, stale.json()["code"]) == (409, "ticketing.ticket.document_changed")
    # AMB-105: a refusal keeps it open, and work goes on
    refused = await desk.do(
        ticket, "sign", clerk, signer_name="张1伟", method="paper", refused=True, reason="仍有异响"
    )
    assert (refused["state"], refused["closed_at"]) == ("reopened", None)
    done = await desk.do(ticket, "complete", result="已再次调整")
    signed = await desk.do(ticket, "sign", clerk, signer_name="张1伟", method="device", signature="aGVsbG8=")
    assert signed["state"] == "closed"
    shown = (await desk.register.get(f"/tickets/{ticket['id']}/signatures")).json()
    assert [(s["refused"], s["method"], s["has_artefact"]) for s in shown] == [
        (True, "paper", False),
        (False, "device", True),
    ]
    assert shown[1]["document_hash"] == done["document_hash"] == signed["document_hash"]
    gate = (await desk.clocks(ticket))["complaint.signoff"]
    assert gate["state"] == "met" and gate["row"] == "B-011"
    (event,) = await desk.register.events("ticket.signed_off.v1")
    assert event["data"]["method"] == "device" and "张" not in str(event["data"])


async def test_a_relation_without_the_power_neither_signs_nor_rates(desk: Desk) -> None:
    ticket = await desk.handled()
    async with desk.register.world.runtime("ticketing").db.tx(desk.register.org) as tx:
        await tx.execute(
            update(relations)
            .where(relations.c.org_id == tx.org_id, relations.c.person_id == desk.community.people[0])
            .values(powers=["sees_bills"])
        )
    for action, body in (("rate", {"score": 90}), ("sign", {"signer_name": "x", "method": "app"})):
        answer = await desk.try_(ticket, action, desk.owner(), **body)
        assert (answer.status_code, answer.json()["code"]) == (403, "ticketing.ticket.relation_power_missing")
