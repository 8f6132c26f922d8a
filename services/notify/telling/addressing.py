"""The people around a unit, as the telling of an event needs them: who is tied to it, how they are
reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.notify.domain.audience import Relation
from services.notify.templating.library import DEFAULT_ZONE


@dataclass(frozen=True)
class Person:
    """A person's contact; `erased` people are never told anything again."""

    id: UUID
    name: str | None
    email: str | None
    phone: str | None
    locale: str
    erased: bool
    accounts: Mapping[str, str] = field(default_factory=dict)

    def address(self, kind: str | None) -> str | None:
        """The address of a kind (email, phone, or one of their accounts) or None; a channel without addresses needs
        none."""
        return {**self.accounts, "email": self.email, "phone": self.phone}.get(kind) if kind else None


@dataclass
class Household:
    """A unit with its community and the people tied to it."""

    unit_id: UUID
    number: str
    community: str
    zone: ZoneInfo
    relations: list[Relation] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)


@lru_cache(maxsize=64)
def zone_of(name: str | None) -> ZoneInfo:
    """A community's zone; the company's where the name is unknown here, so that a typo never stops a
    message."""
    try:
        return ZoneInfo(name) if name else DEFAULT_ZONE
    except (ZoneInfoNotFoundError, ValueError):
        return DEFAULT_ZONE


def group_households(rows: Iterable[Any]) -> dict[UUID, Household]:
    """The joined rows of `register.repository.households`, one household per unit."""
    homes: dict[UUID, Household] = {}
    for row in rows:
        home = homes.get(row.unit_id)
        if home is None:
            home = homes[row.unit_id] = Household(row.unit_id, row.number, row.community or "", zone_of(row.timezone))
        if row.person_id is None:
            continue
        home.relations.append(Relation(row.person_id, row.role, row.since, row.until))
        if row.locale is not None:
            home.people.append(
                Person(row.person_id, row.name, row.email, row.phone, row.locale, row.erased_at is not None)
            )
    return homes
