"""Statements on proofs of service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.billing.models import dunning_notices, notice_proofs
from shared.db.tx import Tx

p, n = notice_proofs.c, dunning_notices.c
KEPT, REMOVED = "kept", "removed"


async def add(tx: Tx, row: Mapping[str, Any]) -> bool:
    """Store what a file is; False when the notice has the same content already."""
    fixed = {"org_id": tx.org_id, "version": 1, "created_at": tx.now, "updated_at": tx.now, "state": KEPT}
    made = await tx.execute(insert(notice_proofs).values({**fixed, **row}).on_conflict_do_nothing())
    return made.rowcount == 1


async def find(tx: Tx, notice_id: UUID, proof_id: UUID) -> Row[Any] | None:
    """One proof of a notice."""
    return await tx.one_or_none(
        select(notice_proofs).where(p.org_id == tx.org_id, p.notice_id == notice_id, p.id == proof_id)
    )


async def same(tx: Tx, notice_id: UUID, source_sha256: str) -> Row[Any] | None:
    """The proof of a notice with this content, if there is one."""
    return await tx.one_or_none(
        select(notice_proofs).where(
            p.org_id == tx.org_id, p.notice_id == notice_id, p.source_sha256 == source_sha256
        )
    )


async def of_notices(tx: Tx, notice_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """The proofs of these notices, in the order in which they came."""
    wanted = select(notice_proofs).where(p.org_id == tx.org_id, p.notice_id.in_(notice_ids))
    return await tx.rows(wanted.order_by(p.id))


async def count(tx: Tx, notice_id: UUID) -> int:
    """How many proofs a notice has."""
    return int(
        await tx.scalar(
            select(func.count()).select_from(notice_proofs).where(p.org_id == tx.org_id, p.notice_id == notice_id)
        )
    )


async def remove_of_cases(tx: Tx, case_ids: Sequence[UUID]) -> list[UUID]:
    """Say of the proofs of these cases that their contents go; their ids. Hashes and times stay."""
    theirs = select(n.id).where(n.org_id == tx.org_id, n.case_id.in_(case_ids))
    rows = await tx.execute(
        update(notice_proofs)
        .where(p.org_id == tx.org_id, p.notice_id.in_(theirs), p.state == KEPT)
        .values(state=REMOVED, name="", version=p.version + 1, updated_at=tx.now)
        .returning(p.id)
    )
    return [row.id for row in rows]
