"""Every endpoint with every role: whoever lacks the power is refused before anything is looked up (D-075, D-099)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import httpx
import pytest

from deploy import powers
from deploy.powers import Endpoint
from shared.auth.roles import STAFF
from shared.http.app import STANDARD_POWERS
from shared.settings import SERVICES
from tests.contracts.powers.walking import MISSING, PUBLIC, all_endpoints, callers, holds, placed, query_of, verdict
from tests.support.world import World

#: Not walked by those who may, because it would be done: only that others may not.
NOT_DONE = {"rotate_issuer_key": "makes the next signing key of all tests of this process"}


def tables(service: str) -> Mapping[str, frozenset[str]]:
    """The powers of a service as its own table and the common one have them."""
    return {**STANDARD_POWERS, **import_module(f"services.{service}.powers").POWERS}


def test_the_page_is_as_the_code_has_it() -> None:
    assert not powers.stale(), "docs/powers.md: refresh with `make powers` and read the difference"


def test_every_endpoint_asks_for_one_power_or_is_listed_as_public(world: World) -> None:
    found = all_endpoints(world)
    assert {e.name for e in found if e.public} == set(PUBLIC)
    faults = [
        f"{e.name}: asks for {e.powers or 'no power'}; one of {e.service}'s is wanted"
        for e in found
        if not e.public and (len(e.powers) != 1 or e.powers[0] not in tables(e.service))
    ]
    assert not faults, "\n".join(faults)


def test_every_power_is_asked_for_somewhere(world: World) -> None:
    """A power that nothing asks for would promise in the table what the code does not hold."""
    found = all_endpoints(world)
    for service in SERVICES:
        asked = {power for e in found if e.service == service for power in e.powers}
        within = {power for where, power in powers.ASKED_WITHIN if where in ("", service)}
        assert set(tables(service)) == asked | within, service
        assert not asked & within, service
    assert set(powers.ROWS) <= {power for service in SERVICES for power in tables(service)}


async def _asked(api: httpx.AsyncClient, endpoint: Endpoint, headers: dict[str, str]) -> tuple[int, str]:
    answer = await api.request(
        endpoint.method, placed(endpoint.path, {}), headers=headers, params=query_of(endpoint)
    )
    return verdict(answer)


@pytest.mark.parametrize("service", SERVICES)
async def test_every_role_is_answered_as_the_tables_say(service: str, world: World, api: httpx.AsyncClient) -> None:
    """G-016, D-072, D-078: what is not one's office is refused at the door."""
    org, held, faults = await world.new_org(), tables(service), []
    for endpoint in all_endpoints(world):
        if endpoint.service != service or endpoint.public:
            continue
        (power,) = endpoint.powers
        for caller, headers, by_scope in callers(world, org, power):
            may = by_scope or holds(caller, held[power])
            if may and endpoint.operation in NOT_DONE:
                continue
            found = await _asked(api, endpoint, headers)
            if may is (found == MISSING) or found[0] in (401, 500):
                faults.append(f"{endpoint.name} by {caller}: {found}, {'may' if may else 'may not'} {power}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("service", SERVICES)
async def test_nobody_without_a_token_gets_anything(service: str, world: World, api: httpx.AsyncClient) -> None:
    faults = []
    for endpoint in all_endpoints(world):
        if endpoint.service != service or endpoint.public:
            continue
        for headers in ({}, {"Authorization": "Bearer x.y.z"}):
            found = await _asked(api, endpoint, headers)
            if found[0] != 401:
                faults.append(f"{endpoint.name}: {found}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("service", SERVICES)
async def test_metrics_through_the_gateway_want_their_power(
    service: str, world: World, api: httpx.AsyncClient
) -> None:
    org = await world.new_org()
    through = {"X-Forwarded-For": "203.0.113.7"}
    path = f"/{service}/metrics"
    assert (await api.get(path, headers=through)).status_code == 401
    held = tables(service)["ops.metrics"]
    for role in sorted(STAFF | {"resident"}):
        answer = await api.get(path, headers={**through, **world.token(role, org)})
        assert answer.status_code == (200 if role in held else 403), role
