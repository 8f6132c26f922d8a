"""Owners sign in by a code, stay signed in by rotating tokens, and sign out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import update

from services.ticketing.models import relations
from services.ticketing.sessions import service
from shared.ids import uuid7
from tests.support.world import World
from tests.ticketing.sessions.support import Door, bearer, claims
from tests.ticketing.support import BASE, Register


async def test_an_owner_signs_in_and_sees_their_own_units(
    door: Door, register: Register, people: dict[str, str], api: httpx.AsyncClient
) -> None:
    signed = await door.owner(people["owner"])
    told = claims(signed["access_token"])
    assert (told["roles"], told["org"], len(told["units"])) == (["resident"], str(register.org), 2)
    assert (signed["token_type"], signed["expires_in"]) == ("Bearer", 600)
    assert signed["account"]["name"] == "王*"
    assert [unit["number"] for unit in signed["account"]["units"]] == ["1-101", "1-201"]
    listed = await api.get(f"{BASE}/relations", headers=bearer(signed))
    assert listed.status_code == 200
    assert {row["unit_id"] for row in listed.json()["items"]} == set(told["units"])


async def test_units_are_those_held_today(door: Door, register: Register, people: dict[str, str]) -> None:
    """A relation that ended is out of the next token, and an owner may sign in for one of two homes alone."""
    asked = await door.ask(people["owner"])
    one = await register.get("/relations", role="owner")
    unit = next(r["unit_id"] for r in one.json()["items"] if r["external_id"] == "O1-2")
    signed = await door.by_code(people["owner"], door.phones.last(people["owner"]), unit_ids=[unit])
    assert claims(signed.json()["access_token"])["units"] == [unit], asked.text
    async with door.world.runtime("ticketing").db.tx(register.org) as tx:
        c = relations.c
        await tx.execute(
            update(relations)
            .where(c.org_id == register.org, c.external_id == "O1-2")
            .values(until=tx.now.date().replace(year=2024))
        )
    again = await door.refresh(signed.json()["refresh_token"])
    assert claims(again.json()["access_token"])["units"] == []


async def test_units_of_others_cannot_be_chosen(door: Door, people: dict[str, str]) -> None:
    await door.ask(people["owner"])
    answer = await door.by_code(people["owner"], door.phones.last(people["owner"]), unit_ids=[str(uuid7())])
    assert (answer.status_code, answer.json()["code"]) == (422, "ticketing.sign_in.unit_unknown")


async def test_one_phone_in_two_organisations_is_a_choice(
    door: Door,
    register: Register,
    people: dict[str, str],
    other_org: Callable[[], Awaitable[UUID]],
    world: World,
    api: httpx.AsyncClient,
) -> None:
    second = Register(world, api, await other_org())
    await second.community("LH", dwellings=1)
    await second.stored("people", [{"external_id": "O9", "name": "王芳", "phone": people["owner"]}])
    await door.work(second.org)
    signed = await door.owner(people["owner"])
    assert (signed["access_token"], signed["refresh_token"]) == (None, None)
    assert {c["organisation_id"] for c in signed["choices"]} == {str(register.org), str(second.org)}
    chosen = next(c for c in signed["choices"] if c["organisation_id"] == str(second.org))
    body = {"grant": "choice", "choice_token": signed["choice_token"], "choice": chosen["id"]}
    answer = await door.post("/sessions", body)
    assert answer.status_code == 200, answer.text
    assert claims(answer.json()["access_token"])["org"] == str(second.org)
    assert answer.json()["device_token"]
    again = await door.post("/sessions", body)
    assert (again.status_code, again.json()["code"]) == (401, "ticketing.sign_in.choice_invalid")
    named = await door.owner(people["owner"], organisation_id=str(register.org))
    assert claims(named["access_token"])["org"] == str(register.org), "whoever names one is not asked"


async def test_a_made_up_choice_is_refused(door: Door) -> None:
    body = {"grant": "choice", "choice_token": "A" * 80, "choice": str(uuid7())}
    answer = await door.post("/sessions", body)
    assert (answer.status_code, answer.json()["code"]) == (401, "ticketing.sign_in.choice_invalid")


async def test_refresh_tokens_rotate(door: Door, people: dict[str, str]) -> None:
    token = (await door.owner(people["owner"]))["refresh_token"]
    seen = {token}
    for _ in range(3):
        answer = await door.refresh(token)
        assert answer.status_code == 200, answer.text
        token = answer.json()["refresh_token"]
        assert token not in seen
        seen.add(token)


async def test_a_replayed_refresh_token_ends_the_family(door: Door, people: dict[str, str]) -> None:
    first = (await door.owner(people["owner"]))["refresh_token"]
    second = (await door.refresh(first)).json()["refresh_token"]
    stolen = await door.refresh(first)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "ticketing.session.reused")
    owner = await door.refresh(second)
    assert (owner.status_code, owner.json()["code"]) == (401, "ticketing.session.over"), "both are signed out"


async def test_one_family_s_end_is_not_another_s(door: Door, people: dict[str, str]) -> None:
    phone, tablet = await door.owner(people["owner"]), await door.owner(people["owner"])
    await door.refresh(phone["refresh_token"])
    await door.refresh(phone["refresh_token"])
    assert (await door.refresh(tablet["refresh_token"])).status_code == 200


async def test_a_lost_answer_is_given_again_under_the_same_key(door: Door, people: dict[str, str]) -> None:
    """Phones lose answers in lifts; the same request again is no theft."""
    first = (await door.owner(people["owner"]))["refresh_token"]
    one, two = await door.refresh(first, key="lift-0001"), await door.refresh(first, key="lift-0001")
    assert one.status_code == two.status_code == 200
    assert one.json()["refresh_token"] == two.json()["refresh_token"]
    assert (await door.refresh(two.json()["refresh_token"])).status_code == 200
    late = await door.refresh(first, key="lift-0001")
    assert late.json()["code"] == "ticketing.session.reused", "the successor was used meanwhile"


async def test_a_forged_refresh_token_ends_nobody_s_session(door: Door, people: dict[str, str]) -> None:
    """Only a token that was ours counts as reuse, so that nobody signs others out by guessing."""
    token = (await door.owner(people["owner"]))["refresh_token"]
    for forged in (token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB"), "A" * len(token), "x", token + "A"):
        answer = await door.refresh(forged)
        assert (answer.status_code, answer.json()["code"]) == (401, "ticketing.session.over")
    assert (await door.refresh(token)).status_code == 200


async def test_signing_out_ends_the_session_of_this_token(
    door: Door, people: dict[str, str], api: httpx.AsyncClient
) -> None:
    phone, tablet = await door.owner(people["owner"]), await door.owner(people["owner"])
    answer = await api.delete(f"{BASE}/sessions/current", headers=bearer(phone))
    assert answer.status_code == 204
    assert (await door.refresh(phone["refresh_token"])).status_code == 401
    assert (await door.refresh(tablet["refresh_token"])).status_code == 200
    twice = await api.delete(f"{BASE}/sessions/current", headers=bearer(phone))
    assert (twice.status_code, twice.json()["code"]) == (404, "ticketing.session.unknown")


async def test_signing_out_everywhere_ends_them_all(
    door: Door, people: dict[str, str], api: httpx.AsyncClient
) -> None:
    sessions = [await door.owner(people["owner"], device={"name": f"手机{n}"}) for n in range(3)]
    listed = (await api.get(f"{BASE}/sessions", headers=bearer(sessions[2]))).json()["items"]
    assert [item["device"] for item in listed] == ["手机2", "手机1", "手机0"]
    assert [item["current"] for item in listed] == [True, False, False]
    kept = await api.post(f"{BASE}/sessions/end-all", json={"keep_current": True}, headers=bearer(sessions[2]))
    assert kept.json() == {"ended": 2}
    again = await door.refresh(sessions[2]["refresh_token"])
    assert again.status_code == 200
    assert (await api.post(f"{BASE}/sessions/end-all", json={}, headers=bearer(again.json()))).json() == {"ended": 1}
    assert (await door.refresh(again.json()["refresh_token"])).status_code == 401


async def test_a_session_is_ended_by_its_owner_alone(
    door: Door, people: dict[str, str], api: httpx.AsyncClient, world: World, register: Register
) -> None:
    signed = await door.owner(people["owner"])
    path = f"{BASE}/sessions/{signed['session_id']}"
    other = await api.delete(path, headers=world.token("resident", register.org))
    assert (other.status_code, other.json()["code"]) == (404, "ticketing.session.unknown")
    subject = claims(signed["access_token"])["sub"]
    clerk = await api.post(
        f"{BASE}/sessions/end-all", json={"subject_id": subject}, headers=world.token("clerk", register.org)
    )
    assert clerk.status_code == 403
    hr = await api.post(
        f"{BASE}/sessions/end-all", json={"subject_id": subject}, headers=world.token("hr", register.org)
    )
    assert hr.json() == {"ended": 1}


async def test_erasure_ends_sessions_and_forgets_the_phone(
    door: Door, register: Register, people: dict[str, str]
) -> None:
    signed = await door.owner(people["owner"])
    person = claims(signed["access_token"])["sub"]
    gone = await register.post(f"/people/{person}/erase", {"reason": "本人申请删除"})
    assert gone.status_code == 200, gone.text
    assert (await door.refresh(signed["refresh_token"])).status_code == 401
    await door.work(register.org)
    sent = door.phones.count(people["owner"])
    assert (await door.ask(people["owner"], address="203.0.113.99")).status_code == 202
    assert door.phones.count(people["owner"]) == sent, "nobody of the register has this phone any more"


async def test_leaving_staff_are_out_within_an_access_token_s_life(
    door: Door, register: Register, people: dict[str, str]
) -> None:
    await door.employee(people["clerk"])
    signed = (await door.by_password(people["clerk"])).json()
    async with door.world.runtime("ticketing").db.tx(register.org) as tx:
        ended = await service.end_all(tx, UUID(claims(signed["access_token"])["sub"]), reason="left")
    assert ended == 1
    assert (await door.refresh(signed["refresh_token"])).status_code == 401


async def test_a_new_phone_number_moves_the_sign_in(
    door: Door, register: Register, people: dict[str, str], new_phone: Callable[[], str]
) -> None:
    number = new_phone()
    await register.stored("people", [{"external_id": "O1", "name": "王芳", "phone": number}])
    await door.work(register.org)
    assert claims((await door.owner(number))["access_token"])["roles"] == ["resident"]
    await door.ask(people["owner"])
    assert door.phones.count(people["owner"]) == 0


async def test_sign_ins_are_audited_without_personal_data(
    door: Door, register: Register, people: dict[str, str]
) -> None:
    signed = await door.owner(people["owner"])
    (entry,) = [e for e in await register.audits("session") if e["action"] == "session.started"]
    assert str(entry["entity_id"]) == signed["session_id"]
    assert entry["after"] == {"method": "phone_code"}


async def test_what_may_be_offered_is_public(door: Door) -> None:
    async with door.client() as client:
        answer: Any = (await client.get(f"{BASE}/sessions/methods")).json()
    assert answer == {"grants": ["invitation", "password", "phone_code"], "providers": []}
