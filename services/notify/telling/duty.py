"""Who is on duty where something happened, asked of ticketing's rosters before the transaction that tells of it.

The answer is kept for a moment, so that a morning's warnings are one question. While ticketing cannot be asked, nobody
is taken out: all who hold the role hear of it, which is more people than need to and never nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from services.notify.clients import fetch_on_duty
from services.notify.domain.catalogue import notices
from services.notify.register.repository import paths_of
from shared import clock
from shared.contracts.envelope import Event
from shared.errors import AppError
from shared.runtime import Runtime

log = structlog.get_logger(__name__)

#: How long an answer is good for: seconds of the machine, and business time, which may run faster.
GOOD_FOR: Final = 30.0
NEAR: Final = timedelta(minutes=5)
#: After a failure it is not asked again for so many seconds.
REST: Final = 5.0
#: Org units of which an answer is kept.
MOST: Final = 2000


@dataclass(frozen=True)
class _Answer:
    asked: float
    at: datetime
    people: frozenset[UUID] | None

    def good(self, now: datetime) -> bool:
        age = clock.monotonic() - self.asked
        return age < (GOOD_FOR if self.people is not None else REST) and abs(now - self.at) < NEAR


async def prepare_duty(rt: Runtime, org_id: UUID, events: Sequence[Event]) -> Mapping[UUID, frozenset[UUID]]:
    """event -> who is on duty for its place, of those that ask for somebody on duty; others are left out."""
    asking = [(event, named) for event in events if (named := _named(event)) is not None]
    wanting = {event.community_id for event, named in asking if not named and event.community_id is not None}
    paths: Mapping[UUID, tuple[UUID, ...]] = {}
    if wanting:
        async with rt.db.read(org_id) as tx:
            paths = await paths_of(tx, wanting)
    found: dict[UUID, frozenset[UUID]] = {}
    for event, named in asking:
        # The community itself is no org unit; the last one above it is.
        path = named or (paths.get(event.community_id, ())[:-1] if event.community_id is not None else ())
        people = await _on_duty(rt, org_id, path[-1] if path else org_id)
        if people is not None:
            found[event.id] = people
    return found


def _named(event: Event) -> tuple[UUID, ...] | None:
    """The org units that an event names itself, () where its community has to say; None where nobody is asked for."""
    told = [notice for notice in notices(event.source, event.type, event.data) if notice.audience == "duty"]
    if not told or event.data.get("level", 1 if told[0].role is not None else 2) != 1:
        return None
    return tuple(UUID(unit) for unit in event.data.get("org_units", ()))


async def _on_duty(rt: Runtime, org_id: UUID, unit: UUID) -> frozenset[UUID] | None:
    kept: dict[tuple[UUID, UUID], _Answer] = rt.state.setdefault("notify.duty", {})
    now = clock.now()
    known = kept.get((org_id, unit))
    if known is not None and known.good(now):
        return known.people
    people: frozenset[UUID] | None = None
    if "ticketing" in rt.peers:
        try:
            people = frozenset(await fetch_on_duty(rt, org_id, unit))
        except AppError as problem:  # away, or the org unit is not known there (any more)
            log.info("duty.unknown", org_unit=str(unit), problem=problem.code)
    if len(kept) >= MOST:
        kept.clear()
    kept[org_id, unit] = _Answer(clock.monotonic(), now, people)
    return people


def here(prepared: Mapping[str, Any], event: Event) -> frozenset[UUID] | None:
    """Who is on duty for an event, as it was prepared; None where that is not known."""
    found: Mapping[UUID, frozenset[UUID]] = prepared.get(event.type) or {}
    return found.get(event.id)
