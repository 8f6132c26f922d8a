"""Promises that end in the same second: told as if each were alone, once, and beside people at work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from services.ticketing.domain.commands import apply
from services.ticketing.models import metadata
from services.ticketing.tickets import casework
from shared.timers import firing
from tests.support.world import World
from tests.ticketing.cases import NOON, Desk, H, M, S
from tests.ticketing.clocks.test_policies import drain, set_policy, wall
from tests.ticketing.support import Register

FEW = 12


async def broken(desk: Desk, code: str = "complaint.response") -> list[UUID]:
    return [e["subject"] for e in await desk.register.events("clock.breached.v1") if e["data"]["clock"] == code]


async def left(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """What the organisation's rows say of clocks, without ids and the order of cases."""
    unlike = {"org_id", "id", "subject", "subject_id", "ticket_id", "community_id", "actor_id", "request_id", "data"}
    unlike |= {"trace_id", "recorded_by", "reporter_id", "unit_id", "number", "payload", "contact"}
    found = {}
    async with desk.register.world.runtime("ticketing").db.read(desk.register.org) as tx:
        for name in ("tickets", "ticket_clocks", "ticket_entries", "timers", "outbox"):
            table = metadata.tables[f"ticketing.{name}"]
            rows = [
                {k: v for k, v in row._mapping.items() if k not in unlike}
                | ({"told": sorted(row.data)} if "data" in row._mapping else {})
                for row in await tx.rows(table.select().where(table.c.org_id == tx.org_id))
            ]
            found[name] = sorted((r for r in rows if r.get("type", "clock").startswith("clock")), key=repr)
    return found


async def busy(desk: Desk) -> None:
    """Cases of two kinds, some answered, with the limits of a step among their clocks."""
    await set_policy(desk.register, desk.register.org, step__complaint__received=wall(hours=1))
    await drain(desk.register)
    for n in range(FEW):
        ticket = await desk.ticket(("complaint", "repair")[n % 2])
        if n % 3 == 0:
            await desk.do(ticket, "respond")


async def test_many_fired_together_leave_what_each_would_have_left_alone(
    desk: Desk,
    world: World,
    other_org: Callable[[], Awaitable[UUID]],
    standing: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = standing(NOON)
    register = Register(world, desk.register.api, await other_org())
    other = Desk(register, await register.community("C"))
    await busy(desk)
    await busy(other)
    clock.by(7 * 24 * H)
    await desk.register.fire_timers()
    many = world.runtime("ticketing").spec.many_timers
    for kind in list(many):
        monkeypatch.delitem(many, kind)
    await other.register.fire_timers()
    together, alone = await left(desk), await left(other)
    assert together == alone
    assert sum(row["state"] == "breached" for row in together["ticket_clocks"]) > FEW
    assert {"clock.warned.v1", "clock.breached.v1"} <= {row["type"] for row in together["outbox"]}


async def test_a_case_that_is_answered_at_this_moment_is_passed_over_and_then_judged(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    tickets = [await desk.ticket() for _ in range(4)]
    clock.to(NOON + 10 * M)
    rt = desk.register.world.runtime("ticketing")
    await desk.register.fire_timers()  # the warnings before
    answered = UUID(tickets[1]["id"])
    async with rt.db.tx(desk.register.org) as request:
        case = await casework.lock(request, answered)
        assert case is not None
        at = NOON + 10 * M
        after = apply(case.kind, case.facts, "respond", at, {}, number=case.row.number)
        await casework.act(request, case, after, "respond", at, data={})
        clock.by(S)
        assert await firing.fire_due(rt, desk.register.org, NOON + 10 * M + S) == 3  # it waits for nobody
    await desk.register.fire_timers()
    assert sorted(await broken(desk)) == sorted(UUID(t["id"]) for t in tickets if t["id"] != str(answered))
    assert (await desk.states(tickets[1]))["complaint.response"] == "met"


async def test_answers_and_firing_side_by_side_leave_each_promise_with_one_outcome(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    tickets = [await desk.ticket() for _ in range(8)]
    clock.by(11 * M)
    rt = desk.register.world.runtime("ticketing")
    fires = [firing.fire_due(rt, desk.register.org, NOON + 11 * M) for _ in range(3)]
    answers = [desk.try_(ticket, "respond") for ticket in tickets]
    _, answered = await asyncio.gather(asyncio.gather(*fires), asyncio.gather(*answers))
    assert all(answer.status_code == 200 for answer in answered)
    await desk.register.fire_timers()
    told = await broken(desk)
    assert sorted(told) == sorted(UUID(t["id"]) for t in tickets)  # each once, whoever came first
    for ticket in tickets:
        assert (await desk.states(ticket))["complaint.response"] == "breached"
    events = [e for e in await desk.register.events() if e["type"].startswith(("clock", "ticket"))]
    for ticket in tickets:
        seqs = [e["seq"] for e in events if e["subject"] == UUID(ticket["id"])]
        assert seqs == sorted(seqs)


async def test_two_clocks_of_one_case_that_end_together_are_both_told(desk: Desk, standing: Any) -> None:
    clock = standing(NOON)
    await set_policy(desk.register, desk.register.org, step__complaint__received=wall(minutes=10))
    await drain(desk.register)
    await desk.ticket()
    await desk.ticket()
    clock.by(10 * M + S)
    await desk.register.fire_timers()
    for code in ("complaint.response", "step.complaint.received"):
        assert len(await broken(desk, code)) == len(set(await broken(desk, code))) == 2
