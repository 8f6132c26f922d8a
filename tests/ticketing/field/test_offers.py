"""Offers with a time limit: what nobody answers goes to the next in turn or to the pool, and the supervisor hears."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from tests.support.world import Standing
from tests.ticketing.cases import z
from tests.ticketing.field.support import NINE, Crew

M, S = timedelta(minutes=1), timedelta(seconds=1)


async def rule(crew: Crew, minutes: int | None = 15, status: int = 200) -> None:
    body: dict[str, Any] = {"org_unit_id": str(crew.company.east), "kind": "repair", "mode": "rotate"}
    if minutes is not None:
        body["accept_minutes"] = minutes
    headers = crew.company.by("boss")
    put = await crew.register.api.put("/ticketing/v1/dispatch-rules", json=body, headers=headers)
    assert put.status_code == status, put.text


async def test_c011_an_offer_that_nobody_answers_goes_to_the_next_and_then_to_the_pool(
    crew: Crew, clock: Standing
) -> None:
    for name in ("eva", "tom"):
        await crew.engineer(name, "water")
    await rule(crew)
    ticket = await crew.repair()
    order = await crew.give(ticket)
    assert order["accept_by"] == z(NINE + 15 * M)
    first = crew.name(order["engineer_id"])
    clock.to(NINE + 15 * M)
    await crew.register.fire_timers()
    assert [o["state"] for o in await crew.orders(ticket)] == ["offered"], "the last second counts"
    clock.by(S)
    await crew.register.fire_timers()
    lapsed, second = await crew.orders(ticket)
    assert (lapsed["state"], second["state"]) == ("lapsed", "offered")
    assert {first, crew.name(second["engineer_id"])} == {"eva", "tom"}
    assert (await crew.try_(lapsed, "accept", str(first))).status_code == 409
    clock.to(NINE + 31 * M)
    await crew.register.fire_timers()
    *_, third = await crew.orders(ticket)
    assert (third["state"], third["engineer_id"]) == ("pooled", None)
    told = await crew.register.events("order.lapsed.v1")
    assert [e["data"]["role"] for e in told] == ["supervisor"] * 2
    assert str(crew.company.east) in told[0]["data"]["org_units"]
    history = [e["action_name"]["zh"] for e in await crew.desk.entries(ticket) if e["action"] == "order.lapse"]
    assert history == ["超时未接"] * 2


async def test_an_accepted_offer_stays_and_so_does_one_without_a_limit(crew: Crew, clock: Standing) -> None:
    await crew.engineer("eva", "water")
    free = await crew.repair()
    assert (await crew.give(free))["accept_by"] is None
    await rule(crew, 1)
    ticket = await crew.repair()
    order = await crew.give(ticket)
    clock.to(NINE + 1 * M)
    await crew.act(order, "accept", "eva")
    clock.by(60 * M)
    await crew.register.fire_timers()
    assert [o["state"] for o in await crew.orders(ticket)] == ["accepted"]
    assert [o["state"] for o in await crew.orders(free)] == ["offered"]
    await rule(crew, 0, 422)


async def test_who_was_named_and_does_not_answer_leaves_it_to_whoever_takes_it(crew: Crew, clock: Standing) -> None:
    for name in ("eva", "tom"):
        await crew.engineer(name, "water")
    await rule(crew, 5)
    ticket = await crew.repair()
    order = await crew.give(ticket, engineer_id=str(crew.company.people["eva"]))
    clock.to(NINE + 5 * M + S)
    await crew.register.fire_timers()
    _, pooled = await crew.orders(ticket)
    assert (pooled["state"], pooled["previous_id"]) == ("pooled", order["id"])
    assert (await crew.act(pooled, "grab", "tom"))["state"] == "accepted"


async def test_an_acceptance_and_the_end_of_its_time_at_once_leave_one_open_order(
    crew: Crew, clock: Standing
) -> None:
    for name in ("eva", "tom"):
        await crew.engineer(name, "water")
    await rule(crew, 1)
    ticket = await crew.repair()
    order = await crew.give(ticket)
    clock.to(NINE + 1 * M + S)
    late, _ = await asyncio.gather(
        crew.try_(order, "accept", str(crew.name(order["engineer_id"]))), crew.register.fire_timers()
    )
    states = [o["state"] for o in await crew.orders(ticket)]
    assert states == (["accepted"] if late.status_code == 200 else ["lapsed", "offered"])
