"""Somebody who left is forgotten by name; what they did at work stays under their id (D-075)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared import clock
from tests.ticketing.cases import Desk
from tests.ticketing.staff.support import Company, z
from tests.ticketing.support import Register


@pytest.fixture
async def company(register: Register) -> Company:
    """Two branches with a few people; ann can be reached."""
    company = await Company.founded(register)
    await company.hired("ann", "clerk", "E", phone="13700001111", email="ann@example.com")
    return company


async def gone(company: Company) -> None:
    heir = str(company.people["bob"])
    await company.done(f"/staff/{company.people['ann']}/leave", "pm", reason="离职", successor=heir)


async def erase(company: Company, headers: dict[str, str] | None = None) -> Any:
    return await company.register.post(f"/staff/{company.people['ann']}/erase", {"reason": "本人书面要求"}, headers)


async def test_d075_an_employee_who_left_is_forgotten_and_what_they_did_stays_under_their_id(company: Company) -> None:
    ann, register = company.people["ann"], company.register
    place = await register.community("CX", unit="E")
    ticket = await Desk(register, place).ticket(headers=company.by("ann"))
    at = clock.now()
    leave = {"org_unit_id": str(company.east), "kind": "sick", "starts_at": z(at), "reason": "胃出血住院"}
    asked = await company.done("/leaves", "ann", **leave, ends_at=z(at + timedelta(days=1)))
    await company.done(f"/approvals/{asked['approval_id']}/approve", "boss")
    early = await erase(company)
    assert (early.status_code, early.json()["code"]) == (409, "ticketing.staff.employed")
    await gone(company)
    assert (await erase(company, company.by("pm"))).status_code == 403
    done = await erase(company)
    assert done.status_code == 200, done.text
    assert (done.json()["name"], done.json()["phone"], done.json()["external_id"]) == (None, None, "ann")
    again = await erase(company)
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.person.erased")
    await register.world.drain(register.org)
    assert [e["subject"] for e in await register.events("person.erased.v1")] == [ann]
    # who did it is still on record, by id
    assert (await register.get(f"/tickets/{ticket['id']}/entries")).json()["items"][0]["actor_id"] == str(ann)
    assert (await register.get(f"/leaves/{asked['id']}")).json()["kind"] == "sick"
    async with register.world.runtime("ticketing").db.read(register.org) as tx:
        tables = await tx.raw.fetch(
            "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' "
            "WHERE n.nspname = 'ticketing' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
        for table in tables:
            rows = await tx.raw.fetch(
                f"SELECT t::text AS text FROM ticketing.{table['name']} t WHERE org_id = $1", register.org
            )
            for row in rows:
                for word in ("员工ann", "13700001111", "ann@example.com", "胃出血"):
                    assert word not in row["text"], (table["name"], row["text"])


async def test_a_source_does_not_bring_an_erased_employee_back(company: Company) -> None:
    await gone(company)
    assert (await erase(company)).status_code == 200
    row = {"external_id": "ann", "name": "员工ann", "roles": ["clerk"], "units": ["E"]}
    answer = await company.register.bulk("staff", [row])
    assert [e["path"] for e in answer["errors"]] == ["external_id"]


async def test_an_employee_of_another_branch_is_not_found(company: Company) -> None:
    await gone(company)
    await company.hired("hr", "hr", "W")
    away = await erase(company, company.by("hr"))
    assert (away.status_code, away.json()["code"]) == (404, "ticketing.staff.unknown")
    missing = await company.register.post(f"/staff/{UUID(int=7)}/erase", {"reason": "本人书面要求"})
    assert missing.status_code == 404
