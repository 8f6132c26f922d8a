"""Promises that run out: whom it concerns hears of it, by day and night as it matters, and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.notify.domain.restraint import CAP
from services.notify.models import deliveries, household_tells, messages
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.notify.worker.desk import Desk, desk_of
from tests.support.world import World

NIGHT = datetime.fromisoformat("2025-03-07T23:30:00+08:00")


@pytest.fixture
async def desk(
    world: World, org: UUID, monkeypatch: pytest.MonkeyPatch, standing: Callable[[datetime], Any]
) -> AsyncIterator[Desk]:
    standing(NIGHT)
    async with desk_of(Feed(world.runtime("notify"), org), monkeypatch) as found:
        await found.approve("aliyun_sms", "clock.warned")
        await found.approve("aliyun_sms", "clock.breached")
        yield found


async def employee(desk: Desk, *roles: str, units: list[UUID], phone: str | None = None) -> UUID:
    """Somebody who works at these org units."""
    person = uuid7()
    contact = {"name": "李工", "email": None, "phone": phone, "locale": "zh"}
    await desk.feed.apply(
        [
            desk.feed.event("person.upserted.v1", person, {"version": 1}),
            desk.feed.event(
                "staff.upserted.v1",
                person,
                {"person_id": str(person), "roles": list(roles), "units": [str(unit) for unit in units]},
            ),
        ],
        prepared={"person.upserted.v1": {person: contact}},
    )
    return person


async def clock(desk: Desk, what: str, path: list[UUID], **data: Any) -> UUID:
    """Something happened to a promise; the home of its case."""
    unit, owner = await desk.feed.household()
    base = {
        "number": "C20250307-0012",
        "kind": "complaint",
        "unit_id": str(unit),
        "reporter_id": str(owner),
        "ticket_id": str(uuid7()),
        "clock": "complaint.response",
        "due_at": "2025-03-07T16:00:00Z",
        "level": 1,
        "role": "clerk",
        "assignee_id": None,
        "org_units": [str(u) for u in path],
    }
    await desk.feed.apply([desk.feed.event(f"clock.{what}.v1", uuid7(), {**base, **data})])
    return unit


async def told(desk: Desk) -> dict[UUID, str]:
    """Who was told, with the class."""
    return {m.person_id: m.message_class for m in await desk.rows(messages)}


async def test_the_nearest_org_unit_that_has_somebody_of_the_role_is_told(desk: Desk) -> None:
    branch, city = uuid7(), uuid7()
    path = [desk.feed.org, branch, city]
    await employee(desk, "clerk", units=[desk.feed.org])
    near = {await employee(desk, "clerk", units=[branch]), await employee(desk, "clerk", "qa", units=[branch])}
    await employee(desk, "engineer", units=[city])
    await clock(desk, "warned", path, percent=80, reached_at="2025-03-07T15:00:00Z", held=False)
    assert await told(desk) == dict.fromkeys(near, "warning")


async def test_g024_whoever_has_the_case_is_warned_alone_and_those_above_hear_of_the_miss(desk: Desk) -> None:
    path = [desk.feed.org]
    engineer = await employee(desk, "engineer", units=path)
    await employee(desk, "clerk", units=path)
    boss = await employee(desk, "supervisor", units=path)
    warned = {"percent": 50, "reached_at": "2025-03-07T15:00:00Z", "held": False}
    await clock(desk, "warned", path, assignee_id=str(engineer), **warned)
    assert set(await told(desk)) == {engineer}
    missed = {"level": 2, "role": "supervisor", "counted_seconds": 1800, "paused_seconds": 0}
    await clock(desk, "breached", path, assignee_id=str(engineer), **missed)
    assert set(await told(desk)) == {engineer, boss}


async def test_a_short_promise_rings_at_night_and_a_long_one_in_the_morning(desk: Desk) -> None:
    path = [desk.feed.org]
    await employee(desk, "supervisor", units=path, phone="13800138000")
    for seconds in (4 * 3600, 4 * 3600 + 1):
        missed = {"level": 2, "role": "supervisor", "counted_seconds": seconds, "paused_seconds": 0}
        await clock(desk, "breached", path, **missed)
    short, long = await desk.rows(deliveries)
    assert (short.state, long.state, long.held_for) == ("queued", "held", "quiet")
    await desk.run()
    assert [t.number for t in desk.aliyun.taken] == ["13800138000"]
    assert {m.message_class for m in await desk.rows(messages)} == {"warning", "desk"}


async def test_warnings_know_no_cap(desk: Desk) -> None:
    path = [desk.feed.org]
    await employee(desk, "clerk", units=path, phone="13800138000")
    for _ in range(CAP + 2):
        await clock(desk, "warned", path, percent=80, reached_at="2025-03-07T15:00:00Z", held=False)
    assert {d.state for d in await desk.rows(deliveries)} == {"queued"}
    async with desk.feed.rt.db.read(desk.feed.org) as tx:
        assert list(await tx.rows(household_tells.select().where(household_tells.c.org_id == tx.org_id))) == []


async def test_who_has_left_or_was_erased_is_told_nothing(desk: Desk) -> None:
    path = [desk.feed.org]
    left, erased = await employee(desk, "clerk", units=path), await employee(desk, "clerk", units=path)
    gone = {"person_id": str(left), "roles": [], "units": []}
    await desk.feed.apply(
        [
            desk.feed.event("staff.upserted.v1", left, gone, seq=2),
            desk.feed.event("person.erased.v1", erased, {}, seq=2),
        ]
    )
    await clock(desk, "warned", path, percent=80, reached_at="2025-03-07T15:00:00Z", held=False)
    assert await told(desk) == {}


async def test_an_employee_reads_the_warning_in_their_own_inbox(
    desk: Desk, api: httpx.AsyncClient, world: World
) -> None:
    path = [desk.feed.org]
    clerk = await employee(desk, "clerk", units=path)
    await clock(desk, "warned", path, percent=80, reached_at="2025-03-07T15:00:00Z", held=False)
    mine = world.token("clerk", desk.feed.org, sub=clerk)
    [item] = (await api.get("/notify/v1/inbox", headers=mine)).json()["items"]
    assert item["title"] == "时限提醒：C20250307-0012 投诉响应已用 80%"
    other = world.token("clerk", desk.feed.org)
    assert (await api.get("/notify/v1/inbox", headers=other)).json()["items"] == []
    assert (await api.post(f"/notify/v1/inbox/{item['id']}/read", headers=other)).status_code == 404
    assert (await api.post(f"/notify/v1/inbox/{item['id']}/read", headers=mine)).status_code == 200


async def test_cash_left_in_a_drawer_is_told_to_its_cashier_and_to_those_above_in_the_morning(desk: Desk) -> None:
    path = [desk.feed.org]
    cashier = await employee(desk, "clerk", units=path, phone="13800138001")
    boss = await employee(desk, "supervisor", units=path)
    finance = await employee(desk, "finance", units=path)
    shift = {"shift_id": str(uuid7()), "number": "SB20250307-0001", "cashier_id": str(cashier)}
    whom = {"level": 2, "org_units": [str(unit) for unit in path]}
    open_ = {**shift, **whom, "role": "supervisor", "nights": 1}
    late = {**shift, **whom, "role": "finance", "settle_due_at": "2025-03-07T16:00:00Z"}
    for what, data in (("left_open", open_), ("settle_missed", late)):
        event = desk.feed.event(f"cash_shift.{what}.v1", uuid7(), data, source="billing")
        await desk.feed.apply([event])
        await desk.feed.apply([event])
    found = [(m.template, m.person_id) for m in await desk.rows(messages)]
    assert sorted(found) == sorted(
        [
            ("cash_shift.left_open", cashier),
            ("cash_shift.left_open", boss),
            ("cash_shift.settle_missed", cashier),
            ("cash_shift.settle_missed", finance),
        ]
    )
    assert {m.message_class for m in await desk.rows(messages)} == {"desk"}
