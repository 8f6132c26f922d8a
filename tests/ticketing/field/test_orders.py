"""Work orders: in turn, by hand, first come; refused, handed over, and under two hands at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from tests.support.world import Standing
from tests.ticketing.cases import z
from tests.ticketing.field.support import NINE, Crew

M = timedelta(minutes=1)


async def test_c004_c011_g020_in_turn_the_fewest_open_orders_then_the_longest_wait_and_it_says_why(
    crew: Crew, clock: Standing
) -> None:
    for name in ("eva", "tom"):
        await crew.engineer(name, "water")
    await crew.engineer("sparky", "electricity")
    await crew.engineer("off", "water", hours=(0, 0))
    got = []
    for _ in range(3):
        order = await crew.give(await crew.repair())
        got.append(crew.name(order["engineer_id"]))
        clock.by(M)
    assert set(got[:2]) == {"eva", "tom"} and got[2] == got[0]  # both had one; the first waited longer
    why = {crew.name(one["person_id"]): one["why"] for one in order["considered"]}
    assert why == {got[0]: "chosen", got[1]: "later_turn", "sparky": "skill"}  # who is off is not there at all
    case = (await crew.company.get("/tickets", "boss"))["items"][0]
    assert (case["state"], crew.name(case["assignee_id"])) == ("dispatched", got[2])
    offered = await crew.register.events("order.offered.v1")
    assert [crew.name(e["data"]["engineer_id"]) for e in offered] == got


async def test_c011_two_orders_given_out_at_once_go_to_two_engineers(crew: Crew) -> None:
    for name in ("eva", "tom"):
        await crew.engineer(name, "water")
    tickets = [await crew.repair() for _ in range(4)]
    orders = await asyncio.gather(*(crew.give(t, mode="rotate") for t in tickets))
    got = sorted(str(crew.name(o["engineer_id"])) for o in orders)
    assert got == ["eva", "eva", "tom", "tom"]


async def test_c011_nobody_on_duty_leaves_it_in_the_pool_and_the_supervisor_is_told(crew: Crew) -> None:
    await crew.engineer("late", "water", hours=(14, 20))
    ticket = await crew.repair()
    order = await crew.give(ticket)
    assert (order["state"], order["engineer_id"]) == ("pooled", None)
    assert (await crew.case(ticket))["state"] == "received"  # nobody of maintenance was told
    (event,) = await crew.register.events("order.pooled.v1")
    assert (event["data"]["why"], event["data"]["role"]) == ("nobody_on_duty", "supervisor")
    assert str(crew.company.east) in event["data"]["org_units"]
    pool = (await crew.company.get("/work-orders/pool", "boss"))["items"]
    assert [o["id"] for o in pool] == [order["id"]]
    assert (await crew.company.get("/work-orders/pool", "west_boss"))["items"] == []
    assigned = await crew.give(ticket, engineer_id=str(crew.company.people["late"]))
    assert (assigned["state"], assigned["previous_id"]) == ("offered", order["id"])
    assert [o["state"] for o in await crew.orders(ticket)] == ["withdrawn", "offered"]


async def test_c011_of_two_who_grab_the_first_wins_and_the_other_reads_who_has_it(crew: Crew) -> None:
    for name in ("eva", "tom"):
        await crew.engineer(name, "water")
    await crew.engineer("sparky", "electricity")
    ticket = await crew.repair()
    order = await crew.give(ticket, mode="grab")
    assert (await crew.case(ticket))["state"] == "dispatched"  # those who may take it were told
    refused = await crew.try_(order, "grab", "sparky")
    assert (refused.status_code, refused.json()["code"]) == (409, "ticketing.order.not_on_duty")
    answers = await asyncio.gather(*(crew.try_(order, "grab", name) for name in ("eva", "tom")))
    assert sorted(a.status_code for a in answers) == [200, 409]
    won, lost = sorted(answers, key=lambda a: a.status_code)
    winner = crew.name(won.json()["engineer_id"])
    assert lost.json()["code"] == "ticketing.order.taken" and f"员工{winner}" in lost.json()["detail"]
    assert (won.json()["state"], crew.name((await crew.case(ticket))["assignee_id"])) == ("accepted", winner)
    assert len(await crew.register.events("order.accepted.v1")) == 1


async def test_a_rule_of_the_nearest_org_unit_says_how(crew: Crew) -> None:
    await crew.engineer("eva", "water")
    rule = {"org_unit_id": str(crew.company.east), "kind": "repair", "mode": "grab", "repeat_days": 30}
    put = await crew.register.api.put(
        "/ticketing/v1/dispatch-rules", json=rule, headers=crew.company.by("boss")
    )
    assert put.status_code == 200, put.text
    assert (await crew.give(await crew.repair()))["state"] == "pooled"
    again = await crew.register.api.put(
        "/ticketing/v1/dispatch-rules", json={**rule, "mode": "rotate"}, headers=crew.company.by("boss")
    )
    assert (again.json()["id"], again.json()["version"]) == (put.json()["id"], 2)
    assert (await crew.give(await crew.repair()))["state"] == "offered"
    west = await crew.register.api.put(
        "/ticketing/v1/dispatch-rules", json=rule, headers=crew.company.by("west_boss")
    )
    assert west.status_code == 404
    assert len((await crew.company.get("/dispatch-rules", "boss"))["items"]) == 1
    assert (await crew.company.get("/dispatch-rules", "west_boss"))["items"] == []


async def test_c011_a_refusal_goes_to_the_next_and_never_back(crew: Crew) -> None:
    for name in ("eva", "tom"):
        await crew.engineer(name, "water")
    ticket = await crew.repair()
    order = await crew.give(ticket)
    first = str(crew.name(order["engineer_id"]))
    assert (await crew.try_(order, "refuse", first)).status_code == 422  # without a reason
    other = "tom" if first == "eva" else "eva"
    assert (await crew.try_(order, "refuse", other, reason="x")).status_code == 403
    said = await crew.act(order, "refuse", first, reason="电梯困人")
    assert (said["state"], said["reason"]) == ("refused", "电梯困人")
    follows = (await crew.orders(ticket))[-1]
    assert (crew.name(follows["engineer_id"]), follows["previous_id"]) == (other, order["id"])
    await crew.act(follows, "refuse", other, reason="无配件")
    last = (await crew.orders(ticket))[-1]
    assert (last["state"], (await crew.case(ticket))["assignee_id"]) == ("pooled", None)
    (event,) = await crew.register.events("order.pooled.v1")
    assert event["data"]["why"] == "refused"


async def test_c012_c311_a_transfer_needs_a_note_and_the_next_one_reads_it(crew: Crew) -> None:
    for name in ("eva", "tom"):
        await crew.engineer(name, "water")
    ticket = await crew.repair()
    order = await crew.give(ticket, engineer_id=str(crew.company.people["eva"]))
    await crew.act(order, "accept", "eva")
    assert (await crew.try_(order, "transfer", "eva")).status_code == 422
    follows = await crew.act(order, "transfer", "eva", note="总阀已关，配件在库房")
    assert (crew.name(follows["engineer_id"]), follows["handover"]) == ("tom", "总阀已关，配件在库房")
    before = (await crew.orders(ticket))[0]
    assert (before["state"], before["handover"]) == ("transferred", "总阀已关，配件在库房")
    assert crew.name((await crew.case(ticket))["assignee_id"]) == "tom"
    history = await crew.desk.entries(ticket)
    assert [e["data"]["note"] for e in history if e["action"] == "order.transfer"] == ["总阀已关，配件在库房"]
    # owners read neither notes nor names
    shown = await crew.desk.entries(ticket, crew.desk.owner())
    assert all("note" not in e["data"] and not e["action"].startswith("order.") for e in shown)
    events = await crew.register.events()
    assert not any("总阀" in str(e["data"]) for e in events)
    seqs = [e["seq"] for e in events if str(e["subject"]) == ticket["id"]]
    assert seqs == sorted(seqs)


async def test_a_transfer_while_it_is_accepted_leaves_one_open_order(crew: Crew) -> None:
    for name in ("eva", "tom"):
        await crew.engineer(name, "water")
    eva, tom = (str(crew.company.people[name]) for name in ("eva", "tom"))
    for _ in range(3):
        ticket = await crew.repair()
        order = await crew.give(ticket, engineer_id=eva)
        accepted, moved = await asyncio.gather(
            crew.try_(order, "accept", "eva"),
            crew.try_(order, "transfer", "boss", note="改派", engineer_id=tom),
        )
        assert moved.status_code == 201 and accepted.status_code in (200, 409)
        orders = await crew.orders(ticket)
        assert [(o["state"], o["engineer_id"]) for o in orders] == [("transferred", eva), ("offered", tom)]
        assert (await crew.case(ticket))["assignee_id"] == tom


async def test_c011_the_order_ends_with_the_work_and_a_plain_dispatch_is_an_order_too(crew: Crew) -> None:
    eva = await crew.engineer("eva", "water")
    tom = await crew.engineer("tom", "water")
    ticket = await crew.repair()
    await crew.desk.do(ticket, "dispatch", assignee_id=str(eva))
    await crew.desk.do(ticket, "dispatch", assignee_id=str(eva))  # the same once more: nothing new
    await crew.desk.do(ticket, "dispatch", assignee_id=str(tom))
    assert [(o["state"], o["engineer_id"]) for o in await crew.orders(ticket)] == [
        ("withdrawn", str(eva)),
        ("offered", str(tom)),
    ]
    answer = await crew.send(f"/tickets/{ticket['id']}/orders", "boss", mode="rotate")
    assert (answer.status_code, answer.json()["code"]) == (409, "ticketing.order.open")
    assert "员工tom" in answer.json()["detail"]
    await crew.desk.do(ticket, "complete", result="已修好")
    assert [o["state"] for o in await crew.orders(ticket)] == ["withdrawn", "done"]
    assert (await crew.send(f"/tickets/{ticket['id']}/orders", "boss")).status_code == 409
    await crew.desk.do(ticket, "reopen", reason="还漏")
    assert (await crew.give(ticket, engineer_id=str(eva)))["state"] == "offered"
    await crew.desk.do(ticket, "dispatch", assignee_id=str(eva))
    gone = await crew.repair()
    pooled = await crew.give(gone, mode="grab")
    await crew.desk.do(gone, "cancel", reason="自行处理")
    answer = await crew.try_(pooled, "grab", "eva")
    assert (answer.status_code, answer.json()["code"]) == (409, "ticketing.order.not_now")


async def test_c012_who_leaves_hands_their_orders_to_the_heir(crew: Crew) -> None:
    eva, tom = [await crew.engineer(name, "water") for name in ("eva", "tom")]
    ticket = await crew.repair()
    await crew.give(ticket, engineer_id=str(eva))
    await crew.company.done(f"/staff/{eva}/leave", "pm", reason="离职", successor=str(tom))
    assert [(o["state"], o["engineer_id"]) for o in await crew.orders(ticket)] == [
        ("withdrawn", str(eva)),
        ("offered", str(tom)),
    ]


async def test_the_engineers_own_list_tells_what_changed_since(crew: Crew, clock: Standing) -> None:
    eva = str(await crew.engineer("eva", "water"))
    await crew.engineer("tom", "water")

    async def mine(**query: Any) -> list[tuple[str, str]]:
        found = await crew.company.get("/my/orders", "eva", **query)
        return [(o["ticket_number"], o["state"]) for o in found["items"]]

    first, second = await crew.repair(), await crew.repair()
    order = await crew.give(first, engineer_id=eva)
    clock.by(M)
    await crew.give(second, engineer_id=eva)
    assert await mine() == [(first["number"], "offered"), (second["number"], "offered")]
    clock.by(M)
    await crew.act(order, "transfer", "boss", note="请假", engineer_id=str(crew.company.people["tom"]))
    assert await mine(updated_after=z(NINE + 2 * M)) == [(first["number"], "transferred")]
    page = await crew.company.get("/my/orders", "eva", limit=1)
    rest = await crew.company.get("/my/orders", "eva", limit=1, cursor=page["next"])
    assert (page["items"][0]["ticket_id"], rest["items"][0]["ticket_id"]) == (second["id"], first["id"])
    assert rest["next"] is None
