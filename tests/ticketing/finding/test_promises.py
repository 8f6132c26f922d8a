"""Open promises within reach: what breaches next stands first, counted to the second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from services.ticketing.domain.promises import urgency
from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, M, S, z
from tests.ticketing.clocks.test_policies import drain, set_policy, wall

Clock = Callable[[datetime], Standing]


@pytest.mark.parametrize(
    ("left", "word"),
    [
        (-S, "overdue"),
        (0 * S, "minutes"),
        (30 * M, "minutes"),
        (30 * M + S, "hours"),
        (2 * H, "hours"),
        (2 * H + S, "day"),
        (24 * H, "day"),
        (24 * H + S, "later"),
    ],
)
def test_the_second_in_which_it_is_due_is_not_overdue(left: Any, word: str) -> None:
    assert urgency(NOON + left, NOON.replace(microsecond=999_999)) == word


async def listed(desk: Desk, headers: dict[str, str] | None = None, **query: Any) -> list[dict[str, Any]]:
    answer = await desk.register.get("/promises", headers or desk.staff("supervisor"), **query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_c014_what_breaches_next_stands_first_and_is_counted(desk: Desk, standing: Clock) -> None:
    """C-014: the supervisor follows the progress of complaints and repairs from one list."""
    now = standing(NOON)
    complaint = await desk.ticket(urgency="urgent")
    repair = await desk.ticket("repair", n=1)
    rows = await listed(desk)
    assert [r["left_seconds"] for r in rows] == sorted(r["left_seconds"] for r in rows)
    by_time = sorted(rows, key=lambda r: (r["left_seconds"], r["clock"]))
    assert [(r["clock"], r["number"], r["left_seconds"]) for r in by_time] == [
        ("complaint.response", complaint["number"], 600),
        ("complaint.onsite.urgent", complaint["number"], 1800),
        ("repair.dispatch", repair["number"], 1800),
        ("complaint.plan", complaint["number"], 86400),
        ("repair.arrival", repair["number"], 86400),
    ]
    assert rows[0]["row"] == "B-007" and rows[0]["unit"] == "1-101" and rows[0]["urgency"] == "minutes"
    now.by(10 * M + S)
    await desk.register.fire_timers()
    first = (await listed(desk))[0]
    assert (first["urgency"], first["state"], first["left_seconds"]) == ("overdue", "breached", -1)
    assert [r["clock"] for r in await listed(desk, overdue=True)] == ["complaint.response"]
    assert {r["clock"] for r in await listed(desk, within_minutes=30)} == {
        "complaint.response",
        "complaint.onsite.urgent",
        "repair.dispatch",
    }
    answer = await desk.register.get("/promises/counts", desk.staff("supervisor"))
    counts = answer.json()
    assert {k: counts[k] for k in ("overdue", "minutes", "hours", "day", "later")} == {
        "overdue": 1,
        "minutes": 2,
        "hours": 0,
        "day": 2,
        "later": 0,
    }
    assert counts["as_of"] == z(NOON + 10 * M + S)
    assert {c["clock"]: (c["overdue"], c["open"]) for c in counts["clocks"]}["complaint.response"] == (1, 1)
    await desk.do(complaint, "respond")
    assert "complaint.response" not in [r["clock"] for r in await listed(desk)]


async def test_a_closed_case_owes_its_follow_up_call_alone_and_a_cancelled_one_nothing(
    desk: Desk, standing: Clock
) -> None:
    now = standing(NOON)
    done = await desk.handled(urgency="urgent")  # nobody came: B-008 stays missed
    gone = await desk.ticket(n=1, urgency="urgent")
    now.by(31 * M)
    await desk.register.fire_timers()
    await desk.do(gone, "cancel", reason="业主撤回")
    await desk.do(done, "sign", signer_name="张三", method="device", signature="aGVsbG8=")
    rows = await listed(desk)
    assert [r["clock"] for r in rows] == ["revisit.48h"]
    assert rows[0]["subject_id"] != rows[0]["ticket_id"] == done["id"]


async def test_mine_are_my_cases_and_the_calls_given_to_me(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    ticket = await desk.handled()
    other = await desk.ticket("repair", n=1)
    await desk.do(other, "dispatch", assignee_id=str(desk.engineer), department="工程部")
    call = await desk.due_call(ticket)
    caller = uuid4()
    answer = await desk.register.post(
        f"/revisits/{call['id']}/assign", {"caller_id": str(caller)}, desk.staff("supervisor")
    )
    assert answer.status_code == 200, answer.text
    assert [r["clock"] for r in await listed(desk, desk.staff("engineer", desk.engineer), mine=True)] == [
        "repair.arrival"
    ]
    assert [r["clock"] for r in await listed(desk, desk.staff("clerk", caller), mine=True)] == ["revisit.48h"]
    assert [r["clock"] for r in await listed(desk, department="工程部")] == ["repair.arrival"]


async def test_promises_end_where_one_s_org_units_end(desk: Desk) -> None:
    west, east = await desk.register.stored(
        "org-units",
        [{"external_id": c, "name": c, "kind": "branch", "parent": None} for c in ("WEST", "EAST")],
    )
    there = Desk(desk.register, await desk.register.community("W", unit="WEST"))
    await desk.ticket("repair")
    theirs = await there.ticket("repair")
    west_lead = desk.register.staff("supervisor", [west])
    assert {r["ticket_id"] for r in await listed(desk, west_lead)} == {theirs["id"]}
    assert await listed(desk, desk.register.staff("supervisor", [east])) == []
    assert {r["ticket_id"] for r in await listed(desk, org_unit_id=str(west))} == {theirs["id"]}
    assert (await desk.register.get("/promises", desk.owner())).status_code == 403


async def test_pages_of_equal_due_times_skip_nothing_in_one_statement_each(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    for n in range(3):
        await desk.ticket("repair", n=n)
    seen: list[str] = []
    cursor: str | None = None
    statements: list[str] = []
    engine = desk.register.world.runtime("ticketing").db.app.sync_engine

    def note(conn: Any, cur: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        while True:
            more = {"cursor": cursor} if cursor else {}
            more["clock"] = "repair.arrival"
            page = (await desk.register.get("/promises", desk.staff("supervisor"), limit=1, **more)).json()
            seen += [r["ticket_id"] for r in page["items"]]
            if (cursor := page["next"]) is None:
                break
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(seen) == len(set(seen)) == 3
    assert len(statements) == 3


async def test_the_limit_of_a_step_is_a_promise_as_others_are(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    await set_policy(desk.register, desk.register.org, step__complaint__received=wall(hours=1))
    await drain(desk.register)
    await desk.ticket()
    (step,) = [p for p in await listed(desk) if p["clock"] == "step.complaint.received"]
    assert (step["row"], step["due_at"]) == ("B-017", z(NOON + H)) and step["name"]["zh"]
    counts = await desk.register.get("/promises/counts", desk.staff("supervisor"))
    assert "step.complaint.received" in {c["clock"] for c in counts.json()["clocks"]}
