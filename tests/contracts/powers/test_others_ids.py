"""The id of what belongs to others, in every path that takes one: 404, or 403 for whoever lacks the power anyway.

Asked for by every role of another organisation, of another org unit, by residents of another community and of the
dwelling next door (D-075, D-076). Afterwards those whom it concerns find it by the same request, so that a 404 is
not owed to a wrong id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from deploy.powers import Endpoint
from shared.auth.roles import INTEGRATOR, RESIDENT, ROLES, STAFF
from shared.auth.tokens import ServiceTokens
from tests.contracts.powers.estate import Estate, settled
from tests.contracts.powers.walking import MISSING, Bodies, all_endpoints, holds, placed, query_of, verdict
from tests.support.world import SERVICE_KEYS, World

#: Parameters that are words of the catalogue, the same for everybody: no id of anybody's.
WORDS: Final = {"code", "template", "table", "resource"}
#: Paths with ids that are not walked, and why.
NOT_WALKED: Final[Mapping[str, str]] = {
    "ticketing/sessions": "only one's own: tests/ticketing/sessions tries another's id with a real sign-in",
    "notify/accounts": "only one's own: tests/notify/api/test_accounts_api tries another's",
    "notify/devices": "only one's own: tests/notify/worker/test_staff_sending tries another's",
    "notify/robots": "entered where their hosts are set up: tests/notify/worker/test_staff_sending tries it",
    "notify/tasks": "made where a route names them: tests/notify/worker/test_by_hand tries it from another community",
    "ticketing/care-calls": "named by plan, round and dwelling: tests/ticketing/rounds",
    "ticketing/ticket-views": "whose they are follows from sharing: tests/ticketing/finding/test_views.py",
    "ticketing/issuer-keys": "keys of the installation, which belong to no organisation",
}
#: Things of the organisation as a whole: no org unit of it is another's.
WHOLE: Final = {"ticketing/notices"}
#: What hangs on one dwelling or one person: the neighbour does not find it either.
AT_HOME: Final = {
    *("ticketing/units", "ticketing/people", "ticketing/relations", "ticketing/tickets", "ticketing/files"),
    "ticketing/slips",
    *("billing/bills", "billing/payments", "billing/accounts", "notify/inbox"),
    *("billing/payment-orders", "billing/receipts"),
    "billing/deposits",
}
#: Everybody has their own, staff too; that of the estate is the owner's.
ONE_S_OWN: Final = {"notify/inbox"}
#: Done last: after them the thing is found no more, or is not what it was.
ENDINGS: Final = ("end_integrator", "end_connection", "end_relation", "transfer_unit", "erase_person", "end_webhook")


def kind(endpoint: Endpoint) -> str:
    """`ticketing/tickets`: the service and what its path is about."""
    return f"{endpoint.service}/{endpoint.path.split('/')[3]}"


def walked(world: World) -> list[Endpoint]:
    """Endpoints with the id of something in their path."""
    return [
        e
        for e in all_endpoints(world)
        if not e.public
        and {part.strip("{}").split("}")[0] for part in e.path.split("/") if part.startswith("{")} - WORDS
        and kind(e) not in NOT_WALKED
    ]


@pytest.fixture(scope="module")
async def estate(world: World) -> Estate:
    assert world.client is not None
    return await settled(world, world.client)


async def ask(
    estate: Estate, endpoint: Endpoint, bodies: Bodies, headers: dict[str, str], unit: UUID, id: str | None = None
) -> tuple[int, str]:
    """Send the documentation's own request with the estate's id, or another one; `unit` where it names a dwelling."""
    name = next(part.strip("{}") for part in endpoint.path.split("/") if part.startswith("{"))
    path = placed(endpoint.path, {name: id or estate.ids[kind(endpoint)]})
    more: dict[str, Any] = {}
    if (body := bodies.of(endpoint)) is not None:
        more["json"] = body | ({"unit_id": str(unit)} if "unit_id" in body else {})
    if bodies.takes_file(endpoint):
        more["files"] = {"file": ("slip.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")}
    answer = await estate.api.request(
        endpoint.method, path, headers=headers, params=query_of(endpoint), **more
    )
    return verdict(answer)


def strangers(estate: Estate, endpoint: Endpoint, other_org: Any) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(role, who that is, headers) of everybody who must not find it."""
    world, org = estate.world, estate.org
    (power,) = endpoint.powers
    west = estate.there
    for role in ROLES:
        scope = [power] if role == INTEGRATOR else []
        homes = west.units[:1] if role == RESIDENT else [other_org]
        yield role, "another organisation", world.token(role, other_org, units=homes, scope=scope)
        if kind(endpoint) in WHOLE:
            continue
        if role != RESIDENT:
            yield role, "another org unit", world.token(role, org, units=[estate.west], scope=scope)
            yield role, "no org unit", world.token(role, org, units=[], scope=scope)
    for service in world.apps:
        token = ServiceTokens(service, SERVICE_KEYS[service]).for_org(other_org)
        yield f"service:{service}", "another organisation", {"Authorization": f"Bearer {token}"}
    if kind(endpoint) not in WHOLE:
        yield RESIDENT, "another community", estate.register.resident(west, 0)
        yield RESIDENT, "no dwelling", world.token(RESIDENT, org, units=[])
    if kind(endpoint) in AT_HOME:
        yield RESIDENT, "next door", estate.register.resident(estate.here, 1)


def test_every_kind_of_thing_is_there_to_be_asked_for(world: World, estate: Estate) -> None:
    """A new path with an id wants one in the estate, or a reason in NOT_WALKED."""
    assert {kind(e) for e in walked(world)} == set(estate.ids)
    assert NOT_WALKED.keys() <= {kind(e) for e in all_endpoints(world) if e.path.count("/") > 2}
    assert AT_HOME | WHOLE <= set(estate.ids)


async def test_nobody_finds_what_is_another_s(world: World, estate: Estate) -> None:
    other, bodies, faults = await world.new_org("别家物业"), Bodies(world), []
    for endpoint in walked(world):
        held = world.apps[endpoint.service].state.powers[endpoint.powers[0]]
        for role, where, headers in strangers(estate, endpoint, other):
            found = await ask(estate, endpoint, bodies, headers, estate.there.units[0])
            if role == INTEGRATOR or holds(role, held):
                if found[0] != 404:
                    faults.append(f"{endpoint.name} by {role} of {where}: {found}, not 404")
            elif found != MISSING:
                faults.append(f"{endpoint.name} by {role} of {where}: {found}, not 403")
    assert not faults, "\n".join(faults)


async def test_those_whom_it_concerns_find_it(world: World, estate: Estate) -> None:
    """Runs after the strangers: some of these requests change or end the thing.

    Without ticketing's parked events: it follows nobody, so that nothing of it can be replayed.
    """
    bodies, home, faults = Bodies(world), estate.here.units[0], []
    some = [e for e in walked(world) if kind(e) != "ticketing/parked"]
    order = sorted(some, key=lambda e: (e.operation in ENDINGS, e.method != "GET"))
    for endpoint in order:
        held = world.apps[endpoint.service].state.powers[endpoint.powers[0]]
        sees = {"by staff": estate.everybody()} if held & STAFF and kind(endpoint) not in ONE_S_OWN else {}
        if RESIDENT in held and kind(endpoint) in AT_HOME | {"ticketing/surveys", "ticketing/communities"}:
            sees["by the owner"] = estate.owner()
        for who, headers in sees.items():
            found = await ask(estate, endpoint, bodies, headers, home)
            # It may be refused for what it says, or 404 for something else that it names: not for what it is about.
            nobody_has = await ask(estate, endpoint, bodies, headers, home, str(uuid4()))
            if found == nobody_has or found[0] in (401, 500) or found == MISSING:
                faults.append(f"{endpoint.name} {who}: {found}")
    assert not faults, "\n".join(faults)
