"""What imports remember of a person, to put it back when they are undone."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.imports import repository
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    return {"changes": rows_of(await repository.changes_of(tx, person_id))}


HOLDER = Holder("imports", frozenset({"import_changes"}), _collect, repository.forget_person)
