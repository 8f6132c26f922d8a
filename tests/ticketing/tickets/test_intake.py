"""Taking tickets in: C-001, C-002, C-017, what each caller may, numbers, lateness, and the clocks that start."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.world import Standing, World
from tests.ticketing.cases import NOON, Desk, H, M, S, z
from tests.ticketing.support import BASE

Clock = Callable[[datetime], Standing]


async def test_b007_to_b009_a_complaint_starts_its_clocks(desk: Desk, standing: Clock) -> None:
    # C-017, C-030, C-043, AMB-025
    standing(NOON)
    answer = await desk.intake(urgency="urgent", channel="phone", fields={"topic": "facility"})
    assert answer.status_code == 201, answer.text
    ticket = answer.json()
    assert answer.headers["location"] == f"{BASE}/tickets/{ticket['id']}"
    assert answer.headers["etag"] == '"1"'
    assert (ticket["number"], ticket["state"], ticket["urgency"]) == ("C20250307-0001", "received", "urgent")
    assert ticket["fields"] == {"topic": "facility", "collective": False, "media_exposed": False, "courtesy": ""}
    assert "respond" in ticket["actions"] and "sign" not in ticket["actions"]
    clocks = await desk.clocks(ticket)
    assert {c: k["due_at"] for c, k in clocks.items()} == {
        "complaint.response": z(NOON + 10 * M),
        "complaint.onsite.urgent": z(NOON + 30 * M),
        "complaint.plan": z(NOON + 24 * H),
        "complaint.signoff": None,
    }
    assert clocks["complaint.signoff"]["state"] == "open"
    assert clocks["complaint.response"]["row"] == "B-007"
    assert "2025-03-07 09:10:00" in clocks["complaint.response"]["explanation"]["zh"]
    assert await desk.timers() == {  # one timer for each clock, at half of its budget first
        "complaint.response": NOON + 5 * M,
        "complaint.onsite.urgent": NOON + 15 * M,
        "complaint.plan": NOON + 12 * H,
    }
    (told,) = await desk.register.events("ticket.created.v1")
    assert (told["subject"], told["seq"]) == (UUID(ticket["id"]), 1)
    assert told["community_id"] == desk.community.id
    data = told["data"]
    assert data["kind"] == "complaint" and data["number"] == ticket["number"]
    assert data["unit_id"] == str(desk.community.units[0])
    assert data["reporter_id"] == str(desk.community.people[0])  # C-002: the owner of the unit, if nobody is named
    assert [c["clock"] for c in data["clocks"]] == [c for c in clocks if c != "complaint.signoff"]
    assert "summary" not in data
    assert [e["action"] for e in await desk.entries(ticket)] == ["create"]
    (audit,) = await desk.register.audits("ticket")
    assert audit["action"] == "ticket.create" and audit["entity_id"] == UUID(ticket["id"])


async def test_b020_b022_a_repair_waits_for_its_appointment(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    ticket = await desk.ticket("repair", appointment=z(NOON + 5 * H))
    assert ticket["number"] == "R20250307-0001"
    clocks = await desk.clocks(ticket)
    assert clocks["repair.arrival"]["due_at"] == z(NOON + 5 * H)
    answer = await desk.intake("repair", appointment=z(NOON - H))
    assert answer.status_code == 422 and answer.json()["errors"][0]["path"] == "appointment"


async def test_numbers_run_by_kind_and_local_day(desk: Desk, standing: Clock) -> None:
    clock = standing(datetime.fromisoformat("2025-03-07T23:59:59+08:00"))
    assert [(await desk.ticket("repair"))["number"] for _ in range(2)] == ["R20250307-0001", "R20250307-0002"]
    clock.by(S)
    assert (await desk.ticket("repair"))["number"] == "R20250308-0001"
    assert (await desk.ticket("complaint"))["number"] == "C20250308-0001"


async def test_numbers_of_simultaneous_intakes_are_never_given_twice(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    tickets = await asyncio.gather(*(desk.ticket("repair") for _ in range(12)))
    assert sorted(t["number"] for t in tickets) == [f"R20250307-{n:04d}" for n in range(1, 13)]


async def test_amb084_an_owners_urgency_is_a_wish(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    ticket = await desk.ticket(headers=desk.owner(), urgency="urgent")
    assert (ticket["urgency"], ticket["wished_urgency"], ticket["channel"]) == ("normal", "urgent", "app")
    assert ticket["reporter_id"] == str(desk.community.people[0])
    assert "complaint.onsite.urgent" not in await desk.states(ticket)
    await desk.do(ticket, "classify", urgency="urgent")
    assert (await desk.states(ticket))["complaint.onsite.urgent"] == "running"


async def test_a_resident_reports_for_own_units_only(desk: Desk) -> None:
    assert (await desk.intake(n=1, headers=desk.owner(0))).status_code == 404
    own = await desk.ticket(headers=desk.owner(0), unit_id=None)
    assert own["unit_id"] == str(desk.community.units[0])  # whoever holds one unit need not name it
    both = desk.register.world.token(
        "resident", desk.register.org, units=desk.community.units[:2], sub=desk.community.people[0]
    )
    answer = await desk.intake(headers=both, unit_id=None)
    assert answer.status_code == 422 and answer.json()["errors"][0]["path"] == "unit_id"


async def test_a_unit_must_be_of_the_community(desk: Desk) -> None:
    other = await desk.register.community("BH", dwellings=1)
    answer = await desk.intake(unit_id=str(other.units[0]))
    assert (answer.status_code, answer.json()["code"]) == (404, "ticketing.unit.unknown")
    answer = await desk.intake(community_id=str(uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (404, "ticketing.community.unknown")


async def test_staff_of_another_branch_and_other_organisations_see_nothing(
    desk: Desk, other_org: Callable[[], Awaitable[UUID]], world: World
) -> None:
    ticket = await desk.ticket()
    (branch,) = await desk.register.stored("org-units", [{"external_id": "B2", "name": "分公司", "kind": "branch"}])
    elsewhere = desk.register.staff("clerk", [branch])
    stranger = world.token("clerk", await other_org())
    for headers in (elsewhere, stranger, desk.owner(1)):
        assert (await desk.register.get(f"/tickets/{ticket['id']}", headers)).status_code == 404
        assert (await desk.register.get(f"/tickets/{ticket['id']}/clocks", headers)).status_code == 404
        assert (await desk.register.get(f"/tickets/{ticket['id']}/entries", headers)).status_code == 404
        assert (await desk.register.get("/tickets", headers)).json()["items"] == []
    for headers in (elsewhere, stranger):
        assert (await desk.intake(headers=headers)).status_code == 404
        assert (await desk.try_(ticket, "respond", headers)).status_code == 404


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"summary": ""}, "summary"),
        ({"kind": "unknown"}, "kind"),
        ({"fields": {"topic": "nonsense"}}, "fields.topic"),
        ({"fields": {"colour": "red"}}, "fields.colour"),
        ({"urgency": "very"}, "urgency"),
        ({"surprise": 1}, "surprise"),
        ({"occurred_at": z(NOON + S)}, "occurred_at"),
        ({"occurred_at": z(NOON - 15 * M - S)}, "late_reason"),
        ({"occurred_at": "2025-03-07T09:00:00"}, "occurred_at"),
    ],
)
async def test_what_is_wrong_is_named(desk: Desk, standing: Clock, body: dict[str, Any], path: str) -> None:
    """B-018, C-001: what is recorded more than a quarter of an hour later says why."""
    standing(NOON)
    answer = await desk.intake(**body)
    assert answer.status_code == 422, answer.text
    assert path in [e["path"].removeprefix("body.") for e in answer.json()["errors"]]


async def test_a_late_intake_counts_from_when_the_owner_told_us(desk: Desk, standing: Clock) -> None:
    # C-001, B-018
    standing(NOON)
    told = NOON - 20 * M
    ticket = await desk.ticket(occurred_at=z(told), late_reason="电话记录补录")
    assert (ticket["received_at"], ticket["recorded_at"]) == (z(told), z(NOON))
    clocks = await desk.clocks(ticket)
    assert clocks["complaint.response"]["state"] == "breached"
    assert clocks["complaint.response"]["breached_at"] == z(told + 10 * M + S)
    assert clocks["complaint.plan"]["due_at"] == z(told + 24 * H)
    created, breached = await desk.register.events("ticket.created.v1", "clock.breached.v1")
    assert created["occurred_at"] == told and breached["occurred_at"] == told + 10 * M + S
    entry = (await desk.entries(ticket))[0]
    assert (entry["occurred_at"], entry["recorded_at"]) == (z(told), z(NOON))
    assert entry["late_reason"] == "电话记录补录"
    # … and a response that was given in time, told late too, withdraws the breach
    await desk.do(ticket, "respond", occurred_at=z(told + 5 * M))
    assert (await desk.states(ticket))["complaint.response"] == "withdrawn"


async def test_the_same_key_makes_one_ticket(desk: Desk) -> None:
    headers = {**desk.staff(sub=desk.caller), "Idempotency-Key": "intake-1"}
    answers = await asyncio.gather(*(desk.intake("repair", headers=headers) for _ in range(4)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert len((await desk.register.get("/tickets")).json()["items"]) == 1
    answer = await desk.intake("repair", headers=headers, summary="另一件事")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency.key.reused")


async def test_an_intake_reads_once_and_writes_each_table_once(desk: Desk) -> None:
    """The benchmarked write: one query for the place, one statement per table, and nothing else."""
    seen: list[str] = []

    def record(query: Any) -> None:
        seen.append(" ".join(query.query.split()))

    await desk.ticket("repair")
    watched = desk.register.world.runtime("ticketing").db.app.drivers()
    assert watched
    for driver in watched:
        driver.add_query_logger(record)
    try:
        await desk.ticket("repair")
    finally:
        for driver in watched:
            driver.remove_query_logger(record)
    await asyncio.sleep(0.05)  # loggers run after their query
    reads = [q for q in seen if q.startswith("SELECT") and "set_org" not in q]
    writes = [table for q in seen for table in re.findall(r"INSERT INTO ticketing\.(\w+)", q)]
    assert len(reads) == 1, seen
    assert len(writes) == len(set(writes)), seen
    # the number comes from a reserve, taken on a connection of its own
    assert {"ticket_entries", "tickets", "ticket_clocks", "audit", "timers", "outbox", "feed"} == set(writes)
    assert not [q for q in seen if q.startswith(("UPDATE", "DELETE"))], seen


async def test_contacts_are_masked_until_opened_and_opening_is_recorded(desk: Desk) -> None:  # D-075
    # D-076
    clerk = desk.staff(sub=desk.caller)
    contact = {"name": "李雷", "phone": "13912345678"}
    ticket = await desk.ticket(headers=clerk, contact=contact)
    assert ticket["contact"] == {"name": "李*", "phone": "139****5678", "email": None, "person_id": None}
    listed = (await desk.register.get("/tickets")).json()["items"][0]
    assert listed["contact"]["phone"] == "139****5678"
    assert (await desk.try_(ticket, "open-contact", desk.staff("qa"))).status_code == 422
    opened = await desk.do(ticket, "open-contact", desk.staff("qa"), reason="核实投诉")
    assert opened["phone"] == "13912345678"
    assert (await desk.do(ticket, "open-contact", clerk))["name"] == "李雷"  # one's own open case is the reason
    assert [a["action"] for a in await desk.register.audits("ticket")].count("ticket.contact_opened") == 2
    for told in await desk.register.events():
        assert "13912345678" not in str(told["data"]) and "李雷" not in str(told["data"])


async def test_an_erased_person_leaves_no_contact_behind(desk: Desk) -> None:
    person = desk.community.people[0]
    own = await desk.ticket(headers=desk.owner(), contact={"phone": "13912345678"})
    named = await desk.ticket(n=1, contact={"name": "李雷", "person_id": str(person)})
    other = await desk.ticket(n=1, contact={"name": "韩梅"})
    answer = await desk.register.post(f"/people/{person}/erase", {"reason": "业主要求"})
    assert answer.status_code == 200, answer.text
    found = {t["id"]: t["contact"] for t in (await desk.register.get("/tickets")).json()["items"]}
    assert found[own["id"]] is None and found[named["id"]] is None
    assert found[other["id"]]["name"] == "韩*"


async def test_lists_filter_and_page_without_skips_or_doubles(desk: Desk, standing: Clock) -> None:
    clock = standing(NOON)
    repairs = [await desk.ticket("repair", n=i % 3, summary=f"水管漏水{i}") for i in range(5)]
    complaint = await desk.ticket(urgency="urgent")
    register = desk.register

    async def ids(headers: dict[str, str] | None = None, **query: Any) -> list[str]:
        answer = await register.get("/tickets", headers, **query)
        assert answer.status_code == 200, answer.text
        return [t["id"] for t in answer.json()["items"]]

    assert await ids(kind="complaint") == [complaint["id"]]
    assert await ids(urgency="urgent") == [complaint["id"]]
    assert await ids(unit_id=str(desk.community.units[1])) == [repairs[4]["id"], repairs[1]["id"]]
    assert await ids(desk.owner(1)) == [repairs[4]["id"], repairs[1]["id"]]
    assert await ids(q=repairs[3]["number"].lower()) == [repairs[3]["id"]]
    await register.world.drain(register.org, timers=False)
    assert await ids(q="漏水3") == [repairs[3]["id"]]
    assert await ids(q="水管", limit=2) == [repairs[4]["id"], repairs[3]["id"]]
    assert await ids(desk.owner(1), q="水管") == [repairs[4]["id"], repairs[1]["id"]]
    assert await ids(q="%") == []
    assert await ids(number=repairs[2]["number"]) == [repairs[2]["id"]]
    assert await ids(overdue=True) == []
    clock.by(10 * M + S)
    assert await ids(overdue=True) == [complaint["id"]]
    await register.fire_timers()
    assert await ids(overdue=True) == [complaint["id"]]
    await desk.do(complaint, "cancel", desk.owner(0))
    assert await ids(overdue=True) == []
    assert await ids(open=False) == [complaint["id"]]
    assert await ids(state=["cancelled", "closed"]) == [complaint["id"]]
    first = (await register.get("/tickets", limit=2)).json()
    await desk.ticket("repair")  # written while somebody pages
    seen, cursor = [t["id"] for t in first["items"]], first["next"]
    while cursor:
        body = (await register.get("/tickets", limit=2, cursor=cursor)).json()
        seen += [t["id"] for t in body["items"]]
        cursor = body["next"]
    assert seen == [complaint["id"], *(r["id"] for r in reversed(repairs))]
    assert (await register.get("/tickets", cursor="nonsense")).status_code == 422
