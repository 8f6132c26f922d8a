"""Around the work: appointments that hide nothing, acceptance, returned slips, urging, reviews, repeated faults."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.support.world import Standing, World
from tests.ticketing.cases import z
from tests.ticketing.field.support import NINE, Crew

H, M, S = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


async def done_repair(crew: Crew, **more: Any) -> dict[str, Any]:
    ticket = await crew.repair(**more)
    await crew.desk.do(ticket, "dispatch", assignee_id=str(crew.desk.engineer))
    return await crew.desk.do(ticket, "complete", result="已修好")


async def test_c003_an_owner_proposes_and_the_desk_agrees_and_the_clock_runs_to_it(crew: Crew) -> None:
    ticket = await crew.repair()
    owner = crew.desk.owner()
    proposed = await crew.desk.do(ticket, "appointment", owner, at=z(NINE + 6 * H), reason="下午在家")
    assert proposed["appointment"] is None  # nobody has agreed yet
    agreed = await crew.desk.do(ticket, "appointment", at=z(NINE + 6 * H))
    assert agreed["appointment"] == z(NINE + 6 * H)
    assert (await crew.desk.clocks(ticket))["repair.arrival"]["due_at"] == z(NINE + 6 * H)
    moved = await crew.desk.try_(ticket, "appointment", at=z(NINE + 8 * H))
    assert moved.status_code == 422 and moved.json()["errors"][0]["path"] == "reason"
    await crew.desk.do(ticket, "appointment", at=z(NINE + 8 * H), reason="业主改约")
    assert (await crew.desk.try_(ticket, "appointment", at=z(NINE), reason="x")).status_code == 422  # not ahead
    history = [e for e in await crew.desk.entries(ticket, owner) if e["action"].startswith("appointment")]
    assert [(e["action"], datetime.fromisoformat(e["data"]["appointment"])) for e in history] == [
        ("appointment.propose", NINE + 6 * H),
        ("appointment.set", NINE + 6 * H),
        ("appointment.set", NINE + 8 * H),
    ]
    types = [e["type"] for e in await crew.register.events() if "appointment" in e["type"]]
    assert types == ["ticket.appointment_proposed.v1", "ticket.appointment_set.v1", "ticket.appointment_set.v1"]
    assert (await crew.desk.try_(ticket, "appointment", crew.desk.owner(1), at=z(NINE + H))).status_code == 404


async def test_b020_a_moved_appointment_does_not_hide_the_one_that_was_missed(crew: Crew, clock: Standing) -> None:
    ticket = await crew.repair()
    await crew.desk.do(ticket, "appointment", at=z(NINE + 2 * H))
    clock.to(NINE + 2 * H + S)  # too late by a second, and no timer has fired yet
    await crew.desk.do(ticket, "appointment", at=z(NINE + 9 * H), reason="师傅未到，改约")
    found = (await crew.desk.clocks(ticket))["repair.arrival"]
    assert (found["state"], found["breached_at"]) == ("breached", z(NINE + 2 * H + S))
    await crew.desk.do(ticket, "arrive")
    assert (await crew.desk.states(ticket))["repair.arrival"] == "breached"
    kept = await crew.repair()
    await crew.desk.do(kept, "appointment", at=z(NINE + 4 * H))
    clock.to(NINE + 4 * H)  # the last second that counts
    await crew.desk.do(kept, "appointment", at=z(NINE + 9 * H), reason="业主改约")
    clock.to(NINE + 9 * H)
    await crew.desk.do(kept, "arrive")
    assert (await crew.desk.states(kept))["repair.arrival"] == "met"


async def test_c008_whoever_did_the_work_does_not_accept_it_and_rework_reopens(crew: Crew) -> None:
    ticket = await crew.repair()
    early = await crew.desk.try_(ticket, "accept-work", crew.desk.owner(), accepted=True)
    assert (early.status_code, early.json()["code"]) == (409, "ticketing.work.not_done")
    ticket = await done_repair(crew)
    handler = crew.desk.staff("supervisor", crew.desk.engineer)
    own = await crew.desk.try_(ticket, "accept-work", handler, accepted=True)
    assert (own.status_code, own.json()["code"]) == (403, "ticketing.ticket.own_case")
    assert (await crew.desk.try_(ticket, "accept-work", crew.desk.owner(), accepted=False)).status_code == 422
    again = await crew.desk.do(ticket, "accept-work", crew.desk.owner(), accepted=False, reason="还在渗水")
    assert (again["state"], again["rounds"], again["completed_at"]) == ("reopened", 2, None)
    await crew.desk.do(ticket, "complete", result="重做")
    good = await crew.desk.do(ticket, "accept-work", crew.desk.staff("qa"), accepted=True)
    assert good["state"] == "completed"
    twice = await crew.desk.try_(ticket, "accept-work", crew.desk.owner(), accepted=True)
    assert (twice.status_code, twice.json()["code"]) == (409, "ticketing.work.already_done")
    told = [e["data"] for e in await crew.register.events("ticket.accepted.v1")]
    assert [(d["accepted"], d["by"], d["round"]) for d in told] == [(False, "owner", 1), (True, "checker", 2)]
    assert len(await crew.register.events("ticket.reopened.v1")) == 1


async def test_c006_e002_the_work_slip_is_collected_once_when_the_work_is_done(crew: Crew, clock: Standing) -> None:
    ticket = await crew.repair()
    assert (await crew.desk.try_(ticket, "return-slip", method="confirmed")).status_code == 409
    ticket = await done_repair(crew)
    clock.by(M)
    assert (await crew.desk.try_(ticket, "return-slip", method="scanned")).status_code == 422  # without the scan
    await crew.desk.do(ticket, "return-slip", method="confirmed")
    twice = await crew.desk.try_(ticket, "return-slip", method="confirmed")
    assert (twice.status_code, twice.json()["code"]) == (409, "ticketing.work.already_done")
    (event,) = await crew.register.events("ticket.slip_returned.v1")
    assert (event["data"]["round"], event["data"]["method"]) == (1, "confirmed")


async def test_c005_chasing_is_counted_until_the_work_is_done_c014_b033_reviews_stand_on_the_record(crew: Crew) -> None:
    ticket = await crew.repair()
    for note in ("第一次催办", "第二次催办"):
        await crew.desk.do(ticket, "chase", note=note)
    await crew.desk.do(ticket, "dispatch", assignee_id=str(crew.desk.engineer))
    await crew.desk.do(ticket, "complete", result="已修好")
    assert (await crew.desk.try_(ticket, "chase", note="x")).status_code == 409
    lead = uuid4()
    await crew.desk.do(ticket, "review", crew.desk.staff("supervisor", lead), note="记录完整")
    assert [e["data"]["times"] for e in await crew.register.events("ticket.chased.v1")] == [1, 2]
    first = (await crew.desk.entries(ticket))[-1]["occurred_at"]
    again = await crew.desk.do(ticket, "review", crew.desk.staff("gm"), note="月度抽查")
    assert z(datetime.fromisoformat(again["fields"]["reviewed_at"])) == first, "read once is read"
    mark, _ = [e for e in await crew.desk.entries(ticket) if e["action"] == "review"]
    assert (mark["actor_id"], mark["action_name"]["zh"]) == (str(lead), "主管查阅")
    assert not any(e["action"] in ("chase", "review") for e in await crew.desk.entries(ticket, crew.desk.owner()))
    assert (await crew.desk.try_(ticket, "review", crew.desk.staff("engineer"))).status_code == 403


async def test_arrival_says_where(crew: Crew) -> None:
    ticket = await crew.repair()
    await crew.desk.do(ticket, "dispatch", assignee_id=str(crew.desk.engineer))
    bad = await crew.desk.try_(ticket, "arrive", position={"lat": 91, "lon": 0})
    assert bad.status_code == 422
    where = {"lat": 30.5728, "lon": 104.0668, "accuracy": 12.5}
    await crew.desk.do(ticket, "arrive", position=where, code="CX-PUMP-3")
    (entry,) = [e for e in await crew.desk.entries(ticket) if e["action"] == "arrive"]
    assert entry["data"] == {"position": where, "code": "CX-PUMP-3"}


async def test_a_fault_that_comes_again_is_linked_and_counted_within_its_days(
    crew: Crew, clock: Standing, world: World
) -> None:
    await crew.engineer("eva", "water")
    first = await done_repair(crew)
    await done_repair(crew, n=1)  # next door
    await done_repair(crew, category="lift")
    clock.by(timedelta(days=30))
    second = await done_repair(crew)
    clock.by(timedelta(seconds=1))
    third = await done_repair(crew)
    await world.drain(crew.register.org, timers=False)
    await world.drain(crew.register.org, timers=False)
    told = [e["data"] for e in await crew.register.events("repair.repeated.v1")]
    assert {d["ticket_id"]: (d["times"], d["days"]) for d in told} == {
        second["id"]: (2, 30),
        third["id"]: (2, 0),  # the first is thirty days and a second ago
    }
    assert len(told) == 2  # dispatch and completion both looked
    listed = (await crew.company.get(f"/tickets/{second['id']}/repeats", "boss"))["items"]
    assert [(r["earlier_id"], r["earlier_number"], r["days"]) for r in listed] == [(first["id"], first["number"], 30)]
    first_page = await crew.company.get("/repeat-faults", "boss", limit=1)
    rest = await crew.company.get("/repeat-faults", "boss", limit=1, cursor=first_page["next"])
    # The jobs that find them run side by side: which of the two was found first is nobody's promise.
    found = {r["ticket_id"] for r in [*first_page["items"], *rest["items"]]}
    assert found == {second["id"], third["id"]} and rest["next"] is None
    assert (await crew.company.get("/repeat-faults", "west_boss"))["items"] == []
    assert (await crew.case(second))["version"] == second["version"]  # finding it makes nobody's update a lost one


async def test_seqs_of_a_case_never_go_back(crew: Crew) -> None:
    ticket = await done_repair(crew)
    await crew.desk.do(ticket, "accept-work", crew.desk.owner(), accepted=False, reason="x")
    await crew.desk.do(ticket, "appointment", at=z(NINE + 2 * H))
    events = [e for e in await crew.register.events() if e["subject"] == UUID(ticket["id"])]
    seqs = [e["seq"] for e in events]
    assert seqs == sorted(seqs) and seqs[-1] == (await crew.case(ticket))["version"]
