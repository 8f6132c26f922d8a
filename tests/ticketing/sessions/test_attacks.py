"""Attacks on sign-in: tokens that are not ours, codes and passwords by brute force, and locking others out."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update

from services.ticketing.domain.grants import policy
from services.ticketing.models import one_time_codes
from services.ticketing.sessions.secrets import INSTALLATION
from shared.auth.keys import generate_key, service_kid
from shared.auth.tokens import mint_token, user_claims
from shared.ids import uuid7
from tests.support.world import ISSUER, SERVICE_KEYS, World
from tests.ticketing.sessions.support import Door, bearer
from tests.ticketing.support import BASE, Register

HOUR = timedelta(hours=1)


def _text(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _admin(org: UUID) -> dict[str, Any]:
    return user_claims(sub=uuid7(), org=org, roles=["admin"], units=[org])


def _none(org: UUID, alg: str) -> str:
    good = mint_token(ISSUER, _admin(org), HOUR)
    return f"{_text({'alg': alg, 'kid': ISSUER.kid, 'typ': 'JWT'})}.{good.split('.')[1]}."


def _swapped(org: UUID) -> str:
    """A good token's header and signature around other claims."""
    head, _, seal = mint_token(ISSUER, user_claims(sub=uuid7(), org=org, roles=["clerk"]), HOUR).split(".")
    return f"{head}.{mint_token(ISSUER, _admin(org), HOUR).split('.')[1]}.{seal}"


FORGED: dict[str, Callable[[UUID], str]] = {
    "another key": lambda org: mint_token(generate_key("stranger"), _admin(org), HOUR),
    "another key under our key id": lambda org: mint_token(generate_key(str(ISSUER.kid)), _admin(org), HOUR),
    "another issuer": lambda org: mint_token(ISSUER, _admin(org) | {"iss": "https://evil.example"}, HOUR),
    "alg none": lambda org: _none(org, "none"),
    "alg None in other letters": lambda org: _none(org, "NoNe"),
    "alg HS256": lambda org: _none(org, "HS256"),
    "no signature under ES256": lambda org: _none(org, "ES256"),
    "expired": lambda org: mint_token(ISSUER, _admin(org), -HOUR),
    "wrong audience": lambda org: mint_token(ISSUER, _admin(org) | {"aud": "another-house"}, HOUR),
    "not valid yet": lambda org: mint_token(ISSUER, _admin(org) | {"nbf": 4_000_000_000}, HOUR),
    "claims of another token": _swapped,
    "a service's key for a user": lambda org: mint_token(SERVICE_KEYS["billing"], _admin(org), HOUR),
    "a user's key for a service": lambda org: mint_token(
        ISSUER, {"iss": service_kid("billing"), "sub": str(uuid7()), "org": str(org)}, HOUR
    ),
    "garbage": lambda org: "a.b.c",
    "far too long": lambda org: "a" * 10_000,
}


@pytest.mark.parametrize("kind", FORGED)
@pytest.mark.parametrize("path", ["/sessions", "/people", "/integrators", "/issuer-keys"])
async def test_a_token_that_is_not_ours_opens_nothing(
    api: httpx.AsyncClient, org: UUID, kind: str, path: str
) -> None:
    """G-014, D-073: whatever was made up, borrowed or kept too long."""
    answer = await api.get(f"{BASE}{path}", headers={"Authorization": f"Bearer {FORGED[kind](org)}"})
    assert answer.status_code == 401, kind


async def test_a_refresh_token_is_no_access_token_and_the_other_way_round(
    door: Door, people: dict[str, str], api: httpx.AsyncClient
) -> None:
    signed = await door.owner(people["owner"])
    as_access = await api.get(f"{BASE}/sessions", headers={"Authorization": f"Bearer {signed['refresh_token']}"})
    assert as_access.status_code == 401
    assert (await door.refresh(signed["access_token"][:400])).status_code == 401
    assert (await door.refresh(signed["device_token"])).status_code == 401
    body = {"grant": "choice", "choice_token": signed["refresh_token"], "choice": signed["account"]["id"]}
    assert (await door.post("/sessions", body)).status_code == 401


async def test_five_tries_at_a_code_and_the_right_one_is_refused(
    door: Door, people: dict[str, str], new_address: Callable[[], str]
) -> None:
    address = new_address()
    await door.ask(people["owner"], address=address)
    right = door.phones.last(people["owner"])
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(policy.CODE_TRIES):
        answer = await door.by_code(people["owner"], wrong, address=address)
        assert (answer.status_code, answer.json()["code"]) == (401, "ticketing.sign_in.code_wrong")
    assert (await door.by_code(people["owner"], right, address=address)).status_code == 401
    joined = await door.ask(people["owner"], address=address)
    assert joined.status_code == 429, "asking again does not give five more tries at the same message"


async def test_a_code_is_good_once(door: Door, people: dict[str, str], new_address: Callable[[], str]) -> None:
    address = new_address()
    await door.ask(people["owner"], address=address)
    code = door.phones.last(people["owner"])
    answers = await asyncio.gather(*(door.by_code(people["owner"], code, address=address) for _ in range(8)))
    assert sorted(a.status_code for a in answers) == [200] + [401] * 7


async def test_a_code_of_another_phone_or_too_old_is_refused(
    door: Door, people: dict[str, str], register: Register, new_phone: Callable[[], str]
) -> None:
    other = new_phone()
    await register.stored("people", [{"external_id": "O2", "name": "李明", "phone": other}])
    await door.work(register.org)
    mine = (await door.ask(people["owner"])).json()["challenge_id"]
    await door.ask(other)
    stolen = await door.by_code(other, door.phones.last(people["owner"]), challenge_id=mine)
    assert stolen.status_code == 401
    async with door.world.runtime("ticketing").db.tx(INSTALLATION) as tx:
        c = one_time_codes.c
        await tx.execute(
            update(one_time_codes)
            .where(c.org_id == INSTALLATION, c.id == UUID(mine))
            .values(expires_at=tx.wall - timedelta(seconds=1))
        )
    assert (await door.by_code(people["owner"], door.phones.last(people["owner"]))).status_code == 401


async def test_brute_force_of_a_code_ends_at_the_lane_s_budget(
    door: Door, people: dict[str, str], new_address: Callable[[], str]
) -> None:
    """However many challenges an attacker opens, all tries of a network count together, at once or one by one."""
    address = new_address()
    challenge = (await door.ask(people["owner"], address=address)).json()["challenge_id"]
    guesses = [f"{n:06d}" for n in range(40) if f"{n:06d}" != door.phones.last(people["owner"])]
    answers = await asyncio.gather(
        *(door.by_code(people["owner"], g, address=address, challenge_id=challenge) for g in guesses)
    )
    refused = [a for a in answers if a.status_code == 401]
    assert len(refused) == policy.GUESSES_LANE.burst
    stopped = [a for a in answers if a.status_code == 429]
    assert len(stopped) == len(guesses) - len(refused)
    assert int(stopped[0].headers["Retry-After"]) > 0
    assert stopped[0].json()["code"] == "ticketing.sign_in.too_often"


async def test_nobody_is_locked_out_by_somebody_else_s_tries(
    door: Door, people: dict[str, str], new_address: Callable[[], str]
) -> None:
    """An attacker uses up all that his network may, for codes and for tries; the owner signs in from home."""
    attacker, home = new_address(), new_address()
    for _ in range(policy.SENDS_LANE.burst + 3):
        await door.ask(people["owner"], address=attacker)
    for n in range(policy.GUESSES_LANE.burst + 5):
        await door.by_code(people["owner"], f"{n:06d}", address=attacker)
    assert (await door.by_code(people["owner"], "999999", address=attacker)).status_code == 429
    signed = await door.owner(people["owner"], address=home)
    assert signed["access_token"]


async def test_a_known_device_signs_in_whatever_any_number_of_strangers_do(
    door: Door, people: dict[str, str], new_address: Callable[[], str]
) -> None:
    """A hundred networks exhaust what strangers share; the owner's phone has a lane of its own."""
    home = new_address()
    device = {"token": (await door.owner(people["owner"], address=home))["device_token"]}
    for _ in range(30):
        address = new_address()
        await door.ask(people["owner"], address=address)
        for n in range(4):
            await door.by_code(people["owner"], f"{n:06d}", address=address)
    stranger = await door.by_code(people["owner"], "999999", address=new_address())
    assert stranger.status_code == 429, "strangers have nothing left"
    asked = await door.ask(people["owner"], address=home, device=device)
    assert asked.status_code == 202
    answer = await door.by_code(people["owner"], door.phones.last(people["owner"]), address=home, device=device)
    assert answer.status_code == 200, answer.text


async def test_a_device_token_is_good_for_its_own_address_alone(
    door: Door, people: dict[str, str], new_address: Callable[[], str], register: Register, new_phone: Callable[[], str]
) -> None:
    """An attacker with an account of his own gains no lane at anybody else's door."""
    other, address = new_phone(), new_address()
    await register.stored("people", [{"external_id": "O3", "name": "李明", "phone": other}])
    await door.work(register.org)
    device = {"token": (await door.owner(other, address=address))["device_token"]}
    for n in range(policy.GUESSES_LANE.burst):
        await door.by_code(people["owner"], f"{n:06d}", address=address, device=device)
    answer = await door.by_code(people["owner"], "999999", address=address)
    assert answer.status_code == 429, "his tries counted in his network's lane"


async def test_somebody_else_s_request_does_not_make_the_owner_wait_for_a_code(
    door: Door, people: dict[str, str], new_address: Callable[[], str]
) -> None:
    """Two requests within a minute are one message, and its code is good for both."""
    await door.ask(people["owner"], address=new_address())
    home = new_address()
    mine = await door.ask(people["owner"], address=home)
    assert mine.status_code == 202
    assert door.phones.count(people["owner"]) == 1
    answer = await door.by_code(people["owner"], door.phones.last(people["owner"]), address=home)
    assert answer.status_code == 200


async def test_nobody_learns_which_phones_are_registered(
    door: Door, people: dict[str, str], new_phone: Callable[[], str], new_address: Callable[[], str]
) -> None:
    stranger, address = new_phone(), new_address()
    known, unknown = await door.ask(people["owner"], address=address), await door.ask(stranger, address=address)
    assert known.status_code == unknown.status_code == 202
    assert known.json().keys() == unknown.json().keys()
    assert known.json()["resend_after"] == unknown.json()["resend_after"]
    assert (door.phones.count(people["owner"]), door.phones.count(stranger)) == (1, 0)
    again = await door.ask(stranger, address=address)
    assert again.json()["challenge_id"] == unknown.json()["challenge_id"]
    for phone in (people["owner"], stranger):
        answer = await door.by_code(phone, "000000" if phone == stranger else "x", address=address)
        assert answer.json()["code"] == "ticketing.sign_in.code_wrong"


async def test_brute_force_of_a_password_backs_off(
    door: Door, people: dict[str, str], new_address: Callable[[], str]
) -> None:
    await door.employee(people["clerk"])
    attacker, office = new_address(), new_address()
    answers = await asyncio.gather(
        *(door.by_password(people["clerk"], f"guess-number-{n}", address=attacker) for n in range(20))
    )
    assert sorted(a.status_code for a in answers) == [401] * policy.PASSWORD_BACKOFF.free + [429] * 15
    right = await door.by_password(people["clerk"], address=attacker)
    assert right.status_code == 429, "his lane waits, even for the right one"
    assert 20 <= int(right.headers["Retry-After"]) <= 31
    assert (await door.by_password(people["clerk"], address=office)).status_code == 200, "and only his"


async def test_many_networks_slow_down_strangers_and_not_a_known_device(
    door: Door, people: dict[str, str], new_address: Callable[[], str]
) -> None:
    await door.employee(people["clerk"])
    home = new_address()
    device = {"token": (await door.by_password(people["clerk"], address=home)).json()["device_token"]}
    wrong, networks = [], [new_address() for _ in range(policy.PASSWORD_STRANGERS.burst // 4 + 1)]
    for network in networks:
        wrong += await asyncio.gather(
            *(door.by_password(people["clerk"], f"wrong-guess-{n}", address=network) for n in range(4))
        )
    assert [a.status_code for a in wrong].count(401) == policy.PASSWORD_STRANGERS.burst
    assert wrong[-1].status_code == 429
    assert (await door.by_password(people["clerk"], address=new_address())).status_code == 429
    assert (await door.by_password(people["clerk"], address=home, device=device)).status_code == 200


async def test_an_unknown_login_looks_and_costs_like_a_wrong_password(
    door: Door, people: dict[str, str], new_phone: Callable[[], str], new_address: Callable[[], str]
) -> None:
    await door.employee(people["clerk"])
    answers = [
        await door.by_password(login, "nobody-knows-it", address=new_address())
        for login in (people["clerk"], new_phone(), "nobody@example.com", people["owner"], "not a login")
    ]
    assert {a.status_code for a in answers} == {401}
    assert {(a.json()["code"], a.json()["detail"]) for a in answers} == {
        ("ticketing.sign_in.refused", answers[0].json()["detail"])
    }


async def test_one_message_is_not_enough_for_an_employee(door: Door, people: dict[str, str]) -> None:
    await door.ask(people["clerk"])
    answer = await door.by_code(people["clerk"], door.phones.last(people["clerk"]))
    assert (answer.status_code, answer.json()["code"]) == (401, "ticketing.sign_in.not_registered")


async def test_the_forwarded_address_of_a_stranger_is_not_believed(
    door: Door, people: dict[str, str], new_address: Callable[[], str]
) -> None:
    """The network is what the server saw; a header of the caller's own gives no new lane."""
    address = new_address()
    statuses = []
    for n in range(policy.GUESSES_LANE.burst + 1):
        body = {"grant": "phone_code", "phone": people["owner"], "code": f"{n:06d}"}
        headers = {"X-Forwarded-For": f"192.0.2.{n}", "Forwarded": f"for=192.0.2.{n}"}
        statuses.append((await door.post("/sessions", body, address=address, headers=headers)).status_code)
    assert statuses[-1] == 429


async def test_neighbours_in_one_ipv6_network_share_a_lane(
    door: Door, people: dict[str, str], new_address: Callable[[], str]
) -> None:
    """A subscriber has a /64 and with it more addresses than there are codes."""
    network = f"2001:db8:7:{people['owner'][-4:]}"
    statuses = [
        (await door.by_code(people["owner"], f"{n:06d}", address=f"{network}::{n:x}")).status_code
        for n in range(policy.GUESSES_LANE.burst + 1)
    ]
    assert statuses == [401] * policy.GUESSES_LANE.burst + [429]


async def test_another_organisation_s_administrator_reaches_no_session(
    door: Door, people: dict[str, str], world: World, api: httpx.AsyncClient, other_org: Callable[[], Any]
) -> None:
    signed = await door.owner(people["owner"])
    stranger = world.token("admin", await other_org())
    ended = await api.post(
        f"{BASE}/sessions/end-all", json={"subject_id": signed["account"]["id"]}, headers=stranger
    )
    assert ended.json() == {"ended": 0}
    gone = await api.delete(f"{BASE}/sessions/{signed['session_id']}", headers=stranger)
    assert gone.status_code == 404
    assert (await api.get(f"{BASE}/sessions", headers=bearer(signed))).json()["items"][0]["current"] is True


async def test_secrets_are_not_in_the_database_as_they_are(door: Door, people: dict[str, str]) -> None:
    """A copy of the database gives no phone, no code, no password, no token."""
    await door.employee(people["clerk"])
    signed = await door.owner(people["owner"])
    code = door.phones.last(people["owner"])
    tables = ("identities", "credentials", "sessions", "one_time_codes", "sign_in_limits", "issuer_keys")
    found = ""
    async with door.world.runtime("ticketing").db.tx(INSTALLATION) as tx:
        for table in (*tables, "jobs", "audit"):
            rows = await tx.raw.fetch(f"SELECT t::text AS row FROM ticketing.{table} t")
            found += "".join(row["row"] for row in rows)
    for secret in (people["owner"], people["clerk"], code + "\"", signed["refresh_token"], "Tr4ktor", "\"d\":"):
        assert secret not in found
