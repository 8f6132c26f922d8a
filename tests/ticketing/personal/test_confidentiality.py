"""The rest of the duty of confidence: who wrote each record, and records nobody rewrites (G-013 … G-017, D-074)."""

from __future__ import annotations

from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.db.audit import open_personal
from tests.ticketing.cases import Desk

MASTER = bytes.fromhex("11" * 32)


async def test_g015_every_record_of_a_case_names_the_account_that_made_it(desk: Desk) -> None:
    """D-074: a shared account would make this worthless, so accounts are persons and stand on each line."""
    clerk, engineer = uuid4(), uuid4()
    ticket = await desk.ticket(headers=desk.staff("clerk", clerk))
    await desk.do(ticket, "respond", desk.staff("clerk", clerk))
    await desk.do(ticket, "follow-up-note", desk.staff("engineer", engineer), note="已看过现场")
    entries = await desk.entries(ticket)
    by = {e["action"]: e["actor_id"] for e in entries}
    assert (by["create"], by["respond"], by["follow-up-note"]) == (str(clerk), str(clerk), str(engineer))
    audited = {e["action"]: e["actor_id"] for e in await desk.register.audits("ticket")}
    assert audited["ticket.respond"] == clerk and audited["ticket.follow-up-note"] == engineer
    assert all(e["actor_id"] is not None for e in await desk.register.audits("ticket"))


async def test_d079_g013_a_changed_owner_file_keeps_author_and_both_contents_for_those_with_the_key(
    desk: Desk,
) -> None:
    archivist = uuid4()
    before, after = {"name": "张1伟", "contact": "13812340001"}, {"name": "张1伟", "contact": "13912340001"}
    item = {"external_id": "A", "unit": "CX-1-1", "person": "CX-P1"}
    for fields in (before, after):
        await desk.register.bulk(
            "archives",
            [{**item, "fields": fields, "reason": "业主更换了电话"}],
            desk.staff("supervisor", archivist),
        )
    entries = await desk.register.audits("archive")
    assert [(e["action"], e["actor_id"]) for e in entries] == [
        ("archive.created", archivist),
        ("archive.updated", archivist),
    ]
    clear = [str({**entry, "personal": None}) for entry in entries]
    assert not any("1391234" in text or "1381234" in text for text in clear)
    async with desk.register.world.runtime("ticketing").db.read(desk.register.org) as tx:
        told = await open_personal(tx.raw, "ticketing", desk.register.org, entries[1]["id"], MASTER)
    assert told is not None and "13812340001" in str(told) and "13912340001" in str(told)


@pytest.mark.parametrize("role", ["qa", "finance", "legal", "safety", "hr", "gm"])
async def test_d099_other_departments_read_the_cases_they_inspect_and_never_a_telephone_number(
    desk: Desk, role: str
) -> None:
    ticket = await desk.ticket(contact={"name": "张1伟", "phone": "13812340001"})
    seen = await desk.register.get(f"/tickets/{ticket['id']}", desk.staff(role))
    assert seen.status_code == 200 and seen.json()["number"] == ticket["number"]
    assert "13812340001" not in seen.text


@pytest.mark.parametrize(
    "table", ["revisit_attempts", "ticket_entries", "ticket_signatures", "survey_answers", "audit", "consents"]
)
@pytest.mark.parametrize("statement", ["UPDATE ticketing.{} SET id = id", "DELETE FROM ticketing.{}"])
async def test_g017_a_record_once_made_is_never_edited(desk: Desk, table: str, statement: str) -> None:
    """Corrections are appended; the service's own role may not even try."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with desk.register.world.runtime("ticketing").db.tx(desk.register.org) as tx:
            await tx.raw.execute(f"{statement.format(table)} WHERE org_id = $1", desk.register.org)


async def test_d078_g012_an_organisation_s_people_are_not_found_from_outside_by_anything(desk: Desk) -> None:
    """Neither by id, number, phone nor as the account of a leak drill."""
    person: UUID = desk.community.people[0]
    stranger = desk.register.world.token("admin", await desk.register.world.new_org())
    for path in (f"/people/{person}", f"/people/{person}/consents"):
        assert (await desk.register.get(path, stranger)).status_code == 404
    found = await desk.register.get("/people", stranger, phone="13812340001")
    assert found.json()["items"] == []
