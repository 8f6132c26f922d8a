"""Employees: first password, change, second factor; connected systems; issuer keys that rotate."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, update

from services.ticketing.domain.grants import policy, totp
from services.ticketing.models import credentials, issuer_keys
from services.ticketing.sessions.issuer import issuer_of
from services.ticketing.sessions.secrets import INSTALLATION
from shared import clock
from tests.support.world import ISSUER, World
from tests.ticketing.sessions.support import PASSWORD, Door, bearer, claims
from tests.ticketing.support import BASE, Register

NEW = "Regen&Schirm-Laden"


async def test_an_employee_sets_a_first_password_by_a_code_and_signs_in(
    door: Door, people: dict[str, str], register: Register
) -> None:
    """D-073: everybody has an account of their own, and nobody else ever knew its password."""
    await door.employee(people["clerk"])
    for login in (people["clerk"], f"{people['clerk']}@example.com", f"{people['clerk']}@EXAMPLE.com"):
        answer = await door.by_password(login)
        assert answer.status_code == 200, answer.text
        told = claims(answer.json()["access_token"])
        assert (told["roles"], told["units"]) == (["clerk"], [str(register.org)])


@pytest.mark.parametrize(("password", "word"), [("Passw0rd2024", "常见"), ("kurz-7", "10"), ("123450987612", "简单")])
async def test_a_weak_password_is_refused_before_the_code_is_used_up(
    door: Door, people: dict[str, str], password: str, word: str
) -> None:
    await door.ask(people["clerk"])
    body = {"phone": people["clerk"], "code": door.phones.last(people["clerk"]), "password": password}
    answer = await door.post("/credentials/password/by-code", body, headers={"Accept-Language": "zh"})
    assert (answer.status_code, answer.json()["code"]) == (422, "ticketing.password.weak")
    assert word in answer.json()["errors"][0]["message"]
    good = await door.post("/credentials/password/by-code", {**body, "password": PASSWORD})
    assert good.json() == {"accounts": 1}


async def test_an_owner_s_phone_sets_nobody_s_password(door: Door, people: dict[str, str]) -> None:
    await door.ask(people["owner"])
    body = {"phone": people["owner"], "code": door.phones.last(people["owner"]), "password": PASSWORD}
    answer = await door.post("/credentials/password/by-code", body)
    assert answer.json()["code"] == "ticketing.sign_in.not_registered"


async def test_a_changed_password_ends_every_session(
    door: Door, people: dict[str, str], api: httpx.AsyncClient
) -> None:
    await door.employee(people["clerk"])
    signed = (await door.by_password(people["clerk"])).json()
    path = f"{BASE}/credentials/password"
    wrong = await api.post(path, json={"current": "not-it-at-all", "password": NEW}, headers=bearer(signed))
    assert (wrong.status_code, wrong.json()["code"]) == (401, "ticketing.sign_in.refused")
    done = await api.post(path, json={"current": PASSWORD, "password": NEW}, headers=bearer(signed))
    assert done.status_code == 204
    assert (await door.refresh(signed["refresh_token"])).status_code == 401
    assert (await door.by_password(people["clerk"])).status_code == 401
    assert (await door.by_password(people["clerk"], NEW)).status_code == 200


async def test_a_stolen_access_token_does_not_guess_the_password(
    door: Door, people: dict[str, str], api: httpx.AsyncClient
) -> None:
    await door.employee(people["clerk"])
    signed = (await door.by_password(people["clerk"])).json()
    statuses = [
        (
            await api.post(
                f"{BASE}/credentials/password", json={"current": f"guess-{n}", "password": NEW}, headers=bearer(signed)
            )
        ).status_code
        for n in range(policy.PASSWORD_BACKOFF.free + 1)
    ]
    assert statuses == [401] * policy.PASSWORD_BACKOFF.free + [429]


async def _factor(door: Door, api: httpx.AsyncClient, signed: dict[str, Any]) -> bytes:
    begun = (await api.post(f"{BASE}/credentials/totp", headers=bearer(signed))).json()
    secret = base64.b32decode(begun["secret"] + "=" * (-len(begun["secret"]) % 8))
    assert begun["uri"].startswith("otpauth://totp/Steward")
    before = totp.code_at(secret, totp.step_of(clock.wall()) - 1)
    done = await api.post(f"{BASE}/credentials/totp/confirm", json={"otp": before}, headers=bearer(signed))
    assert done.status_code == 204, done.text
    return secret


async def test_the_second_factor_is_wanted_once_it_is_on(
    door: Door, people: dict[str, str], api: httpx.AsyncClient
) -> None:
    await door.employee(people["clerk"])
    signed = (await door.by_password(people["clerk"])).json()
    secret = await _factor(door, api, signed)
    alone = await door.by_password(people["clerk"])
    assert (alone.status_code, alone.json()["code"]) == (401, "ticketing.sign_in.otp_needed")
    code = totp.code_at(secret, totp.step_of(clock.wall()))
    assert (await door.by_password(people["clerk"], otp="000000")).status_code == 401
    assert (await door.by_password(people["clerk"], otp=code)).status_code == 200
    replayed = await door.by_password(people["clerk"], otp=code)
    assert replayed.json()["code"] == "ticketing.sign_in.refused", "a code counts once"


async def test_the_second_factor_cannot_be_guessed_by_whoever_knows_the_password(
    door: Door, people: dict[str, str], api: httpx.AsyncClient, new_address: Callable[[], str]
) -> None:
    """A right password without a code in between gives no new tries."""
    await door.employee(people["clerk"])
    await _factor(door, api, (await door.by_password(people["clerk"])).json())
    address, statuses = new_address(), []
    for n in range(8):
        statuses.append((await door.by_password(people["clerk"], otp=f"{n:06d}", address=address)).status_code)
        await door.by_password(people["clerk"], address=address)
    assert statuses[policy.PASSWORD_BACKOFF.free :] == [429] * (8 - policy.PASSWORD_BACKOFF.free)


async def test_a_forgotten_password_does_not_get_around_the_second_factor(
    door: Door, people: dict[str, str], api: httpx.AsyncClient, new_address: Callable[[], str]
) -> None:
    await door.employee(people["clerk"])
    await _factor(door, api, (await door.by_password(people["clerk"])).json())
    address = new_address()
    await door.ask(people["clerk"], address=address)
    body = {"phone": people["clerk"], "code": door.phones.last(people["clerk"]), "password": NEW}
    answer = await door.post("/credentials/password/by-code", body, address=address)
    assert answer.json()["code"] == "ticketing.sign_in.otp_needed"


async def test_only_an_administrator_takes_a_lost_factor_off_and_never_their_own(
    door: Door, people: dict[str, str], api: httpx.AsyncClient, world: World, register: Register
) -> None:
    await door.employee(people["clerk"])
    signed = (await door.by_password(people["clerk"])).json()
    await _factor(door, api, signed)
    subject = UUID(claims(signed["access_token"])["sub"])
    body = {"subject_id": str(subject), "reason": "手机遗失"}
    path = f"{BASE}/credentials/totp/reset"
    own = await api.post(path, json=body, headers=world.token("admin", register.org, sub=subject))
    assert own.status_code == 409
    assert (await api.post(path, json=body, headers=world.token("hr", register.org))).status_code == 403
    assert (await api.post(path, json=body, headers=world.token("admin", register.org))).status_code == 204
    assert (await door.by_password(people["clerk"])).status_code == 200
    (entry,) = [e for e in await register.audits("staff") if e["action"] == "otp.reset"]
    assert entry["after"] == {"reason": "手机遗失"}


async def test_an_administrator_of_a_part_touches_no_account_outside_it(
    door: Door, people: dict[str, str], api: httpx.AsyncClient, world: World, register: Register
) -> None:
    """D-073: what an administrator may do to accounts ends where their org units end, as everything else does."""
    west, *_ = await register.stored("org-units", [{"external_id": "WEST", "name": "西区", "kind": "branch"}])
    await door.employee(people["clerk"])
    signed = (await door.by_password(people["clerk"])).json()
    await _factor(door, api, signed)
    subject = claims(signed["access_token"])["sub"]
    reset, reason = f"{BASE}/credentials/totp/reset", {"subject_id": subject, "reason": "手机遗失"}
    for role in ("admin", "hr"):
        elsewhere = world.token(role, register.org, units=[west])
        answer = await api.post(f"{BASE}/sessions/end-all", json={"subject_id": subject}, headers=elsewhere)
        assert answer.json() == {"ended": 0}
    answer = await api.post(reset, json=reason, headers=world.token("admin", register.org, units=[west]))
    assert (answer.status_code, answer.json()["code"]) == (409, "ticketing.otp.not_on")
    ended = await api.post(
        f"{BASE}/sessions/end-all", json={"subject_id": subject}, headers=world.token("hr", register.org)
    )
    assert ended.json()["ended"] >= 1
    assert (await api.post(reset, json=reason, headers=world.token("admin", register.org))).status_code == 204


async def test_an_administrator_of_a_part_manages_the_systems_of_that_part_alone(
    api: httpx.AsyncClient, world: World, register: Register
) -> None:
    """Whoever renews a secret holds it: a system of the whole organisation would lift them out of their part."""
    west, *_ = await register.stored("org-units", [{"external_id": "WEST", "name": "西区", "kind": "branch"}])
    part = world.token("admin", register.org, units=[west])
    whole = (await register.post("/integrators", {"name": "财务", "scopes": ["register.read"]})).json()
    gate = {"name": "门禁", "scopes": ["register.read"], "units": [str(west)]}
    own = await register.post("/integrators", gate, part)
    assert own.status_code == 201, own.text
    for step in ("rotate-secret", "end"):
        refused = await api.post(f"{BASE}/integrators/{whole['id']}/{step}", json={}, headers=part)
        assert refused.status_code == 404
    assert (await register.get(f"/integrators/{whole['id']}", part)).status_code == 404
    assert [i["id"] for i in (await register.get("/integrators", part)).json()["items"]] == [own.json()["id"]]
    assert len((await register.get("/integrators")).json()["items"]) == 2
    assert (await register.post(f"/integrators/{own.json()['id']}/end", {}, part)).status_code == 200


async def test_a_password_of_yesterday_s_parameters_is_hashed_anew(
    door: Door, people: dict[str, str], register: Register
) -> None:
    from argon2 import PasswordHasher

    await door.employee(people["clerk"])
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD).encode()
    c = credentials.c
    async with door.world.runtime("ticketing").db.tx(register.org) as tx:
        await tx.execute(update(credentials).where(c.org_id == register.org).values(secret=old))
    assert (await door.by_password(people["clerk"])).status_code == 200
    async with door.world.runtime("ticketing").db.read(register.org) as tx:
        stored = await tx.raw.fetchval("SELECT secret FROM ticketing.credentials WHERE org_id = $1", register.org)
    assert b"m=19456" in stored
    assert (await door.by_password(people["clerk"])).status_code == 200


async def test_a_connected_system_holds_its_scopes_and_no_session(
    door: Door, register: Register, world: World
) -> None:
    made = await register.post("/integrators", {"name": "财务系统", "scopes": ["register.read"]})
    assert made.status_code == 201, made.text
    client = made.json()
    body = {"grant": "client_credentials", "client_id": client["id"], "client_secret": client["client_secret"]}
    signed = (await door.post("/sessions", body)).json()
    assert (signed["refresh_token"], signed["session_id"]) == (None, None)
    told = claims(signed["access_token"])
    assert (told["roles"], told["scope"], told["sub"]) == (["integrator"], ["register.read"], client["id"])
    assert (await register.get("/communities", headers=bearer(signed))).status_code == 200
    assert (await register.get("/people", headers=bearer(signed))).status_code == 403
    wrong = await door.post("/sessions", {**body, "client_secret": "x" * 43})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "ticketing.sign_in.refused")


async def test_a_system_s_secret_is_changed_without_a_gap_and_its_end_is_final(
    door: Door, register: Register
) -> None:
    client = (await register.post("/integrators", {"name": "门禁", "scopes": ["register.read"]})).json()
    rotated = await register.post(f"/integrators/{client['id']}/rotate-secret", {})

    async def status(secret: str) -> int:
        body = {"grant": "client_credentials", "client_id": client["id"], "client_secret": secret}
        return (await door.post("/sessions", body)).status_code

    new = rotated.json()["client_secret"]
    assert (await status(client["client_secret"]), await status(new)) == (200, 200)
    newest = (
        await register.post(f"/integrators/{client['id']}/rotate-secret", {"keep_old_minutes": 0})
    ).json()["client_secret"]
    assert (await status(client["client_secret"]), await status(new), await status(newest)) == (401, 401, 200)
    ended = await register.post(f"/integrators/{client['id']}/end", {})
    assert ended.json()["ended_at"]
    assert await status(newest) == 401
    listed = (await register.get("/integrators")).json()["items"]
    assert [item["name"] for item in listed] == ["门禁"] and "client_secret" not in listed[0]


async def test_a_system_never_receives_the_keys_of_the_house(
    register: Register, world: World, other_org: Any
) -> None:
    refused = await register.post("/integrators", {"name": "x", "scopes": ["integrator.manage"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "ticketing.integrator.scope_refused")
    stranger = await register.post(
        "/integrators", {"name": "x", "scopes": ["register.read"], "units": [str(await other_org())]}
    )
    assert stranger.status_code == 403
    clerk = await register.post("/integrators", {"name": "x", "scopes": ["register.read"]}, register.world.token(
        "clerk", register.org))
    assert clerk.status_code == 403


@pytest.fixture
async def only_one_key_afterwards(world: World) -> AsyncIterator[None]:
    """Keys are the installation's: other tests find the one that they sign with, and no other."""
    yield
    c = issuer_keys.c
    async with world.runtime("ticketing").db.tx(INSTALLATION) as tx:
        await tx.execute(delete(issuer_keys).where(c.org_id == INSTALLATION, c.kid != ISSUER.kid))
    await issuer_of(world.runtime("ticketing")).refresh(force=True)


@pytest.mark.usefixtures("only_one_key_afterwards")
async def test_rotating_the_issuer_s_key_signs_nobody_out(
    door: Door, people: dict[str, str], register: Register, api: httpx.AsyncClient, world: World
) -> None:
    before = await door.owner(people["owner"])
    await world.new_org("另一家")
    tenant = await api.post(f"{BASE}/issuer-keys/rotate", headers=world.token("ops", register.org))
    assert (tenant.status_code, tenant.json()["code"]) == (409, "ticketing.issuer_keys.of_all"), "keys of all tenants"
    ops = world.token("ops", INSTALLATION)
    made = await api.post(f"{BASE}/issuer-keys/rotate", headers=ops)
    assert made.status_code == 200, made.text
    keys = made.json()["items"]
    assert all(key["published"] for key in keys[-2:]) and not keys[-1]["signing"], "published before it signs"
    transport = httpx.ASGITransport(app=world.apps["ticketing"])
    async with httpx.AsyncClient(transport=transport, base_url="http://steward") as client:
        document = (await client.get("/.well-known/jwks.json")).json()
    assert {key["kid"] for key in document["keys"]} >= {key["kid"] for key in keys[-2:]}
    assert all("d" not in key for key in document["keys"]), "the private half stays"
    # A minute later, without waiting for it.
    c = issuer_keys.c
    async with world.runtime("ticketing").db.tx(INSTALLATION) as tx:
        await tx.execute(
            update(issuer_keys)
            .where(c.org_id == INSTALLATION, c.kid == keys[-1]["kid"])
            .values(signs_from=clock.wall() - timedelta(seconds=1))
        )
    issuer = issuer_of(world.runtime("ticketing"))
    await issuer.refresh(force=True)
    # In that minute the key ring would have asked again; it does so every 5 s at most, and may have just now.
    world.apps["ticketing"].state.keyring.use_keys(await issuer.jwks())
    after = await door.refresh(before["refresh_token"])
    assert after.status_code == 200, "sessions go on"
    header = after.json()["access_token"].split(".")[0]
    assert keys[-1]["kid"] in base64.urlsafe_b64decode(header + "==").decode()
    for signed in (before, after.json()):
        assert (await api.get(f"{BASE}/sessions", headers=bearer(signed))).status_code == 200
    withdrawn = await api.post(f"{BASE}/issuer-keys/{keys[-1]['kid']}/withdraw", headers=ops)
    state = {key["kid"]: key for key in withdrawn.json()["items"]}
    assert not state[keys[-1]["kid"]]["published"]
    assert any(key["signing"] for key in withdrawn.json()["items"]), "another takes its place at once"
    unknown = await api.post(f"{BASE}/issuer-keys/nothing/withdraw", headers=ops)
    assert unknown.status_code == 404
    clerk = await api.post(f"{BASE}/issuer-keys/rotate", headers=world.token("clerk", register.org))
    assert clerk.status_code == 403
