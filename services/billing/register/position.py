"""How far the copy of the register has come, against what billing has heard of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from services.billing.errors import RegisterBehind
from shared.db.tx import Tx

SOURCE = "ticketing"

CURRENT, BEHIND, SOURCE_SILENT, UNKNOWN = "current", "behind", "source_silent", "unknown"

SILENT_AFTER = timedelta(seconds=30)
"""Six rounds of asking for heads without an answer: the source is down, and waiting for it helps nobody."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the copy stands: feed position applied, last head heard of, and what that means."""

    state: str
    position: int | None
    head: int | None


async def position(tx: Tx) -> Position:
    """The state of the copy now; ``unknown`` when ticketing was never heard of."""
    raw = await tx.driver()
    row = await raw.fetchrow(
        f"SELECT position, head_heard, heard_at FROM {tx.schema}.cursors WHERE org_id = $1 AND source = $2",
        tx.org_id,
        SOURCE,
    )
    if row is None:
        return Position(UNKNOWN, None, None)
    if row["position"] >= row["head_heard"]:
        state = CURRENT if tx.wall - row["heard_at"] <= SILENT_AFTER else SOURCE_SILENT
    else:
        state = BEHIND if tx.wall - row["heard_at"] <= SILENT_AFTER else SOURCE_SILENT
    return Position(state, row["position"], row["head_heard"])


async def to_bill_by(tx: Tx) -> Position:
    """The position a run may bill by. With ticketing down the run bills and says so.

    Raises:
        RegisterBehind: the copy lags behind a source that answers; bills now would miss units.
    """
    found = await position(tx)
    if found.state == BEHIND:
        raise RegisterBehind(position=found.position, head=found.head)
    return found
