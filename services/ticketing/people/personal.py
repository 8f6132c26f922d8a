"""The register's share of a person: the row itself, what they are to which unit, and the key of the audit log."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.ticketing.models import people, relations
from services.ticketing.people import repository
from shared.db.tx import Tx
from shared.personal import Found, Holder, rows_of


async def _collect(tx: Tx, person_id: UUID) -> Found:
    r = relations.c
    tied = await tx.rows(select(relations).where(r.org_id == tx.org_id, r.person_id == person_id).order_by(r.id))
    return {
        "person": rows_of(await repository.by_ids(tx, people, [person_id], ())),
        "relations": rows_of(tied),
    }


async def _forget(tx: Tx, person_id: UUID) -> None:
    row = await repository.lock_person(tx, person_id, ())
    if row is not None and row.erased_at is None:
        await repository.erase(tx, row)


HOLDER = Holder(
    "register",
    frozenset({"people", "relations", "person_keys"}),
    _collect,
    _forget,
    "保留不含姓名电话的编号和人房关系起止日期：账单与房屋沿革以此为据",
    "An id without name or number stays with the dates of its relations: bills and the unit's history rest on them",
)
