"""Requests to every endpoint, made of the OpenAPI documents' own examples, and the sorts of callers there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID, uuid4

import httpx

from deploy.powers import Endpoint, endpoints
from shared.auth.roles import INTEGRATOR, RESIDENT, ROLES
from shared.auth.tokens import ServiceTokens
from shared.settings import SERVICES
from tests.support.world import SERVICE_KEYS, World

#: What is answered without a token, and why that is right. A new one is added here by a person who thought about it.
PUBLIC: Final[Mapping[str, str]] = {
    "POST /ticketing/v1/sessions": "signing in",
    "GET /ticketing/v1/sessions/methods": "the ways to sign in",
    "POST /ticketing/v1/sessions/codes": "asking for a code to sign in with",
    "POST /ticketing/v1/sessions/refresh": "the refresh token is the permission",
    "POST /ticketing/v1/credentials/password/by-code": "the code is the permission",
    "GET /ticketing/v1/files/{file_id}/content": "the signature of the link is the permission",
    "POST /billing/v1/payment-callbacks/{org_id}/{account}": "the provider's signature is the permission",
    "POST /notify/v1/receipts/{provider}": "the token of the address and the signature of what comes back are it",
    "GET /ticketing/v1/survey-links/{token}": "the token of the link is the permission",
    "POST /ticketing/v1/survey-links/{token}/answer": "the token of the link is the permission",
    "POST /ticketing/v1/calls/events": "the exchange's signature is the permission",
    "POST /ticketing/v1/mail": "the mail relay's signature is the permission",
    "GET /.well-known/jwks.json": "public halves of keys",
    **{f"GET /{service}/openapi.json": "the document of the API" for service in SERVICES},
    **{f"GET /{service}/healthz": "alive or not" for service in SERVICES},
    **{f"GET /{service}/readyz": "ready or not" for service in SERVICES},
    # on the service's own port; through the gateway it wants ops.metrics, which test_roles.py tries
    **{f"GET /{service}/metrics": "numbers of the process" for service in SERVICES},
}

MISSING: Final = (403, "auth.power.missing")
#: A stream does not end: one that cannot begin is asked for. Others want to know of which period.
_EVENTS: Final = {
    **dict.fromkeys(("stream_changes", "stream_calls"), {"after": "never"}),
    "stream_inbox": {"seconds": "0"},
    "stream_ticket": {"seconds": "0"},  # or that is over at once
    "letter_gaps": {"period": "2025-Q1"},
}


def all_endpoints(world: World) -> list[Endpoint]:
    """Every endpoint of the four services, the public ones too."""
    return [endpoint for service, app in world.apps.items() for endpoint in endpoints(service, app)]


def placed(path: str, ids: Mapping[str, Any]) -> str:
    """A path with its parameters filled in; an id nobody has, or a number, for those not given."""
    return re.sub(r"\{(\w+)\}", lambda m: str(ids.get(m[1], 1 if m[1] == "number" else uuid4())), path)


def query_of(endpoint: Endpoint) -> dict[str, str]:
    """What an endpoint is asked with, where it would not do without."""
    return _EVENTS.get(endpoint.operation, {})


#: How a file comes in.
FORM = "multipart/form-data"


class Bodies:
    """The example of each operation's body, from the documents as the running apps give them."""

    def __init__(self, world: World) -> None:
        self._documents = {service: app.openapi() for service, app in world.apps.items()}

    def takes_file(self, endpoint: Endpoint) -> bool:
        """Whether the body is a form with a file."""
        operation = self._documents[endpoint.service]["paths"][endpoint.path][endpoint.method.lower()]
        return FORM in operation.get("requestBody", {}).get("content", {})

    def of(self, endpoint: Endpoint) -> Any:
        """The body that the documentation shows, or None where there is none, or a file."""
        document = self._documents[endpoint.service]
        operation = document["paths"][endpoint.path][endpoint.method.lower()]
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind == FORM:
                return None
            if "example" in content:
                return content["example"]
            schema = content["schema"]
            if "$ref" in schema:
                schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
            return schema["examples"][0]
        return None


def callers(world: World, org: UUID, power: str) -> Iterator[tuple[str, dict[str, str], bool]]:
    """(name, headers, whether that caller is to hold `power` by the tables of `held`), one per role and peer."""
    for role in ROLES:
        yield role, world.token(role, org, units=[uuid4()] if role == RESIDENT else None), False
    yield f"{INTEGRATOR} with another scope", world.token(INTEGRATOR, org, scope=["nothing.at_all"]), False
    yield f"{INTEGRATOR} with the scope", world.token(INTEGRATOR, org, scope=[power]), True
    for service in SERVICES:
        token = ServiceTokens(service, SERVICE_KEYS[service]).for_org(org)
        yield f"service:{service}", {"Authorization": f"Bearer {token}"}, False


def holds(caller: str, held: frozenset[str]) -> bool:
    """Whether the tables give the power to this caller."""
    return caller in held or (caller.startswith("service:") and "service" in held)


def verdict(answer: httpx.Response) -> tuple[int, str]:
    """Status and problem code of an answer."""
    kind = answer.headers.get("content-type", "")
    return answer.status_code, answer.json().get("code", "") if kind.startswith("application/problem+json") else ""
