"""Admitting, ending and handing over: who may, from when until when, and what ends with what."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.ticketing.support import Community, Register
from tests.ticketing.world_time import local_day

PHONE = "13766600001"


async def _admit(register: Register, community: Community, headers: dict[str, str], **more: Any) -> Any:
    body = {"name": "李芳", "phone": PHONE, "role": "family", **more}
    return await register.post(f"/units/{community.units[0]}/admissions", body, headers)


def _as(register: Register, community: Community, person_id: str) -> dict[str, str]:
    return register.world.token("resident", register.org, units=[community.units[0]], sub=person_id)  # type: ignore[arg-type]


async def _relation(register: Register, id: str) -> dict[str, Any]:
    answer = await register.get(f"/relations/{id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_owner_admits_family_with_a_part_of_their_own_powers(register: Register, community: Community) -> None:
    """D-063, D-076."""
    owner = register.resident(community, 0)
    made = await _admit(register, community, owner)
    assert made.status_code == 201, made.text
    assert made.json()["powers"] == ["signs", "rates", "answers_surveys"]  # not: admits
    assert made.json()["phone"] == "137****0001"
    relation = await _relation(register, made.json()["id"])
    assert (relation["since"], relation["until"], relation["role"]) == (local_day(), None, "family")
    again = await _admit(register, community, owner)
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.relation.exists")
    listed = (await register.get(f"/units/{community.units[0]}/admissions", owner)).json()["items"]
    assert [row["id"] for row in listed] == [made.json()["id"]]
    stranger = register.resident(community, 1)
    assert (await _admit(register, community, stranger)).status_code == 404
    assert (await register.get(f"/units/{community.units[0]}/admissions", stranger)).status_code == 404


async def test_whoever_was_admitted_admits_nobody_unless_told_so_and_nobody_gives_more_than_they_have(
    register: Register, community: Community
) -> None:
    """D-063."""
    owner = register.resident(community, 0)
    made = (await _admit(register, community, owner)).json()
    family = _as(register, community, (await _relation(register, made["id"]))["person_id"])
    refused = await _admit(register, community, family, phone="13766600002")
    assert (refused.status_code, refused.json()["code"]) == (403, "ticketing.household.may_not_admit")
    until = local_day(30)
    tenant = await _admit(
        register, community, owner, phone="13766600003", role="tenant", until=until, powers=["admits", "rates"]
    )
    assert tenant.status_code == 201, tenant.text
    person = (await _relation(register, tenant.json()["id"]))["person_id"]
    wide = await _admit(register, community, _as(register, community, person), phone="13766600004", powers=["pays"])
    assert (wide.status_code, wide.json()["errors"][0]["path"]) == (422, "powers")
    late = {"phone": "13766600004", "until": local_day(31)}
    longer = await _admit(register, community, _as(register, community, person), **late)
    assert (longer.status_code, longer.json()["errors"][0]["path"]) == (422, "until")
    early = await _admit(register, community, owner, phone="13766600004", since=local_day(-1))
    assert (early.status_code, early.json()["errors"][0]["path"]) == (422, "since")
    own = await _admit(register, community, _as(register, community, person), phone="13766600004")
    assert own.status_code == 201, own.text
    assert (own.json()["powers"], own.json()["until"]) == (["rates"], until)
    assert (await _admit(register, community, owner, role="agent")).status_code == 422  # agents by the desk


async def test_withdrawing_somebody_ends_whom_they_admitted(register: Register, community: Community) -> None:
    """C-108, D-063."""
    owner = register.resident(community, 0)
    tenant = (await _admit(register, community, owner, role="tenant", powers=["admits", "rates"])).json()
    person = (await _relation(register, tenant["id"]))["person_id"]
    guest = (await _admit(register, community, _as(register, community, person), phone="13766600005")).json()
    other = (await _admit(register, community, owner, phone="13766600006")).json()
    assert (
        await register.post(f"/relations/{tenant['id']}/end", {}, register.resident(community, 1))
    ).status_code == 404
    theirs = await register.post(f"/relations/{other['id']}/end", {}, _as(register, community, person))
    assert (theirs.status_code, theirs.json()["code"]) == (403, "ticketing.household.may_not_end")
    past = await register.post(f"/relations/{tenant['id']}/end", {"on": local_day(-3)}, owner)
    assert past.status_code == 422
    tomorrow = {"on": local_day(1)}
    done = await register.post(f"/relations/{tenant['id']}/end", tomorrow, owner)
    assert done.status_code == 200, done.text
    assert done.json()["until"] == local_day()
    assert (await _relation(register, guest["id"]))["until"] == local_day()
    assert (await _relation(register, other["id"]))["until"] is None
    over = await register.post(f"/relations/{tenant['id']}/end", tomorrow, owner)
    assert (over.status_code, over.json()["code"]) == (409, "ticketing.relation.over")
    records = (await register.get(f"/units/{community.units[0]}/moves")).json()["items"]
    assert [(row["kind"], set(row["ended"])) for row in records] == [("move_out", {tenant["id"], guest["id"]})]


async def _sale(register: Register, community: Community, headers: dict[str, str] | None = None, **more: Any) -> Any:
    body = {"on": local_day(), "owners": [{"name": "周敏", "phone": "13766600009"}], **more}
    return await register.post(f"/units/{community.units[0]}/transfer", body, headers)


async def test_a_sale_ends_the_old_owner_and_whom_they_admitted_and_keeps_the_history(
    register: Register, community: Community
) -> None:
    """C-105, C-108: history kept, the new begins the day the old is over."""
    owner = register.resident(community, 0)
    unit = str(community.units[0])
    guest = (await _admit(register, community, owner)).json()
    lease = await register.stored("people", [{"external_id": "T", "name": "租客", "phone": "13766600010"}])
    (tenancy,) = await register.stored(
        "relations",
        [{"external_id": "T", "person": str(lease[0]), "unit": "CX-1-1", "role": "tenant", "since": "2024-01-01"}],
    )
    sold = await _sale(register, community)
    assert sold.status_code == 201, sold.text
    rows = (await register.get("/relations", unit_id=unit)).json()["items"]
    by_id = {row["id"]: row for row in rows}
    (new,) = sold.json()["begun"]
    assert (by_id[new]["role"], by_id[new]["since"], by_id[new]["until"]) == ("owner", local_day(), None)
    old = next(row for row in rows if row["person_id"] == str(community.people[0]))
    assert old["until"] == local_day(-1)
    assert by_id[guest["id"]]["until"] == local_day(-1)  # began today: never holds
    assert by_id[str(tenancy)]["until"] is None  # a sale does not break the lease
    assert sold.json()["kind"] == "sale"
    assert (await _admit(register, community, owner, phone="13766600011")).status_code == 403
    assert (await _sale(register, community)).json()["code"] == "ticketing.transfer.too_early"  # twice is once
    (event,) = await register.events("unit.handed_over.v1")
    assert event["data"]["begun"] == [new]
    told = await register.events("relation.upserted.v1")
    assert {row["data"]["until"] for row in told if str(row["subject"]) == old["id"]} == {None, local_day(-1)}


async def test_two_sales_at_once_are_one(register: Register, community: Community) -> None:
    """C-105: whoever comes second meets an owner who began today."""
    answers = await asyncio.gather(
        _sale(register, community),
        _sale(register, community, owners=[{"name": "吴刚", "phone": "13766600012"}]),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_another_communitys_desk_finds_no_unit_to_hand_over(register: Register, community: Community) -> None:
    """D-075, D-076."""
    (branch,) = await register.stored("org-units", [{"external_id": "W", "name": "W", "kind": "branch"}])
    await register.community("W", unit="W")
    clerk = register.staff("clerk", [branch])
    assert (await _sale(register, community, clerk)).status_code == 404
    (here,) = (await register.get("/relations", unit_id=str(community.units[0]))).json()["items"]
    assert (await register.post(f"/relations/{here['id']}/end", {}, clerk)).status_code == 404
    assert (await register.get(f"/units/{community.units[0]}/moves", clerk)).status_code == 404
    foreign = await register.post(
        f"/units/{(await register.get('/units', clerk)).json()['items'][0]['id']}/transfer",
        {"on": local_day(), "owners": [{"person_id": str(community.people[0])}]},
        clerk,
    )
    assert (foreign.status_code, foreign.json()["errors"][0]["path"]) == (422, "owners.0.person_id")


@pytest.mark.parametrize(
    "owner", [{}, {"name": "周敏"}, {"person_id": "01955a3e-7c00-7000-8000-000000000003", "name": "x", "phone": PHONE}]
)
async def test_a_new_owner_is_a_person_or_a_name_with_a_phone(
    register: Register, community: Community, owner: dict[str, str]
) -> None:
    assert (await _sale(register, community, owners=[owner])).status_code == 422


async def test_names_and_phones_of_a_household_stand_in_no_event_and_no_plain_audit(
    register: Register, community: Community
) -> None:
    """D-075, C-087."""
    await _admit(register, community, register.resident(community, 0), name="欧阳小鱼")
    await _sale(register, community, owners=[{"name": "司徒大海", "phone": "13766600021"}])
    told = json.dumps(await register.events(), default=str, ensure_ascii=False)
    for entity in ("person", "relation", "move"):
        for row in await register.audits(entity):
            told += json.dumps([row["before"], row["after"]], default=str, ensure_ascii=False)
    for secret in ("欧阳小鱼", "司徒大海", PHONE, "13766600021"):
        assert secret not in told
