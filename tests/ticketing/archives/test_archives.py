"""Owner files and their checks (C-073, C-075, C-077, AMB-113)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tests.support.world import Standing, World
from tests.ticketing.support import Community, Register

NOW = datetime(2025, 3, 28, 2, tzinfo=UTC)
Clock = Callable[[datetime], Standing]
FULL: dict[str, Any] = {
    "name": "张伟",
    "contact": {"phone": "13812341234"},
    "house": {"area": "93.50"},
    "service_history": [],
}


def _file(n: int, **fields: Any) -> dict[str, Any]:
    return {"external_id": f"A{n}", "unit": f"CX-1-{n}", "fields": {**FULL, **fields}}


def _check(community: Community, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"community_id": str(community.id), "month": "2025-03", "items": items, **more}


async def test_c073_a_file_says_what_it_lacks(register: Register, community: Community) -> None:
    # G-003
    full, open_ = await register.stored("archives", [_file(1), _file(2, contact="", house=None)])
    found = (await register.get(f"/archives/{full}")).json()
    assert (found["state"], found["missing"]) == ("complete", [])
    found = (await register.get(f"/archives/{open_}")).json()
    assert (found["state"], found["missing"]) == ("open", ["contact", "house"])
    complete = (await register.get("/archives", complete=True)).json()["items"]
    assert [f["id"] for f in complete] == [str(full)]
    lacking = (await register.get("/archives", complete=False)).json()["items"]
    assert [f["id"] for f in lacking] == [str(open_)]


async def test_c087_files_are_masked_and_opened_with_a_reason(register: Register, community: Community) -> None:
    # D-075, G-010
    (id,) = await register.stored("archives", [_file(1)])
    shown = (await register.get(f"/archives/{id}")).json()
    assert shown["fields"]["name"] == "张*"
    assert "13812341234" not in str(shown)
    full = (await register.post(f"/archives/{id}/open", {"reason": "核对业主信息"})).json()
    assert full["fields"] == FULL
    entries = await register.audits("archive")
    assert [e["action"] for e in entries] == ["archive.created", "archive.opened"]
    assert not any("13812341234" in str(e["after"]) for e in entries)
    assert (await register.get("/archives", register.resident(community, 0))).status_code == 403


async def test_c075_one_file_per_unit_and_bad_rows_leave_good_ones(
    register: Register, community: Community
) -> None:
    await register.stored("archives", [_file(1)])
    answer = await register.bulk(
        "archives",
        [
            {**_file(1), "external_id": "OTHER"},
            {**_file(2), "external_id": "A1"},
            _file(3),
            {**_file(3), "external_id": "A3-again"},
            {**_file(4), "unit": "nowhere"},
            {**_file(4), "fields": "none"},
            {**_file(4), "person": "nobody"},
        ],
    )
    assert [item["external_id"] for item in answer["items"]] == ["A3"]
    assert sorted((e["index"], e["path"]) for e in answer["errors"]) == [
        (0, "unit"),
        (1, "unit"),
        (3, "unit"),
        (4, "unit"),
        (5, "fields"),
        (6, "external_id"),
    ]


async def test_register_of_files_is_told_in_events_of_200_and_repeats_say_nothing(register: Register) -> None:
    place = await register.community("CX", dwellings=450, occupied=0)
    rows = [_file(n) for n in range(1, 451)]
    start = time.perf_counter()
    await register.stored("archives", rows)
    print(f"450 owner files: {(time.perf_counter() - start) * 1000:.0f} ms")
    events = await register.events("archive.upserted.v1")
    assert [len(e["data"]["files"]) for e in events] == [200, 200, 50]
    assert {e["community_id"] for e in events} == {place.id}
    assert {f["unit_id"] for e in events for f in e["data"]["files"]} == {str(u) for u in place.units}
    again = await register.bulk("archives", rows)
    assert (again["created"], again["updated"]) == (0, 0)
    assert len(await register.events("archive.upserted.v1")) == 3


async def test_c077_each_file_once_per_check_and_the_last_check_counts(
    register: Register, community: Community, standing: Clock
) -> None:
    # G-002
    clock = standing(NOW)
    files = await register.stored("archives", [_file(n) for n in (1, 2, 3)])
    first = await register.post(
        "/archive-checks",
        _check(
            community,
            [
                {"file_id": str(files[0]), "complete": False, "up_to_date": False, "missing": ["contact"]},
                {"unit_id": str(community.units[1]), "complete": True, "up_to_date": True, "note": "电话核实"},
                {"unit_id": str(community.units[0]), "complete": True, "up_to_date": True},
                {"unit_id": str(community.units[3]), "complete": True, "up_to_date": True},
                {"complete": True, "up_to_date": True},
                {"file_id": str(files[2]), "complete": True, "up_to_date": True, "missing": ["house"]},
            ],
        ),
    )
    assert first.status_code == 201, first.text
    made = first.json()
    assert (made["checked"], made["complete"], made["up_to_date"]) == (2, 1, 1)
    assert [(e["index"], e["path"]) for e in made["errors"]] == [
        (2, "unit_id"),
        (3, "unit_id"),
        (4, "unit_id"),
        (5, "missing"),
    ]
    clock.to(datetime(2025, 3, 29, 2, tzinfo=UTC))
    second = await register.post(
        "/archive-checks", _check(community, [{"file_id": str(files[0]), "complete": True, "up_to_date": True}])
    )
    assert second.status_code == 201  # the month's second batch, the file's later check
    last = (await register.get(f"/archives/{files[0]}")).json()["last_check"]
    assert (last["check_id"], last["complete"]) == (second.json()["id"], True)
    # Found in a drawer a day later: recorded, and the later check still counts.
    late = await register.post(
        "/archive-checks",
        _check(
            community,
            [{"file_id": str(files[0]), "complete": False, "up_to_date": False}],
            occurred_at="2025-03-28T03:00:00Z",
        ),
    )
    assert late.status_code == 201
    assert (await register.get(f"/archives/{files[0]}")).json()["last_check"]["check_id"] == second.json()["id"]
    listed = (await register.get("/archive-checks", month="2025-03", community_id=str(community.id))).json()
    assert len(listed["items"]) == 3
    items = (await register.get(f"/archive-checks/{made['id']}/items")).json()["items"]
    assert {i["file_id"]: i["missing"] for i in items} == {str(files[0]): ["contact"], str(files[1]): []}


async def test_checks_are_told_in_events_of_200_with_the_time_of_the_check(
    register: Register, standing: Clock
) -> None:
    standing(NOW)
    place = await register.community("CX", dwellings=450, occupied=0)
    await register.stored("archives", [_file(n) for n in range(1, 451)])
    rows = [{"unit_id": str(u), "complete": True, "up_to_date": n % 2 == 0} for n, u in enumerate(place.units)]
    start = time.perf_counter()
    answer = await register.post("/archive-checks", _check(place, rows, occurred_at="2025-03-28T01:30:00Z"))
    print(f"check of 450 files: {(time.perf_counter() - start) * 1000:.0f} ms")
    assert answer.json()["up_to_date"] == 225
    events = await register.events("archive.checked.v1")
    assert [(e["seq"], len(e["data"]["items"])) for e in events] == [(1, 200), (2, 200), (3, 50)]
    assert {e["data"]["checked_at"] for e in events} == {"2025-03-28T01:30:00Z"}
    assert events[0]["occurred_at"] == datetime(2025, 3, 28, 1, 30, tzinfo=UTC)


async def test_checks_neither_in_the_future_nor_before_their_month(
    register: Register, community: Community, standing: Clock
) -> None:
    standing(NOW)
    await register.stored("archives", [_file(1)])
    item = {"unit_id": str(community.units[0]), "complete": True, "up_to_date": True}
    future = await register.post("/archive-checks", _check(community, [item], occurred_at="2025-03-28T02:00:01Z"))
    assert (future.status_code, future.json()["errors"][0]["path"]) == (422, "occurred_at")
    early = await register.post("/archive-checks", {**_check(community, [item]), "month": "2025-04"})
    assert (early.status_code, early.json()["errors"][0]["path"]) == (422, "month")
    nothing = await register.post(
        "/archive-checks", _check(community, [{**item, "unit_id": str(uuid4())}])
    )
    assert (nothing.status_code, nothing.json()["errors"][0]["path"]) == (422, "items.0.unit_id")
    nowhere = await register.post("/archive-checks", {**_check(community, [item]), "community_id": str(uuid4())})
    assert nowhere.status_code == 404
    assert (await register.get("/archive-checks")).json()["items"] == []


async def test_files_of_others_are_out_of_reach(
    register: Register, other_org: Callable[[], Awaitable[UUID]], world: World
) -> None:
    a, _ = await register.stored(
        "org-units",
        [{"external_id": "A", "name": "A", "kind": "branch"}, {"external_id": "B", "name": "B", "kind": "branch"}],
    )
    await register.community("CA", unit="A")
    theirs = await register.community("CB", unit="B")
    (file,) = await register.stored("archives", [{**_file(1), "unit": "CB-1-1"}])
    clerk = register.staff("clerk", [a])
    assert (await register.get(f"/archives/{file}", clerk)).status_code == 404
    assert (await register.post(f"/archives/{file}/open", {"reason": "越权"}, clerk)).status_code == 404
    item = {"file_id": str(file), "complete": True, "up_to_date": True}
    assert (await register.post("/archive-checks", _check(theirs, [item]), clerk)).status_code == 404
    smuggled = await register.bulk("archives", [{**_file(2), "unit": "CB-1-2"}, {**_file(1), "unit": "CA-1-1"}], clerk)
    assert {e["path"] for e in smuggled["errors"]} == {"unit"}
    made = (await register.post("/archive-checks", _check(theirs, [item]))).json()
    assert (await register.get(f"/archive-checks/{made['id']}", clerk)).status_code == 404
    foreign = Register(world, register.api, await other_org())
    assert (await foreign.get(f"/archives/{file}")).status_code == 404
    assert (await foreign.get("/archives")).json()["items"] == []


async def test_concurrent_imports_make_one_file_per_unit(register: Register, community: Community) -> None:
    rows = [_file(n) for n in (1, 2, 3, 4)]
    answers = await asyncio.gather(*(register.bulk("archives", rows) for _ in range(4)))
    assert sum(a["created"] for a in answers) == 4
    assert len((await register.get("/archives")).json()["items"]) == 4


async def test_g013_c081_a_file_that_is_there_changes_for_a_reason_that_stands_with_its_author(
    register: Register, community: Community
) -> None:
    (id,) = await register.stored("archives", [_file(1)])
    refused = await register.bulk("archives", [_file(1, contact={"phone": "13900001234"}), _file(2)])
    assert [(e["index"], e["path"]) for e in refused["errors"]] == [(0, "reason")]
    assert refused["created"] == 1
    told = {**_file(1, contact={"phone": "13900001234"}), "reason": "业主更换了电话"}
    assert (await register.bulk("archives", [told]))["updated"] == 1
    assert (await register.bulk("archives", [_file(1, contact={"phone": "13900001234"})]))["errors"] == []
    changed = [e for e in await register.audits("archive") if e["action"] == "archive.updated"]
    assert [(e["entity_id"], e["after"]["reason"]) for e in changed] == [(id, "业主更换了电话")]
    assert all(e["actor_id"] is not None for e in changed)


async def test_g001_c078_the_paper_of_a_file_is_in_line_until_the_file_changes(
    register: Register, community: Community
) -> None:
    first, second = await register.stored("archives", [_file(1), _file(2)])
    stamped = (await register.post(f"/archives/{first}/paper", {"place": "3 排 2 柜 12 号"})).json()
    assert (stamped["in_sync"], stamped["paper"]["place"], stamped["paper"]["version"]) == (True, "3 排 2 柜 12 号", 1)
    assert stamped["paper"]["at"] is not None and stamped["paper"]["by"] is not None
    behind = (await register.get("/archives", in_sync=False)).json()["items"]
    assert [(row["id"], row["paper"]) for row in behind] == [(str(second), None)]
    await register.bulk("archives", [{**_file(1, house={"area": "94.00"}), "reason": "重新测量"}])
    behind = (await register.get("/archives", in_sync=False)).json()["items"]
    assert {row["id"] for row in behind} == {str(first), str(second)}
    now = (await register.get(f"/archives/{first}")).json()
    assert (now["in_sync"], now["paper"]["version"], now["version"]) == (False, 1, 3)
    assert (await register.get("/archives", in_sync=True)).json()["items"] == []


async def test_a_stamp_on_a_file_that_changed_since_it_was_read_or_that_is_elsewhere_is_refused(
    register: Register, community: Community
) -> None:
    (id,) = await register.stored("archives", [_file(1)])
    path, headers = f"/ticketing/v1/archives/{id}/paper", register.world.token("clerk", register.org)
    stale = await register.api.post(path, json={"place": "x"}, headers={**headers, "If-Match": '"9"'})
    assert stale.status_code == 412
    assert (await register.post(f"/archives/{id}/paper", {"place": ""})).status_code == 422
    assert (await register.post(f"/archives/{uuid4()}/paper", {"place": "x"})).status_code == 404
    away = register.world.token("clerk", register.org, units=[uuid4()])
    assert (await register.api.post(path, json={"place": "x"}, headers=away)).status_code == 404
    assert (await register.get(f"/archives/{id}")).json()["paper"] is None
