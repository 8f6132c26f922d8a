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


async def test_g010_a_signature_names_nobody_in_the_database_and_nothing_once_its_person_is_erased(desk: Desk) -> None:
    """D-075: the log of signatures never changes, so erasure destroys the key that reads it."""
    ticket = await desk.handled()
    await desk.do(ticket, "sign", desk.staff(), signer_name="张1伟", method="device", signature="aGVsbG8=")
    register, path = desk.register, f"/tickets/{ticket['id']}/signatures"
    async with register.world.runtime("ticketing").db.read(register.org) as tx:
        (row,) = await tx.raw.fetch(
            "SELECT s::text AS all FROM ticketing.ticket_signatures s WHERE org_id = $1", register.org
        )
    assert "张" not in row["all"] and "aGVsbG8=" not in row["all"]
    assert (await register.get(path)).json()[0]["signer_name"] == "张*"
    lawyer = desk.staff("legal")
    assert (await register.post(f"{path}/open", {"reason": "核对"}, lawyer)).status_code == 403
    assert (await register.post(f"{path}/open", {})).status_code == 422
    (seen,) = (await register.post(f"{path}/open", {"reason": "业主否认签字"})).json()
    assert (seen["signer_name"], seen["artefact"]) == ("张1伟", "aGVsbG8=")
    (entry,) = [e for e in await register.audits("ticket") if e["action"] == "ticket.signature_opened"]
    assert (entry["after"]["reason"], entry["person_id"]) == ("业主否认签字", desk.community.people[0])
    erased = await register.post(f"/people/{desk.community.people[0]}/erase", {"reason": "迁出"})
    assert erased.status_code == 200, erased.text
    (left,) = (await register.get(path)).json()
    assert (left["signer_name"], left["has_artefact"], left["document_hash"]) == ("", True, seen["document_hash"])
    (blank,) = (await register.post(f"{path}/open", {"reason": "业主否认签字"})).json()
    assert (blank["signer_name"], blank["artefact"]) == (None, None)


async def test_a_signature_after_the_erasure_makes_the_person_no_new_key(desk: Desk) -> None:
    """It is sealed under the case's own key: a key of the erased person would bring the erased back."""
    ticket = await desk.handled()
    register, person = desk.register, desk.community.people[0]
    assert (await register.post(f"/people/{person}/erase", {"reason": "迁出"})).status_code == 200
    await desk.do(ticket, "sign", desk.staff(), signer_name="李四", method="device", signature="aGVsbG8=")
    async with register.world.runtime("ticketing").db.read(register.org) as tx:
        owners = await tx.raw.fetch("SELECT person_id FROM ticketing.person_keys WHERE org_id = $1", register.org)
    assert person not in {o["person_id"] for o in owners}
    assert (await register.get(f"/tickets/{ticket['id']}/signatures")).json()[0]["signer_name"] == "李*"
