"""Who a bill is addressed to: the unit's payer if one is named, else its owner; after a change, each for their days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
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
    now = _in_force(able, first)
    if now is not None:
        return now
    soon = [r for r in able if r.since < end]
    if soon:
        return min(soon, key=lambda r: (r.since, ROLES_THAT_PAY.index(r.role), r.person_id)).person_id
    return None


def payers_of(relations: Sequence[Relation], first: date, end: date) -> list[tuple[UUID | None, int]]:
    """Who pays for how many days of ``[first, end)``, in the order of their days; the days add up to the period.

    Days of nobody are borne by whoever comes next, else by whoever was last. Without anybody it is one share
    of :func:`payer_of`.
    """
    able = [
        r
        for r in relations
        if r.role in ROLES_THAT_PAY and r.since < end and (r.until is None or r.until >= first)
    ]
    if len(able) < 2:  # the usual case, and of a large run nearly every one
        return [(able[0].person_id if able else None, (end - first).days)]
    edges = {first, end}
    for r in able:
        edges.add(max(first, r.since))
        if r.until is not None:
            edges.add(min(end, r.until + timedelta(days=1)))
    days = sorted(edges)
    found: list[tuple[UUID | None, int]] = []
    waiting = 0  # days of nobody, until somebody comes
    for start, stop in pairwise(days):
        who, length = _in_force(able, start), (stop - start).days + waiting
        if who is None:
            waiting = length
            continue
        waiting = 0
        if found and found[-1][0] == who:
            length += found.pop()[1]
        found.append((who, length))
    if waiting:
        last, length = found.pop() if found else (None, 0)
        found.append((last, length + waiting))
    return found


def _in_force(able: Sequence[Relation], day: date) -> UUID | None:
    now = [r for r in able if r.since <= day and (r.until is None or r.until >= day)]
    if not now:
        return None
    return min(now, key=lambda r: (ROLES_THAT_PAY.index(r.role), r.since, r.person_id)).person_id
