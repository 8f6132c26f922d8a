"""`allow("ticket.create")`: the one way an endpoint says who may call it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import Depends, Request

from shared.auth.errors import PowerMissing
from shared.auth.principal import Principal
from shared.auth.roles import INTEGRATOR

#: power -> the roles that hold it; "service" or "service:<name>" among them lets peers in. A service's powers.py.
Powers = Mapping[str, frozenset[str]]


def has_power(principal: Principal, power: str, powers: Powers) -> bool:
    """Whether `principal` holds `power` in this service: by role, or, for integrators, by the scope of the token."""
    if not principal.roles.isdisjoint(powers.get(power, ())):
        return True
    return INTEGRATOR in principal.roles and power in principal.scope


def require(principal: Principal, power: str, powers: Powers) -> None:
    """Raise PowerMissing (403 `auth.power.missing`) unless `principal` holds `power`."""
    if not has_power(principal, power, powers):
        raise PowerMissing(power=power)


class PowerCheck:
    """The dependency behind `allow`. Its power is readable, so that the route refuses before it opens a transaction
    and the app refuses to start when a power is not in the service's list."""

    def __init__(self, power: str) -> None:
        self.power = power

    async def __call__(self, request: Request) -> Principal:
        principal: Principal = request.state.principal
        require(principal, self.power, request.app.state.powers)
        return principal


@cache
def _check(power: str) -> PowerCheck:
    return PowerCheck(power)


def allow(power: str) -> Any:
    """Dependency for `who: Annotated[Principal, allow("ticket.create")]`: the caller, who holds the power.

    Raises PowerMissing otherwise. A row outside the caller's scope is a matter of the service (404), not of powers.
    """
    return Depends(_check(power))
