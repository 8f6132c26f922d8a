"""Minting, keys, powers."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from shared.auth import (
    BadKey,
    PowerMissing,
    Principal,
    ServiceTokens,
    export_private,
    generate_key,
    has_power,
    import_key,
    load_private_key,
    public_jwk,
    public_jwks,
    read_jwks,
    require,
    service_kid,
)
from shared.clock import wall

POWERS = {"ticket.create": frozenset({"clerk"}), "people.read": frozenset({"service:notify"})}


def principal(*roles: str, **rest: object) -> Principal:
    return Principal(uuid4(), uuid4(), roles=frozenset(roles), **rest)  # type: ignore[arg-type]


def test_a_key_survives_being_written_down() -> None:
    key = generate_key("issuer-1")
    again = load_private_key(export_private(key))
    assert again.kid == "issuer-1"
    assert public_jwk(again) == public_jwk(key)
    assert "d" not in public_jwk(key)


def test_the_public_half_cannot_sign() -> None:
    with pytest.raises(BadKey):
        load_private_key(json.dumps(public_jwk(generate_key())))


@pytest.mark.parametrize("text", ["", "{}", "nonsense", '{"kty":"RSA","kid":"a"}', '{"kty":"EC","crv":"P-256"}', "[]"])
def test_what_is_no_p256_key_with_an_id_is_refused(text: str) -> None:
    with pytest.raises(BadKey):
        import_key(text)


def test_a_key_set_skips_keys_of_other_kinds() -> None:
    key = generate_key("good")
    document = {"keys": [{"kty": "RSA", "n": "x", "kid": "r"}, *public_jwks([key])["keys"], "rubbish"]}
    assert set(read_jwks(document)) == {"good"}
    assert read_jwks("") == {}
    with pytest.raises(BadKey):
        read_jwks('{"nothing": 1}')


def test_a_service_signs_with_its_own_name_only() -> None:
    with pytest.raises(ValueError, match="service:billing"):
        ServiceTokens("billing", generate_key(service_kid("kpi")))


def test_service_tokens_are_cached_per_organisation_and_renewed_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = ServiceTokens("kpi", generate_key(service_kid("kpi")))
    one, other = uuid4(), uuid4()
    first = tokens.for_org(one)
    assert tokens.for_org(one) == first
    assert tokens.for_org(other) != first
    assert tokens.for_all() not in (first, tokens.for_org(other))
    later = wall() + timedelta(seconds=46)
    monkeypatch.setattr("shared.auth.tokens.wall", lambda: later)
    assert tokens.for_org(one) != first, "15 s before its end a token is no longer handed out"


def test_a_power_is_held_by_role() -> None:
    assert has_power(principal("clerk"), "ticket.create", POWERS)
    assert not has_power(principal("engineer"), "ticket.create", POWERS)
    assert not has_power(principal("clerk"), "unheard.of", POWERS)


def test_an_integrator_holds_what_its_scope_says_and_nobody_else_does() -> None:
    scope = frozenset({"ticket.create"})
    assert has_power(principal("integrator", scope=scope), "ticket.create", POWERS)
    assert not has_power(principal("integrator"), "ticket.create", POWERS)
    assert not has_power(principal("engineer", scope=scope), "ticket.create", POWERS)


def test_a_power_may_be_one_services_alone() -> None:
    def peer(name: str) -> Principal:
        return principal("service", service_kid(name), kind="service", service=name)

    assert has_power(peer("notify"), "people.read", POWERS)
    assert not has_power(peer("kpi"), "people.read", POWERS)


def test_a_missing_power_is_named_in_both_languages() -> None:
    with pytest.raises(PowerMissing) as refused:
        require(principal("engineer"), "ticket.create", POWERS)
    assert refused.value.code == "auth.power.missing"
    assert "ticket.create" in refused.value.sentence("zh")
    assert "ticket.create" in refused.value.sentence("en")


def test_staff_see_what_lies_under_their_units_residents_and_strangers_nothing() -> None:
    root, branch, other = uuid4(), uuid4(), uuid4()
    path = [root, branch]
    assert principal("clerk", units=frozenset({branch})).sees(path)
    assert principal("gm", units=frozenset({root})).sees(path)
    assert not principal("clerk", units=frozenset({other})).sees(path)
    assert not principal("resident", units=frozenset({branch})).sees(path)
    assert principal("resident", "clerk", units=frozenset({branch})).sees(path), "staff who live there are staff"
    assert not principal("clerk").sees(path)
