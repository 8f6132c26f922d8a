"""The statements of documents: what a form is filled in with, and the register of what was issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.ticketing.models import (
    buildings,
    communities,
    documents,
    org_units,
    people,
    revisit_attempts,
    revisit_corrections,
    revisits,
    staff,
    units,
)
from shared.db.tx import Tx


async def place(tx: Tx, community_id: UUID, unit_id: UUID | None) -> Row[Any]:
    """``organisation, community, address, building, number`` of where a ticket is about."""
    home = communities.outerjoin(
        units,
        and_(units.c.org_id == communities.c.org_id, units.c.community_id == communities.c.id, units.c.id == unit_id),
    )
    home = home.outerjoin(
        buildings, and_(buildings.c.org_id == communities.c.org_id, buildings.c.id == units.c.building_id)
    )
    home = home.outerjoin(org_units, and_(org_units.c.org_id == communities.c.org_id, org_units.c.id == tx.org_id))
    row = await tx.one_or_none(
        select(
            org_units.c.name.label("organisation"),
            communities.c.name.label("community"),
            communities.c.address,
            buildings.c.name.label("building"),
            units.c.number,
        )
        .select_from(home)
        .where(communities.c.org_id == tx.org_id, communities.c.id == community_id)
    )
    assert row is not None  # the ticket was found through it
    return row


async def person(tx: Tx, id: UUID) -> Row[Any] | None:
    """``id, name, phone`` of a person of the register."""
    c = people.c
    return await tx.one_or_none(select(c.id, c.name, c.phone).where(c.org_id == tx.org_id, c.id == id))


async def staff_name(tx: Tx, id: UUID) -> str:
    """What an employee is called, "" for one who is not on the register."""
    return await tx.scalar(select(staff.c.name).where(staff.c.org_id == tx.org_id, staff.c.id == id)) or ""


async def calls(tx: Tx, ticket_id: UUID) -> Sequence[Mapping[str, Any]]:
    """Every attempt of a ticket's follow-up calls with the caller's name, the call's round and its corrections."""
    a, c = revisit_attempts.c, revisit_corrections.c
    joined = revisits.join(
        revisit_attempts, and_(a.org_id == revisits.c.org_id, a.revisit_id == revisits.c.id)
    ).outerjoin(staff, and_(staff.c.org_id == a.org_id, staff.c.id == a.caller_id))
    made = await tx.rows(
        select(revisit_attempts, revisits.c.round, staff.c.name.label("caller"))
        .select_from(joined)
        .where(revisits.c.org_id == tx.org_id, revisits.c.ticket_id == ticket_id)
        .order_by(revisits.c.round, a.id)
    )
    if not made:
        return ()
    corrected = await tx.rows(
        select(revisit_corrections)
        .where(c.org_id == tx.org_id, c.revisit_id.in_(sorted({row.revisit_id for row in made})))
        .order_by(c.id)
    )
    return [
        {**row._asdict(), "corrections": [fix._asdict() for fix in corrected if fix.attempt_id == row.id]}
        for row in made
    ]


async def issued(tx: Tx, subject_id: UUID, kind: str, template_hash: str, content_hash: str) -> Row[Any] | None:
    """The document of this content, if it was issued before."""
    c = documents.c
    return await tx.one_or_none(
        select(documents).where(
            c.org_id == tx.org_id,
            c.subject_id == subject_id,
            c.kind == kind,
            c.template_hash == template_hash,
            c.content_hash == content_hash,
        )
    )


async def issue(tx: Tx, row: Mapping[str, Any]) -> None:
    """Register a document, unless somebody else has just registered the same."""
    await tx.execute(pg_insert(documents).values(org_id=tx.org_id, **row).on_conflict_do_nothing())


async def keep_hash(tx: Tx, document_id: UUID, sha256: str) -> None:
    """Remember what the document's bytes were when it was made for the first time."""
    c = documents.c
    await tx.execute(
        update(documents)
        .where(c.org_id == tx.org_id, c.id == document_id, c.sha256.is_(None))
        .values(sha256=sha256, version=c.version + 1, updated_at=tx.now)
    )
