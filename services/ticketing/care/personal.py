"""What somebody said when their household was called on."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.care import repository
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {"regular_calls": rows_of(await repository.of_person(tx, person_id), "done_by")}


HOLDER = Holder(
    "care",
    frozenset({"care_calls"}),
    _collect,
    repository.forget,
    "是否已回访及是否满意保留：定期回访率须可复算",
    "Whether the household was called on, and was satisfied, stays: their rate is computed from it",
)
