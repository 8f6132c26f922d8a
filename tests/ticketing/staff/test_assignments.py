"""Dated roles, designations and skills: who hands them out, from when to when they hold (D-017 … D-069)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.ticketing.assignments import repository
from services.ticketing.sessions.accounts import account
from services.ticketing.sessions.identities import Candidate
from tests.support.world import Standing
from tests.ticketing.cases import NOON
from tests.ticketing.staff.support import Company, z
from tests.ticketing.support import Register

Clock = Callable[[datetime], Standing]
DAY, S = timedelta(days=1), timedelta(seconds=1)


async def claims(company: Company, name: str) -> frozenset[str]:
    """The roles that a token made now would carry."""
    org = company.register.org
    async with company.register.world.runtime("ticketing").db.tx(org) as tx:
        found = await account(tx, Candidate(org, "staff", company.people[name]))
    return frozenset() if found is None else found.roles


@pytest.mark.parametrize("code", ["archivist", "follow_up_caller", "key_keeper"])
async def test_d034_the_supervisor_designates_archivist_and_caller(company: Company, code: str) -> None:
    """D-034, D-046, D-047, D-048, C-079."""
    made = await company.done("/assignments", "boss", **company.duty("ann", code))
    assert (made["state"], made["holds"], made["decided_by"]) == ("decided", True, str(company.people["boss"]))
    (listed,) = (await company.get("/assignments", "boss", code=code))["items"]
    assert listed["id"] == made["id"]
    await company.refused(
        "/assignments", "boss", 403, "ticketing.assignment.own", **company.duty("boss", code)
    )


async def test_a_clerk_designates_nobody(company: Company) -> None:
    await company.refused("/assignments", "ann", 403, "auth.power.missing", **company.duty("bob", "archivist"))


@pytest.mark.parametrize(
    ("row", "kind", "code", "decides", "not_yet"),
    [
        ("D-017", "designation", "team_leader", "manager", "boss"),
        ("D-017", "role", "butler", "manager", "boss"),
        ("D-019", "designation", "temporary_worker", "manager", "boss"),
        ("D-018", "designation", "deputy_manager", "pm", "manager"),
        ("D-017", "role", "supervisor", "pm", "manager"),
        ("D-069", "designation", "site_head", "pm", "manager"),
        ("D-009", "role", "cs_manager", "pm", "manager"),
    ],
)
async def test_each_duty_is_decided_at_its_level(
    company: Company, row: str, kind: str, code: str, decides: str, not_yet: str
) -> None:
    """D-017 up to team leaders, D-018 and D-084 the deputy only proposed, D-019 temporary workers, D-069 site head,
    D-009 the responsible person."""
    body = company.duty("ann", code, kind)
    await company.refused("/assignments", not_yet, 403, "ticketing.assignment.not_yours", **body)
    assert (await company.done("/assignments", decides, **body))["state"] == "decided"


async def test_d018_the_manager_proposes_a_deputy_and_others_decide(company: Company) -> None:
    """D-018, D-084: a proposal holds only once somebody above approved it."""
    body = company.duty("ann", "deputy_manager", propose=True)
    made = await company.done("/assignments", "manager", **body)
    assert (made["state"], made["holds"]) == ("proposed", False)
    (request,) = (await company.get("/approvals", "pm", subject_id=made["id"]))["items"]
    own = await company.post(f"/approvals/{request['id']}/approve", "manager")
    assert own.status_code == 403
    await company.done(f"/approvals/{request['id']}/approve", "pm")
    now = await company.get(f"/assignments/{made['id']}", "boss")
    assert (now["state"], now["holds"], now["decided_by"]) == ("decided", True, str(company.people["pm"]))
    # What is kept above cannot be moved down by a ladder of one's own.
    ladder = {"org_unit_id": str(company.east), "subject_kind": "appointment", "rungs": [{"roles": ["cs_manager"]}]}
    assert (await company.post("/approval-ladders", None, **ladder)).status_code == 422


async def test_nobody_proposes_an_administrator(company: Company) -> None:
    body = company.duty("ann", "admin", "role", propose=True)
    await company.refused("/assignments", "pm", 403, "ticketing.assignment.not_yours", **body)
    assert (await company.done("/assignments", None, **{**body, "propose": False}))["state"] == "decided"


async def test_a_role_holds_from_its_first_instant_up_to_its_last(company: Company, standing: Clock) -> None:
    clock = standing(NOON)
    since, until = NOON + DAY, NOON + 2 * DAY
    body = company.duty("ann", "butler", "role", since=z(since), until=z(until), unit=company.west)
    await company.done("/assignments", None, **body)
    assert await claims(company, "ann") == {"clerk"}
    clock.to(since - S)
    assert await claims(company, "ann") == {"clerk"}
    clock.to(since)
    # The token is exact even before the timer has fired; what lists and peers read follows it.
    assert await claims(company, "ann") == {"butler", "clerk"}
    await company.register.fire_timers()
    assert await company.roles_of("ann") == (["butler", "clerk"], {str(company.east), str(company.west)})
    clock.to(until)
    assert await claims(company, "ann") == {"clerk"}
    await company.register.fire_timers()
    assert await company.roles_of("ann") == (["clerk"], {str(company.east)})
    told = [e["data"]["roles"] for e in await company.register.events("staff.upserted.v1")]
    assert [roles for roles in told if len(roles) > 1] == [["butler", "clerk"]]
    assert told[-1] == ["clerk"]


async def test_a_source_does_not_take_away_what_was_given_by_date(company: Company) -> None:
    await company.done("/assignments", "pm", **company.duty("ann", "butler", "role"))
    row = {"external_id": "ann", "name": "员工ann", "roles": ["clerk"], "units": ["E"]}
    answer = await company.register.bulk("staff", [row])
    assert (answer["updated"], answer["errors"]) == (0, [])
    assert (await company.roles_of("ann"))[0] == ["butler", "clerk"]
    await company.register.bulk("staff", [{**row, "roles": ["engineer"]}])
    assert (await company.roles_of("ann"))[0] == ["butler", "engineer"]


async def test_an_ended_assignment_ends_at_once_for_whoever_reads(company: Company) -> None:
    made = await company.done("/assignments", "boss", **company.duty("ann", "archivist"))
    over = await company.done(f"/assignments/{made['id']}/end", "boss", reason="调岗")
    assert over["holds"] is False and over["ended_by"] == str(company.people["boss"])
    end = f"/assignments/{made['id']}/end"
    await company.refused(end, "boss", 409, "ticketing.assignment.over", reason="再次")
    org = company.register.org
    async with company.register.world.runtime("ticketing").db.read(org) as tx:
        path = [org, company.east]
        assert not await repository.holds(tx, company.people["ann"], path, tx.now, "designation", "archivist")


async def test_d047_the_keys_are_one_person_s_even_when_two_are_named_at_once(company: Company) -> None:
    """C-088."""
    answers = await asyncio.gather(
        company.post("/assignments", "boss", **company.duty("ann", "key_keeper")),
        company.post("/assignments", "pm", **company.duty("bob", "key_keeper")),
    )
    assert sorted(a.status_code for a in answers) == [201, 409]
    (late,) = (a for a in answers if a.status_code == 409)
    assert late.json()["code"] == "ticketing.assignment.taken"
    twice = await company.post("/assignments", "boss", **company.duty("ann", "archivist"))
    again = await company.post("/assignments", "boss", **company.duty("ann", "archivist"))
    assert (twice.status_code, again.json()["code"]) == (201, "ticketing.assignment.held_already")


async def test_other_org_units_and_organisations_are_not_there(
    company: Company, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    west = company.duty("wes", "archivist")
    await company.refused("/assignments", "boss", 404, "ticketing.staff.unknown", **west)
    there = company.duty("ann", "archivist", unit=company.west)
    await company.refused("/assignments", "boss", 404, "ticketing.org_unit.unknown", **there)
    made = await company.done("/assignments", "boss", **company.duty("ann", "archivist"))
    assert (await company.post(f"/assignments/{made['id']}/end", "west_boss", reason="无权")).status_code == 404
    assert (await company.get("/assignments", "west_boss"))["items"] == []
    stranger = Register(company.register.world, company.register.api, await other_org())
    assert (await stranger.get(f"/assignments/{made['id']}")).status_code == 404


async def test_a_role_is_given_by_somebody_who_sees_all_of_a_person_s_org_units(company: Company) -> None:
    await company.done("/assignments", None, **company.duty("ann", "archivist", unit=company.west))
    body = company.duty("ann", "butler", "role")
    await company.refused("/assignments", "pm", 409, "ticketing.assignment.works_elsewhere", **body)


async def test_an_acting_deputy_has_an_end(company: Company) -> None:
    body = company.duty("ann", "supervisor", "role", acting_for=str(company.people["boss"]))
    found = await company.refused("/assignments", "pm", 422, "ticketing.assignment.invalid", **body)
    assert [e["path"] for e in found["errors"]] == ["until"]


async def test_a_decision_is_not_made_by_a_role_that_has_ended(company: Company, standing: Clock) -> None:
    """A token lives a few minutes longer than the assignment behind it; what it decides does not."""
    clock = standing(NOON)
    until = z(NOON + DAY)
    body = company.duty("ann", "project_manager", "role", until=until, acting_for=str(company.people["pm"]))
    await company.done("/assignments", None, **body)
    company.roles["ann"] = "project_manager"
    clock.to(NOON + DAY - S)
    await company.done("/assignments", "ann", **company.duty("bob", "deputy_manager", until=until))
    clock.to(NOON + DAY)
    late = company.duty("bob", "site_head")
    await company.refused("/assignments", "ann", 403, "ticketing.assignment.not_yours", **late)
