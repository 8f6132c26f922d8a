"""Call records in bulk (C-036): the same effect as the exchange's events, once, whichever came first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.support.world import Standing
from tests.ticketing.cases import NOON, H, M, S, z
from tests.ticketing.reception.support import CALLER, Exchange

Clock = Callable[[datetime], Standing]


def record(code: str, **more: Any) -> dict[str, Any]:
    row = {
        "external_id": code,
        "offered_at": z(NOON),
        "answered_at": z(NOON + 9 * S),
        "ended_at": z(NOON + M),
        "rings": 2,
        "number": CALLER,
    }
    return {k: v for k, v in {**row, **more}.items() if v is not None}


async def test_c036_records_and_events_of_a_call_are_one_call(exchange: Exchange, standing: Clock) -> None:
    standing(NOON + H)
    register = exchange.desk.register
    (clerk,) = await register.stored(
        "staff", [{"external_id": "E1", "name": "李静", "roles": ["clerk"], "units": [str(register.org)]}]
    )
    told = await exchange.tell("a", "offered", NOON, number=CALLER)
    rows = [record("a", clerk=str(clerk)), record("b", answered_at=None, rings=6, ended_at=z(NOON + H - M))]
    first = await register.bulk("calls", rows, source="pbx-cx")
    assert (first["accepted"], first["created"], first["errors"]) == (2, 1, [])
    call = await exchange.get(told["id"])
    assert (call["outcome"], call["in_time"], call["clerk_id"]) == ("answered", True, str(clerk))
    (due,) = await exchange.returns(state="due")
    again = await register.bulk("calls", rows, source="pbx-cx")
    assert (again["accepted"], again["created"], again["updated"]) == (2, 0, 0)
    await exchange.tell("a", "answered", NOON + 9 * S, rings=2)
    assert (await exchange.get(told["id"]))["version"] == call["version"]
    assert [r["calls"] for r in await exchange.returns()] == [due["calls"]] == [1]


async def test_a_bad_record_is_refused_and_the_others_are_stored(exchange: Exchange, standing: Clock) -> None:
    standing(NOON + H)
    rows = [record("x", answered_at=z(NOON - S)), record("y", clerk="nobody"), record("z"), {"external_id": "w"}]
    answer = await exchange.desk.register.bulk("calls", rows, source="pbx-cx")
    assert [(e["index"], e["path"]) for e in answer["errors"]] == [(0, "offered_at"), (1, "clerk"), (3, "offered_at")]
    assert (answer["accepted"], answer["created"]) == (1, 1)
    listed = (await exchange.desk.register.get("/calls")).json()["items"]
    assert [c["external_id"] for c in listed] == ["z"]  # nothing half done of the others
    unknown = await exchange.desk.register.bulk("calls", [record("q")], source="elsewhere")
    assert len(unknown["errors"]) == 1 and unknown["accepted"] == 0


async def test_old_records_promise_no_call_back(exchange: Exchange, standing: Clock) -> None:
    standing(NOON + 30 * H)
    await exchange.desk.register.bulk("calls", [record("a", answered_at=None, rings=9)], source="pbx-cx")
    (call,) = (await exchange.desk.register.get("/calls")).json()["items"]
    assert (call["outcome"], call["return_id"], await exchange.returns()) == ("missed", None, [])
