"""One phone with several units and communities chooses at sign-in; what ended is out of the next token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.messaging import sequencer
from tests.ticketing.cases import Desk
from tests.ticketing.sessions.support import Door, bearer, claims
from tests.ticketing.support import Community, Register
from tests.ticketing.world_time import local_day

NewPhone = Callable[[], str]


@pytest.fixture
async def both(register: Register, community: Community, door: Door, new_phone: NewPhone) -> dict[str, Any]:
    """An owner of a unit in each of two communities."""
    other = await register.community("DX")
    phone = new_phone()
    (person,) = await register.stored("people", [{"external_id": "O", "name": "王芳", "phone": phone}])
    await register.stored(
        "relations",
        [
            {"external_id": f"O-{code}", "person": "O", "unit": f"{code}-1-4", "role": "owner", "since": "2020-01-01"}
            for code in ("CX", "DX")
        ],
    )
    await door.work(register.org)
    return {"phone": phone, "person": person, "units": [str(community.units[3]), str(other.units[3])]}


async def test_one_phone_chooses_among_units_of_several_communities(
    register: Register, door: Door, both: dict[str, Any]
) -> None:
    """D-063: all units, or one, in one session; the choice outlives refreshing and hides the rest."""
    all_ = await door.owner(both["phone"])
    assert {unit["community"] for unit in all_["account"]["units"]} == {"CX", "DX"}
    assert set(claims(all_["access_token"])["units"]) == set(both["units"])
    one = await door.owner(both["phone"], unit_ids=both["units"][1:])
    assert claims(one["access_token"])["units"] == both["units"][1:]
    fresh = (await door.refresh(one["refresh_token"])).json()
    assert claims(fresh["access_token"])["units"] == both["units"][1:]
    seen = (await register.get("/communities", bearer(fresh))).json()["items"]
    assert [row["name"] for row in seen] == ["DX"]
    assert (await register.get(f"/units/{both['units'][0]}", bearer(fresh))).status_code == 404


async def test_one_phone_in_two_organisations_and_communities_chooses_both(
    register: Register, door: Door, both: dict[str, Any], other_org: Any
) -> None:
    """D-063: the organisation by choice or named beforehand, then units of that one alone."""
    abroad = Register(register.world, register.api, await other_org())
    there = await abroad.community("EX")
    await abroad.stored("people", [{"external_id": "O", "name": "王芳", "phone": both["phone"]}])
    relation = {"external_id": "O", "person": "O", "unit": "EX-1-4", "role": "tenant", "since": "2020-01-01"}
    await abroad.stored("relations", [relation])
    await door.work(abroad.org)
    asked = await door.owner(both["phone"])
    assert asked["access_token"] is None
    assert {len(choice["units"]) for choice in asked["choices"]} == {1, 2}
    home = next(choice for choice in asked["choices"] if choice["organisation_id"] == str(register.org))
    body = {"grant": "choice", "choice_token": asked["choice_token"], "choice": home["id"]}
    wrong = await door.post("/sessions", {**body, "unit_ids": [str(there.units[3])]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "ticketing.sign_in.unit_unknown")
    named = await door.owner(both["phone"], organisation_id=str(abroad.org))
    assert claims(named["access_token"])["units"] == [str(there.units[3])]


async def test_a_sale_takes_the_unit_out_of_the_next_token_and_of_the_feed_at_once(
    register: Register, community: Community, desk: Desk, door: Door, both: dict[str, Any]
) -> None:
    """C-108, D-075: within ten minutes at the latest; cases and events are closed to the old token already."""
    signed = await door.owner(both["phone"])
    before = await desk.ticket(n=3)  # taken in for the first owner of the register
    sold = {"on": local_day(), "owners": [{"name": "周敏", "phone": "13688880001"}]}
    answer = await register.post(f"/units/{both['units'][0]}/transfer", sold)
    assert answer.status_code == 201, answer.text
    after = await desk.ticket(n=3)
    while await sequencer.stamp(register.world.runtime("ticketing").db, register.org) is not None:
        pass
    old = bearer(signed)
    feed = (await register.get("/changes", old)).json()["items"]
    assert not {event["subject"] for event in feed} & {before["id"], after["id"]}
    for ticket in (before, after):
        assert (await register.get(f"/tickets/{ticket['id']}", old)).status_code == 404
    fresh = (await door.refresh(signed["refresh_token"])).json()
    assert claims(fresh["access_token"])["units"] == both["units"][1:]
