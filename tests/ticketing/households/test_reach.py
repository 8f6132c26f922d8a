"""What a household reported stays its own: whoever comes later reaches what fell into their own time (D-075)."""

from __future__ import annotations

from typing import Any

import pytest

from shared.messaging import sequencer
from tests.ticketing.cases import Desk
from tests.ticketing.support import Community, Register
from tests.ticketing.world_time import days, local_day

pytestmark = pytest.mark.usefixtures("community")


async def _buyer(register: Register, *, since: int, until: int | None = None) -> Any:
    """A second person bound to the first dwelling, ``since`` days from today on."""
    (buyer,) = await register.stored("people", [{"external_id": "BUYER", "name": "周敏", "phone": "13955550001"}])
    await register.stored(
        "relations",
        [
            {
                "external_id": "BUYER-1",
                "person": "BUYER",
                "unit": "CX-1-1",
                "role": "owner",
                "since": local_day(since),
                "until": None if until is None else local_day(until),
            }
        ],
    )
    return buyer


def _headers(register: Register, community: Community, person: Any) -> dict[str, str]:
    return register.world.token("resident", register.org, units=[community.units[0]], sub=person)


async def test_the_new_owner_does_not_read_the_old_owners_cases(
    register: Register, community: Community, desk: Desk
) -> None:
    """D-075, D-076: not in the list, not by id, not its history, not in the feed."""
    old = await desk.ticket(headers=desk.owner(), occurred_at=days(-2), late_reason="补录")
    buyer = await _buyer(register, since=-1)
    new = await desk.ticket(headers=_headers(register, community, buyer))
    headers = _headers(register, community, buyer)
    listed = (await register.get("/tickets", headers)).json()["items"]
    assert [row["id"] for row in listed] == [new["id"]]
    for path in ("", "/clocks", "/entries", "/signatures"):
        assert (await register.get(f"/tickets/{old['id']}{path}", headers)).status_code == 404
        assert (await register.get(f"/tickets/{new['id']}{path}", headers)).status_code == 200
    assert (await desk.try_(old, "cancel", headers, reason="不需要了")).status_code == 404
    while await sequencer.stamp(register.world.runtime("ticketing").db, register.org) is not None:
        pass
    feed = (await register.get("/changes", headers)).json()["items"]
    assert {event["subject"] for event in feed if event["type"].startswith("ticket.")} == {new["id"]}
    mine = (await register.get("/relations", headers)).json()["items"]
    assert {row["person_id"] for row in mine} == {str(buyer), str(community.people[0])}  # both hold it today


async def test_whoever_left_keeps_what_they_reported_and_decides_nothing_more(
    register: Register, community: Community, desk: Desk
) -> None:
    """D-075, D-063: the case stays readable for its reporter; signing is for who belongs to the unit."""
    ticket = await desk.handled(headers=desk.owner())
    gone = register.world.token("resident", register.org, units=[], sub=community.people[0])
    assert (await register.get(f"/tickets/{ticket['id']}", gone)).status_code == 200
    assert [row["id"] for row in (await register.get("/tickets", gone)).json()["items"]] == [ticket["id"]]
    answer = await desk.try_(ticket, "rate", gone, score=90)
    assert (answer.status_code, answer.json()["code"]) == (403, "ticketing.ticket.relation_power_missing")


async def test_a_relation_that_ended_is_out_of_reach_at_once_though_the_token_lives(
    register: Register, community: Community, desk: Desk
) -> None:
    """D-075: a token names the unit for some minutes more; its cases are closed to it already."""
    ticket = await desk.ticket()  # recorded by staff for the owner
    buyer = await _buyer(register, since=-10, until=-1)
    headers = _headers(register, community, buyer)
    assert (await register.get("/tickets", headers)).json()["items"] == []
    assert (await register.get(f"/tickets/{ticket['id']}", headers)).status_code == 404


async def test_the_answers_of_the_household_before_are_not_listed(register: Register, community: Community) -> None:
    """D-075: what the first owner answered is read by the first owner."""
    survey = {
        "community_id": str(community.id),
        "period": "2025-Q1",
        "title": "满意度",
        "closes_at": days(3),
    }
    made = await register.post("/surveys", survey)
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    assert (await register.post(f"/surveys/{id}/open", None)).status_code == 200
    dimensions = made.json()["dimensions"]
    answer = {"unit_id": str(community.units[0]), "marks": dict.fromkeys(dimensions, 80)}
    told = await register.post(f"/surveys/{id}/answers", answer, register.resident(community, 0))
    assert told.status_code == 201, told.text
    buyer = await _buyer(register, since=1)
    first = await register.get(f"/surveys/{id}/answers", register.resident(community, 0))
    assert len(first.json()["items"]) == 1
    second = await register.get(f"/surveys/{id}/answers", _headers(register, community, buyer))
    assert second.status_code == 200
    assert second.json()["items"] == []


async def test_a_relation_since_always_has_no_limit(register: Register, community: Community, desk: Desk) -> None:
    """D-075: sources write the first day of the calendar for what they do not know."""
    ticket = await desk.ticket(n=1)
    (person,) = await register.stored("people", [{"external_id": "ALWAYS", "name": "周敏"}])
    relation = {"external_id": "ALWAYS", "person": "ALWAYS", "unit": "CX-1-2", "role": "family", "since": "0001-01-01"}
    await register.stored("relations", [relation])
    headers = register.world.token("resident", register.org, units=[community.units[1]], sub=person)
    assert [row["id"] for row in (await register.get("/tickets", headers)).json()["items"]] == [ticket["id"]]
    assert (await register.get("/relations", headers)).status_code == 200


async def test_days_beyond_the_calendar_are_malformed(register: Register, community: Community) -> None:
    (row,) = (await register.get("/relations", unit_id=str(community.units[0]))).json()["items"]
    for day in ("0001-01-01", "9999-12-31"):
        assert (await register.post(f"/relations/{row['id']}/end", {"on": day})).status_code == 422
