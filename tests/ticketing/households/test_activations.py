"""Codes on paper: printed once, used once, locked after five wrong tries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from services.ticketing.domain.grants import activation as rules
from services.ticketing.models import activation_codes, metadata
from tests.ticketing.households.conftest import SignIn
from tests.ticketing.sessions.support import claims
from tests.ticketing.support import Community, Register
from tests.ticketing.world_time import local_day

NewPhone = Callable[[], str]


async def _issue(register: Register, headers: dict[str, str] | None = None, **body: Any) -> Any:
    return await register.post("/activation-codes", body, headers)


async def _code(register: Register, community: Community, n: int = 3) -> str:
    answer = await _issue(register, unit_ids=[str(community.units[n])])
    assert answer.status_code == 201, answer.text
    code: str = answer.json()["items"][0]["code"]
    return code


async def _redeem(register: Register, headers: dict[str, str], code: str) -> Any:
    return await register.post("/activations", {"code": code}, headers)


async def test_the_code_on_a_bill_makes_its_first_holder_the_owner(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """C-105: relation at once, audited, told by an event; the next token names the unit."""
    phone = new_phone()
    headers = await signed_in(phone)
    code = await _code(register, community)
    typed = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    answer = await _redeem(register, headers, typed)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    relation = (await register.get(f"/relations/{made['relation_id']}")).json()
    assert (relation["role"], relation["since"], relation["unit_id"]) == ("owner", local_day(), str(community.units[3]))
    again = await _redeem(register, headers, code)
    assert (again.status_code, again.json()) == (200, made)  # an answer that was lost is given again
    other = await _redeem(register, await signed_in(new_phone()), code)
    assert (other.status_code, other.json()["code"]) == (404, "ticketing.activation.refused")
    token = claims((await signed_in(phone))["Authorization"].removeprefix("Bearer "))
    assert token["units"] == [str(community.units[3])]
    (event,) = await register.events("activation.redeemed.v1")
    assert event["data"]["relation_id"] == made["relation_id"]
    assert [row["action"] for row in await register.audits("activation")] == [
        "activation.issued",
        "activation.redeemed",
    ]


async def test_two_phones_with_one_code_at_once_are_one_owner(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    code = await _code(register, community)
    people = [await signed_in(new_phone()) for _ in range(3)]
    answers = await asyncio.gather(*(_redeem(register, who, code) for who in people))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404]
    rows = (await register.get("/relations", unit_id=str(community.units[3]), on=local_day())).json()["items"]
    assert len(rows) == 2  # the owner of the register, and whoever was first


async def test_five_wrong_tries_lock_a_code_whoever_makes_them(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """D-076."""
    code = await _code(register, community)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "2")
    for _ in range(5):
        assert (await _redeem(register, await signed_in(new_phone()), wrong)).status_code == 404
    locked = await _redeem(register, await signed_in(new_phone()), code)
    assert (locked.status_code, locked.json()["code"]) == (404, "ticketing.activation.refused")
    fresh = await _code(register, community)
    assert (await _redeem(register, await signed_in(new_phone()), fresh)).status_code == 200


async def test_five_wrong_tries_stop_a_person_for_hours_and_a_right_one_costs_none(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """D-076: tries at once count one by one."""
    headers = await signed_in(new_phone())
    assert (await _redeem(register, headers, await _code(register, community, 1))).status_code == 200
    guesses = [rules.printed(f"AAAA{n:02d}", "0123456789") for n in range(7)]
    answers = await asyncio.gather(*(_redeem(register, headers, guess) for guess in guesses))
    assert sorted(answer.status_code for answer in answers) == [404] * 5 + [429] * 2
    late = await _redeem(register, headers, await _code(register, community, 2))
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 3600
    garbled = await _redeem(register, headers, "no code at all")
    assert garbled.status_code == 404  # costs no try and is not counted


def test_nobody_guesses_a_code() -> None:
    """D-076: five tries at fifty bits; a hundred thousand codes on paper do not change that."""
    assert rules.odds_of_a_code() * 100_000 < 1e-9
    assert rules.read(rules.printed(*rules.drawn(range(16)))) == rules.drawn(range(16))
    assert rules.read("0123-4567-89AB-CDEU") is None  # U is no letter of a code
    assert rules.read("oIl3 4567 89ab cdef") == rules.read("0113456789ABCDEF")
    with pytest.raises(ValueError, match="sixteen"):
        rules.drawn(range(15))


async def test_codes_are_hashed_at_rest_and_kept_by_no_idempotency_key(
    register: Register, community: Community
) -> None:
    """D-075: whoever reads the database cannot take a unit."""
    headers = {**register.admin(), "Idempotency-Key": "print-again-1"}
    made = await _issue(register, headers, unit_ids=[str(community.units[0])])
    handle, secret = rules.read(made.json()["items"][0]["code"]) or ("", "")
    keys = metadata.tables["ticketing.idempotency_keys"]
    async with register.world.runtime("ticketing").db.read(register.org) as tx:
        row = (await tx.rows(select(activation_codes).where(activation_codes.c.org_id == register.org)))[0]
        kept = await tx.rows(select(keys).where(keys.c.org_id == register.org))
    assert row.handle == handle
    assert secret.encode() not in bytes(row.code_hash)
    assert all(b"activation" not in bytes(k.body or b"") and secret.encode() not in bytes(k.body or b"") for k in kept)
    listed = (await register.get("/activation-codes")).json()["items"]
    assert secret not in str(listed)


async def test_a_batch_covers_a_community_and_revokes_what_was_printed_before(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    old = await _code(register, community)
    batch = await _issue(register, community_id=str(community.id), days=30)
    assert batch.status_code == 201, batch.text
    items = batch.json()["items"]
    assert [row["number"] for row in items] == ["1-101", "1-201", "1-301", "1-401"]
    assert {row["building"] for row in items} == {"1幢"}
    assert len({row["code"] for row in items}) == 4
    headers = await signed_in(new_phone())
    assert (await _redeem(register, headers, old)).status_code == 404
    issued = (await register.get("/activation-codes", state="issued")).json()["items"]
    one = next(row for row in issued if row["unit_id"] == items[2]["unit_id"])
    revoked = await register.post(f"/activation-codes/{one['id']}/revoke", None)
    assert revoked.json()["state"] == "revoked"
    assert (await register.post(f"/activation-codes/{one['id']}/revoke", None)).status_code == 409
    assert (await _redeem(register, headers, items[2]["code"])).status_code == 404
    sale = {"on": local_day(), "owners": [{"name": "周敏", "phone": new_phone()}]}
    assert (await register.post(f"/units/{items[1]['unit_id']}/transfer", sale)).status_code == 201
    assert (await _redeem(register, headers, items[1]["code"])).status_code == 404  # the old owner's paper


async def test_a_code_expires_at_its_very_instant(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    code = await _code(register, community)
    runtime = register.world.runtime("ticketing")
    async with runtime.db.tx(register.org) as tx:
        await tx.execute(
            update(activation_codes).where(activation_codes.c.org_id == register.org).values(expires_at=tx.now)
        )
    answer = await _redeem(register, await signed_in(new_phone()), code)
    assert answer.json()["code"] == "ticketing.activation.refused"


async def test_codes_of_other_communities_and_organisations_are_out_of_reach(
    register: Register, community: Community, other_org: Any
) -> None:
    """D-075, D-076."""
    (branch,) = await register.stored("org-units", [{"external_id": "W", "name": "W", "kind": "branch"}])
    clerk = register.staff("clerk", [branch])
    await _code(register, community)
    (code,) = (await register.get("/activation-codes")).json()["items"]
    assert (await register.get("/activation-codes", clerk)).json()["items"] == []
    assert (await register.post(f"/activation-codes/{code['id']}/revoke", None, clerk)).status_code == 404
    assert (await _issue(register, clerk, unit_ids=[str(community.units[0])])).status_code == 404
    assert (await _issue(register, clerk, community_id=str(community.id))).status_code == 404
    stranger = register.world.token("resident", await other_org())
    printed = await _code(register, community)
    assert (await _redeem(register, stranger, printed)).status_code == 404
