"""Rosters, presence, bars and who is on duty, through the API (B-030, B-031, C-144 … C-147, D-086, E-046)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.ticketing.rosters.on_duty import on_duty
from tests.support.world import Standing
from tests.ticketing.imports.support import book
from tests.ticketing.staff.support import Company, z
from tests.ticketing.support import BASE, Register

Clock = Callable[[datetime], Standing]
S = timedelta(seconds=1)


def local(hour: float, day: int = 7) -> datetime:
    """An hour of a day of March 2025 in Shanghai."""
    return datetime(2025, 3, day, tzinfo=UTC) + timedelta(hours=hour - 8)


def shift(person: str, start: float, end: float, code: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "external_id": code or f"{person}-{start}",
        "person": person,
        "org_unit": "E",
        "post": "frontdesk",
        "starts_at": z(local(start)),
        "ends_at": z(local(end)),
        **more,
    }


async def roster(company: Company, *rows: dict[str, Any], by: str = "boss") -> dict[str, Any]:
    return await company.register.bulk("shifts", rows, company.by(by))


async def desk(company: Company, **more: Any) -> dict[str, Any]:
    body = {"org_unit_id": str(company.east), "code": "frontdesk", "name": "前台", "since": "2025-03-01", **more}
    return await company.done("/posts", "boss", **body)


async def present(company: Company, person: str, in_at: datetime | None, out_at: datetime | None) -> None:
    row = {"external_id": f"{person}-{in_at}-{out_at}", "person": person, "org_unit": "E"}
    row |= {} if in_at is None else {"in_at": z(in_at)}
    row |= {} if out_at is None else {"out_at": z(out_at)}
    answer = await company.register.bulk("presences", [row], company.by("boss"))
    assert answer["errors"] == [], answer


async def on(company: Company, at: datetime, **query: Any) -> list[tuple[str, str]]:
    found = await company.get("/on-duty", "boss", org_unit=str(company.east), at=z(at), **query)
    names = {str(id): name for name, id in company.people.items()}
    return [(names[one["person_id"]], one["evidence"]) for one in found]


async def test_e046_c147_a_roster_s_rows_stand_or_fall_by_themselves(company: Company, standing: Clock) -> None:
    """E-046, C-147."""
    standing(local(6))
    answer = await roster(
        company,
        shift("ann", 8, 14),
        shift("bob", 14, 20),
        shift("ann", 13, 15),  # meets her own
        shift("wes", 8, 14),  # not the boss's
        shift("bob", 8, 40),
    )
    assert answer["created"] == 2
    paths = {error["external_id"]: error["path"] for error in answer["errors"]}
    assert paths == {"ann-13": "starts_at", "wes-8": "person", "bob-8": "ends_at"}
    again = await roster(company, shift("ann", 8, 14), shift("ann", 14, 16))
    assert (again["created"], again["updated"], again["errors"]) == (1, 0, [])
    listed = await company.get("/shifts", "ann", after=z(local(14)))
    assert {s["external_id"] for s in listed["items"]} == {"ann-14", "bob-14"}


async def test_c147_two_rosters_at_once_do_not_put_one_person_in_two_places(company: Company, standing: Clock) -> None:
    """C-147."""
    standing(local(6))
    answers = await asyncio.gather(
        roster(company, shift("ann", 8, 14, "a")), roster(company, shift("ann", 9, 15, "b"), by="pm")
    )
    assert sorted(a["created"] for a in answers) == [0, 1]


async def test_d086_a_failed_examinee_is_not_put_on_the_roster(company: Company, standing: Clock) -> None:
    """D-086: refused while the bar holds, and covering nothing when the roster was there first."""
    clock = standing(local(6))
    await roster(company, shift("ann", 8, 14))
    body = {"person_id": str(company.people["ann"]), "cause": "failed_exam", "reason": "考试不合格"}
    bar = await company.done("/bars", "boss", **body)
    (met,) = bar["shifts"]
    assert await on(company, local(9)) == []
    answer = await roster(company, shift("ann", 14, 20), shift("ann", 8, 15))
    assert [e["path"] for e in answer["errors"]] == ["person", "person"]
    await company.refused("/bars", "west_boss", 404, "ticketing.staff.unknown", **body)
    clock.to(local(7))
    await company.done(f"/bars/{bar['id']}/lift", "boss", reason="补考合格")
    await company.refused(f"/bars/{bar['id']}/lift", "boss", 409, "ticketing.bar.over", reason="再次")
    assert (await roster(company, shift("ann", 14, 20)))["created"] == 1
    assert await on(company, local(9)) == [("ann", "rostered")]
    assert (await company.done(f"/shifts/{met}/cancel", "boss", reason="换班"))["cancelled_at"] is not None
    assert await on(company, local(9)) == []


async def test_on_duty_is_exact_to_the_instant_and_knows_skills(company: Company, standing: Clock) -> None:
    standing(local(6))
    await roster(company, shift("ann", 8, 14), shift("bob", 14, 20))
    await company.done("/assignments", "boss", **company.duty("bob", "lift", "skill", since=z(local(15))))
    assert await on(company, local(8) - S) == []
    assert await on(company, local(8)) == [("ann", "rostered")]
    assert await on(company, local(14)) == [("bob", "rostered")]
    assert await on(company, local(20)) == []
    assert await on(company, local(14), skill="lift") == []
    assert await on(company, local(15), skill="lift") == [("bob", "rostered")]
    assert await on(company, local(15), designation="archivist") == []
    nobody = await company.register.get("/on-duty", company.by("west_boss"), org_unit=str(company.east))
    assert nobody.status_code == 404
    # What dispatch asks: by the path of what is to be served.
    async with company.register.world.runtime("ticketing").db.read(company.register.org) as tx:
        found = await on_duty(tx, [company.register.org, company.east, company.west], local(9))
        assert [one.person_id for one in found] == [company.people["ann"]]
        assert await on_duty(tx, [company.register.org, company.west], local(9)) == []


async def test_where_presence_is_kept_only_who_is_there_is_on_duty(company: Company, standing: Clock) -> None:
    clock = standing(local(6))
    await desk(company, presence_kept=True)
    await roster(company, shift("ann", 8, 14), shift("bob", 8, 14))
    assert len(await on(company, local(9))) == 2  # ahead: as rostered
    clock.to(local(8))
    await company.done("/punches", "ann", direction="in", org_unit_id=str(company.east))
    clock.to(local(9))
    assert await on(company, local(9)) == [("ann", "present")]
    await company.done("/punches", "ann", direction="out", org_unit_id=str(company.east))
    assert await on(company, local(9)) == []
    (stay,) = (await company.get("/presences", "ann"))["items"]
    assert (stay["in_at"], stay["out_at"]) == (z(local(8)), z(local(9)))
    elsewhere = {"direction": "in", "org_unit_id": str(company.west)}
    await company.refused("/punches", "ann", 404, "ticketing.org_unit.unknown", **elsewhere)


async def test_b030_a_minute_that_nobody_covered_is_told_and_taken_back(company: Company, standing: Clock) -> None:
    """B-030, AMB-028, C-147: judged at the close, again when the gate's records come."""
    clock = standing(local(6))
    post = await desk(company, presence_kept=True)
    again = {"org_unit_id": str(company.east), "code": "frontdesk", "name": "前台", "since": "2025-03-01"}
    await company.refused("/posts", "boss", 409, "ticketing.post.exists", **again)
    await roster(company, shift("ann", 8, 14), shift("bob", 14, 20))
    days = {"first": "2025-03-07", "last": "2025-03-08"}
    ahead = await company.get("/roster-days", "boss", **days)
    assert [(d["minutes"], d["closed"]) for d in ahead] == [(0, False), (720, False)]
    clock.to(local(20))
    await present(company, "ann", local(8), local(14))
    await company.register.fire_timers()
    (gap,) = await company.register.events("roster.gap.v1")
    assert (gap["data"]["day"], gap["data"]["minutes"]) == ("2025-03-07", 360)
    assert gap["data"]["gaps"] == [{"start": "2025-03-07T14:00:00+08:00", "end": "2025-03-07T20:00:00+08:00"}]
    await present(company, "bob", local(14), local(20) - S)
    await company.register.fire_timers()
    assert [e["data"]["minutes"] for e in await company.register.events("roster.gap.v1")] == [360, 1]
    clock.to(local(21))
    await present(company, "bob", local(19), local(20))
    await company.register.fire_timers()
    told = await company.register.events("roster.gap.v1")
    assert [(e["seq"], e["data"]["minutes"]) for e in told] == [(1, 360), (2, 1), (3, 0)]
    assert await company.get("/roster-days", "boss", **{**days, "last": "2025-03-07"}, gaps_only=True) == []
    clock.to(local(20, 8))
    await company.register.fire_timers()
    assert (await company.register.events("roster.gap.v1"))[-1]["data"]["minutes"] == 720
    assert post["opens"] == "08:00:00"


async def test_b031_the_daily_check_leaves_its_record(company: Company, standing: Clock) -> None:
    """B-031: the first check of a day counts; tomorrow cannot be checked today."""
    clock = standing(local(9))
    post = await desk(company)
    done = await company.done(f"/posts/{post['id']}/checks", "boss", day="2025-03-07", note="缺人，已补岗")
    assert (done["minutes"], done["checked_by"], done["closed"]) == (720, str(company.people["boss"]), False)
    clock.to(local(10))
    again = await company.done(f"/posts/{post['id']}/checks", "pm", day="2025-03-07")
    assert (again["checked_at"], again["checked_by"]) == (done["checked_at"], done["checked_by"])
    (event,) = await company.register.events("roster.checked.v1")
    assert event["data"]["day"] == "2025-03-07"
    early = f"/posts/{post['id']}/checks"
    await company.refused(early, "boss", 409, "ticketing.roster_check.too_early", day="2025-03-08")
    await company.refused(early, "west_boss", 404, "ticketing.post.unknown", day="2025-03-07")
    await company.refused(early, "ann", 403, "auth.power.missing", day="2025-03-07")


async def outcomes(company: Company, by: str = "boss", **query: Any) -> dict[str, list[str]]:
    names = {str(id): name for name, id in company.people.items()}
    items = (await company.get("/attendance", by, **query))["items"]
    return {names[item["person_id"]]: item["outcomes"] for item in items}


async def test_c144_c146_each_shift_is_judged_when_its_records_can_be_in(company: Company, standing: Clock) -> None:
    """C-144, C-146, C-143, E-038: late, absent, anomaly; corrected by a late record; the month's list."""
    clock = standing(local(6))
    await company.hired("cat", "clerk", "E")
    await roster(company, *(shift(name, 8, 16) for name in ("ann", "bob", "cat")))
    clock.to(local(20) - S)
    await present(company, "ann", local(8) + S, local(16))
    await present(company, "cat", local(8), None)
    await company.register.fire_timers()
    assert await outcomes(company) == {}
    clock.to(local(20))
    await company.register.fire_timers()
    assert await outcomes(company) == {"ann": ["late"], "bob": ["absent"], "cat": ["punch_anomaly"]}
    clock.to(local(21))
    await present(company, "bob", local(7), local(16))
    await company.register.fire_timers()
    assert (await outcomes(company, month="2025-03"))["bob"] == ["present"]
    assert await outcomes(company, month="2025-04") == {}
    assert await outcomes(company, outcome="late") == {"ann": ["late"]}
    told = [e["data"] for e in await company.register.events("attendance.recorded.v1")]
    bob = [d["outcomes"] for d in told if d["person_id"] == str(company.people["bob"])]
    assert bob == [["absent"], ["present"]]
    # How often colleagues are late is not a clerk's business.
    assert await outcomes(company, by="ann") == {"ann": ["late"]}
    assert await outcomes(company, by="west_boss") == {}
    export = await company.register.get("/exports/attendance.csv", company.by("boss"), month="2025-03")
    assert export.status_code == 200 and "迟到" in export.text and "员工ann" not in export.text
    assert len(export.text.strip().splitlines()) == 4
    empty = await company.register.get("/exports/attendance.csv", company.by("boss"), month="2025-02")
    assert len(empty.text.strip().splitlines()) == 1
    wrong = await company.register.get("/exports/staff.csv", company.by("boss"), month="2025-02")
    assert wrong.status_code == 422


async def test_g005_the_shifts_of_which_a_record_is_missing_are_a_list_until_it_is_there(
    company: Company, standing: Clock
) -> None:
    clock = standing(local(6))
    await company.hired("cat", "clerk", "E")
    await roster(company, *(shift(name, 8, 16) for name in ("ann", "bob", "cat")))
    clock.to(local(20))
    await present(company, "ann", local(8) + S, local(16))
    await present(company, "cat", local(8), None)
    await company.register.fire_timers()
    assert set(await outcomes(company, unrecorded="true")) == {"bob", "cat"}
    clock.to(local(21))
    await present(company, "bob", local(8), local(16))
    await company.register.fire_timers()
    assert await outcomes(company, unrecorded="true", month="2025-03") == {"cat": ["punch_anomaly"]}


async def test_c147_a_shift_over_the_end_of_a_month_belongs_to_the_day_it_begins(
    company: Company, standing: Clock
) -> None:
    clock = standing(local(6, 31))
    night = shift("ann", 22, 30) | {"starts_at": "2025-03-31 22:00", "ends_at": "2025-04-01 06:00"}
    assert (await roster(company, night))["errors"] == []
    clock.to(local(34, 31))
    await present(company, "ann", local(22, 31), local(30, 31))
    await company.register.fire_timers()
    assert await outcomes(company, month="2025-03") == {"ann": ["present"]}
    assert await outcomes(company, month="2025-04") == {}


async def test_e046_a_roster_comes_as_a_table_and_is_taken_back(company: Company, standing: Clock) -> None:
    """E-046: with local times, errors by cell, and an undo."""
    standing(local(6))
    data = book(
        ["班次编号", "工号", "部门编号", "岗点", "上班时间", "下班时间"],
        ["N1", "ann", "E", "frontdesk", "2025-03-07 08:00", "2025-03-07 14:00"],
        ["N2", "ann", "E", "frontdesk", "2025-03-07 13:00", "2025-03-07 20:00"],
        ["N3", "bob", "E", "frontdesk", "下午两点", "2025-03-07 20:00"],
    )
    form = {"resource": "shifts", "mode": "good", "source": "erp"}
    begun = await company.register.api.post(
        f"{BASE}/imports", data=form, files={"file": ("roster.xlsx", data)}, headers=company.by("boss")
    )
    assert begun.status_code == 202, begun.text
    await company.register.world.drain(company.register.org, timers=False)
    path = f"/imports/{begun.json()['id']}"
    done = await company.get(path, "boss")
    assert (done["state"], done["created"], done["bad"]) == ("done", 1, 2)
    errors = await company.get(f"{path}/errors", "boss")
    assert [(e["row"], e["column"]) for e in errors["items"]] == [(3, "上班时间"), (4, "上班时间")]
    assert await on(company, local(9)) == [("ann", "rostered")]
    await company.post(f"{path}/undo", "boss")
    await company.register.world.drain(company.register.org, timers=False)
    assert await on(company, local(9)) == []


async def test_other_organisations_see_and_change_nothing(
    company: Company, standing: Clock, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    standing(local(6))
    post = await desk(company)
    await roster(company, shift("ann", 8, 14))
    (one,) = (await company.get("/shifts", "boss"))["items"]
    stranger = Register(company.register.world, company.register.api, await other_org())
    assert (await stranger.get("/shifts")).json()["items"] == []
    assert (await stranger.post(f"/shifts/{one['id']}/cancel", {"reason": "无权"})).status_code == 404
    assert (await stranger.post(f"/posts/{post['id']}/checks", {"day": "2025-03-07"})).status_code == 404
    # The west's boss does not move a shift of the east, by whatever code it goes.
    answer = await roster(company, shift("wes", 8, 9, "ann-8", org_unit="W"), by="west_boss")
    assert answer["accepted"] == 0 and [e["path"] for e in answer["errors"]] == ["external_id"]


@pytest.mark.parametrize("days", [("2025-03-08", "2025-03-07"), ("2025-03-01", "2025-04-01")])
async def test_a_listing_of_days_is_a_month_at_most(company: Company, days: tuple[str, str]) -> None:
    answer = await company.register.get("/roster-days", company.by("boss"), first=days[0], last=days[1])
    assert (answer.status_code, answer.json()["code"]) == (422, "ticketing.roster.invalid")
