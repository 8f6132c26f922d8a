"""The words under which search finds a person, and the cases that they are the contact of."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.search import repository, tasks
from services.ticketing.tickets import persons
from shared.db.tx import Tx
from shared.personal import Found, Holder


async def _collect(tx: Tx, person_id: UUID) -> Found:
    """That they are found, not by which words: those are pieces and hashes of what the other parts show in full."""
    cases = [row.id for row in await persons.of_person(tx, person_id)]
    return {"search_documents": await repository.kept(tx, [person_id, *cases])}


async def _forget(tx: Tx, person_id: UUID) -> None:
    """At once, before the contacts go by which their cases are known, and once more behind any reader of the feed."""
    await tasks.forget_person(tx, person_id, [row.id for row in await persons.of_person(tx, person_id)])


HOLDER = Holder("search", frozenset({"search_documents"}), _collect, _forget)
