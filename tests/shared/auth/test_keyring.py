"""Whose signature counts, and for what."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt

from shared.auth import (
    KeyRing,
    KeysUnavailable,
    ServiceTokens,
    TokenExpired,
    TokenInvalid,
    generate_key,
    mint_token,
    public_jwks,
    service_kid,
    service_subject,
    user_claims,
)
from shared.clock import wall

ORG, SUB = uuid4(), uuid4()
ISSUER_KEY = generate_key()
BILLING_KEY = generate_key(service_kid("billing"))


def claims(**changes: Any) -> dict[str, Any]:
    return {**user_claims(sub=SUB, org=ORG, roles=["clerk"], units=[ORG]), **changes}


def token(ttl: int = 60, **changes: Any) -> str:
    return mint_token(ISSUER_KEY, claims(**changes), timedelta(seconds=ttl))


class Issuer:
    """Publishes keys; can be down; counts how often it was asked."""

    def __init__(self, *keys: Any) -> None:
        self.keys = list(keys) or [ISSUER_KEY]
        self.down = False
        self.asked = 0

    async def __call__(self) -> dict[str, Any]:
        self.asked += 1
        if self.down:
            raise ConnectionError("down")
        return public_jwks(self.keys)


def ring(**options: Any) -> KeyRing:
    options.setdefault("fetch", Issuer())
    return KeyRing(service_jwks=public_jwks([BILLING_KEY]), **options)


async def test_a_users_token_names_its_holder() -> None:
    unit = uuid4()
    who = await ring().principal(token(roles=["resident", "emperor"], units=[str(unit)], scope="a b"))
    assert (who.sub, who.org, who.kind, who.service) == (SUB, ORG, "user", None)
    assert who.roles == {"resident"}, "a role we do not know gives nothing"
    assert who.units == {unit}
    assert who.scope == {"a", "b"}
    assert who.is_resident


async def test_a_services_token_is_known_by_the_key_that_signed_it() -> None:
    who = await ring().principal(ServiceTokens("billing", BILLING_KEY).for_org(ORG))
    assert (who.kind, who.service, who.org) == ("service", "billing", ORG)
    assert who.sub == service_subject("billing")
    assert who.roles == {"service", "service:billing"}
    assert who.sees([uuid4()])


async def test_a_service_key_cannot_sign_for_users() -> None:
    posing = mint_token(BILLING_KEY, claims(), timedelta(seconds=60))  # iss says steward, the key says billing
    with pytest.raises(TokenInvalid):
        await ring().principal(posing)


async def test_the_issuer_cannot_sign_for_services() -> None:
    fake = generate_key(service_kid("kpi"))
    issuer = Issuer(ISSUER_KEY, fake)
    keyring = ring(fetch=issuer)
    await keyring.start()
    posing = mint_token(fake, claims(iss=service_kid("kpi")), timedelta(seconds=60))
    with pytest.raises(TokenInvalid):
        await keyring.principal(posing)
    borrowed = mint_token(ISSUER_KEY, claims(iss=service_kid("billing")), timedelta(seconds=60))
    with pytest.raises(TokenInvalid):
        await keyring.principal(borrowed)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "somebody"},
        {"aud": ["somebody"]},
        {"iss": "elsewhere"},
        {"sub": "nobody"},
        {"org": None},
        {"roles": "clerk,gm", "units": {"a": 1}},
        {"units": ["not-an-id"]},
        {"nbf": 4_000_000_000},
        {"nbf": "soon"},
    ],
    ids=str,
)
async def test_claims_that_are_not_ours_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(TokenInvalid):
        await ring().principal(token(**changes))


async def test_an_audience_may_be_one_of_several() -> None:
    assert (await ring().principal(token(aud=["other", "steward"]))).sub == SUB


async def test_a_token_without_an_end_is_refused() -> None:
    eternal = jwt.encode({"alg": "ES256", "kid": ISSUER_KEY.kid}, {**claims(), "aud": "steward"}, ISSUER_KEY)
    with pytest.raises(TokenInvalid):
        await ring().principal(eternal)


async def test_the_end_is_checked_with_a_little_leeway_also_for_a_cached_token(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring = ring()
    assert (await keyring.principal(token(ttl=-2))).sub == SUB, "clocks of two machines differ by seconds"
    with pytest.raises(TokenExpired):
        await keyring.principal(token(ttl=-10))
    seen = token(ttl=60)
    await keyring.principal(seen)
    later = wall() + timedelta(seconds=66)
    monkeypatch.setattr("shared.auth.keyring.wall", lambda: later)
    with pytest.raises(TokenExpired):
        await keyring.principal(seen)


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "ES384"}, {"alg": "ES256"}, {}], ids=str)
async def test_only_es256_with_a_key_id_is_looked_at(header: dict[str, str]) -> None:
    if header.get("alg") != "ES256":
        header = {**header, "kid": ISSUER_KEY.kid}
    _, body, signature = token().split(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenInvalid):
        await ring().principal(f"{head}.{body}.{signature}")


@pytest.mark.parametrize("rubbish", ["", ".", "..", "a.b", "a.b.c", "é.é.é", "a" * 9000, "e30.e30.e30"])
async def test_rubbish_is_refused_and_costs_no_question_to_the_issuer(rubbish: str) -> None:
    issuer = Issuer()
    with pytest.raises(TokenInvalid):
        await ring(fetch=issuer).principal(rubbish)
    assert issuer.asked == 0


async def test_a_changed_body_breaks_the_signature() -> None:
    head, _, signature = token().split(".")
    other = token(roles=["gm"]).split(".")[1]
    with pytest.raises(TokenInvalid):
        await ring().principal(f"{head}.{other}.{signature}")


async def test_a_new_key_of_the_issuer_is_found_at_once_and_made_up_ids_do_not_flood_it() -> None:
    issuer = Issuer()
    keyring = ring(fetch=issuer, min_interval=0.0)
    await keyring.principal(token())
    assert issuer.asked == 1
    rotated = generate_key()
    issuer.keys = [ISSUER_KEY, rotated]
    await keyring.principal(mint_token(rotated, claims(), timedelta(seconds=60)))
    assert issuer.asked == 2

    strict = ring(fetch=issuer, min_interval=60.0)
    await strict.start()
    before = issuer.asked
    for _ in range(20):
        with pytest.raises(TokenInvalid):
            await strict.principal(mint_token(generate_key(), claims(), timedelta(seconds=60)))
    assert issuer.asked == before


async def test_a_withdrawn_key_ends_its_tokens_cached_ones_too() -> None:
    second = generate_key()
    issuer = Issuer(ISSUER_KEY, second)
    keyring = ring(fetch=issuer, min_interval=0.0, ttl=0.0)
    theirs = mint_token(second, claims(), timedelta(seconds=60))
    await keyring.principal(theirs)
    issuer.keys = [ISSUER_KEY]
    await keyring.principal(token())  # a token not seen before notices that the keys are old and refreshes behind
    await asyncio.sleep(0.01)
    with pytest.raises(TokenInvalid):
        await keyring.principal(theirs)


async def test_a_restart_works_while_the_issuer_is_down() -> None:
    kept: list[Any] = []

    async def save(document: Any) -> None:
        kept.append(json.loads(json.dumps(document)))

    async def load() -> Any:
        return kept[-1] if kept else None

    first = ring(load=load, save=save)
    await first.start()
    assert len(kept) == 1
    assert "d" not in kept[0]["keys"][0], "only public halves are kept"

    issuer = Issuer()
    issuer.down = True
    restarted = ring(fetch=issuer, load=load, save=save)
    await restarted.start()
    assert (await restarted.principal(token())).sub == SUB


async def test_without_any_key_users_wait_but_services_go_on() -> None:
    issuer = Issuer()
    issuer.down = True
    keyring = ring(fetch=issuer)
    await keyring.start()
    with pytest.raises(KeysUnavailable):
        await keyring.principal(token())
    assert (await keyring.principal(ServiceTokens("billing", BILLING_KEY).for_org(ORG))).kind == "service"


async def test_a_broken_answer_of_the_issuer_does_not_take_its_keys_away() -> None:
    answers: list[Any] = [public_jwks([ISSUER_KEY]), {"keys": []}, {"error": "x"}]

    async def fetch() -> Any:
        return answers.pop(0)

    keyring = ring(fetch=fetch, min_interval=0.0)
    await keyring.start()
    for _ in range(2):
        with pytest.raises(TokenInvalid):
            await keyring.principal(mint_token(generate_key(), claims(), timedelta(seconds=60)))
    assert (await keyring.principal(token())).sub == SUB


async def test_the_cache_is_bounded() -> None:
    keyring = ring(cache_size=3)
    for _ in range(10):
        await keyring.principal(token(sub=str(uuid4())))
    assert len(keyring._cache) == 3


async def test_many_at_once_ask_the_issuer_once() -> None:
    issuer = Issuer()
    keyring = ring(fetch=issuer)
    found = await asyncio.gather(*(keyring.principal(token(sub=str(uuid4()))) for _ in range(20)))
    assert len(found) == 20
    assert issuer.asked == 1
