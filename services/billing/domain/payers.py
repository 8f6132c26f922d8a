"""Who a bill is addressed to: the unit's payer if one is named, else its owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

ROLES_THAT_PAY: tuple[str, ...] = ("payer", "owner", "co_owner")
"""In order of precedence."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A person's relation to a unit, from ``since`` to ``until`` inclusive (``None`` = still)."""

    person_id: UUID
    role: str
    since: date
    until: date | None = None


def payer_of(relations: Sequence[Relation], first: date, end: date) -> UUID | None:
    """The person who pays for the unit in the charged days ``[first, end)``.

    In force on the first charged day, by precedence of role and then by the earliest start; else whoever
    becomes payer or owner first inside the period; else nobody, and the bill waits without an addressee.
    """
    able = [r for r in relations if r.role in ROLES_THAT_PAY and (r.until is None or r.until >= first)]
    now = [r for r in able if r.since <= first]
    if now:
        return min(now, key=lambda r: (ROLES_THAT_PAY.index(r.role), r.since, r.person_id)).person_id
    soon = [r for r in able if r.since < end]
    if soon:
        return min(soon, key=lambda r: (r.since, ROLES_THAT_PAY.index(r.role), r.person_id)).person_id
    return None
