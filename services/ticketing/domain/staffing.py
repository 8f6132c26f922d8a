"""What somebody holds at an instant: the register's standing entries and dated assignments together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.ticketing.domain.duties import ROLE


@dataclass(frozen=True, slots=True)
class Holding:
    """A decided assignment; half open: at ``until`` it holds no more."""

    kind: str
    code: str
    org_unit_id: UUID
    since: datetime
    until: datetime | None

    def at(self, now: datetime) -> bool:
        """Whether it holds at an instant."""
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Standing:
    """Roles and org units that somebody holds at an instant, in the order in which they are stored."""

    roles: tuple[str, ...]
    units: tuple[UUID, ...]


def standing(
    base_roles: Collection[str],
    base_units: Collection[UUID],
    holdings: Iterable[Holding],
    now: datetime,
    left_at: datetime | None,
) -> Standing:
    """What somebody's token may say at an instant.

    Designations and skills give no role, but an org unit: whoever keeps the keys of a place sees that place. Whoever
    has left holds nothing.
    """
    if left_at is not None and now >= left_at:
        return Standing((), ())
    held = [h for h in holdings if h.at(now)]
    roles = {*base_roles, *(h.code for h in held if h.kind == ROLE)}
    units = {*base_units, *(h.org_unit_id for h in held)}
    return Standing(tuple(sorted(roles)), tuple(sorted(units)))


def next_edge(holdings: Iterable[Holding], now: datetime, left_at: datetime | None) -> datetime | None:
    """The next instant after ``now`` at which somebody's standing may change; None when nothing is dated ahead."""
    edges = [edge for h in holdings for edge in (h.since, h.until) if edge is not None and edge > now]
    if left_at is not None and left_at > now:
        edges.append(left_at)
    return min(edges, default=None)


def clash(
    wanted: tuple[datetime, datetime | None], others: Sequence[tuple[datetime, datetime | None]]
) -> bool:
    """Whether a period meets one of the others; half open, so that one may begin when another ends."""
    since, until = wanted
    return any(
        (other_until is None or since < other_until) and (until is None or other_since < until)
        for other_since, other_until in others
    )
