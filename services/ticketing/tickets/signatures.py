"""Signatures as they are kept: who signed and with what strokes, sealed under that person's key.

The log of signatures never changes, so erasure could not blank a name in it: it destroys the key instead, and what
stays is that the case was signed, when, and the hash of what was signed (D-075).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.personal.openings import opened
from services.ticketing.tickets import persons, repository
from shared.db.tx import Tx


async def keep(
    tx: Tx, case: Row[Any], signature: Mapping[str, Any], personal: Mapping[str, Any], *, signer_id: UUID | None
) -> None:
    """Append a signature or a refusal, its personal part (``name, artefact`` and what else there is) sealed."""
    person_id = await _key_owner(tx, case, signer_id)
    # row: G-010 field-level access: names and strokes are read with the person's key alone
    sealed = await tx.vault.seal(tx, person_id, personal)
    await repository.add_signature(
        tx,
        {
            **signature,
            "ticket_id": case.id,
            "signer_id": signer_id,
            "person_id": person_id,
            "sealed": sealed,
            "has_artefact": personal["artefact"] is not None or signature["file_id"] is not None,
        },
    )


async def _key_owner(tx: Tx, case: Row[Any], signer_id: UUID | None) -> UUID:
    """Under whose key it is sealed: the signer's, else that of whom the case is for, else one of the case's own.

    Nobody who was erased gets a new key by this: it would outlive the erasure.
    """
    for person_id in (signer_id, case.reporter_id):
        if person_id is not None and await persons.holds_person(tx, person_id):
            return person_id
    case_id: UUID = case.id
    return case_id


Signed = tuple[Row[Any], Mapping[str, Any] | None]


async def read(tx: Tx, ticket_id: UUID) -> list[Signed]:
    """Signatures of a ticket with what was sealed in them (``name``, ``artefact``); None where the key is gone."""
    return await unsealed(tx, await repository.signatures_of(tx, ticket_id))


async def unsealed(tx: Tx, rows: Sequence[Row[Any]]) -> list[Signed]:
    """Rows of signatures with what was sealed in them."""
    values = await tx.vault.open(tx, [(row.person_id, row.sealed) for row in rows])
    return list(zip(rows, values, strict=True))


async def open_all(tx: Tx, ticket_id: UUID, reason: str) -> list[Signed]:
    """The same for whoever has to read them in full, as in a dispute; each reading is recorded as an opening."""
    found = await read(tx, ticket_id)
    for person_id in sorted({row.person_id for row, value in found if value is not None} - {ticket_id}):
        opened(tx, "ticket.signature_opened", "ticket", ticket_id, person_id=person_id, reason=reason)
    if any(row.person_id == ticket_id for row, _ in found):
        opened(tx, "ticket.signature_opened", "ticket", ticket_id, person_id=None, reason=reason)
    return found
