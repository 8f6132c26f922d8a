"""The close of a natural quarter (B-072): the rate is written down as it is believed at 24:00.

Payments with an earlier value date may still be entered afterwards; the rate follows them, and what was
written down shows by how much.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.billing.collection import repository
from services.billing.collection.service import rate
from shared.db.tx import Tx
from shared.periods import Period, quarter_of
from shared.runtime import Timer

TIMER = "collection.quarter.close"

_SUBJECTS = UUID("7b1f2a52-6c0e-5a0b-9a43-0f6b9a1f2c11")
"""Namespace of the timer's subjects: one per community, quarter and fee kind."""


def watch_quarter(tx: Tx, community_id: UUID, fee_kind: str, due: date, zone: ZoneInfo) -> None:
    """Have the close of the quarter in which bills fall due recorded, unless it has passed already."""
    period = quarter_of(due)
    _, fire_at = period.bounds(zone)
    if fire_at <= tx.now:
        return
    subject = uuid5(_SUBJECTS, f"{community_id}/{period}/{fee_kind}")
    payload = {"community_id": str(community_id), "period": str(period), "fee_kind": fee_kind}
    # row: B-072 the quarter closes at 24:00 of its last day
    tx.set_timer(TIMER, subject, fire_at, payload)


async def fire(tx: Tx, timer: Timer) -> None:
    """Record the rate of the quarter that ends now."""
    community_id = UUID(timer.payload["community_id"])
    period, fee_kind = timer.payload["period"], timer.payload["fee_kind"]
    found = await rate(tx, community_id, Period.parse(period), fee_kind)
    await repository.add_close(
        tx,
        {
            "community_id": community_id,
            "period": period,
            "fee_kind": fee_kind,
            "closed_at": timer.fire_at,
            "numerator_fen": found.numerator_fen,
            "denominator_fen": found.denominator_fen,
            "bills": found.bills,
        },
    )
