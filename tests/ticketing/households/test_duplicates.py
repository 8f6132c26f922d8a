"""Two rows that are one person: found with reasons, merged once, never across communities or organisations."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, func, select

from services.ticketing.duplicates.repository import POINTERS
from services.ticketing.models import identities, metadata, tickets
from shared import clock
from shared.timers import firing
from tests.ticketing.cases import Desk
from tests.ticketing.households.conftest import SignIn
from tests.ticketing.sessions.support import Door, claims
from tests.ticketing.support import Community, Register
from tests.ticketing.world_time import local_day

NewPhone = Callable[[], str]


async def _double(register: Register, unit: str = "CX-1-1", phone: str | None = None, code: str = "D") -> UUID:
    """The first owner once more, as another source knows them."""
    (person,) = await register.stored("people", [{"external_id": code, "name": "张1伟", "phone": phone}])
    relation = {"external_id": code, "person": code, "unit": unit, "role": "owner", "since": "2021-01-01"}
    await register.stored("relations", [relation])
    return person


async def _merge(
    register: Register, survivor: UUID, loser: UUID, headers: dict[str, str] | None = None, **more: Any
) -> Any:
    body = {"person_id": str(loser), "reason": "同一业主", **more}
    return await register.post(f"/people/{survivor}/merge", body, headers)


async def test_duplicates_are_listed_with_their_reasons_masked(register: Register, community: Community) -> None:
    """D-075, D-076."""
    same_unit = await _double(register)
    same_phone = await _double(register, "CX-1-2", "13812340001", code="E")
    rows = (await register.get("/person-duplicates")).json()["items"]
    found = {tuple(p["id"] for p in row["people"]): row["reasons"] for row in rows}
    first = str(community.people[0])
    assert found == {(first, str(same_unit)): ["same_name_and_unit"], (first, str(same_phone)): ["same_phone"]}
    assert {p["name"] for row in rows for p in row["people"]} == {"张*"}
    page = (await register.get("/person-duplicates", limit=1)).json()
    rest = (await register.get("/person-duplicates", limit=1, cursor=page["next"])).json()
    assert page["items"] + rest["items"] == rows
    assert rest["next"] is None
    (branch,) = await register.stored("org-units", [{"external_id": "W", "name": "W", "kind": "branch"}])
    assert (await register.get("/person-duplicates", register.staff("supervisor", [branch]))).json()["items"] == []


async def test_a_merge_takes_relations_cases_papers_and_sign_ins_along(
    register: Register, community: Community, desk: Desk, door: Door, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """C-074, C-076: the history is kept, the one who went stays resolvable."""
    phone = new_phone()
    loser = await _double(register, phone=phone)
    headers = await signed_in(phone)
    token = register.world.token("resident", register.org, units=[community.units[0]], sub=loser)
    case = await desk.ticket(headers=token)
    survivor = community.people[0]
    merged = await _merge(register, survivor, loser, take=["phone"])
    assert merged.status_code == 200, merged.text
    assert merged.json()["phone"] == f"{phone[:3]}****{phone[-4:]}"
    gone = (await register.get(f"/people/{loser}")).json()
    assert (gone["merged_into"], gone["name"], gone["phone"]) == (str(survivor), None, None)
    rows = (await register.get("/relations", unit_id=str(community.units[0]))).json()["items"]
    assert {row["person_id"] for row in rows} == {str(survivor)}
    assert len(rows) == 2
    assert (await register.get(f"/tickets/{case['id']}")).json()["reporter_id"] == str(survivor)
    fresh = claims((await signed_in(phone))["Authorization"].removeprefix("Bearer "))
    assert fresh["sub"] == str(survivor)
    assert (await register.get("/sessions", headers)).json()["items"] == []  # the other's sessions are over
    (event,) = await register.events("person.merged.v1")
    assert (str(event["subject"]), event["data"]) == (str(loser), {"survivor_id": str(survivor)})
    told = json.dumps(await register.events(), default=str) + json.dumps(
        [[row["before"], row["after"]] for row in await register.audits("person")], default=str, ensure_ascii=False
    )
    assert phone not in told
    assert "张1伟" not in told


async def test_what_an_old_token_reports_after_the_merge_follows(
    register: Register, community: Community, desk: Desk
) -> None:
    """C-074: tokens outlive a merge by minutes."""
    loser = await _double(register)
    await _merge(register, community.people[0], loser)
    headers = register.world.token("resident", register.org, units=[community.units[0]], sub=loser)
    case = await desk.ticket(headers=headers)
    runtime = register.world.runtime("ticketing")
    await firing.fire_due(runtime, register.org, clock.now() + timedelta(minutes=16))
    async with runtime.db.read(register.org) as tx:
        reporter = await tx.scalar(
            select(tickets.c.reporter_id).where(tickets.c.org_id == register.org, tickets.c.id == UUID(case["id"]))
        )
    assert reporter == community.people[0]


async def test_merges_at_once_are_one_and_chains_lead_to_whoever_is_left(
    register: Register, community: Community
) -> None:
    """D-076."""
    a, b, c = community.people[0], await _double(register), await _double(register, code="F")
    answers = await asyncio.gather(_merge(register, a, b), _merge(register, b, a), _merge(register, a, b))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    left = next(UUID(answer.json()["id"]) for answer in answers if answer.status_code == 200)
    gone = b if left == a else a
    assert (await _merge(register, c, left)).status_code == 200
    assert (await register.get(f"/people/{gone}")).json()["merged_into"] == str(c)
    assert (await _merge(register, c, c)).json()["code"] == "ticketing.person.merged"
    assert (await _merge(register, gone, c)).json()["code"] == "ticketing.person.merged"


async def test_a_merge_and_a_new_binding_at_once_leave_nobody_bound_to_who_went(
    register: Register, community: Community
) -> None:
    loser = await _double(register)
    sale = {"on": local_day(), "owners": [{"person_id": str(loser)}]}
    await asyncio.gather(
        _merge(register, community.people[0], loser),
        register.post(f"/units/{community.units[2]}/transfer", sale),
    )
    rows = (await register.get("/relations", person_id=str(loser))).json()["items"]
    assert rows == []


async def test_nobody_merges_people_of_another_community_or_organisation(
    register: Register, community: Community, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    """D-075, D-076: not even somebody who belongs to one's own community, too."""
    (branch,) = await register.stored("org-units", [{"external_id": "W", "name": "W", "kind": "branch"}])
    west = await register.community("W", unit="W")
    lead = register.staff("supervisor", [branch])
    assert (await _merge(register, community.people[0], west.people[0], lead)).status_code == 404
    other = await _merge(register, west.people[0], community.people[0], lead)
    assert (other.status_code, other.json()["errors"][0]["path"]) == (422, "person_id")
    both = await _double(register, code="G")
    await register.stored(
        "relations",
        [{"external_id": "G2", "person": "G", "unit": "W-1-1", "role": "owner", "since": "2021-01-01"}],
    )
    for pair in ((west.people[0], both), (both, west.people[0])):
        answer = await _merge(register, *pair, lead)
        assert (answer.status_code, answer.json()["code"]) == (409, "ticketing.person.elsewhere")
    abroad = Register(register.world, register.api, await other_org())
    foreign = await abroad.community("CX")
    assert (await _merge(register, community.people[0], foreign.people[0])).status_code == 422
    assert (await _merge(abroad, community.people[0], foreign.people[0])).status_code == 404


async def test_a_source_that_still_sends_who_was_merged_away_does_not_bring_them_back(
    register: Register, community: Community
) -> None:
    loser = await _double(register)
    await _merge(register, community.people[0], loser)
    again = await register.bulk("people", [{"external_id": "D", "name": "张1伟", "phone": "13800000000"}])
    assert [error["path"] for error in again["errors"]] == ["external_id"]
    relation = {"external_id": "D", "person": "D", "unit": "CX-1-1", "role": "owner", "since": "2021-01-01"}
    same = await register.bulk("relations", [relation])
    assert (same["errors"], same["updated"]) == ([], 0)


async def test_erasing_the_survivor_destroys_what_is_held_of_who_went(register: Register, community: Community) -> None:
    """D-075: the audit log's key of either goes."""
    loser = await _double(register)
    survivor = community.people[0]
    await _merge(register, survivor, loser)
    keys = metadata.tables["ticketing.person_keys"]
    count = select(func.count()).where(keys.c.org_id == register.org, keys.c.person_id.in_([loser, survivor]))
    runtime = register.world.runtime("ticketing")
    async with runtime.db.read(register.org) as tx:
        assert await tx.scalar(count) == 2
    erased = await register.post(f"/people/{survivor}/erase", {"reason": "业主书面要求"})
    assert erased.status_code == 200, erased.text
    async with runtime.db.read(register.org) as tx:
        assert await tx.scalar(count) == 0


def test_every_column_that_names_a_person_is_moved_or_kept_on_purpose() -> None:
    """C-074: a new table that names people says here what becomes of it in a merge."""
    kept = {
        "relations.person_id": "moved one by one, with their events",
        "survey_answers.person_id": "an answer is never changed",
        "ticket_signatures.signer_id": "a signature is never changed",
        "audit.person_id": "the log is never changed",
        "person_keys.person_id": "each key opens its own entries",
        "identities.subject_id": "relinked",
        "sessions.subject_id": "ended",
        "credentials.subject_id": "of employees",
        "ticket_signatures.person_id": "whose key sealed it; each key opens its own",
        "care_calls.person_id": "a call that was made is never changed; the dwelling carries the next",
        "saved_views.person_id": "of employees",
        "consents.person_id": "what one row agreed to is not put into another's mouth: the survivor is asked again",
        **{
            f"{table}.person_id": "of employees"
            for table in ("assignments", "attendance", "bars", "leaves", "presences", "shifts")
        },
    }
    wanted = {"person_id", "reporter_id", "signer_id", "uploaded_by", "used_by", "payer_id", "respondent_id"}
    named = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name in wanted and isinstance(column.type, Uuid)
    }
    moved = {f"{column.table.name}.{column.name}" for column in POINTERS}
    assert named - moved - set(kept) == set()


async def test_an_outside_account_signs_the_survivor_in(register: Register, community: Community) -> None:
    loser = await _double(register)
    runtime = register.world.runtime("ticketing")
    async with runtime.db.tx(register.org) as tx:
        await tx.raw.execute(
            "INSERT INTO ticketing.identities (id, kind, key, organisation_id, subject_id, subject, created_at) "
            "VALUES ($1, 'wechat', $2, $3, $1, 'person', $4)",
            loser,
            loser.bytes,
            register.org,
            tx.wall,
        )
    assert (await _merge(register, community.people[0], loser)).status_code == 200
    async with runtime.db.read(register.org) as tx:
        found = await tx.rows(select(identities.c.subject_id).where(identities.c.key == loser.bytes))
    assert [row.subject_id for row in found] == [community.people[0]]
