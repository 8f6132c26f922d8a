"""The leak drill: which people's data did this account open in a period, through which door, why (G-010, D-080)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.ticketing.personal.openings import DOORS
from shared import clock
from tests.shared.files import samples
from tests.ticketing.cases import Desk, z
from tests.ticketing.imports.support import book
from tests.ticketing.support import BASE, Register


async def opened(
    register: Register, by: UUID, headers: dict[str, str] | None = None, begin: datetime | None = None, **more: str
) -> httpx.Response:
    now = clock.now()
    query = {"by": str(by), "from": z(begin or now - timedelta(days=1)), "to": z(now + timedelta(days=1)), **more}
    return await register.get("/people/opened", headers or register.world.token("qa", register.org), **query)


async def test_g010_every_door_is_on_record_and_masked_lists_are_none(desk: Desk) -> None:
    """D-075, G-011: an account walks through every door there is; the drill names each, with whose data and why."""
    register, mole, owner = desk.register, uuid4(), desk.community.people[0]
    as_mole = desk.register.world.token("admin", register.org, sub=mole)
    (employee,) = await register.stored(
        "staff", [{"external_id": "S", "name": "李静", "roles": ["clerk"], "units": [str(register.org)]}]
    )
    (file,) = await register.stored(
        "archives", [{"external_id": "A", "unit": "CX-1-1", "person": "CX-P1", "fields": {"name": "张1伟"}}]
    )
    photo = {"file": ("photo.jpg", samples.photo(), "image/jpeg")}
    sent = (await register.api.post(f"{BASE}/files", files=photo, headers=desk.owner())).json()["id"]
    ticket = await desk.handled(headers=desk.owner(), attachments=[sent])
    await desk.do(ticket, "sign", desk.owner(), signer_name="张1伟", method="app")
    repair = await desk.ticket("repair")
    rows = book(["编号", "姓名", "手机"], ["P-9", "李静", "不是号码"])
    form = {"resource": "people", "mode": "good", "source": "erp"}
    begun = await register.api.post(
        f"{BASE}/imports", data=form, files={"file": ("people.xlsx", rows)}, headers=register.admin()
    )
    await register.world.drain(register.org, timers=False)
    for path in ("/people", "/staff", "/archives", "/tickets", f"/people/{owner}", f"/tickets/{ticket['id']}"):
        assert (await register.get(path, as_mole)).status_code == 200
    assert (await opened(register, mole)).json()["items"] == []

    why = {"reason": "泄密演练"}
    for path, body in (
        ("/people/open", {"ids": [str(owner)], **why}),
        ("/people/open", {"ids": [str(employee)], **why}),
        (f"/archives/{file}/open", why),
        (f"/tickets/{ticket['id']}/open-contact", why),
        (f"/tickets/{ticket['id']}/signatures/open", why),
        (f"/people/{owner}/export", why),
    ):
        answer = await register.post(path, body, as_mole)
        assert answer.status_code in (200, 201), f"{path}: {answer.text}"
    for path in (
        f"/tickets/{repair['id']}/documents/repair-record.pdf",
        f"/files/{sent}",
        f"/imports/{begun.json()['id']}/corrections.xlsx",
        "/exports/people.csv",
        "/exports/staff.csv",
        "/exports/relations.csv",
    ):
        answer = await register.get(path, as_mole)
        assert answer.status_code == 200, f"{path}: {answer.text}"

    items: list[dict[str, Any]] = (await opened(register, mole)).json()["items"]
    assert {i["action"] for i in items} == set(DOORS)
    tables = [i for i in items if i["action"] == "table.export_opened"]
    assert len(tables) == 3  # people, staff and relations, each
    persons = {i["action"]: i["person_id"] for i in items}
    named = {"person.opened", "archive.opened", "ticket.contact_opened", "ticket.signature_opened"}
    for action in (*named, "document.opened", "file.opened", "person.export_opened"):
        assert persons[action] == str(owner), action
    assert persons["staff.opened"] == str(employee)
    assert all(i["reason"] and i["by"] == str(mole) for i in items)
    assert {i["reason"] for i in items if i["action"] in named} == {"泄密演练"}
    assert (await opened(register, uuid4())).json()["items"] == []  # nobody else did


async def test_a_passer_bys_contact_on_a_printed_form_is_on_record_too(desk: Desk) -> None:
    """G-010: nobody of the register is meant, yet a name and a number left the house."""
    mole, place = uuid4(), {"unit_id": None, "contact": {"name": "李雷", "phone": "13912345678"}}
    ticket = await desk.ticket("repair", **place)
    printed = f"/tickets/{ticket['id']}/documents/repair-record.pdf"
    assert (await desk.register.get(printed, desk.staff("clerk", mole))).status_code == 200
    (item,) = (await opened(desk.register, mole)).json()["items"]
    assert (item["action"], item["person_id"], item["entity_id"]) == ("document.opened", None, ticket["id"])


async def test_the_period_is_half_open_and_pages_do_not_move(desk: Desk) -> None:
    register, mole = desk.register, uuid4()
    as_mole = register.world.token("admin", register.org, sub=mole)
    for person in desk.community.people:
        await register.post("/people/open", {"ids": [str(person)], "reason": "核对"}, as_mole)
    first = (await opened(register, mole, limit="3")).json()
    assert [i["person_id"] for i in first["items"]] == [str(p) for p in desk.community.people[:3]]
    rest = (await opened(register, mole, limit="3", cursor=first["next"])).json()
    assert [i["person_id"] for i in rest["items"]] == [str(desk.community.people[3])]
    at = datetime.fromisoformat(first["items"][1]["at"])
    window = {"from": z(at), "to": z(at + timedelta(microseconds=1))}
    inside = (await register.get("/people/opened", register.admin(), by=str(mole), **window)).json()["items"]
    assert str(desk.community.people[1]) in {i["person_id"] for i in inside}
    before = {"from": z(at - timedelta(days=9)), "to": z(datetime.fromisoformat(first["items"][0]["at"]))}
    assert (await register.get("/people/opened", register.admin(), by=str(mole), **before)).json()["items"] == []
    backwards = {"from": z(at), "to": z(at)}
    assert (await register.get("/people/opened", register.admin(), by=str(mole), **backwards)).status_code == 422


@pytest.mark.parametrize("role", ["clerk", "butler", "supervisor", "cs_manager", "project_manager", "hr", "resident"])
async def test_g010_the_access_log_is_for_those_who_investigate(desk: Desk, role: str) -> None:
    """D-080: whoever opens data daily does not read who opened it."""
    who = desk.owner() if role == "resident" else desk.staff(role)
    assert (await opened(desk.register, uuid4(), who)).status_code == 403


async def test_openings_of_another_branch_and_another_organisation_stay_theirs(register: Register) -> None:
    a, b = await register.stored(
        "org-units", [{"external_id": x, "name": x, "kind": "branch"} for x in ("A", "B")]
    )
    ours, theirs = await register.community("CA", unit="A"), await register.community("CB", unit="B")
    clerk, roving = await register.stored(
        "staff",
        [
            {"external_id": "SB", "name": "李静", "roles": ["clerk"], "units": ["B"]},
            {"external_id": "SAB", "name": "王芳", "roles": ["clerk"], "units": ["A", "B"]},
        ],
    )
    for sub, people in ((clerk, theirs.people[:1]), (roving, [ours.people[0], theirs.people[0]])):
        token = register.world.token("clerk", register.org, sub=sub, units=[a, b])
        for person in people:
            await register.post("/people/open", {"ids": [str(person)], "reason": "核对"}, token)
    inspector = register.staff("qa", [a])
    assert (await opened(register, clerk, inspector)).status_code == 404
    seen = (await opened(register, roving, inspector)).json()["items"]
    assert [i["person_id"] for i in seen] == [str(ours.people[0])]
    whole = (await opened(register, roving)).json()["items"]
    assert len(whole) == 2
