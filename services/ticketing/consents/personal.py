"""What a person agreed to, and took back."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.consents import repository
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {"consents": rows_of(await repository.of_person(tx, person_id), "recorded_by")}


HOLDER = Holder(
    "consents",
    frozenset({"consents"}),
    _collect,
    None,
    "同意与撤回的记录仅以编号保留：用以证明当时的处理有据",
    "What was agreed to and withdrawn stays under the id alone, as proof that the use was allowed then",
)
