"""Follow-up calls about a person's cases, with what the caller wrote down."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.revisits import repository
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {
        "calls": rows_of(await repository.attempts_about(tx, person_id), "caller_id"),
        "corrections": rows_of(await repository.corrections_about(tx, person_id), "corrected_by"),
    }


HOLDER = Holder(
    "revisits",
    frozenset({"revisits", "revisit_attempts", "revisit_corrections"}),
    _collect,
    None,
    "回访结果保留：回访率须可复算，记录保存后不得修改",
    "The outcome of calls stays: their rate is computed from it, and a record is never changed",
)
