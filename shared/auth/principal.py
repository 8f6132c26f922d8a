"""Who is asking. Built once per token from verified claims, then shared by every request that carries the token."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID, uuid5

from shared.auth.roles import EMPLOYED, INTEGRATOR, RESIDENT

#: The organisation of a service token that belongs to none (it asks for the heads of all feeds).
NO_ORG: Final = UUID(int=0)

_SERVICES: Final = UUID("5e2f7a0c-6f43-5d0a-9f5e-7c0f6f1d8b11")


def service_subject(service: str) -> UUID:
    """The actor id that a service's own actions carry in audit entries: the same on every machine, for ever."""
    return uuid5(_SERVICES, service)


@dataclass(frozen=True, slots=True)
class Principal:
    """The verified holder of a token.

    `units` are org unit ids for staff and dwelling ids for residents; `scope` holds the powers of an integrator;
    `kind` follows from the key that signed, never from a claim, so that a user's token cannot pose as a service.
    `expires_at` (Unix seconds, machine time) lets long-lived answers such as event streams end with the token.
    """

    sub: UUID
    org: UUID
    roles: frozenset[str] = frozenset()
    units: frozenset[UUID] = frozenset()
    scope: frozenset[str] = frozenset()
    kind: Literal["user", "service"] = "user"
    service: str | None = None
    expires_at: int = field(default=0, compare=False)

    @property
    def is_resident(self) -> bool:
        """A resident who holds no staff role besides: sees own dwellings, not org units."""
        return RESIDENT in self.roles and not (self.roles & EMPLOYED)

    @property
    def is_staff(self) -> bool:
        """Holds at least one role that the organisation gives: of its employees, or of its auditors."""
        return bool(self.roles & EMPLOYED)

    @property
    def is_integrator(self) -> bool:
        """A connected system: its powers are the scopes of its token."""
        return INTEGRATOR in self.roles

    def sees(self, path: Iterable[UUID]) -> bool:
        """Whether a row under these org units (a community's `path`) is within reach.

        A service sees its token's whole organisation; staff and integrators what lies under their units; a resident
        nothing by this road, because a dwelling is no org unit. Rows out of reach are answered as 404.
        """
        if self.kind == "service":
            return True
        if self.is_resident:
            return False
        return not self.units.isdisjoint(path)
