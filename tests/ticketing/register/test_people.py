"""People, relations and staff: personal fields masked, opened with a reason, erased for good (D-075, C-087)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.auth.tokens import ServiceTokens
from shared.db.audit import open_personal
from tests.support.world import SERVICE_KEYS, World
from tests.ticketing.support import Community, Register

MASTER = bytes.fromhex("11" * 32)


def _service(org: UUID, name: str = "notify") -> dict[str, str]:
    return {"Authorization": f"Bearer {ServiceTokens(name, SERVICE_KEYS[name], ttl=timedelta(minutes=1)).for_org(org)}"}


async def _personal(register: Register, entry: dict[str, Any]) -> dict[str, Any] | None:
    async with register.world.runtime("ticketing").db.read(register.org) as tx:
        return await open_personal(await tx.driver(), "ticketing", register.org, entry["id"], MASTER)


async def test_lists_mask_people_and_peers_read_them_in_full(register: Register) -> None:
    # D-075, D-076
    (id,) = await register.stored(
        "people",
        [{"external_id": "P", "name": "张伟", "phone": "+86 138-1234-1234", "email": "zhang@example.com"}],
    )
    (seen,) = (await register.get("/people")).json()["items"]
    assert (seen["name"], seen["phone"], seen["email"]) == ("张*", "138****1234", "z***@example.com")
    assert seen["masked"] is True
    assert (await register.get(f"/people/{id}")).json()["phone"] == "138****1234"
    peer = (await register.get("/people", _service(register.org), ids=f"{id},{uuid4()}")).json()
    (full,) = peer["items"]
    assert (full["name"], full["phone"], full["masked"]) == ("张伟", "13812341234", False)
    by_phone = (await register.get("/people", phone="138 1234 1234")).json()["items"]
    assert [p["id"] for p in by_phone] == [str(id)]


async def test_peers_read_many_people_and_employees_at_once(register: Register) -> None:
    people = await register.stored("people", [{"external_id": f"P{n}", "name": f"张{n}"} for n in range(120)])
    staff = await register.stored(
        "staff", [{"external_id": "S", "name": "李静", "roles": ["clerk"], "units": [str(register.org)]}]
    )
    ids = ",".join(str(i) for i in people + staff)
    items = (await register.get("/people", _service(register.org), ids=ids)).json()["items"]
    assert len(items) == 121
    assert {i["kind"] for i in items} == {"person", "staff"}
    too_many = ",".join(str(uuid4()) for _ in range(201))
    assert (await register.get("/people", _service(register.org), ids=too_many)).status_code == 422
    assert (await register.get("/people", ids="abc")).status_code == 422


async def test_events_of_people_carry_a_version_and_nothing_personal(register: Register) -> None:
    await register.stored("people", [{"external_id": "P", "name": "张伟", "phone": "13812341234"}])
    await register.stored("people", [{"external_id": "P", "name": "张伟", "phone": "13900000000"}])
    events = await register.events("person.upserted.v1")
    assert [(e["seq"], e["data"]) for e in events] == [(1, {"version": 1}), (2, {"version": 2})]


async def test_audit_keeps_personal_fields_only_under_the_persons_key(register: Register) -> None:
    (id,) = await register.stored("people", [{"external_id": "P", "name": "张伟", "phone": "13812341234"}])
    await register.stored("people", [{"external_id": "P", "name": "张伟", "phone": "13900000000"}])
    entries = await register.audits("person")
    assert [e["action"] for e in entries] == ["person.created", "person.updated"]
    assert not any("138" in str(e["before"]) + str(e["after"]) for e in entries)
    assert all(e["person_id"] == id for e in entries)
    assert await _personal(register, entries[1]) == {
        "before": {"phone": "13812341234"},
        "after": {"phone": "13900000000"},
    }


async def test_opening_names_who_when_and_why(register: Register, community: Community) -> None:
    body = {"ids": [str(community.people[0])], "reason": "回访工单 R20250307-0012"}
    clerk = register.staff("clerk", [register.org])
    (full,) = (await register.post("/people/open", body, clerk)).json()["items"]
    assert full["phone"] == "13812340001"
    entry = (await register.audits("person"))[-1]
    assert (entry["action"], entry["after"]) == ("person.opened", {"reason": "回访工单 R20250307-0012"})
    assert entry["actor_id"] is not None
    unknown = {"ids": [str(community.people[0]), str(uuid4())], "reason": "好奇"}
    assert (await register.post("/people/open", unknown, clerk)).status_code == 404
    nosy = register.staff("security", [register.org])
    assert (await register.post("/people/open", body, nosy)).status_code == 403


async def test_erasure_blanks_the_person_and_destroys_the_key(register: Register, community: Community) -> None:
    person = community.people[0]
    await register.stored(
        "archives",
        [
            {
                "external_id": "A",
                "unit": "CX-1-1",
                "person": "CX-P1",
                "fields": {"name": "张1伟", "contact": "13812340001", "house": "93.50", "service_history": []},
            }
        ],
    )
    created = next(e for e in await register.audits("person") if e["entity_id"] == person)
    assert await _personal(register, created) is not None
    gone = await register.post(f"/people/{person}/erase", {"reason": "业主要求删除"})
    assert gone.status_code == 200, gone.text
    assert (gone.json()["name"], gone.json()["phone"]) == (None, None)
    assert await _personal(register, created) is None
    (event,) = await register.events("person.erased.v1")
    assert (event["subject"], event["data"]) == (person, {})
    (file,) = (await register.get("/archives")).json()["items"]
    assert set(file["fields"]) == {"house", "service_history"}
    assert file["missing"] == ["name", "contact"]
    again = await register.post(f"/people/{person}/erase", {"reason": "再次"})
    assert again.status_code == 409
    back = await register.bulk("people", [{"external_id": "CX-P1", "name": "张1伟"}])
    assert [e["path"] for e in back["errors"]] == ["external_id"]


async def test_residents_read_themselves_in_full_and_nobody_else(register: Register, community: Community) -> None:
    me = register.resident(community, 0)
    (mine,) = (await register.get("/people", me)).json()["items"]
    assert (mine["id"], mine["phone"]) == (str(community.people[0]), "13812340001")
    assert (await register.get(f"/people/{community.people[1]}", me)).status_code == 404
    many = (await register.get("/people", me, ids=",".join(map(str, community.people)))).json()["items"]
    assert [p["id"] for p in many] == [str(community.people[0])]
    seen = (await register.get("/relations", me)).json()["items"]
    assert [r["unit_id"] for r in seen] == [str(community.units[0])]
    assert (await register.get("/staff", me)).status_code == 403


async def test_staff_of_one_community_neither_see_nor_rewrite_people_of_another(register: Register) -> None:
    a, _ = await register.stored(
        "org-units",
        [{"external_id": "A", "name": "A", "kind": "branch"}, {"external_id": "B", "name": "B", "kind": "branch"}],
    )
    mine = await register.community("CA", unit="A")
    theirs = await register.community("CB", unit="B")
    clerk, lead = register.staff("clerk", [a]), register.staff("supervisor", [a])
    seen = (await register.get("/people", clerk)).json()["items"]
    assert {p["id"] for p in seen} == {str(p) for p in mine.people}
    assert (await register.get(f"/people/{theirs.people[0]}", clerk)).status_code == 404
    open_them = {"ids": [str(theirs.people[0])], "reason": "越权查看"}
    assert (await register.post("/people/open", open_them, clerk)).status_code == 404
    rewritten = await register.bulk("people", [{"external_id": "CB-P1", "name": "改名"}], clerk)
    assert [e["path"] for e in rewritten["errors"]] == ["external_id"]
    # Tying a stranger to one's own unit would be a way to see them.
    tied = await register.bulk(
        "relations",
        [
            {"external_id": "X", "person": "CB-P1", "unit": "CA-1-1", "role": "family", "since": "2024-01-01"},
            {"external_id": "CB-R1", "person": "CA-P1", "unit": "CA-1-1", "role": "owner", "since": "2024-01-01"},
        ],
        lead,
    )
    assert [(e["index"], e["path"]) for e in tied["errors"]] == [(0, "person"), (1, "external_id")]


async def test_people_of_another_organisation_do_not_exist(
    register: Register, community: Community, other_org: Callable[[], Awaitable[UUID]], world: World
) -> None:
    theirs = Register(world, register.api, await other_org())
    ids = ",".join(map(str, community.people))
    assert (await theirs.get("/people", ids=ids)).json()["items"] == []
    assert (await theirs.get("/people", _service(theirs.org), ids=ids)).json()["items"] == []
    erased = await theirs.post(f"/people/{community.people[0]}/erase", {"reason": "越权删除"})
    assert erased.status_code == 404


async def test_powers_default_by_role_and_may_be_said(register: Register, community: Community) -> None:
    rows = [
        {"external_id": "F", "person": "CX-P1", "unit": "CX-1-2", "role": "family", "since": "2024-01-01"},
        {"external_id": "Y", "person": "CX-P1", "unit": "CX-1-3", "role": "payer", "since": "2024-01-01"},
        {
            "external_id": "Z",
            "person": "CX-P1",
            "unit": "CX-1-4",
            "role": "payer",
            "since": "2024-01-01",
            "powers": ["rates", "pays"],
        },
        {
            "external_id": "N",
            "person": "CX-P1",
            "unit": "CX-1-4",
            "role": "owner",
            "since": "2024-01-01",
            "powers": [],
        },
    ]
    ids = await register.stored("relations", rows)
    powers = [(await register.get(f"/relations/{id}")).json()["powers"] for id in ids]
    assert powers == [
        ["signs", "rates", "answers_surveys", "admits"],
        ["sees_bills", "pays"],
        ["pays", "rates"],
        [],
    ]
    (event,) = [e for e in await register.events("relation.upserted.v1") if e["subject"] == ids[0]]
    assert event["community_id"] == community.id
    assert event["data"]["powers"] == powers[0]
    backwards = {**rows[0], "external_id": "W", "until": "2023-01-01"}
    assert (await register.bulk("relations", [backwards]))["accepted"] == 0


async def test_relations_are_found_by_the_day_they_hold(register: Register, community: Community) -> None:
    await register.stored(
        "relations",
        [
            {
                "external_id": "T",
                "person": "CX-P2",
                "unit": "CX-1-1",
                "role": "tenant",
                "since": "2025-01-01",
                "until": "2025-03-31",
            }
        ],
    )
    for day, roles in (
        ("2024-12-31", {"owner"}),
        ("2025-01-01", {"owner", "tenant"}),
        ("2025-03-31", {"owner", "tenant"}),
        ("2025-04-01", {"owner"}),
    ):
        found = (await register.get("/relations", unit_id=str(community.units[0]), on=day)).json()["items"]
        assert {r["role"] for r in found} == roles


async def test_staff_are_people_too_and_guarded_roles_are_the_administrators_to_give(register: Register) -> None:
    (unit,) = await register.stored("org-units", [{"external_id": "A", "name": "A", "kind": "branch"}])
    hr = register.staff("hr", [register.org])
    answer = await register.bulk(
        "staff",
        [
            {"external_id": "S1", "name": "李静", "phone": "13900001111", "roles": ["clerk"], "units": ["A"]},
            {"external_id": "S2", "name": "王芳", "roles": ["admin"], "units": ["A"]},
            {"external_id": "S3", "name": "刘洋", "roles": ["resident"], "units": ["A"]},
            {"external_id": "S4", "name": "陈杰", "roles": ["clerk"], "units": ["nowhere"]},
        ],
        hr,
    )
    assert [(e["index"], e["path"]) for e in answer["errors"]] == [(1, "roles"), (2, "roles.0"), (3, "units")]
    (staff,) = (await register.get("/staff", org_unit_id=str(unit))).json()["items"]
    assert (staff["name"], staff["phone"], staff["units"]) == ("李*", "139****1111", [str(unit)])
    events = await register.events("staff.upserted.v1", "person.upserted.v1")
    assert {e["type"] for e in events if e["subject"] == UUID(staff["id"])} == {
        "staff.upserted.v1",
        "person.upserted.v1",
    }


@pytest.mark.parametrize("role", ["clerk", "butler", "engineer", "qa", "resident"])
async def test_who_may_not_erase(register: Register, community: Community, role: str) -> None:
    who = register.resident(community, 0) if role == "resident" else register.staff(role, [register.org])
    answer = await register.post(f"/people/{community.people[0]}/erase", {"reason": "无权"}, who)
    assert answer.status_code == 403


async def test_concurrent_imports_of_one_person_agree_on_one_key(register: Register) -> None:
    row = {"external_id": "P", "name": "张伟", "phone": "13812341234"}
    answers = await asyncio.gather(
        *(register.bulk("people", [{**row, "phone": f"1381234{n:04d}"}]) for n in range(5))
    )
    assert sum(a["created"] for a in answers) == 1
    entries = await register.audits("person")
    assert len(entries) == 5
    opened = [await _personal(register, entry) for entry in entries]
    assert None not in opened
