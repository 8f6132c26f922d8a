"""Visits at the desk: who came and what they said."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.visits import repository
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {
        "visits": rows_of(await repository.of_person(tx, person_id)),
    }



HOLDER = Holder(
    "visits",
    frozenset({"visits"}),
    _collect,
    repository.forget,
    "保留来访时间与办理方式，不含姓名与内容",
    "That somebody came, and how it was settled, stays without name and words",
)
