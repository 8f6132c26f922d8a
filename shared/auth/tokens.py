"""Minting: JSON Web Tokens signed with ES256. Verification is in shared.auth.keyring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import ECKey

from shared.auth.keys import ALGORITHM, service_kid
from shared.auth.principal import NO_ORG, service_subject
from shared.clock import wall

AUDIENCE: Final = "steward"
DEFAULT_ISSUER: Final = "steward"
SERVICE_TOKEN_TTL: Final = timedelta(seconds=60)
#: A cached service token is handed out only while it still lives this long, so that no call carries a dying one.
_SPARE_SECONDS: Final = 15
_MOST_CACHED: Final = 4096


def mint_token(key: ECKey, claims: Mapping[str, Any], ttl: timedelta) -> str:
    """Sign `claims` for `ttl` from now by the machine's clock (security never follows the simulated one).

    Adds aud, iat, nbf, exp, and iss unless given. `claims` should carry sub, org, roles, units, scope.
    """
    issued = int(wall().timestamp())
    body: dict[str, Any] = {"iss": DEFAULT_ISSUER, "aud": AUDIENCE, "iat": issued, "nbf": issued}
    body.update(claims)
    body["exp"] = issued + int(ttl.total_seconds())
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": "JWT"}, body, key, algorithms=[ALGORITHM])


def user_claims(
    *,
    sub: UUID,
    org: UUID,
    roles: Iterable[str] = (),
    units: Iterable[UUID] = (),
    scope: Iterable[str] = (),
    issuer: str = DEFAULT_ISSUER,
) -> dict[str, Any]:
    """The claims of a person's or an integrator's token; `units` are org units for staff, dwellings for residents."""
    return {
        "iss": issuer,
        "sub": str(sub),
        "org": str(org),
        "roles": sorted(roles),
        "units": sorted(str(unit) for unit in units),
        "scope": sorted(scope),
    }


class ServiceTokens:
    """The tokens by which one service calls its peers: signed with its own key, one organisation each, 60 s long.

    Cached per organisation, so that a pull over many organisations signs once a minute each.
    """

    def __init__(self, service: str, private_key: ECKey, *, ttl: timedelta = SERVICE_TOKEN_TTL) -> None:
        if private_key.kid != service_kid(service):
            raise ValueError(f"the key of service {service} must have the kid {service_kid(service)}")
        self._service = service
        self._key = private_key
        self._ttl = ttl
        self._cache: dict[UUID, tuple[str, float]] = {}

    def for_org(self, org: UUID) -> str:
        """A token for `org`, at least 15 s from its end."""
        now = wall().timestamp()
        cached = self._cache.get(org)
        if cached is not None and cached[1] > now:
            return cached[0]
        claims = {
            "iss": service_kid(self._service),
            "sub": str(service_subject(self._service)),
            "org": str(org),
            "roles": [],
            "units": [],
            "scope": [],
        }
        token = mint_token(self._key, claims, self._ttl)
        if len(self._cache) >= _MOST_CACHED:
            self._cache.clear()
        self._cache[org] = (token, now + max(1.0, self._ttl.total_seconds() - _SPARE_SECONDS))
        return token

    def for_all(self) -> str:
        """A token of no organisation: good for `GET /v1/changes/heads` only, for no row belongs to its organisation."""
        return self.for_org(NO_ORG)
