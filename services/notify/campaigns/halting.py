"""Which campaigns stand still, as a sending worker knows it: looked up once a moment, not once a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from services.notify.campaigns import repository
from shared import clock
from shared.runtime import Runtime

#: How old what is known may be, in seconds; with the call that is under way a pause takes hold within two.
FRESH: Final = 0.5


@dataclass
class _Known:
    at: float = -1e9
    ids: frozenset[UUID] = field(default_factory=frozenset)


async def halted(rt: Runtime, org_id: UUID) -> frozenset[UUID]:
    """The campaigns of an organisation of which nothing is sent now."""
    known: dict[UUID, _Known] = rt.state.setdefault("notify.halted", {})
    mine = known.setdefault(org_id, _Known())
    if clock.monotonic() - mine.at > FRESH:
        mine.at = clock.monotonic()  # those who come meanwhile go by what was known
        async with rt.db.read(org_id) as tx:
            mine.ids = frozenset(await repository.paused(tx))
    return mine.ids
