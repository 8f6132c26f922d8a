"""How far the copy of the register has come, against what billing has heard of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.billing.errors import RegisterBehind
from shared.db.tx import Tx

SOURCE = "ticketing"

CURRENT, BEHIND, SOURCE_SILENT, UNKNOWN = "current", "behind", "source_silent", "unknown"

SILENT_AFTER = timedelta(seconds=30)
"""Six rounds of asking for heads without an answer: the source is down, and waiting for it helps nobody.

Business time plays no part: the register's age is a matter of the machines."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the copy stands: feed position applied, last head heard of, and what that means."""

    state: str
    position: int | None
    head: int | None


async def position(tx: Tx) -> Position:
    """The state of the copy now; ``unknown`` when ticketing was never heard of."""
    raw = tx.raw
    row = await raw.fetchrow(
        f"SELECT position, head_heard, heard_at FROM {tx.schema}.cursors WHERE org_id = $1 AND source = $2",
        tx.org_id,
        SOURCE,
    )
    if row is None:
        return Position(UNKNOWN, None, None)
    # The cursor is touched when there is something to pull; the worker's heartbeat says when it asked in vain.
    heard = max(row["heard_at"], await _answered(tx) or row["heard_at"])
    silent = tx.wall - heard > SILENT_AFTER
    if silent:
        state = SOURCE_SILENT
    else:
        state = CURRENT if row["position"] >= row["head_heard"] else BEHIND
    return Position(state, row["position"], row["head_heard"])


async def _answered(tx: Tx) -> datetime | None:
    """When ticketing last answered one of billing's workers."""
    raw = tx.raw
    text: str | None = await raw.fetchval(f"SELECT max(detail -> 'heard' ->> $1) FROM {tx.schema}.heartbeats", SOURCE)
    return datetime.fromisoformat(text) if text else None


async def to_bill_by(tx: Tx) -> Position:
    """The position a run may bill by. With ticketing down the run bills and says so.

    Raises:
        RegisterBehind: the copy lags behind a source that answers; bills now would miss units.
    """
    found = await position(tx)
    if found.state == BEHIND:
        raise RegisterBehind(position=found.position, head=found.head)
    return found
